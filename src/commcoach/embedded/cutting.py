"""Taking stretches out of a folded text."""

from __future__ import annotations

import re
from collections.abc import Iterable

from commcoach.domain.wording import Folded, Span, cut_into_sentences

_MARKS = re.compile(r"[\s\"'。.!?;,)\]]*")


def without(reply: Folded, cuts: Iterable[Span]) -> Folded:
    """The rest; a line break for each cut, so that what it parts does not become neighbours.

    The marks behind a cut go with it, and no line break stands where nothing follows.
    """
    text: list[str] = []
    places: list[int] = []
    kept_to = 0
    for cut in sorted(cuts, key=lambda one: one.start):
        if cut.end <= kept_to:
            continue
        start = max(cut.start, kept_to)
        text.extend((reply.text[kept_to:start], "\n"))
        places.extend((*reply.places[kept_to:start], reply.places[start]))
        marks = _MARKS.match(reply.text, cut.end)
        kept_to = marks.end() if marks else cut.end
    text.append(reply.text[kept_to:])
    places.extend(reply.places[kept_to:])
    whole = "".join(text).rstrip("\n ")
    del places[len(whole) :]
    return Folded(reply.original, whole, tuple(places), cut_into_sentences(whole))
