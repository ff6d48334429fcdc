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
    blind: dict[Identifier, Annotated[float, Field(gt=0, allow_inf_nan=False)]] = Field(
        default={},
        description=(
            "Written by `calibration report --import`: the criteria on which this grade came from "
            "a drawing and was given blind, each with the weight of the reply in that drawing "
            "(its level's share of all replies by its share of those drawn; 1 if drawn by chance "
            "alone). A criterion that is not here was not graded blind, and does not count for "
            "floors and scale links."
        ),
    )
    drawing: dict[Identifier, str] = Field(
        default={},
        description=(
            "Written with `blind`: by criterion the id of the drawing, so that sheets of it that "
            "come later weigh anew what came from it, and nothing else."
        ),
    )


class CaseShape(Row):
    """A graded case; a bare `levels` is one grade."""

    id: Annotated[str, Field(min_length=1)] = Field(
        description=(
            "Unique over all case files. A case and its translation differ by a part zh or en, "
            "such as shift-zh-1 and shift-en-1; where one of the two is missing such a part says "
            "nothing."
        )
    )
    context: str | list[SaidShape] = Field(
        default="", description="What was said before; its last line calls for the reply."
    )
    reply: str
    lang: LanguageCode | None = Field(default=None, description="Told by the reply if left out.")
    scenario: Identifier | None = Field(default=None, description="The scenario it comes from.")
    source: Literal["", "correction"] = Field(
        default="",
        description=(
            "Written by `cases corrections`: a learner's reply whose level a trainer corrected, "
            "which is never drawn for others to grade."
        ),
    )
    grades: list[GradeShape] = Field(default=[], description="Everybody's grades.")
    levels: dict[Identifier, float | None] | None = Field(
        default=None, description="A single grade whose author does not matter."
    )
