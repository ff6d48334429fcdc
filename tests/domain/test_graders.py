"""What people reach with each other beside what a scorer reaches with them."""

from __future__ import annotations

import random
from collections import Counter

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


def test_people_and_scorer_are_measured_on_the_same_rows() -> None:
    rows = [*panel(), RatedRow({"ann": 1.0}, 1.0), RatedRow({"ann": 1.0, "bob": 4.0})]
    assert compare_graders(rows, resamples=50).n == 40


def test_one_grader_alone_gives_nothing_to_compare() -> None:
    found = compare_graders([RatedRow({"ann": float(i % 3)}, 1.0) for i in range(30)])
    assert found.n == 0
    assert isinstance(found.humans, NotEstimable)
    assert isinstance(found.machine, NotEstimable)
