"""What two texts can share."""

from __future__ import annotations

import re

from commcoach.domain.language import Language

STOP_WORDS = frozenset(
    [
        "the",
        "a",
        "an",
        "and",
        "or",
        "but",
        "of",
        "to",
        "in",
        "on",
        "at",
        "is",
        "are",
        "was",
        "were",
        "be",
        "been",
        "it",
        "its",
        "this",
        "that",
        "i",
        "you",
        "he",
        "she",
        "we",
        "they",
        "my",
        "your",
        "me",
        "us",
        "them",
        "so",
        "as",
        "for",
        "with",
        "have",
        "has",
        "had",
        "do",
        "does",
        "did",
        "not",
        "if",
        "then",
        "there",
        "here",
        "what",
        "just",
        "can",
        "will",
        "would",
    ]
)
"""English words that texts share by chance."""


def content_units(text: str, language: Language) -> set[str]:
    """What two texts can share: pairs of Chinese characters, or English words with meaning."""
    if language is Language.ZH:
        return {
            pair for start in range(len(text) - 1) if (pair := text[start : start + 2]).isalnum()
        }
    return {
        word for word in re.findall(r"[\w']+", text) if word not in STOP_WORDS and len(word) > 1
    }
