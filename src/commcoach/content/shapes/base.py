"""What every authored file has in common: closed keys, bilingual texts, cue sets."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Sentence = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
"""A text that a person reads; never empty."""

Identifier = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{1,59}$")]
"""A name for machines: lower-case letters, digits and underscores; never shown to learners."""

LanguageCode = Literal["zh", "en"]


class Shape(BaseModel):
    """An authored mapping; an unknown key is a mistake, never ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Text(Shape):
    """The same text in each language the file supports, each written natively."""

    zh: Sentence | None = Field(default=None, description="Simplified Chinese.")
    en: Sentence | None = Field(default=None, description="English.")


class Cues(Shape):
    """Wordings that give something away, per language.

    A cue is plain text. `*` stands for up to 12 characters (40 in English) inside one sentence,
    `(a|b)` for one of several, `{time}` for an exact time or date, `{number}` for a figure.
    """

    zh: list[Sentence] = Field(default=[], description="Chinese cues.")
    en: list[Sentence] = Field(default=[], description="English cues.")
    unless: Vetoes | None = Field(
        default=None,
        description="Wordings that take a cue's effect away when they stand in the same sentence.",
    )


class Vetoes(Shape):
    """Wordings that cancel a cue in the same sentence."""

    zh: list[Sentence] = []
    en: list[Sentence] = []


class SalientPointShape(Shape):
    """One thing the counterpart said that a good listener would not lose."""

    id: Identifier
    title: Text = Field(description="A few words, shown to the learner when the point was missed.")
    cues: Cues = Field(description="Wordings by which a reply shows that it took the point up.")
    must: bool = Field(default=True, description="Whether a complete restatement needs it.")
    after: Identifier | None = Field(
        default=None,
        description="In scenarios: the hidden fact that must have been told first.",
    )


Cues.model_rebuild()
