"""The languages of the product, and texts that exist in several of them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Language(StrEnum):
    """A language in which a learner can practise."""

    ZH = "zh"
    EN = "en"


@dataclass(frozen=True, slots=True)
class Localized:
    """One text in one or more languages, each written natively."""

    zh: str | None = None
    en: str | None = None

    def get(self, language: Language) -> str | None:
        """The text in exactly this language, if there is one."""
        return self.zh if language is Language.ZH else self.en

    def said_in(self, language: Language) -> str:
        """The text in this language, else in the other one, else an empty string."""
        other = Language.EN if language is Language.ZH else Language.ZH
        return self.get(language) or self.get(other) or ""


@dataclass(frozen=True, slots=True)
class Cues:
    """Wordings that give something away, and wordings that cancel them in the same sentence."""

    zh: tuple[str, ...] = ()
    en: tuple[str, ...] = ()
    unless_zh: tuple[str, ...] = ()
    unless_en: tuple[str, ...] = ()

    def wordings(self, language: Language) -> tuple[str, ...]:
        """The cues of one language."""
        return self.zh if language is Language.ZH else self.en

    def vetoes(self, language: Language) -> tuple[str, ...]:
        """The wordings of one language that cancel a cue."""
        return self.unless_zh if language is Language.ZH else self.unless_en

    def __bool__(self) -> bool:
        return bool(self.zh or self.en)


@dataclass(frozen=True, slots=True)
class SalientPoint:
    """One thing the counterpart said that a good listener would not lose."""

    id: str
    title: Localized
    cues: Cues
    must: bool = True
    after: str | None = None
