"""The gist of a test report: what needs attention, on one screen."""

from __future__ import annotations

from dataclasses import replace

import pytest
from rich.cells import cell_len

from commcoach.coaching.rubric_testing import EngineReport, Trial
from commcoach.domain.case_scores import FloorVerdict
from commcoach.domain.chance import Estimate, NotEstimable, Reason, Result
from commcoach.domain.courtesy_shift import Shift
from commcoach.domain.criterion_figures import CriterionReport
from commcoach.domain.criterion_report import criterion_report
from commcoach.domain.language import Language, Localized
from commcoach.domain.rubric import Floor
from commcoach.domain.score import EngineName
from commcoach.presentation.rubric_report.figures import ranged
from commcoach.presentation.rubric_report.summary import ranked_rows, summary_lines
from commcoach.presentation.wording import Wording
from tests.domain.report_cases import criterion, graded, scored

ZH, EN = Wording(Language.ZH), Wording(Language.EN)
LONG = "A criterion whose title is far too long for a narrow column"
ORDINARY = criterion_report(criterion(), [scored(graded(n, n % 4), n % 4) for n in range(40)])


def one(
    title: str,
    kappa: float | None = 0.5,
    *,
    reached: bool | None = None,
    moved: float = 0.0,
    blind: int = 60,
) -> CriterionReport:
    """A report of this criterion; `reached` tells of a floor that binds."""
    found: Result = NotEstimable(Reason.TOO_FEW, 3, 10)
    if kappa is not None:
        found = Estimate(kappa, kappa - 0.1, kappa + 0.1, 40)
    shift = Shift(Estimate(moved, None, None, 40), Estimate(0.0, None, None, 40), 0)
    return replace(
        ORDINARY,
        criterion=replace(
            criterion(Floor(0.6, 60, 2)), id=title, title=Localized(zh=title, en=title)
        ),
        fit=replace(ORDINARY.fit, quadratic=found),
        padded=shift,
        trimmed=replace(shift, mean=Estimate(0.0, None, None, 40)),
        floor=FloorVerdict(title, reached is not None, blind, None, bool(reached)),
    )


def report(*criteria: CriterionReport) -> EngineReport:
    trial = Trial(EngineName("embedded", "1"), 60, {}, "")
    return EngineReport(trial, {each.criterion.id: each for each in criteria})


def shown(*criteria: CriterionReport, words: Wording = ZH) -> list[str]:
    return [line.text for line in summary_lines(report(*criteria), words)]


def test_the_worst_come_first_each_with_its_verdict() -> None:
    lines = shown(
        one("甲", 0.9, reached=True),
        one("乙", 0.8),
        one("丙", None),
        one("丁", 0.7),
        one("戊", 0.9, moved=-0.4),
    )
    told = [(line.split()[0], line.split()[-1]) for line in lines[2:]]
    assert told == [
        ("戊", "客套动了等级"),
        ("丙", "无法估计"),
        ("丁", "未校准"),
        ("乙", "未校准"),
        ("甲", "已校准"),
    ]
    missed = shown(one("甲", 0.9, moved=0.3), one("乙", 0.5, reached=False))[2]
    assert missed.split() == [
        "乙",
        "40",
        "0.50",
        "[0.40,",
        "0.60]",
        "0.60",
        "×",
        "+0.00",
        "未达门槛",
    ]


@pytest.mark.parametrize("words", [ZH, EN])
def test_a_summary_is_eight_lines_of_eighty_cells_at_most(words: Wording) -> None:
    many = [one(f"{number}: {LONG}", -0.5, moved=-0.4, blind=7) for number in range(20)]
    lines = shown(*many, one("last", 0.9, reached=True), words=words)
    assert len(lines) == 8
    assert max(map(cell_len, lines)) <= 80
    assert "…" in lines[2]
    assert lines[-1].startswith("另有 16 项标准" if words is ZH else "16 more criteria")


def test_the_rest_is_counted_by_verdict() -> None:
    few = [one(f"c{number}", 0.1) for number in range(6)]
    assert (
        shown(*few, one("last", 0.9, reached=True))[-1]
        == "另有 2 项标准：未校准 1 项、已校准 1 项。"
    )
    assert len(shown(*few[:5])) == 7


def test_a_floor_that_does_not_bind_says_how_many_cases_it_takes() -> None:
    assert "差 18 条" in shown(one("甲", blind=42))[2]


def test_the_twins_that_move_farther_count() -> None:
    both = one("甲", moved=0.1)
    farther = replace(both, trimmed=replace(both.trimmed, mean=Estimate(-0.3, None, None, 40)))
    assert "-0.30 ×" in shown(farther)[2]


def test_a_value_without_an_interval_says_so() -> None:
    assert ranged(Estimate(0.9, None, None, 60)) == "0.90 [–]"


def test_a_page_has_every_criterion_with_its_verdict() -> None:
    rows = ranked_rows(report(one("甲", 0.9), one("乙", 0.5, reached=False)), ZH)
    assert [(*row.cells[:2], row.bad) for row in rows] == [
        ("乙", "未达门槛", True),
        ("甲", "未校准", False),
    ]
