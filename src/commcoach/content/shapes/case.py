"""The shape of one line of `rubrics/cases/*.jsonl`: a context, a reply, and its grades."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from commcoach.content.shapes.base import Identifier, LanguageCode


class Row(BaseModel):
    """What stands in one line of a file; an unknown key is a mistake."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class SaidShape(Row):
    """One message of the context."""

    speaker: str
    text: str


class GradeShape(Row):
    """Somebody's levels for a case: null is not applicable, a missing criterion is not graded."""

    by: Annotated[str, Field(min_length=1)] = Field(description="Who graded; a name or a code.")
    kind: Literal["human", "author", "model", "import"] = "import"
    levels: dict[Identifier, float | None] = Field(
        description="By criterion: a level (real values allowed), or null for not applicable."
    )


class CaseShape(Row):
    """A graded case; a bare `levels` is one grade."""

    id: Annotated[str, Field(min_length=1)] = Field(description="Unique over all case files.")
    context: str | list[SaidShape] = Field(
        default="", description="What was said before; its last line calls for the reply."
    )
    reply: str
    lang: LanguageCode | None = Field(default=None, description="Told by the reply if left out.")
    scenario: Identifier | None = Field(default=None, description="The scenario it comes from.")
    grades: list[GradeShape] = Field(default=[], description="Everybody's grades.")
    levels: dict[Identifier, float | None] | None = Field(
        default=None, description="A single grade whose author does not matter."
    )
