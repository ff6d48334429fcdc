"""Finding authored wordings in a reply."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from commcoach.domain.cue_grammar import Cue, compile_cue
from commcoach.domain.language import Cues, Language
from commcoach.domain.wording import Folded, Span


@dataclass(frozen=True, slots=True)
class Hit:
    """A place where a cue was found: a stretch of the folded text, and its sentence."""

    span: Span
    sentence: Span


def find_cues(cues: Cues, folded: Folded, language: Language) -> Iterator[Hit]:
    """Where a cue set is found: per sentence, left to right, unless one of its vetoes is there."""
    wordings = _worth_searching(cues.wordings(language), folded.text, language)
    if not wordings:
        return
    vetoes: list[Cue] | None = None
    for sentence in folded.sentences:
        text = folded.text[sentence.start : sentence.end]
        places = sorted(
            {hit.span() for cue in wordings for hit in cue.expression.finditer(text)},
            key=lambda place: (place[0], -place[1]),
        )
        if not places:
            continue
        if vetoes is None:
            vetoes = _worth_searching(cues.vetoes(language), folded.text, language)
        if any(cue.expression.search(text) for cue in vetoes):
            continue
        covered = 0
        for start, end in places:
            if start >= covered:
                covered = end
                yield Hit(Span(sentence.start + start, sentence.start + end), sentence)


def has_cue(cues: Cues, folded: Folded, language: Language) -> bool:
    """Whether the cue set is found anywhere."""
    return next(find_cues(cues, folded, language), None) is not None


def make_ready(cues: Cues, language: Language) -> None:
    """Do ahead of time what makes the first search for a cue set slow."""
    _arranged(cues.wordings(language), language)
    _arranged(cues.vetoes(language), language)


@dataclass(frozen=True, slots=True)
class _Searchable:
    """A list of cues by the first two characters of the pieces they need.

    Thousands of cues are looked for in every reply; this way those that cannot be found cost
    next to nothing.
    """

    by_head: Mapping[str, tuple[tuple[str, Cue], ...]]
    heads: frozenset[str]
    without_pieces: tuple[Cue, ...]


def _worth_searching(cues: tuple[str, ...], text: str, language: Language) -> list[Cue]:
    arranged = _arranged(cues, language)
    here = arranged.heads & _heads_in(text)
    found = dict.fromkeys(
        cue for head in here for piece, cue in arranged.by_head[head] if piece in text
    )
    return [*arranged.without_pieces, *found]


@lru_cache(maxsize=4096)
def _heads_in(text: str) -> frozenset[str]:
    return frozenset(text) | {text[place : place + 2] for place in range(len(text) - 1)}


_MOST_KNOWN = 20_000
_known: dict[tuple[int, Language], tuple[tuple[str, ...], _Searchable]] = {}
"""By identity: to hash hundreds of wordings takes longer than to look for them. The list stands
beside its arrangement so that no other takes its place in memory."""


def _arranged(cues: tuple[str, ...], language: Language) -> _Searchable:
    key = id(cues), language
    found = _known.get(key)
    if found is None:
        if len(_known) >= _MOST_KNOWN:
            _known.clear()
        found = _known[key] = cues, _arrange(cues, language)
    return found[1]


def _arrange(cues: tuple[str, ...], language: Language) -> _Searchable:
    compiled = [compile_cue(cue, language) for cue in cues]
    by_head: dict[str, list[tuple[str, Cue]]] = {}
    for cue in compiled:
        for piece in cue.needs:
            by_head.setdefault(piece[:2], []).append((piece, cue))
    return _Searchable(
        {head: tuple(pairs) for head, pairs in by_head.items()},
        frozenset(by_head),
        tuple(cue for cue in compiled if not cue.needs),
    )
