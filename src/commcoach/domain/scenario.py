"""A situation to practise: roles, authority, a persona with hidden facts, moves, outcome."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from commcoach.domain.language import Cues, Language, Localized, SalientPoint


@dataclass(frozen=True, slots=True)
class Move:
    """What a reply can do to the persona; `delta` is the change of tension, -2 to 2."""

    id: str
    title: Localized
    delta: int
    cues: Cues
    covers_at_least: int = 0


@dataclass(frozen=True, slots=True)
class Topic:
    """Something a move can be about."""

    id: str
    title: Localized
    cues: Cues


@dataclass(frozen=True, slots=True)
class MoveKey:
    """Met by a move, on a topic if one is named."""

    move: str
    topic: str | None = None


@dataclass(frozen=True, slots=True)
class TensionKey:
    """Met while the tension, after this reply, is at or below a value."""

    at_most: int


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Met when one of its keys is."""

    keys: tuple[UnlockKey, ...]


@dataclass(frozen=True, slots=True)
class AllOf:
    """Met when all of its keys are, by the same reply."""

    keys: tuple[UnlockKey, ...]


UnlockKey = MoveKey | TensionKey | AnyOf | AllOf


@dataclass(frozen=True, slots=True)
class ScriptedLine:
    """Something the counterpart may say once, if its conditions hold.

    `after` names moves made or facts told that must all have happened, `unless` those of which
    none may have happened.
    """

    text: Localized
    after: frozenset[str] = frozenset()
    unless: frozenset[str] = frozenset()

    def may_follow(self, happened: frozenset[str]) -> bool:
        """Whether the line makes sense after these moves and facts."""
        return self.after <= happened and not (self.unless & happened)


@dataclass(frozen=True, slots=True)
class HiddenFact:
    """What the persona tells only after the right move."""

    id: str
    title: Localized
    unlock: UnlockKey
    tells: Cues
    ask: Localized
    disclosures: tuple[ScriptedLine, ...]


@dataclass(frozen=True, slots=True)
class FactTold:
    """Decided by whether a hidden fact was told."""

    fact: str


@dataclass(frozen=True, slots=True)
class TensionAtEnd:
    """Decided by the closing tension."""

    at_most: int


@dataclass(frozen=True, slots=True)
class Checklist:
    """Decided by quotes: each cue set must be found in some reply."""

    needs: tuple[Cues, ...]


Judge = FactTold | TensionAtEnd | Checklist


@dataclass(frozen=True, slots=True)
class OutcomeItem:
    """A checkable result of the dialogue, worth 1 to 5 points."""

    id: str
    title: Localized
    points: int
    judge: Judge


@dataclass(frozen=True, slots=True)
class Limit:
    """Something the learner may not decide, and how a promise of it would sound."""

    text: Localized
    promises: Cues


@dataclass(frozen=True, slots=True)
class AuthorityCard:
    """What the learner may and may not decide."""

    may: tuple[Localized, ...]
    may_not: tuple[Limit, ...]


class Mood(StrEnum):
    """How the persona speaks at a tension: calm 0 to 3, guarded 4 to 6, upset 7 and more."""

    CALM = "calm"
    GUARDED = "guarded"
    UPSET = "upset"

    @classmethod
    def at(cls, tension: int) -> Mood:
        """The mood at a tension of 0 to 10."""
        if tension <= 3:
            return cls.CALM
        return cls.GUARDED if tension <= 6 else cls.UPSET


@dataclass(frozen=True, slots=True)
class Persona:
    """Who the counterpart is."""

    name: Localized
    description: Localized
    start_tension: int


@dataclass(frozen=True, slots=True)
class Script:
    """Every line the counterpart may speak without a model; none is spoken twice in a session."""

    moods: Mapping[Mood, tuple[ScriptedLine, ...]]
    reactions: Mapping[str, tuple[ScriptedLine, ...]]
    neutral: tuple[ScriptedLine, ...]
    break_off: tuple[ScriptedLine, ...]
    repair_accepted: tuple[ScriptedLine, ...]
    repair_refused: tuple[ScriptedLine, ...]
    closing_agreed: tuple[ScriptedLine, ...]
    closing_open: tuple[ScriptedLine, ...]
    closing_broken: tuple[ScriptedLine, ...]


@dataclass(frozen=True, slots=True)
class Scenario:
    """Everything a practice dialogue needs."""

    id: str
    number: str
    version: int
    languages: tuple[Language, ...]
    title: Localized
    module: str
    also: tuple[str, ...]
    side: str
    relation: Localized
    difficulty: int
    turns: int
    role: Localized
    goal: Localized
    authority: AuthorityCard
    fact_card: tuple[Localized, ...]
    persona: Persona
    topics: tuple[Topic, ...]
    hidden_facts: tuple[HiddenFact, ...]
    moves: tuple[Move, ...]
    salient_points: tuple[SalientPoint, ...]
    opening: Localized
    script: Script
    focus: Mapping[str, int]
    support: Mapping[str, int]
    outcome: tuple[OutcomeItem, ...]
    bait: tuple[str, ...] = ()
    strong_first_line: Localized = Localized()

    @property
    def weights(self) -> Mapping[str, int]:
        """The weight of every criterion of the scenario, focus first; together 10."""
        return {**self.focus, **self.support}

    def move(self, id: str) -> Move | None:
        """The move with this id, generic or the scenario's own."""
        return next((move for move in self.moves if move.id == id), None)

    def fact(self, id: str) -> HiddenFact:
        """The hidden fact with this id; a `KeyError` if there is none."""
        for fact in self.hidden_facts:
            if fact.id == id:
                return fact
        raise KeyError(id)

    def points_known(self, told: frozenset[str]) -> tuple[SalientPoint, ...]:
        """The salient points that have been said once these facts are told."""
        return tuple(
            point for point in self.salient_points if point.after is None or point.after in told
        )


def keys_in(key: UnlockKey) -> Iterator[MoveKey | TensionKey]:
    """Every single key inside a combined one."""
    if isinstance(key, AnyOf | AllOf):
        for part in key.keys:
            yield from keys_in(part)
    else:
        yield key
