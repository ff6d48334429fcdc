"""The two floors every result stands beside: length alone, and character n-grams alone.

Both learn from the same folds and the same real-valued grades as the scorer, and turn their
probabilities into a level by the scorer's own rule, the median.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from commcoach.embedded.ordinal import expected_level, likeliest_level

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Predicted:
    """Levels and expected levels of some rows; not a number where a row was not scored."""

    level: Array
    expected: Array


def length_floor(replies: Sequence[str], grades: Array, unseen: Sequence[str]) -> Predicted:
    """What the number of characters alone tells."""
    scaler = StandardScaler()
    known = scaler.fit_transform(_lengths(replies))
    return _predict(1.0, known, grades, scaler.transform(_lengths(unseen)))


def ngram_floor(
    replies: Sequence[str], grades: Array, unseen: Sequence[str], language: str
) -> Predicted:
    """Balanced logistic regression on tf-idf of character n-grams, C = 4."""
    grams = (
        TfidfVectorizer(analyzer="char", ngram_range=(1, 3))
        if language == "zh"
        else TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5))
    )
    known = grams.fit_transform(replies)
    return _predict(4.0, known, grades, grams.transform(unseen))


def _lengths(replies: Sequence[str]) -> Array:
    return np.array([[len(reply), math.log1p(len(reply))] for reply in replies])


def _predict(c: float, known: Any, grades: Array, unseen: Any) -> Predicted:
    """A grade between two levels counts for both neighbours, each by its share."""
    lower = np.floor(grades)
    upper_share = grades - lower
    rows = np.concatenate([np.arange(len(grades)), np.flatnonzero(upper_share)])
    levels = np.concatenate([lower, lower[upper_share > 0] + 1])
    shares = np.concatenate([1 - upper_share, upper_share[upper_share > 0]])
    model = LogisticRegression(C=c, class_weight="balanced", max_iter=2000)
    model.fit(known[rows], levels, sample_weight=shares)
    by_row = [
        dict(zip((int(level) for level in model.classes_), map(float, row), strict=True))
        for row in model.predict_proba(unseen)
    ]
    return Predicted(
        np.array([likeliest_level(row) for row in by_row], dtype=float),
        np.array([expected_level(row) for row in by_row]),
    )
