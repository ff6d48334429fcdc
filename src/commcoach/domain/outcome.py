"""What a dialogue achieved: the scenario's checklist, item by item."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from commcoach.domain.persona import PersonaState
from commcoach.domain.scenario import Checklist, FactTold, OutcomeItem, TensionAtEnd


@dataclass(frozen=True, slots=True)
class Achieved:
    """One outcome item: reached or not, and for checklist items the words that prove it."""

    item: OutcomeItem
    reached: bool
    quotes: tuple[str, ...] = ()


def judge_outcome(
    items: Sequence[OutcomeItem],
    state: PersonaState,
    quotes: Mapping[str, tuple[str, ...]],
) -> tuple[Achieved, ...]:
    """Every item with its verdict; `quotes` holds the proven checklist items by id."""
    achieved = []
    for item in items:
        match item.judge:
            case FactTold(fact):
                achieved.append(Achieved(item, fact in state.told))
            case TensionAtEnd(at_most):
                achieved.append(Achieved(item, state.tension <= at_most))
            case Checklist():
                proof = quotes.get(item.id, ())
                achieved.append(Achieved(item, bool(proof), proof))
    return tuple(achieved)


def outcome_share(achieved: Sequence[Achieved]) -> float:
    """Points reached of points possible, 0 to 1."""
    possible = sum(one.item.points for one in achieved)
    reached = sum(one.item.points for one in achieved if one.reached)
    return reached / possible if possible else 0.0
