"""What is scored: criteria with anchored levels, rubrics that group them, gates that cap."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from commcoach.domain.language import Cues, Language, Localized, SalientPoint


@dataclass(frozen=True, slots=True)
class Stimulus:
    """What the counterpart said before an example reply."""

    id: str
    text: Localized
    scenario: str | None = None
    salient_points: tuple[SalientPoint, ...] = ()


@dataclass(frozen=True, slots=True)
class Example:
    """A reply that shows one level of one criterion, answering a stimulus.

    `because` says of one that is easily put at another level why it belongs here.
    """

    text: Localized
    level: int
    stimulus: str | None = None
    because: Localized = Localized()


@dataclass(frozen=True, slots=True)
class Level:
    """One step of a criterion: the behaviour that earns it."""

    number: int
    label: Localized
    anchor: Localized
    why: Localized
    change: Localized
    examples: tuple[Example, ...] = ()


@dataclass(frozen=True, slots=True)
class Condition:
    """When a criterion applies, or does not; without cues only a person or a model can tell."""

    when: Localized
    cues: Cues


class Direction(StrEnum):
    """What a group of wordings speaks for."""

    UP = "up"
    DOWN = "down"
    FORMULA = "formula"


@dataclass(frozen=True, slots=True)
class Signal:
    """A group of wordings that speak for or against the behaviour."""

    id: str
    title: Localized
    toward: Direction
    cues: Cues


@dataclass(frozen=True, slots=True)
class Boundary:
    """The question that decides between two neighbouring levels."""

    lower: int
    upper: int
    question: Localized


@dataclass(frozen=True, slots=True)
class SelfTest:
    """A reply with the result its author expects: a level, `not_applicable` or a gate id."""

    language: Language
    context: str
    reply: str
    expect: int | str


@dataclass(frozen=True, slots=True)
class Floor:
    """What a scorer must reach against people before a criterion may be published.

    `kappa` is the least quadratic weighted kappa. It binds from `min_cases` cases on that were
    each graded by `graders` people or more, independently.
    """

    kappa: float
    min_cases: int
    graders: int


@dataclass(frozen=True, slots=True)
class Criterion:
    """One behaviour with its levels, anchors, examples and wording."""

    id: str
    module: str
    version: int
    tier: str
    languages: tuple[Language, ...]
    title: Localized
    summary: Localized
    why_it_matters: Localized
    evidence_rule: Localized
    levels: tuple[Level, ...]
    absence_up_to: int
    embedded_max: int
    applies_when: tuple[Condition, ...] = ()
    not_applicable_when: tuple[Condition, ...] = ()
    stimuli: tuple[Stimulus, ...] = ()
    look_alikes: tuple[Example, ...] = ()
    boundaries: tuple[Boundary, ...] = ()
    signals: tuple[Signal, ...] = ()
    keep: Localized = Localized()
    change: Localized = Localized()
    if_then: Localized = Localized()
    practice_prompt: Localized = Localized()
    related: tuple[str, ...] = ()
    do_not_score_with: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    tests: tuple[SelfTest, ...] = ()
    floor: Floor | None = None

    @property
    def numbers(self) -> tuple[int, ...]:
        """The level numbers, ascending."""
        return tuple(level.number for level in self.levels)

    @property
    def lowest(self) -> int:
        """The lowest level number."""
        return self.levels[0].number

    @property
    def highest(self) -> int:
        """The highest level number."""
        return self.levels[-1].number

    def level(self, number: int) -> Level:
        """The level with this number; a `KeyError` if the criterion has none such."""
        for level in self.levels:
            if level.number == number:
                return level
        raise KeyError(number)

    def means_absence(self, number: int) -> bool:
        """Whether a reply at this level is marked by what it lacks."""
        return number <= self.absence_up_to

    def stimulus(self, id: str | None) -> Stimulus | None:
        """The stimulus with this id; the first one for `None`."""
        if id is None:
            return self.stimuli[0] if self.stimuli else None
        return next((stimulus for stimulus in self.stimuli if stimulus.id == id), None)


@dataclass(frozen=True, slots=True)
class Rubric:
    """The criteria of one module."""

    module: str
    title: Localized
    purpose: Localized
    criteria: tuple[Criterion, ...]


class SessionEffect(StrEnum):
    """What a fired gate does to the band of the whole session."""

    NONE = "none"
    AT_MOST_BASIC = "at_most_basic"
    AT_MOST_COMPETENT = "at_most_competent"
    CANNOT_PASS = "cannot_pass"  # noqa: S105  # a verdict, no password


@dataclass(frozen=True, slots=True)
class Repair:
    """How a fired gate can be made good: within so many turns, up to a new cap (0 to 4)."""

    within_turns: int
    lifts_to: float
    cues: Cues


@dataclass(frozen=True, slots=True)
class GateReply:
    """A reply that must, or must not, fire a gate."""

    text: Localized
    context: Localized
    authority: Localized


@dataclass(frozen=True, slots=True)
class Gate:
    """A line not to be crossed. `cap` is on the 0 to 4 scale; `None` means: do not score."""

    id: str
    title: Localized
    rule: Localized
    order: int
    cap: float | None
    session: SessionEffect
    cues: Cues
    said: Localized
    why: Localized
    instead: Localized
    needs_authority: bool = False
    repair: Repair | None = None
    context_cues: Cues = Cues()
    relief_cues: Cues = Cues()
    near_misses: tuple[GateReply, ...] = ()
    dirty: tuple[GateReply, ...] = ()


def content_hash(authored: Mapping[str, Any]) -> str:
    """A SHA-256 over everything an author wrote in a file: changes with any edit of meaning.

    Takes the authored values without defaults, so that a new optional key changes no old hash.
    """
    return _digest(authored)


def structure_hash(criterion: Criterion) -> str:
    """A SHA-256 over what makes levels comparable: id, level numbers, languages."""
    return _digest(
        {
            "id": criterion.id,
            "levels": criterion.numbers,
            "languages": [language.value for language in criterion.languages],
        }
    )


def _digest(value: Mapping[str, Any]) -> str:
    canonical = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
