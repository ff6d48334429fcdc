"""What a reply was worth: levels with proof, and how they add up to a turn and a session."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Literal

from commcoach.domain.rubric import Gate, SessionEffect

TOP = 4.0
"""The scale on which turns and sessions are reported, 0 to 4, whatever a criterion's levels."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """The words that prove a level: a span of the reply, or of the line that called for it."""

    quote: str
    start: int
    end: int
    source: Literal["reply", "context"] = "reply"


@dataclass(frozen=True, slots=True)
class Scored:
    """A level with its proof.

    `expected` is the mean level by the scorer's own probabilities, never capped; `level` is.
    `calibrated` is the same on the scale of the people who graded, where a link leads there.
    """

    criterion: str
    level: int
    expected: float
    evidence: tuple[Evidence, ...]
    probabilities: Mapping[int, float] | None = None
    rationale: str = ""
    calibrated: float | None = None


@dataclass(frozen=True, slots=True)
class NotApplicable:
    """The counterpart's line gave no opening for the behaviour."""

    criterion: str
    rationale: str = ""


@dataclass(frozen=True, slots=True)
class Unscored:
    """It could not be judged; never a made-up number."""

    criterion: str
    rationale: str = ""


CriterionScore = Scored | NotApplicable | Unscored


@dataclass(frozen=True, slots=True)
class GateHit:
    """A gate that fired, with the words that fired it."""

    gate: str
    quote: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class EngineName:
    """Who scored: name, version, and the model if there was one."""

    name: str
    version: str
    model: str | None = None


@dataclass(frozen=True, slots=True)
class Scorecard:
    """All that was found in one reply: scores, gates crossed, earlier gates made good.

    `stand_in` says why it was not scored by the model that should have; empty if it was. `by` is
    who did give the levels; `None` where that was not written down.
    """

    scores: tuple[CriterionScore, ...] = ()
    gates: tuple[GateHit, ...] = ()
    repairs: tuple[str, ...] = ()
    stand_in: str = ""
    by: EngineName | None = None

    def scored(self) -> tuple[Scored, ...]:
        """The scores that carry a level."""
        return tuple(score for score in self.scores if isinstance(score, Scored))


@dataclass(frozen=True, slots=True)
class Override:
    """A trainer's correction of one level; `level` is `None` where nothing should be scored.

    `number` and `attempt` name the turn. It is a row of its own: the score stays as it was given.
    """

    number: int
    attempt: int
    criterion: str
    level: int | None
    reason: str
    by: str
    at: datetime


def corrected(card: Scorecard, overrides: Sequence[Override]) -> Scorecard:
    """The scorecard as it stands after the corrections, the last one of each criterion.

    Quotes and the scorer's own `expected` stay; where it gave no level, that is the corrected one.
    """
    last = {override.criterion: override for override in overrides}
    return replace(
        card, scores=tuple(_corrected(score, last.get(score.criterion)) for score in card.scores)
    )


def _corrected(score: CriterionScore, override: Override | None) -> CriterionScore:
    if override is None:
        return score
    if override.level is None:
        return NotApplicable(score.criterion, override.reason)
    if isinstance(score, Scored):
        return replace(score, level=override.level, rationale=override.reason)
    return Scored(
        score.criterion, override.level, float(override.level), (), rationale=override.reason
    )


class Band(StrEnum):
    """A session's result in words: below 1.5, to 2.4, to 3.2, from 3.3."""

    STARTING = "starting"
    BASIC = "basic"
    COMPETENT = "competent"
    EXEMPLARY = "exemplary"


_ORDER = list(Band)
_HIGHEST_BAND = {
    SessionEffect.NONE: Band.EXEMPLARY,
    SessionEffect.AT_MOST_COMPETENT: Band.COMPETENT,
    SessionEffect.AT_MOST_BASIC: Band.BASIC,
    SessionEffect.CANNOT_PASS: Band.STARTING,
}


def turn_score(
    card: Scorecard,
    weights: Mapping[str, int],
    gates: Mapping[str, Gate],
    ranges: Mapping[str, tuple[int, int]],
    repaired: frozenset[str] = frozenset(),
) -> float | None:
    """The turn on the 0 to 4 scale: `sum(w * s) / sum(w)` over what applied, then the gates' cap.

    Not applicable and unscored criteria do not count. `None` if fewer than two criteria were
    scored, or if a gate forbids scoring. `ranges` gives each criterion's lowest and highest
    level; other scales than 0 to 4 are stretched onto it. `repaired` names the gates that a
    later reply made good in time. Source: docs/scoring.md.
    """
    limits = [_cap(gates[hit.gate], hit.gate in repaired) for hit in card.gates]
    if any(limit is None for limit in limits):
        return None
    parts = [
        (weights[score.criterion], _on_scale(score.level, ranges.get(score.criterion)))
        for score in card.scored()
        if score.criterion in weights
    ]
    if len(parts) < 2:
        return None
    mean = sum(weight * level for weight, level in parts) / sum(weight for weight, _ in parts)
    return min([mean, *(limit for limit in limits if limit is not None)])


def session_score(turns: Sequence[float | None], outcome_share: float) -> float | None:
    """60 % mean of the turns, 40 % outcome, on the 0 to 4 scale; `None` without a scored turn.

    The first turn counts half because it is orientation; turns without a number do not count.
    `outcome_share` is points reached of points possible, 0 to 1. Source: docs/scoring.md.
    """
    counted = [
        (0.5 if index == 0 else 1.0, value)
        for index, value in enumerate(turns)
        if value is not None
    ]
    if not counted:
        return None
    mean = sum(weight * value for weight, value in counted) / sum(weight for weight, _ in counted)
    return 0.6 * mean + 0.4 * TOP * outcome_share


def band(score: float, effects: Iterable[SessionEffect] = ()) -> Band:
    """The band of a session score, held down by the gates' session effects."""
    score = round(score, 9)
    if score < 1.5:
        reached = Band.STARTING
    elif score < 2.5:
        reached = Band.BASIC
    elif score < 3.3:
        reached = Band.COMPETENT
    else:
        reached = Band.EXEMPLARY
    ceilings = [_HIGHEST_BAND[effect] for effect in effects]
    return min([reached, *ceilings], key=_ORDER.index)


def session_effects(
    cards: Sequence[Scorecard], gates: Mapping[str, Gate]
) -> tuple[SessionEffect, ...]:
    """What the gates of a session do to its band; a repaired gate weighs one step less."""
    effects = []
    for index, card in enumerate(cards):
        made_good = repaired_gates(cards, index, gates)
        for hit in card.gates:
            effect = gates[hit.gate].session
            effects.append(_EASED[effect] if hit.gate in made_good else effect)
    return tuple(effects)


_EASED = {
    SessionEffect.NONE: SessionEffect.NONE,
    SessionEffect.AT_MOST_COMPETENT: SessionEffect.NONE,
    SessionEffect.AT_MOST_BASIC: SessionEffect.AT_MOST_COMPETENT,
    SessionEffect.CANNOT_PASS: SessionEffect.AT_MOST_BASIC,
}


def repaired_gates(
    cards: Sequence[Scorecard], index: int, gates: Mapping[str, Gate]
) -> frozenset[str]:
    """The gates fired at `index` that one of the following replies made good in time.

    A gate without a repair rule, or one that the repairing reply fires again, stays as it is.
    """
    made_good = set()
    for hit in cards[index].gates:
        repair = gates[hit.gate].repair
        if repair is None:
            continue
        following = cards[index + 1 : index + 1 + repair.within_turns]
        for card in following:
            fired_again = any(later.gate == hit.gate for later in card.gates)
            if hit.gate in card.repairs and not fired_again:
                made_good.add(hit.gate)
    return frozenset(made_good)


def _cap(gate: Gate, repaired: bool) -> float | None:
    if repaired and gate.repair is not None and gate.cap is not None:
        return max(gate.cap, gate.repair.lifts_to)
    return gate.cap


def _on_scale(level: float, levels: tuple[int, int] | None) -> float:
    lowest, highest = levels or (0, int(TOP))
    return TOP * (level - lowest) / (highest - lowest)
