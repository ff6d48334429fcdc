"""What stands in the way of a publication, and what is a warning only."""

from __future__ import annotations

from dataclasses import replace

from commcoach.coaching.checking import Checked, Moved, moved_by_courtesies
from commcoach.coaching.losses import Loss
from commcoach.coaching.publishing import Changes, Publication, Told
from commcoach.coaching.self_testing import SelfTestFailure
from commcoach.domain.case_scores import CaseScore, FloorVerdict
from commcoach.domain.cases import GradedCase, Said
from commcoach.domain.chance import Estimate
from commcoach.domain.courtesy_shift import Shift
from commcoach.domain.language import Language
from commcoach.domain.problems import Problem
from commcoach.domain.rubric import SelfTest
from commcoach.domain.score import Scored
from tests.builders import NOON

FAILURE = SelfTestFailure("a", 1, SelfTest(Language.ZH, "", "好。", 3), 1)
BINDING = FloorVerdict("a", binds=True, graded=80, reached=True, scored=80)
SHIFT = Shift(Estimate(0.4, 0.3, 0.5, 40), Estimate(1.0, None, None, 40), 0)
MOVED = Moved("a", True, SHIFT)
OTHERS = Told(Publication(2, "r2", NOON, "王"), Changes())


def test_each_reason_alone_stands_in_the_way() -> None:
    assert not Checked("r1").refused
    assert Checked(problems=(Problem("a.yaml", 1, 1, "tab"),)).refused
    assert Checked("r1", losses=(Loss("criterion:a", removed=True),)).refused
    assert Checked("r1", floors=(replace(BINDING, reached=False),)).refused
    assert Checked("r1", floors=(BINDING,), self_tests=(FAILURE,)).refused
    assert Checked("r1", floors=(BINDING,), moved=(MOVED,)).refused
    assert Checked("r1", stopped="budget").refused
    assert Checked("r1", declined=True).refused
    assert Checked("r1", overtaken=OTHERS).refused


def test_self_tests_and_courtesies_are_warnings_where_no_floor_binds() -> None:
    waiting = replace(BINDING, binds=False)
    checked = Checked("r1", floors=(waiting,), self_tests=(FAILURE,), moved=(MOVED,))
    assert not checked.refused
    assert (checked.self_test_warnings, checked.moved_warnings) == ((FAILURE,), (MOVED,))
    bound = replace(checked, floors=(BINDING,))
    assert (bound.self_test_warnings, bound.moved_warnings) == ((), ())


def scores(padded: float, trimmed: float) -> list[CaseScore]:
    """Cases at 2 whose twins get these values more."""
    return [
        CaseScore(
            GradedCase(f"c{at}", (Said("", f"第 {at} 句？"),), "好。", ()),
            f"group {at}",
            Scored("a", 2, 2.0, ()),
            padded=Scored("a", 2, 2.0 + padded, ()),
            trimmed=Scored("a", 2, 2.0 + trimmed, ()),
        )
        for at in range(20)
    ]


def test_only_what_courtesies_move_by_more_than_a_quarter_of_a_level_is_named() -> None:
    found = moved_by_courtesies(
        {"a": scores(0.25, -0.25), "b": scores(0.3, 0), "c": scores(0, -0.3), "d": []}
    )
    assert [(one.criterion, one.added) for one in found] == [("b", True), ("c", False)]
