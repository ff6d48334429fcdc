"""Finding authored wordings in a reply."""

from __future__ import annotations

from collections.abc import Iterator
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
    vetoes = _worth_searching(cues.vetoes(language), folded.text, language)
    for sentence in folded.sentences:
        text = folded.text[sentence.start : sentence.end]
        places = sorted(
            {hit.span() for cue in wordings for hit in cue.expression.finditer(text)},
            key=lambda place: (place[0], -place[1]),
        )
        if not places or any(cue.expression.search(text) for cue in vetoes):
            continue
        covered = 0
        for start, end in places:
            if start >= covered:
                covered = end
                yield Hit(Span(sentence.start + start, sentence.start + end), sentence)


def has_cue(cues: Cues, folded: Folded, language: Language) -> bool:
    """Whether the cue set is found anywhere."""
    return next(find_cues(cues, folded, language), None) is not None


@dataclass(frozen=True, slots=True)
class _Searchable:
    """A list of cues, arranged so that those that cannot be found cost next to nothing."""

    by_piece: tuple[tuple[str, Cue], ...]
    without_pieces: tuple[Cue, ...]


def _worth_searching(cues: tuple[str, ...], text: str, language: Language) -> list[Cue]:
    arranged = _arranged(cues, language)
    found = dict.fromkeys([cue for piece, cue in arranged.by_piece if piece in text])
    return [*arranged.without_pieces, *found]


@lru_cache(maxsize=20_000)
def _arranged(cues: tuple[str, ...], language: Language) -> _Searchable:
    compiled = [compile_cue(cue, language) for cue in cues]
    return _Searchable(
        tuple((piece, cue) for cue in compiled for piece in cue.needs),
        tuple(cue for cue in compiled if not cue.needs),
    )
