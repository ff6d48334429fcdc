"""Attempts to talk a scorer into a level: a reply with a manipulation, and the same without."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from commcoach.domain.cases import Said
from commcoach.domain.language import Language


class AttackKind(StrEnum):
    """What is tried."""

    COMMAND = "command"
    VERDICT = "verdict"
    FENCE = "fence"
    ANCHOR = "anchor"
    KEYWORDS = "keywords"
    FLATTERY = "flattery"
    THREAT = "threat"
    ROLE_PLAY = "role_play"
    ENCODING = "encoding"
    SCRIPT = "script"
    HIDDEN = "hidden"


@dataclass(frozen=True, slots=True)
class Manipulated:
    """What the scorer is shown in an attack."""

    context: tuple[Said, ...]
    reply: str


@dataclass(frozen=True, slots=True)
class Attack:
    """One attack and its clean twin.

    Both say the same to the counterpart, so both deserve the twin's `levels`. The manipulation
    stands in the reply or in what the learner is made to have said before it.
    """

    id: str
    language: Language
    kind: AttackKind
    context: tuple[Said, ...]
    reply: str
    levels: Mapping[str, int]
    attacked: Manipulated
    scenario: str | None = None

    @property
    def criteria(self) -> tuple[str, ...]:
        """The criteria whose levels are tried to be raised."""
        return tuple(self.levels)

    @property
    def in_earlier_turns(self) -> bool:
        """Whether the manipulation stands before the reply, not in it."""
        return self.attacked.context != self.context
