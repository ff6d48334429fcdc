"""How a reply speaks, whatever it is about: kinds of words, sentences, and what it takes up."""

from __future__ import annotations

import math
import re

from commcoach.domain.language import Language
from commcoach.domain.wording import cut_into_sentences
from commcoach.embedded.kinds_of_words import FIRST, KINDS_OF_WORDS, NEGATION, OPEN, SECOND
from commcoach.embedded.units import content_units

_MOST = 3
_SPEAKER = re.compile(r"^[^\n:]{1,12}:")
_FIGURE = re.compile(r"\d+")


def substance(text: str, context: str, language: Language) -> tuple[float, ...]:
    """How much is said, and how much of it that is new: different units, not characters."""
    said = content_units(text, language)
    new = said - content_units(context, language)
    return math.log1p(len(said)), math.log1p(len(new))


def speech(text: str, context: str, language: Language) -> tuple[float, ...]:
    """Features of a folded reply after a folded context, always in the same order."""
    kinds = (
        min(_MOST, len(wordings[language].findall(text))) / _MOST
        for wordings in KINDS_OF_WORDS.values()
    )
    return (*kinds, *_shape(text, language), *_uptake(text, context, language))


def _shape(text: str, language: Language) -> tuple[float, ...]:
    """How many sentences, how long, and which of them ask."""
    sentences = cut_into_sentences(text)
    number = max(1, len(sentences))
    asks = [text[one.end : one.end + 1] == "?" for one in sentences] or [False]
    words = len(text) if language is Language.ZH else len(text.split())
    pairs = max(1, len(text) - 1)
    figures = len(_FIGURE.findall(text))
    return (
        math.log1p(number),
        math.log1p(words / number),
        sum(asks) / len(asks),
        float(asks[0]),
        float(asks[-1]),
        float(all(asks)),
        min(4, figures) / 4,
        len({text[start : start + 2] for start in range(pairs)}) / pairs,
        min(6, text.count(",")) / 6,
        float("..." in text),
        float('"' in text),
    )


def _uptake(text: str, context: str, language: Language) -> tuple[float, ...]:
    """What of the context, and of its last line, comes back, and what that line was like."""
    last = _SPEAKER.sub("", context.strip().rpartition("\n")[2])
    said, asked, called = (content_units(one, language) for one in (text, context, last))
    sentences = [text[one.start : one.end] for one in cut_into_sentences(text)] or [""]
    first, closing = (content_units(sentences[at], language) for at in (0, -1))
    figures, known = (set(_FIGURE.findall(one)) for one in (text, context))
    call_asks = last.rstrip().endswith("?") or bool(OPEN[language].search(last)) or "\u5417" in last
    asks_back = call_asks and text.rstrip().endswith("?")
    return (
        math.log((1 + len(text)) / (1 + len(last))),
        _share(said & called, called),
        _share(said & called, said),
        math.log1p(len(said & asked)),
        math.log1p(len(said & called)),
        _share(first & asked, first),
        _share(closing & asked, closing),
        float(call_asks),
        min(_MOST, len(NEGATION[language].findall(last))) / _MOST,
        math.log1p(len(last)),
        float("!" in last),
        float(bool(figures & known)),
        float(bool(figures - known)),
        float(bool(FIRST[language].search(last)) and bool(SECOND[language].search(text))),
        float(asks_back),
    )


def _share(part: set[str], whole: set[str]) -> float:
    return len(part) / len(whole) if whole else 0.0
