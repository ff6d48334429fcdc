"""What of a reply is said to the counterpart, and so counts: without copies, lists and asides."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from commcoach.domain.language import Cues, Language
from commcoach.domain.rubric import Criterion, Gate
from commcoach.domain.wording import Folded, Span, fold, language_of
from commcoach.embedded.asides import about_scoring, notes
from commcoach.embedded.cutting import without
from commcoach.embedded.units import content_units

_COPIED_ANCHOR = {Language.ZH: 10, Language.EN: 40}
_COPIED_EXAMPLE = {Language.ZH: 24, Language.EN: 80}
"""Folded characters: a shorter stretch shared with the rubric's own text is coincidence."""
_QUOTES = "\"'\u300c\u300e\u300a"
_FEWEST_UNITS = {Language.ZH: 10, Language.EN: 6}
_RETOLD = 0.7
"""The share of a sentence's units, pairs of characters or words with meaning, in an anchor."""
_LONGEST_LEAD_IN = {Language.ZH: 10, Language.EN: 40}
"""A reply that adds no more than this to an example is what the example is, and scored as it."""

_ENCODED = re.compile(
    r"(?=[a-z+/]*\d)[a-z0-9+/]{20,}={0,2}|(?=(?:[a-z+/]*\d+[a-z+/]+){2})[a-z0-9+/]{12,}={0,2}"
    r"|(?:%[0-9a-f]{2}){4,}|(?:\\+[ux][0-9a-f]{2,6}){3,}"
    r"|(?:&#x?[0-9a-f]+;\s*){3,}|(?:\b[0-9a-f]{2}\b[\s:,-]*){8,}"
)
_SLASHED = re.compile(r"(?:[^/|#+&~\n。.!?;]{0,40}[/|#+&~]){4,}[^/|#+&~\n。.!?;]{0,40}")
_BRACKETED = re.compile(
    r"(?:[(\[{][^()\[\]{}\n]{1,30}[)\]}][\s,]*){3,}|[(\[{](?:[^()\[\]{}\n,、;]*[,、;]){3,}[^()\[\]{}\n]*[)\]}]"
)
_DOUBLED = re.compile(r"([\u3400-\u9fff]{2,4})\1|\b([a-z][a-z']{2,}(?: [a-z']+){0,2}) \2\b")
_FEWEST_DOUBLED = 3
_DOUBLED_SHARE = 0.3
_ITEM = re.compile(r"[^、,/|;·#()\n。.!?:]+")
_BETWEEN = re.compile(r"\s*[、,/|;·#\s]+\s*")
_FEWEST_ITEMS = 6
_LONGEST_ITEM = {Language.ZH: 6, Language.EN: 4}
"""Chinese characters, or English words, of a catchword."""
_MEAN_ITEM = {Language.ZH: 4.2, Language.EN: 3.0}
_SPOKEN = {
    Language.ZH: re.compile("[我您你咱他她它了吧呢吗的这那]"),
    Language.EN: re.compile(
        r"\b(?:i|i'(?:m|ll|d|ve)|you|your|you'(?:re|ll|ve)|we|we'(?:re|ll|ve)|it|it's|he|she|they"
        r"|my|our|me|us|is|are|was|were|the|and|but|so|that|that's|yes|no|mr|mrs|ms)\b"
    ),
}
"""What ties words to a situation; catchwords mostly do without."""


def own_words(
    reply: Folded, criteria: Sequence[Criterion], off_task: Gate | None, called: str
) -> Folded:
    """The reply without what says nothing to the counterpart.

    That is text copied from the criteria, lists of catchwords, encoded text, and sentences about
    scoring, unless they have a veto of the gate `off_task` or `called`, the counterpart's last
    words, speaks of scores itself. Places and original stay, so that quotes do.
    """
    language = language_of(reply.original)
    cuts = [
        *_framed(reply, _copied(reply.text, criteria, language), language),
        *_sentences_with(_ENCODED, reply),
        *_stretches(_SLASHED, reply.text),
        *_stretches(_BRACKETED, reply.text),
        *_stammered(reply),
        *_retold(reply, criteria, language),
        *_lists(reply, language),
    ]
    asides = list(about_scoring(reply, fold(called).text, off_task.cues if off_task else Cues()))
    if len(asides) < len(reply.sentences):  # else it is what the reply is about, no aside
        cuts += asides
    beside = notes(reply)
    if not _is_all(reply, beside):
        cuts += beside
    return without(reply, cuts) if cuts else reply


def _stretches(wording: re.Pattern[str], text: str) -> Iterator[Span]:
    return (Span(*found.span()) for found in wording.finditer(text))


def _sentences_with(wording: re.Pattern[str], reply: Folded) -> Iterator[Span]:
    for sentence in reply.sentences:
        if wording.search(reply.text, sentence.start, sentence.end):
            yield sentence


def _copied(text: str, criteria: Sequence[Criterion], language: Language) -> list[Span]:
    cuts: list[Span] = []
    for criterion in criteria:
        cuts.extend(_shared(text, _pieces(_anchors(criterion), _COPIED_ANCHOR[language])))
        copies = list(_shared(text, _pieces(_examples(criterion), _COPIED_EXAMPLE[language])))
        rest = len(text) - sum(one.end - one.start for one in copies)
        if rest > _LONGEST_LEAD_IN[language]:
            cuts.extend(copies)
    return cuts


def _framed(reply: Folded, copies: Sequence[Span], language: Language) -> Iterator[Span]:
    """The copies, each with the rest of its sentences where that does no more than present it."""
    for copy in copies:
        yield copy
        before = max((one.start for one in reply.sentences if one.start <= copy.start), default=0)
        after = min((one.end for one in reply.sentences if one.end >= copy.end), default=copy.end)
        frame = reply.text[before : copy.start] + reply.text[copy.end : after]
        if any(mark in frame for mark in _QUOTES) and len(frame) <= 2 * _LONGEST_LEAD_IN[language]:
            yield Span(before, after)


def _is_all(reply: Folded, cuts: Sequence[Span]) -> bool:
    """Whether the cuts leave no word."""
    left = without(reply, cuts).text
    return not any(character.isalpha() for character in left)


def _retold(reply: Folded, criteria: Sequence[Criterion], language: Language) -> Iterator[Span]:
    """Sentences that say in the words of an anchor what a good reply does, without doing it."""
    for sentence in reply.sentences:
        said = content_units(reply.text[sentence.start : sentence.end], language)
        if len(said) >= _FEWEST_UNITS[language] and any(
            len(said & units) >= _RETOLD * len(said)
            for criterion in criteria
            for units in _anchor_units(_anchors(criterion), language)
        ):
            yield sentence


@lru_cache(maxsize=256)
def _anchor_units(anchors: tuple[str, ...], language: Language) -> tuple[frozenset[str], ...]:
    return tuple(frozenset(content_units(fold(text).text, language)) for text in anchors)


def _stammered(reply: Folded) -> Iterator[Span]:
    """Sentences made up of words that stand twice running."""
    for sentence in reply.sentences:
        said = reply.text[sentence.start : sentence.end]
        doubled = [found.group() for found in _DOUBLED.finditer(said)]
        if len(doubled) >= _FEWEST_DOUBLED and len("".join(doubled)) >= _DOUBLED_SHARE * len(said):
            yield sentence


def _anchors(criterion: Criterion) -> tuple[str, ...]:
    texts = [criterion.summary, *(level.anchor for level in criterion.levels)]
    return tuple(part for text in texts for part in (text.zh, text.en) if part)


def _examples(criterion: Criterion) -> tuple[str, ...]:
    texts = [example.text for level in criterion.levels for example in level.examples]
    return tuple(part for text in texts for part in (text.zh, text.en) if part)


@lru_cache(maxsize=256)
def _pieces(sources: tuple[str, ...], size: int) -> tuple[int, frozenset[str]]:
    """Every stretch of this size in the sources."""
    folded = [fold(source).text for source in sources]
    return size, frozenset(
        text[start : start + size] for text in folded for start in range(len(text) - size + 1)
    )


def _shared(text: str, pieces: tuple[int, frozenset[str]]) -> Iterator[Span]:
    size, known = pieces
    start = end = -1
    for place in range(len(text) - size + 1):
        if text[place : place + size] in known:
            if place > end:
                if end > 0:
                    yield Span(start, end)
                start = place
            end = place + size
    if end > 0:
        yield Span(start, end)


def _lists(reply: Folded, language: Language) -> Iterator[Span]:
    """Runs of short items, most of which have nothing that ties them to the situation."""
    run: list[Span] = []
    for item in _items(reply, language):
        gap = reply.text[run[-1].end : item.start] if run else ""
        short = _size(reply.text[item.start : item.end], language) <= _LONGEST_ITEM[language]
        if run and not (short and (not gap or _BETWEEN.fullmatch(gap))):
            yield from _if_list(run, reply.text, language)
            run = []
        if short:
            run.append(item)
    yield from _if_list(run, reply.text, language)


def _items(reply: Folded, language: Language) -> Iterator[Span]:
    """Stretches between separators; Chinese characters are also parted by white space."""
    for found in _ITEM.finditer(reply.text):
        start = found.start()
        if language is Language.ZH:
            for place in range(start + 1, found.end()):
                before = reply.original[reply.places[place - 1] + 1 : reply.places[place]]
                if before and before.isspace():
                    yield Span(start, place)
                    start = place
        if reply.text[start : found.end()].strip():
            yield Span(start, found.end())


def _if_list(run: Sequence[Span], text: str, language: Language) -> Iterator[Span]:
    items = [text[one.start : one.end] for one in run]
    if len(items) < _FEWEST_ITEMS:
        return
    mean = sum(_size(item, language) for item in items) / len(items)
    bare = sum(not _SPOKEN[language].search(item) for item in items)
    if mean <= _MEAN_ITEM[language] and bare * 2 >= len(items):
        yield Span(run[0].start, run[-1].end)


def _size(item: str, language: Language) -> int:
    return len(item.strip()) if language is Language.ZH else len(item.split())
