"""Whether a reply can be practised with at all, before it becomes a turn."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from commcoach.domain.language import Language
from commcoach.domain.scenario import Scenario


class Reason(StrEnum):
    """Why a reply was set aside; it is kept, but costs no turn."""

    EMPTY = "empty"
    TOO_LONG = "too_long"
    PASTED = "pasted"
    TO_THE_SCORER = "to_the_scorer"
    OTHER_LANGUAGE = "other_language"


@dataclass(frozen=True, slots=True)
class Masked:
    """A text without personal data, of the same length, and what kinds were found."""

    text: str
    found: tuple[str, ...] = ()


class Mask(Protocol):
    """Takes personal data out of a text before anything is stored."""

    def __call__(self, text: str) -> Masked:
        """The text with identity numbers, phone numbers and the like blacked out."""
        ...


class Doorkeeper(Protocol):
    """Sets replies aside that nobody could answer or score."""

    def objection(
        self, reply: str, scenario: Scenario, language: Language, said: tuple[str, ...]
    ) -> Reason | None:
        """Why the reply cannot be taken, or `None`."""
        ...
