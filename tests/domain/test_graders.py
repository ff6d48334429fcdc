"""What people reach with each other beside what a scorer reaches with them."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace

import pytest
from sklearn.metrics import cohen_kappa_score

from commcoach.domain.agreement import quadratic_kappa
from commcoach.domain.chance import Estimate, NotEstimable, Reason
from commcoach.domain.graders import RatedRow, compare_graders

CLOSE = 1e-9


def panel(rows: int = 40) -> list[RatedRow]:
    """Ann and Bob grade alike; Cyd is a level more lenient; the scorer gives what Ann does."""
    dice = random.Random(5)
    found = []
    for _ in range(rows):
        true = dice.randint(1, 3)
        ann, bob = float(true), float(min(4, max(1, true + dice.choice([-1, 0, 0, 0, 1]))))
        found.append(RatedRow({"ann": ann, "bob": bob, "cyd": ann + 1}, ann))
    return found


def test_graders_are_compared_two_by_two() -> None:
    rows = panel()
    found = compare_graders(rows, resamples=100)
    known = [
        cohen_kappa_score(
            [row.grades[x] for row in rows], [row.grades[y] for row in rows], weights="quadratic"
        )
        for x, y in (("ann", "bob"), ("ann", "cyd"), ("bob", "cyd"))
    ]
    assert isinstance(found.pairwise, Estimate)
    assert found.pairs == 3
    assert found.pairwise.value == pytest.approx(sum(known) / 3, abs=CLOSE)
    assert found.pairwise.n == found.n == 40


def test_the_scorer_in_a_graders_place_is_measured_as_that_grader() -> None:
    rows = [RatedRow({"ann": r.grades["ann"], "bob": r.grades["bob"]}, r.given) for r in panel()]
    found = compare_graders(rows, resamples=100)
    as_ann = quadratic_kappa(Counter([(row.grades["bob"], row.grades["ann"]) for row in rows]))
    assert isinstance(found.each["ann"], Estimate)
    assert isinstance(found.machine_for_each, Estimate)
    assert isinstance(as_ann, float)
    assert found.each["ann"].value == pytest.approx(as_ann, abs=CLOSE)
    assert found.machine_for_each.value == pytest.approx((as_ann + 1) / 2, abs=CLOSE)


def test_a_lenient_grader_is_named() -> None:
    severity = compare_graders(panel(), resamples=200).severity
    cyd, ann = severity["cyd"], severity["ann"]
    assert isinstance(cyd, Estimate)
    assert isinstance(ann, Estimate)
    assert cyd.low is not None
    assert cyd.low > 0 > ann.value


def test_pairs_with_too_few_shared_rows_are_not_compared() -> None:
    rows = [RatedRow({"ann": float(1 + i % 3), "bob": float(1 + i % 2)}) for i in range(9)]
    found = compare_graders(rows, shared=10)
    assert found.pairs == 0
    assert found.pairwise == NotEstimable(Reason.NOT_DOUBLE_GRADED, 0)
    assert isinstance(compare_graders(rows, shared=9, resamples=50).pairwise, Estimate)


def test_a_grader_with_a_handful_of_rows_gets_no_figure() -> None:
    rows = [RatedRow({"ann": float(i % 3), "bob": float(i % 3)}) for i in range(9)]
    found = compare_graders(rows)
    few = NotEstimable(Reason.TOO_FEW, 9, 10)
    assert found.each == found.severity == {"ann": few, "bob": few}


def test_people_are_measured_on_every_row_that_several_graded_the_scorer_on_its_own() -> None:
    left_out = [RatedRow({"ann": 1.0, "bob": 4.0, "cyd": 1.0})] * 20
    rows = [*panel(), RatedRow({"ann": 1.0}, 1.0), *left_out]
    found, on_its_own = compare_graders(rows, resamples=50), compare_graders(panel(), resamples=50)
    assert (found.n, found.scored) == (60, 40)
    assert found.machine_for_each == on_its_own.machine_for_each
    assert found.behind == on_its_own.behind
    assert isinstance(found.humans, Estimate)
    assert isinstance(on_its_own.humans, Estimate)
    assert found.humans.value < on_its_own.humans.value - 0.1


def paired(rows: int, off: float) -> list[RatedRow]:
    """Two people who agree well, and a scorer that is as near to them, or farther off."""
    dice = random.Random(6)
    found = []
    for _ in range(rows):
        true = dice.gauss(2, 1)
        ann, bob = (float(round(true + dice.gauss(0, 0.5))) for _ in range(2))
        found.append(RatedRow({"ann": ann, "bob": bob}, float(round(true + dice.gauss(0, off)))))
    return found


def test_a_scorer_is_behind_people_only_if_the_difference_on_the_same_rows_shows_it() -> None:
    worse = compare_graders(paired(150, 0.9), resamples=400)
    assert isinstance(worse.behind, Estimate)
    assert isinstance(worse.humans, Estimate)
    assert isinstance(worse.machine_for_each, Estimate)
    difference = worse.machine_for_each.value - worse.humans.value
    assert worse.behind.value == pytest.approx(difference, abs=CLOSE)
    assert worse.behind.high is not None
    assert worse.behind.high < 0
    alike = compare_graders(paired(150, 0.5), resamples=400).behind
    assert isinstance(alike, Estimate)
    assert alike.low is not None
    assert alike.high is not None
    assert alike.low < 0 < alike.high


def test_a_row_of_twice_the_weight_counts_like_two() -> None:
    rows = panel()
    weighty = [replace(row, weight=2.0 if index < 10 else 1.0) for index, row in enumerate(rows)]
    found = compare_graders(weighty, resamples=50)
    doubled = compare_graders([*rows, *rows[:10]], resamples=50)
    for name in ("humans", "pairwise", "machine", "machine_for_each", "behind"):
        one, other = getattr(found, name), getattr(doubled, name)
        assert one.value == pytest.approx(other.value, abs=CLOSE)
        assert (one.n, other.n) == (40, 50)
    for by in ("ann", "bob", "cyd"):
        one, other = found.severity[by], doubled.severity[by]
        assert isinstance(one, Estimate)
        assert isinstance(other, Estimate)
        assert one.value == pytest.approx(other.value, abs=CLOSE)


def test_one_grader_alone_gives_nothing_to_compare() -> None:
    found = compare_graders([RatedRow({"ann": float(i % 3)}, 1.0) for i in range(30)])
    assert found.n == 0
    assert isinstance(found.humans, NotEstimable)
    assert isinstance(found.machine, NotEstimable)
