"""What a dialogue achieved, as a specification."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commcoach.domain.outcome import Achieved, judge_outcome, outcome_share
from commcoach.domain.persona import PersonaState
from commcoach.domain.scenario import Checklist, FactTold, Judge, TensionAtEnd
from tests.builders import make_item

END = PersonaState(tension=4, told=frozenset({"night_shift"}))
QUOTES = {"named_owner": ("我来跟",), "no_proof": ()}


def reached(id: str, judge: Judge) -> bool:
    (verdict,) = judge_outcome([make_item(id, judge)], END, QUOTES)
    return verdict.reached


@pytest.mark.parametrize(("fact", "verdict"), [("night_shift", True), ("three_calls", False)])
def test_a_fact_item_is_reached_when_the_fact_was_told(fact: str, verdict: bool) -> None:
    assert reached("item", FactTold(fact)) is verdict


@pytest.mark.parametrize(("at_most", "verdict"), [(3, False), (4, True), (10, True)])
def test_a_tension_item_is_reached_at_or_below_its_value(at_most: int, verdict: bool) -> None:
    assert reached("item", TensionAtEnd(at_most)) is verdict


@pytest.mark.parametrize(
    ("id", "verdict"), [("named_owner", True), ("no_proof", False), ("not_mentioned", False)]
)
def test_a_checklist_item_is_reached_only_with_words_that_prove_it(id: str, verdict: bool) -> None:
    assert reached(id, Checklist(())) is verdict


def test_the_proof_stays_with_its_item_and_with_no_other() -> None:
    items = [make_item("named_owner", Checklist(())), make_item("night_shift", FactTold("x"))]
    assert judge_outcome(items, END, QUOTES) == (
        Achieved(items[0], True, ("我来跟",)),
        Achieved(items[1], False, ()),
    )


@pytest.mark.parametrize(
    ("points", "share"),
    [
        ([], 0.0),
        ([(1, False)], 0.0),
        ([(1, True), (1, True), (2, False)], 0.5),
        ([(1, False), (3, True)], 0.75),
        ([(2, True)], 1.0),
    ],
)
def test_the_share_is_points_reached_of_points_possible(
    points: list[tuple[int, bool]], share: float
) -> None:
    achieved = [Achieved(make_item("item", FactTold("x"), worth), done) for worth, done in points]
    assert outcome_share(achieved) == share


@given(st.lists(st.tuples(st.integers(1, 5), st.booleans()), min_size=1, max_size=6))
def test_reaching_one_more_item_raises_the_share_up_to_1(points: list[tuple[int, bool]]) -> None:
    def share_of(verdicts: list[tuple[int, bool]]) -> float:
        return outcome_share(
            [Achieved(make_item("item", FactTold("x"), worth), done) for worth, done in verdicts]
        )

    now = share_of(points)
    better = share_of([(points[0][0], True), *points[1:]])
    assert better > now if not points[0][1] else better == now
    assert share_of([(worth, True) for worth, _ in points]) == 1.0
