"""Replies that nobody could answer or score: empty, pasted, to the scorer, another language."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from commcoach.coaching.admission import Reason
from commcoach.domain.cues import find_cues
from commcoach.domain.language import Language, Localized
from commcoach.domain.library import Library
from commcoach.domain.rubric import Criterion, Gate
from commcoach.domain.scenario import Scenario
from commcoach.domain.wording import Folded, fold, is_quoted, language_of

OFF_TASK = "gate_off_task"
LONGEST_REPLY = 2000
"""Code points that a reply in practice may have."""
PASTED_SHARE = 0.9
SHORTEST_PASTE = 12
"""Folded characters; a shorter overlap with a card or an anchor is coincidence."""

_MACHINE_MARKS = re.compile(
    r"<\|\w+\|>|\[/?inst\]|</?[a-z][\w:-]*(?: [^<>\n]*)?/?>|\{\s*\"\w+\"\s*:|```"
    r"|^\s*(?:system|assistant|user)\s*:",
    re.MULTILINE,
)
"""Tags, roles and objects: what programs tell each other, and nobody says."""

_ENGLISH_WORD = re.compile(
    r"\b(?:the|a|an|to|of|and|is|are|was|i|i'm|i'll|you|your|we|it|that|this|what|how|for|in|on|at"
    r"|have|has|do|did|not|no|yes|be|can|will|my|me|please|sorry|thanks|hello|hi|ok|okay|with|so"
    r"|they|he|she|but|if|as|by|from|our|us|there|who|when|why|which|would|could|about|just)\b"
)


class EmbeddedDoorkeeper:
    """Decides by structure and by the cues of the off-task gate."""

    def __init__(self, library: Library) -> None:
        self._library = library

    def objection(
        self, reply: str, scenario: Scenario, language: Language, said: tuple[str, ...]
    ) -> Reason | None:
        """Why the reply cannot become a turn, or `None`."""
        if len(reply) > LONGEST_REPLY:
            return Reason.TOO_LONG
        criteria = [
            self._library.criteria[id] for id in scenario.weights if id in self._library.criteria
        ]
        gate = self._library.gates.get(OFF_TASK)
        sources = [*said, *_shown_texts(scenario), *_anchor_texts(criteria)]
        return objection_to(reply, gate, sources)


def objection_to(reply: str, gate: Gate | None, sources: Iterable[str]) -> Reason | None:
    """Why a reply cannot be scored; `sources` are texts it must not merely repeat."""
    folded = fold(reply)
    if not any(character.isalpha() for character in folded.text):
        return Reason.EMPTY
    if _is_foreign(folded.text):
        return Reason.OTHER_LANGUAGE
    if _MACHINE_MARKS.search(folded.text):
        return Reason.TO_THE_SCORER
    if gate is not None and _speaks_to_the_scorer(gate, folded):
        return Reason.TO_THE_SCORER
    if _repeats(folded.text, sources):
        return Reason.PASTED
    return None


def _speaks_to_the_scorer(gate: Gate, folded: Folded) -> bool:
    """Whether an off-task wording stands in the reply, other than as a quotation."""
    hits = find_cues(gate.cues, folded, language_of(folded.original))
    return any(not is_quoted(folded, hit.span) for hit in hits)


def anchor_sources(criteria: Sequence[Criterion]) -> list[str]:
    """The rubric's own words, which are no reply."""
    return list(_anchor_texts(criteria))


def _anchor_texts(criteria: Sequence[Criterion]) -> Iterator[str]:
    for criterion in criteria:
        for level in criterion.levels:
            yield from _both(level.anchor)
        yield from _both(criterion.summary)


def _shown_texts(scenario: Scenario) -> Iterator[str]:
    yield from _both(scenario.role)
    yield from _both(scenario.goal)
    for text in (*scenario.fact_card, *scenario.authority.may):
        yield from _both(text)
    for limit in scenario.authority.may_not:
        yield from _both(limit.text)


def _both(text: Localized) -> Iterator[str]:
    yield from (part for part in (text.zh, text.en) if part)


def _repeats(text: str, sources: Iterable[str]) -> bool:
    """Whether nearly all of the text is taken from the sources, long stretch by long stretch."""
    letters = sum(character.isalnum() for character in text)
    if letters < SHORTEST_PASTE:
        return False
    left = text
    for source in sources:
        for sentence in _long_sentences(source):
            left = left.replace(sentence, "")
    return sum(character.isalnum() for character in left) <= (1 - PASTED_SHARE) * letters


@lru_cache(maxsize=4096)
def _long_sentences(source: str) -> list[str]:
    folded = fold(source)
    parts = [folded.text[span.start : span.end].strip() for span in folded.sentences]
    return sorted((part for part in parts if len(part) >= SHORTEST_PASTE // 2), key=len)[::-1]


def _is_foreign(text: str) -> bool:
    """Mostly in a script, or in Latin words, of neither Chinese nor English."""
    letters = [character for character in text if character.isalpha()]
    if not letters:
        return False
    named = [unicodedata.name(character, "") for character in letters]
    home = sum(name.startswith(("CJK", "LATIN")) for name in named)
    if home < len(letters) / 2:
        return True
    kana = sum(name.startswith(("HIRAGANA", "KATAKANA")) for name in named)
    if kana > len(letters) / 5:
        return True
    words = re.findall(r"[^\W\d_']+(?:'\w+)?", text)
    latin = sum(name.startswith("LATIN") for name in named)
    return latin > len(letters) / 2 and len(words) >= 6 and not _ENGLISH_WORD.search(text)
