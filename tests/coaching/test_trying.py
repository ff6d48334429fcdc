"""Trying replies: the nearest level, what moved since the last run, and waiting for a save."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from commcoach.coaching.scorer import ScoringTask
from commcoach.coaching.trying import Trial, Tried, moved, nearest, outcome, saves
from commcoach.domain.language import Language
from commcoach.domain.score import (
    CriterionScore,
    EngineName,
    NotApplicable,
    Scorecard,
    Scored,
    Unscored,
)
from tests.shipped import library


def scored(level: int, *shares: float) -> Scored:
    return Scored("open_question", level, float(level), (), dict(enumerate(shares)))


def test_the_nearest_level_is_the_one_that_lacks_least() -> None:
    near = nearest(scored(2, 0.05, 0.10, 0.40, 0.40, 0.05))
    assert near is not None
    assert (near.level, near.upward, near.median) == (3, True, 2)
    assert near.lacks == pytest.approx(0.05)


def test_the_nearest_level_may_lie_below() -> None:
    near = nearest(scored(2, 0.0, 0.45, 0.45, 0.10, 0.0))
    assert near is not None
    assert (near.level, near.upward) == (1, False)
    assert near.lacks == pytest.approx(0.05)


def test_a_level_below_the_likeliest_is_told_apart_from_it() -> None:
    near = nearest(scored(3, 0.0, 0.0, 0.1, 0.2, 0.7))
    assert near is not None
    assert near.median == 4


def test_without_probabilities_nothing_is_near() -> None:
    assert nearest(Scored("open_question", 2, 2.0, ())) is None


def test_an_outcome_is_a_level_or_why_there_is_none() -> None:
    scores = (scored(2, 0.0, 0.0, 1.0), NotApplicable("x"), Unscored("x"), None)
    assert [outcome(one) for one in scores] == [2, "not_applicable", "unscored", None]


def trial(*scores: CriterionScore) -> Trial:
    ids = tuple(score.criterion for score in scores)
    task = ScoringTask("好。", (), ids, Language.ZH)
    return Trial("", library(), EngineName("embedded", "1"), (Tried(task, Scorecard(scores)),))


def test_what_moved_is_told_and_what_stayed_is_not() -> None:
    before = trial(scored(2, 0.0, 0.0, 1.0), NotApplicable("reflect_feeling"))
    after = trial(scored(3, 0.0, 0.0, 0.2, 0.8), NotApplicable("reflect_feeling"))
    (one,) = moved(before, after)
    assert (one.reply, one.criterion) == (1, "open_question")
    assert (outcome(one.before), outcome(one.after)) == (2, 3)
    assert moved(after, after) == ()


def seen(*looks: int) -> list[int]:
    """Which looks at the files led to a run; the last look ends it."""
    left: Iterator[int] = iter(looks)
    shown: list[int] = []
    last = -1

    def look() -> int:
        nonlocal last
        try:
            last = next(left)
        except StopIteration:
            raise KeyboardInterrupt from None
        return last

    with pytest.raises(KeyboardInterrupt):
        shown.extend(last for _ in saves(look, lambda: None))
    return shown


def test_it_runs_at_once_and_after_each_save() -> None:
    assert seen(1, 1, 1, 2, 2, 2, 3, 3, 3) == [1, 2, 3]


def test_a_file_that_is_still_being_written_is_waited_for() -> None:
    assert seen(1, 2, 3, 4, 4, 4) == [1, 4]


def test_a_save_that_is_taken_back_is_no_save() -> None:
    assert seen(1, 2, 1, 1, 1) == [1]
