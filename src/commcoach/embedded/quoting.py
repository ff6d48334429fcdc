"""Cutting quotes: the clause around a hit, and what stands in quotation marks."""

from __future__ import annotations

import re

from commcoach.domain.language import Language
from commcoach.domain.wording import Folded, Span, cut_into_sentences, language_of

_CLAUSE_END = re.compile(r"[,。!?;\n]|:(?!\d)|\.(?=\s|$)")
LONGEST_QUOTE = {Language.ZH: 60, Language.EN: 160}
"""Code points; a longer clause is cut around the words that matter."""


def clauses(folded: Folded) -> list[Span]:
    """The clauses of a text, as stretches of the folded text."""
    spans, start = [], 0
    for end in _CLAUSE_END.finditer(folded.text):
        spans.append(Span(start, end.start()))
        start = end.end()
    spans.append(Span(start, len(folded.text)))
    return [trimmed for span in spans if (trimmed := _trim(folded, span)).start < trimmed.end]


def clause_around(folded: Folded, hit: Span) -> Span:
    """The clause or clauses that hold a stretch of folded text, as a span of the original."""
    start, end = hit.start, hit.end
    for clause in clauses(folded):
        if clause.start < hit.end and hit.start < clause.end:
            start, end = min(start, clause.start), max(end, clause.end)
    longest = LONGEST_QUOTE[language_of(folded.text)]
    if end - start > longest:
        start = _word_start(folded.text, max(start, hit.start - longest // 4), start)
        end = _word_end(folded.text, max(hit.end, start + longest), end)
    trimmed = _trim(folded, Span(start, end))
    return folded.span(trimmed.start, trimmed.end)


def _word_start(text: str, place: int, earliest: int) -> int:
    while place > earliest and _inside_word(text, place):
        place -= 1
    return place


def _word_end(text: str, place: int, latest: int) -> int:
    while place < latest and _inside_word(text, place):
        place += 1
    return min(place, latest)


def _inside_word(text: str, place: int) -> bool:
    return (
        place < len(text)
        and (text[place - 1 : place + 1]).isascii()
        and (text[place - 1].isalnum() and text[place].isalnum())
    )


def split_folded(folded: Folded, part: Span) -> Folded:
    """A stretch of a folded text as a folded text of its own, with the same places."""
    text = folded.text[part.start : part.end]
    places = folded.places[part.start : part.end]
    return Folded(folded.original, text, places, cut_into_sentences(text))


def _trim(folded: Folded, span: Span) -> Span:
    start, end = span.start, span.end
    while start < end and folded.text[start] in " \"',":
        start += 1
    while start < end and folded.text[end - 1] in " \"',":
        end -= 1
    return Span(start, end)
