"""The gist of a test report: a small table, the criteria that need somebody's attention first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

from rich.cells import cell_len, set_cell_size

from commcoach.coaching.rubric_testing import EngineReport
from commcoach.domain.chance import NotEstimable
from commcoach.domain.criterion_figures import CriterionReport
from commcoach.presentation.rubric_pages.lines import Line
from commcoach.presentation.rubric_report.figures import ranged
from commcoach.presentation.rubric_report.view import COLUMNS, compact_rows, engine_title, twins
from commcoach.presentation.wording import N_, Wording

WIDTH = 80
MOST = 5
"""Criteria that have a line of their own; the rest are counted."""
_GAP = 2


class _Verdict(IntEnum):
    """What comes of the test of a criterion, the worst first."""

    FLOOR_MISSED = 0
    COURTESIES = 1
    NOT_ESTIMABLE = 2
    UNCALIBRATED = 3
    CALIBRATED = 4


_VERDICTS = {
    _Verdict.FLOOR_MISSED: N_("test.verdict.floor_missed"),
    _Verdict.COURTESIES: N_("test.verdict.courtesies"),
    _Verdict.NOT_ESTIMABLE: N_("test.verdict.not_estimable"),
    _Verdict.UNCALIBRATED: N_("test.verdict.uncalibrated"),
    _Verdict.CALIBRATED: N_("test.verdict.calibrated"),
}
_STYLES = {
    _Verdict.FLOOR_MISSED: "bold red",
    _Verdict.COURTESIES: "bold red",
    _Verdict.CALIBRATED: "green",
}
_COLUMNS = (
    N_("test.column.criterion"),
    N_("test.column.cases"),
    N_("test.column.kappa"),
    N_("test.column.floor"),
    N_("test.column.twins"),
    N_("test.column.verdict"),
)


def summary_lines(report: EngineReport, words: Wording) -> Iterator[Line]:
    """At most eight lines: the worst criteria, a line each, then how many others there are."""
    ranked = sorted(report.reports.values(), key=_rank)
    yield Line(words.say("test.summary", engine=engine_title(report, words)), "bold cyan")
    shown = ranked[:MOST]
    head = tuple(words.say(key) for key in _COLUMNS)
    rows = [_row(one, words) for one in shown]
    widths = [max(map(cell_len, column)) for column in zip(head, *rows, strict=True)]
    widths[0] = min(widths[0], WIDTH - sum(widths[1:]) - _GAP * (len(widths) - 1))
    yield Line(_joined(head, widths), "dim")
    for one, row in zip(shown, rows, strict=True):
        yield Line(_joined(row, widths), _STYLES.get(_verdict(one), ""))
    rest = Counter(map(_verdict, ranked[MOST:]))
    if rest:
        counts = words.say("punctuation.list").join(
            words.say("test.summary.count", verdict=words.say(_VERDICTS[one]), number=number)
            for one, number in sorted(rest.items())
        )
        yield Line(words.say("test.summary.rest", number=rest.total(), counts=counts), "dim")


@dataclass(frozen=True, slots=True)
class RankedRow:
    """A criterion with all its short figures, under `RANKED_COLUMNS`; `bad` if it fails."""

    cells: tuple[str, ...]
    bad: bool


RANKED_COLUMNS = (
    COLUMNS[0],
    N_("test.column.verdict"),
    *COLUMNS[1:],
    N_("test.column.floor"),
)
"""The verdict stands early: a narrow screen shows the first columns."""


def ranked_rows(report: EngineReport, words: Wording) -> list[RankedRow]:
    """Every criterion by its title, the worst first, for a page."""
    figures = dict(zip(report.reports, compact_rows(report), strict=True))
    return [
        RankedRow(
            (
                one.criterion.title.said_in(words.language),
                words.say(_VERDICTS[_verdict(one)]),
                *figures[one.criterion.id][1:],
                _floor(one, words),
            ),
            one.fails,
        )
        for one in sorted(report.reports.values(), key=_rank)
    ]


def _rank(one: CriterionReport) -> tuple[int, float]:
    kappa = one.fit.quadratic
    return _verdict(one), 0.0 if isinstance(kappa, NotEstimable) else kappa.value


def _verdict(one: CriterionReport) -> _Verdict:
    if one.floor.failed:
        return _Verdict.FLOOR_MISSED
    if one.fails:
        return _Verdict.COURTESIES
    if isinstance(one.fit.quadratic, NotEstimable):
        return _Verdict.NOT_ESTIMABLE
    return _Verdict.CALIBRATED if one.floor.is_calibrated else _Verdict.UNCALIBRATED


def _row(one: CriterionReport, words: Wording) -> tuple[str, ...]:
    return (
        one.criterion.title.said_in(words.language),
        str(one.fit.n),
        ranged(one.fit.quadratic),
        _floor(one, words),
        twins(one),
        words.say(_VERDICTS[_verdict(one)]),
    )


def _floor(one: CriterionReport, words: Wording) -> str:
    """What is asked for and whether it is reached, or how many blind cases it still takes."""
    floor, verdict = one.criterion.floor, one.floor
    if floor is None:
        return words.say("test.summary.no_floor")
    if not verdict.binds:
        return words.say("test.summary.floor_short", number=floor.min_cases - verdict.graded)
    return f"{floor.kappa:.2f} {'×' if verdict.failed else '√'}"


def _joined(cells: tuple[str, ...], widths: list[int]) -> str:
    """Cells in columns; a name too long for its column is cut."""
    name, width = cells[0], widths[0]
    if cell_len(name) > width:
        name = set_cell_size(name, width - 1).rstrip() + "…"
    padded = (
        set_cell_size(cell, room) for cell, room in zip((name, *cells[1:]), widths, strict=True)
    )
    return (" " * _GAP).join(padded).rstrip()
