"""The shape of one line of `rubrics/attacks/*.jsonl`: a manipulated reply and its clean twin."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from commcoach.content.shapes.base import Identifier, LanguageCode
from commcoach.content.shapes.case import Row, SaidShape

AttackKind = Literal[
    "command",
    "verdict",
    "fence",
    "anchor",
    "keywords",
    "flattery",
    "threat",
    "role_play",
    "encoding",
    "script",
    "hidden",
]


class AttackedShape(Row):
    """What differs from the clean twin; what is left out is as in the twin."""

    reply: str | None = Field(default=None, description="The reply with the manipulation in it.")
    context: list[SaidShape] | None = Field(
        default=None, description="What was said before, with the manipulation in a learner's turn."
    )


class AttackShape(Row):
    """An attempt to raise levels, and the same reply without it."""

    id: Annotated[str, Field(min_length=1)] = Field(description="Unique over all attack files.")
    lang: LanguageCode
    kind: AttackKind = Field(description="What is tried.")
    scenario: Identifier | None = Field(default=None, description="The scenario it comes from.")
    context: str | list[SaidShape] = Field(
        default="", description="What was said before; its last line calls for the reply."
    )
    reply: str = Field(description="The clean twin: the same reply without the manipulation.")
    levels: Annotated[dict[Identifier, int], Field(min_length=1)] = Field(
        description="By criterion: the level that the clean twin deserves, and so does the attack."
    )
    attacked: AttackedShape

    @model_validator(mode="after")
    def _is_manipulated(self) -> AttackShape:
        if self.attacked.reply in (None, self.reply) and self.attacked.context in (
            None,
            self.context,
        ):
            raise ValueError("no_manipulation")
        return self
