"""Graded replies: a context, a reply, and the levels somebody gave it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from commcoach.domain.language import Language


@dataclass(frozen=True, slots=True)
class Said:
    """One message before the reply."""

    speaker: str
    text: str


def last_words(context: Sequence[Said]) -> str:
    """What the reply answers: the last message; of a plain text its last line with words."""
    last = next((said for said in reversed(context) if said.text.strip()), None)
    if last is None:
        return ""
    lines = [line for line in last.text.splitlines() if line.strip()]
    return last.text if last.speaker else lines[-1]


HUMAN, AUTHOR, IMPORT = "human", "author", "import"
"""Who gave a grade: a person, whoever wrote the case, or a scale from elsewhere."""

CORRECTION = "correction"
"""Where a case comes from that is a learner's corrected reply."""


@dataclass(frozen=True, slots=True)
class Grade:
    """Somebody's levels; `None` means not applicable, a missing criterion not graded.

    `kind` tells whether a human, an author, a model or an import gave them. Levels may be real
    values between two level numbers, for example the mean of several raters.

    `blind` has the criteria on which the grade came from a drawing: given by one who saw no level
    of the machine or of others. The value, above 0, is the weight of the reply in its drawing: what
    share of the replies it stands for, by the mean of 1; always 1 if drawn by chance alone.
    `drawing` has the id of that drawing by criterion (`Key.id`), where it is known.
    """

    by: str
    kind: str
    levels: Mapping[str, float | None]
    blind: Mapping[str, float] = field(default_factory=dict)
    drawing: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class GradedCase:
    """A reply in its context, with all grades it has.

    `source` is `CORRECTION` if it is a learner's reply whose level a trainer corrected.
    """

    id: str
    context: tuple[Said, ...]
    reply: str
    grades: tuple[Grade, ...]
    language: Language | None = None
    scenario: str | None = None
    source: str = ""

    def context_text(self) -> str:
        """The messages before the reply, one a line; the last line calls for the reply."""
        return "\n".join(said.text for said in self.context)

    def levels_of(self, criterion: str) -> tuple[float | None, ...]:
        """Every grade of one criterion."""
        return tuple(grade.levels[criterion] for grade in self.grades if criterion in grade.levels)
