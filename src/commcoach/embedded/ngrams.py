"""Character n-grams of a reply: the part of its features that needs no knowledge."""

from __future__ import annotations

from collections import Counter

from commcoach.domain.language import Language

CHINESE_SIZES = (1, 2, 3)
ENGLISH_SIZES = (2, 3, 4, 5)
_BREAKS = str.maketrans(dict.fromkeys(',.!?;:()[]<>"\n，。！？；：', " "))


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
