"""How the counterpart changes: the pure step from a state and a reading to a new state."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from commcoach.domain.reading import FoundMove, Reading
from commcoach.domain.scenario import (
    AllOf,
    AnyOf,
    HiddenFact,
    Move,
    MoveKey,
    Scenario,
    TensionKey,
    UnlockKey,
)

LOWEST_TENSION = 0
HIGHEST_TENSION = 10
BREAKING_POINT = 9
AFTER_REPAIR = 6
MOST_SOOTHING_PER_REPLY = 2
MOST_FACTS_PER_REPLY = 2
PATIENCE = 2
"""Replies in a row without a soothing move after which the tension rises by itself."""


class Stage(StrEnum):
    """Where the talk stands: going on, broken off with one chance left, or over."""

    TALKING = "talking"
    BROKEN_OFF = "broken_off"
    GONE = "gone"


class Event(StrEnum):
    """What the last reply brought about."""

    WENT_ON = "went_on"
    BROKE_OFF = "broke_off"
    REPAIRED = "repaired"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class PersonaState:
    """What the counterpart carries from turn to turn.

    `tension` is 0 to 10; `told` are the hidden facts told so far; `moves` all moves the learner
    has made; `soothed` the soothing moves (with their topic) that have had their effect; `idle`
    counts the replies since the last soothing move, or since patience last ran out.
    """

    tension: int
    told: frozenset[str] = frozenset()
    moves: frozenset[str] = frozenset()
    soothed: frozenset[tuple[str, str | None]] = frozenset()
    stage: Stage = Stage.TALKING
    repair_used: bool = False
    idle: int = 0

    @property
    def happened(self) -> frozenset[str]:
        """Moves made and facts told, by id: what a scripted line may depend on."""
        return self.moves | self.told


@dataclass(frozen=True, slots=True)
class Reaction:
    """The new state, the facts that open now, and the move the counterpart answers to."""

    state: PersonaState
    event: Event = Event.WENT_ON
    opened: tuple[str, ...] = ()
    answers: str | None = None


def initial_state(scenario: Scenario) -> PersonaState:
    """The state before the learner's first reply."""
    return PersonaState(tension=scenario.persona.start_tension)


def step(scenario: Scenario, state: PersonaState, reading: Reading) -> Reaction:
    """What the reply does to the counterpart.

    Of the raising moves of a reply the gravest counts, each time: one rude sentence is often
    found as several moves. A soothing move counts only the first time it is made on its topic,
    and together at most 2 a reply, so that neither flattery nor repetition calms. A reply that
    raises the tension opens nothing. Every second reply in a row that does nothing for the
    counterpart raises it by one: being put off is no rest. At 9 the counterpart breaks off once
    and gives one chance to repair. Rules: docs/writing-scenarios.md.
    """
    found = [(hit, move) for hit in reading.moves if (move := scenario.move(hit.move))]
    raised = max((move.delta for _, move in found if move.delta > 0), default=0)
    soothing = {
        (hit.move, hit.topic): move.delta
        for hit, move in found
        if move.delta < 0 and (hit.move, hit.topic) not in state.soothed
    }
    soothed = min(MOST_SOOTHING_PER_REPLY, -sum(soothing.values()))
    idle = 0 if any(move.delta < 0 for _, move in found) else state.idle + 1
    if idle == PATIENCE:
        raised, idle = max(raised, 1), 0
    known = replace(
        state,
        idle=idle,
        moves=state.moves | {move.id for _, move in found},
        soothed=state.soothed | soothing.keys(),
    )
    answers = _answered_move(found, state)
    if state.stage is not Stage.TALKING:
        return _after_break_off(known, raised, soothed, answers)

    tension = _within_range(state.tension + raised - soothed)
    if tension >= BREAKING_POINT and tension > state.tension:
        gone = state.repair_used
        return Reaction(
            state=replace(known, tension=tension, stage=Stage.GONE if gone else Stage.BROKEN_OFF),
            event=Event.LEFT if gone else Event.BROKE_OFF,
            answers=answers,
        )
    opened: tuple[str, ...] = ()
    if tension <= state.tension and not raised:
        opened = tuple(
            fact.id
            for fact in scenario.hidden_facts
            if fact.id not in state.told and opens(fact, reading, tension)
        )[:MOST_FACTS_PER_REPLY]
    return Reaction(
        state=replace(known, tension=tension, told=state.told | set(opened)),
        opened=opened,
        answers=answers,
    )


def opens(fact: HiddenFact, reading: Reading, tension: int) -> bool:
    """Whether the reply, at the tension after it, meets the fact's key."""
    return _is_met(fact.unlock, reading, tension)


def _is_met(key: UnlockKey, reading: Reading, tension: int) -> bool:
    match key:
        case MoveKey(move, topic):
            return reading.has(move, topic)
        case TensionKey(at_most):
            return tension <= at_most
        case AnyOf(keys):
            return any(_is_met(part, reading, tension) for part in keys)
        case AllOf(keys):
            return all(_is_met(part, reading, tension) for part in keys)


def _after_break_off(
    known: PersonaState, raised: int, soothed: int, answers: str | None
) -> Reaction:
    if known.stage is Stage.BROKEN_OFF and soothed and not raised:
        back = replace(known, tension=AFTER_REPAIR, stage=Stage.TALKING, repair_used=True)
        return Reaction(state=back, event=Event.REPAIRED, answers=answers)
    gone = replace(known, stage=Stage.GONE, repair_used=True)
    return Reaction(state=gone, event=Event.LEFT, answers=answers)


def _answered_move(found: list[tuple[FoundMove, Move]], state: PersonaState) -> str | None:
    """The move that weighs most: raising before soothing, gross before slight.

    A soothing move that has had its effect is not answered as if it were new.
    """

    def weight(pair: tuple[FoundMove, Move]) -> tuple[int, int, int]:
        hit, move = pair
        return (max(0, move.delta), abs(move.delta), -hit.start)

    new = [
        (hit, move)
        for hit, move in found
        if move.delta >= 0 or (hit.move, hit.topic) not in state.soothed
    ]
    return max(new, key=weight)[1].id if new else None


def _within_range(tension: int) -> int:
    return max(LOWEST_TENSION, min(HIGHEST_TENSION, tension))
