"""What a correction changes in a scorecard, and what it leaves."""

from __future__ import annotations

import pytest

from commcoach.domain.score import (
    NotApplicable,
    Override,
    Scored,
    Unscored,
    corrected,
)
from tests.builders import NOON, make_card, make_score

# -- corrections ----------------------------------------------------------------------------


def override(criterion: str, level: int | None, reason: str = "heard it otherwise") -> Override:
    return Override(1, 1, criterion, level, reason, "Wang", NOON)


CARD = make_card(
    make_score("listen", 1, expected=1.4),
    Unscored("plain", "no proof"),
    NotApplicable("honest"),
    gates=["insult"],
    repairs=["promise"],
)


def test_without_corrections_a_scorecard_stands_as_it_was_given() -> None:
    assert corrected(CARD, ()) == CARD


def test_a_correction_changes_level_and_reason_and_keeps_the_proof() -> None:
    given_score, stands = CARD.scored()[0], corrected(CARD, [override("listen", 3)]).scores[0]
    assert isinstance(stands, Scored)
    assert (stands.level, stands.rationale) == (3, "heard it otherwise")
    assert (stands.evidence, stands.expected) == (given_score.evidence, 1.4)


@pytest.mark.parametrize("criterion", ["plain", "honest"])
def test_a_correction_gives_a_level_where_there_was_none_and_invents_no_proof(
    criterion: str,
) -> None:
    stands = corrected(CARD, [override(criterion, 2)])
    (found,) = [score for score in stands.scored() if score.criterion == criterion]
    assert (found.level, found.expected, found.evidence) == (2, 2.0, ())


@pytest.mark.parametrize("criterion", ["listen", "plain", "honest"])
def test_a_correction_without_a_level_takes_the_criterion_out(criterion: str) -> None:
    stands = corrected(CARD, [override(criterion, None)])
    assert NotApplicable(criterion, "heard it otherwise") in stands.scores


def test_the_last_correction_of_a_criterion_stands() -> None:
    made = [override("listen", 4), override("plain", 1), override("listen", 2)]
    assert [score.level for score in corrected(CARD, made).scored()] == [2, 1]


def test_a_correction_of_another_criterion_and_the_gates_change_nothing_else() -> None:
    assert corrected(CARD, [override("stranger", 4)]) == CARD
    stands = corrected(CARD, [override("listen", 4)])
    assert (stands.gates, stands.repairs) == (CARD.gates, CARD.repairs)
    assert [score.criterion for score in stands.scores] == ["listen", "plain", "honest"]
