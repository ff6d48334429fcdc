"""A test report as lines of a terminal: one line a criterion, or all figures of each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.cells import cell_len

from commcoach.coaching.rubric_testing import EngineReport
from commcoach.domain.engine_comparison import Comparison
from commcoach.presentation.rubric_pages.lines import Line
from commcoach.presentation.rubric_report.view import (
    BENCH_COLUMNS,
    COLUMNS,
    CriterionView,
    WorstView,
    bench_view,
    bill_lines,
    compact_rows,
    criterion_view,
    engine_title,
    remarks,
    stopped_line,
)
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
        for one in report.reports.values():
            yield Line()
            yield from _criterion(criterion_view(one, words), words)
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


def _criterion(view: CriterionView, words: Wording) -> Iterator[Line]:
    yield Line(f"{view.title} ({view.id})", HEADING)
    yield Line(view.status, UNSURE)
    widest = max(cell_len(row.label) for row in view.rows)
    for row in view.rows:
        space = " " * (widest - cell_len(row.label))
        yield Line(row.value, BAD if row.bad else "", f"  {row.label}{space}  ")
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
        for worst in view.worst:
            yield from _worst(worst, words)


def _worst(view: WorstView, words: Wording) -> Iterator[Line]:
    yield Line(view.id, FAINT, "  · ")
    yield Line(view.context, "", f"    {words.say('test.worst.context')}")
    yield Line(view.reply, "", f"    {words.say('test.worst.reply')}")
    yield Line(view.anchor, "", f"    {view.graded}")
    yield Line(view.rationale, "", f"    {view.given}")
    if view.quotes:
        quotes = " … ".join(view.quotes)
        yield Line(quotes, FAINT, f"    {words.say('test.worst.quotes')}")
