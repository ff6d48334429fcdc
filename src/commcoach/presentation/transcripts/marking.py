"""Evidence in its place: a text cut into pieces, each with the marks that lie over it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True, slots=True)
class Mark:
    """A span that proves something.

    `start` and `end` count code points, half open. `label` is short and stands behind the span,
    `title` says what it proves; `number` tells marks apart by colour and is 0 for a gate.
    """

    start: int
    end: int
    number: int
    label: str
    title: str


@dataclass(frozen=True, slots=True)
class Piece:
    """Part of a text with the marks over all of it, and those of them that end with it."""

    text: str
    marks: tuple[Mark, ...] = ()
    ending: tuple[Mark, ...] = ()

    @property
    def title(self) -> str:
        """What the marks over this piece prove."""
        return " · ".join(mark.title for mark in self.marks)


def pieces(text: str, marks: Iterable[Mark]) -> tuple[Piece, ...]:
    """The text cut wherever a mark begins or ends; marks may overlap.

    A mark that covers nothing of the text is left out. The pieces together are the text.
    """
    kept = [mark for mark in marks if 0 <= mark.start < mark.end <= len(text)]
    edges = sorted({0, len(text), *(edge for mark in kept for edge in (mark.start, mark.end))})
    cut = []
    for start, end in pairwise(edges):
        over = tuple(mark for mark in kept if mark.start <= start and end <= mark.end)
        ending = tuple(mark for mark in over if mark.end == end)
        cut.append(Piece(text[start:end], over, ending))
    return tuple(cut)


def span_of(text: str, quote: str, start: int, end: int) -> tuple[int, int] | None:
    """Where a quote stands: at its offsets, else where it is found, else nowhere."""
    if quote and text[start:end] == quote:
        return start, end
    found = text.find(quote) if quote else -1
    return (found, found + len(quote)) if found >= 0 else None
