"""What a reply is made of, as counts that need no knowledge: letters, words, edges, echoes.

The first character of a count's name tells its family; letters have none of their own.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from commcoach.domain.language import Language
from commcoach.embedded.units import STOP_WORDS, content_units

CHINESE_SIZES = (1, 2, 3)
ENGLISH_SIZES = (2, 3, 4, 5)
FAMILIES = ("", "\x01", "\x02", "\x03")
"""Letters, words, edges of sentences, echoes of the context. A folded text has none of these."""
_, _WORD, _EDGE, _ECHO = FAMILIES
_BREAKS = str.maketrans(dict.fromkeys(',.!?;:()[]<>"\n，。！？；：', " "))
_TOKEN = re.compile(r"[a-z']+|\d+|[?!.,;:]")
_SENTENCE = re.compile(r"[^。!?;\n.]+[。!?;\n.]?")


def count_all(text: str, context: str, language: Language) -> Counter[str]:
    """Everything that is counted in a folded reply after a folded context."""
    counts = count_ngrams(text, language)
    counts.update(_WORD + name for name in _words(text, language))
    counts.update(_EDGE + name for name in _edges(text, language))
    counts.update(_ECHO + name for name in _echoes(text, context, language))
    return counts


def count_ngrams(text: str, language: Language) -> Counter[str]:
    """Counts of the n-grams of a folded text.

    Chinese: all runs of 1 to 3 characters. English: runs of 2 to 5 characters inside words,
    each word padded with a space on both sides.
    """
    if language is Language.ZH:
        return Counter(
            gram
            for size in CHINESE_SIZES
            for start in range(len(text) - size + 1)
            if not (gram := text[start : start + size]).isspace()
        )
    counts: Counter[str] = Counter()
    for word in text.translate(_BREAKS).split():
        padded = f" {word} "
        counts.update(
            padded[start : start + size]
            for size in ENGLISH_SIZES
            for start in range(max(1, len(padded) - size + 1))
        )
    return counts


def _words(text: str, language: Language) -> Iterator[str]:
    """English words and marks, alone and in pairs; Chinese is not written in words."""
    if language is Language.EN:
        tokens = _TOKEN.findall(text)
        yield from tokens
        for pair in pairwise(tokens):
            yield " ".join(pair)


def _edges(text: str, language: Language) -> Iterator[str]:
    """How sentences begin and end, and how the reply begins."""
    for number, found in enumerate(_SENTENCE.finditer(text)):
        sentence = found.group().strip()
        if language is Language.EN:
            tokens = _TOKEN.findall(sentence)
            if not tokens:
                continue
            first, two, last = (tokens[0], " ".join(tokens[:2]), " ".join(tokens[-2:]))
            yield from (f"^{first}", f"^{two}", f"{last}$")
        else:
            first, two = sentence[:1], sentence[:2]
            yield from (f"^{first}", f"^{two}", f"{sentence[-1:]}$", f"{sentence[-2:]}$")
        if number == 0:
            yield from (f"^^{first}", f"^^{two}")


def _echoes(text: str, context: str, language: Language) -> Iterator[str]:
    """What the reply repeats: in Chinese the pairs themselves, in English how they are framed.

    An English reply becomes a row of small words and marks with `S` for a word with meaning that
    stands in the context and `N` for one that does not, counted in pairs and threes.
    """
    asked = content_units(context, language)
    if language is Language.ZH:
        pairs = (text[start : start + 2] for start in range(len(text) - 1))
        yield from (pair for pair in pairs if pair in asked)
        return
    row = ["^", *(_mask(token, asked, context) for token in _TOKEN.findall(text)), "$"]
    for size in (2, 3):
        for start in range(len(row) - size + 1):
            yield " ".join(row[start : start + size])


def _mask(token: str, asked: set[str], context: str) -> str:
    if token.isdigit():
        return "#S" if token in context else "#N"
    if len(token) == 1 or token in STOP_WORDS:
        return token
    return "S" if token in asked else "N"
