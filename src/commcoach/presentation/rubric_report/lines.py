"""A test report as lines of a terminal: one line a criterion, or all figures of each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.cells import cell_len

from commcoach.coaching.rubric_testing import EngineReport
from commcoach.domain.engine_comparison import Comparison
from commcoach.presentation.rubric_pages.lines import Line
from commcoach.presentation.rubric_report.bench import BENCH_COLUMNS, bench_view
from commcoach.presentation.rubric_report.criterion import CriterionView, criterion_view
from commcoach.presentation.rubric_report.view import (
    COLUMNS,
    bill_lines,
    compact_rows,
    engine_title,
    remarks,
    stopped_line,
)
from commcoach.presentation.rubric_report.worst import WorstView
from commcoach.presentation.wording import Wording

HEADING, TITLE, FAINT, BAD, UNSURE = "bold cyan", "bold", "dim", "bold red", "yellow"


def engine_lines(report: EngineReport, words: Wording, details: bool) -> Iterator[Line]:
    """What one engine did: the table, what misses its mark, all figures if asked, the bill."""
    yield Line(words.say("test.engine", engine=engine_title(report, words)), HEADING)
    stopped = stopped_line(report, words)
    if stopped is not None:
        yield Line(stopped, UNSURE)
    yield from _table([words.say(key) for key in COLUMNS], compact_rows(report))
    yield Line()
    for row in remarks(report, words):
        mark = "× " if row.bad else ""
        label = f"{mark}{row.label}  " if row.label else ""
        yield Line(row.value, BAD if row.bad else UNSURE, label)
    if details:
        for number, one in enumerate(report.reports.values()):
            yield Line()
            # What the words mean is said where they are met first, not thirty times.
            yield from _criterion(criterion_view(one, words), words, glossed=number == 0)
    if report.trial.bill is not None:
        yield Line()
        for line in bill_lines(report.trial.bill, words):
            yield Line(line, FAINT)


def bench_lines(
    first: EngineReport, second: EngineReport, against: dict[str, Comparison], words: Wording
) -> Iterator[Line]:
    """One engine against another."""
    view = bench_view(first, second, against, words)
    yield Line(view.title, HEADING)
    yield from _table([words.say(key) for key in BENCH_COLUMNS], view.rows)
    yield Line(words.say("test.bench.about"), FAINT)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[Line]:
    widths = [max(map(cell_len, column)) for column in zip(head, *rows, strict=True)]
    yield Line(_joined(head, widths), FAINT)
    for row in rows:
        yield Line(_joined(row, widths))


def _joined(cells: Sequence[str], widths: Sequence[int]) -> str:
    first, *others = (
        " " * (width - cell_len(cell)) for cell, width in zip(cells, widths, strict=True)
    )
    rest = (space + cell for space, cell in zip(others, cells[1:], strict=True))
    return " ".join((cells[0] + first, "", *rest)).rstrip()


def _criterion(view: CriterionView, words: Wording, glossed: bool) -> Iterator[Line]:
    yield Line(f"{view.title} ({view.id})", HEADING)
    yield Line(view.status, UNSURE)
    widest = max(cell_len(row.label) for row in view.rows)
    for row in view.rows:
        space = " " * (widest - cell_len(row.label))
        yield Line(row.value, BAD if row.bad else "", f"  {row.label}{space}  ")
        if glossed and row.gloss:
            yield Line(row.gloss, FAINT, " " * (widest + 4))
    yield Line()
    yield Line(words.say("test.confusion"), TITLE)
    head = [words.say("test.confusion.corner"), *map(str, view.levels)]
    counts = [
        [str(level), *(str(cell.count) if cell.count else "." for cell in row)]
        for level, row in zip(view.levels, view.confusion, strict=True)
    ]
    for line in _table(head, counts):
        yield Line(line.text, line.style, "  ")
    if view.worst:
        yield Line()
        yield Line(words.say("test.worst"), TITLE)
        for number, worst in enumerate(view.worst, start=1):
            yield from _worst(number, worst, words)


def _worst(number: int, view: WorstView, words: Wording) -> Iterator[Line]:
    yield Line(view.id, FAINT, f"  {number}. ")
    yield Line(view.context, "", f"     {words.say('test.worst.context')}")
    yield Line(view.reply, "", f"     {words.say('test.worst.reply')}")
    yield Line(view.graded, TITLE, "     ")
    yield Line(view.anchor, "", "       ")
    yield Line(view.given, TITLE, "     ")
    for reason in view.reasons:
        yield Line(reason, "", "       ")
