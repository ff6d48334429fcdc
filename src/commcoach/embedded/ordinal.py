"""An ordinal model: for each step between two levels, how likely the reply is above it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Sample:
    """One graded reply as features; `level` may lie between two level numbers.

    `known` are the features that know the content, `general` those that know only the texts.
    """

    grams: Counter[str]
    known: tuple[float, ...]
    general: tuple[float, ...]
    length: float
    level: float


@dataclass(frozen=True, slots=True)
class OrdinalModel:
    """Linear scores of the steps, readable without the library that fitted them.

    `levels` are the level numbers, ascending; `grams` gives each n-gram its column; `gram_weights`
    has one row per step and one column per n-gram; `feature_weights` likewise for the known and
    then the general features; `biases` one value per step, with the length's share at its mean,
    so that longer replies gain nothing by being longer.
    """

    levels: tuple[int, ...]
    grams: Mapping[str, int]
    idf: Array
    gram_weights: Array
    feature_weights: Array
    biases: Array

    def probabilities(
        self, grams: Counter[str], known: Sequence[float], general: Sequence[float]
    ) -> dict[int, float]:
        """The probability of each level; they sum to 1."""
        columns, values = self.gram_values(grams)
        scores = self.biases + self.feature_weights @ np.array([*known, *general])
        if len(columns):
            scores = scores + self.gram_weights[:, columns] @ values
        above = np.minimum.accumulate(1.0 / (1.0 + np.exp(-scores)))
        edges = np.concatenate(([1.0], above, [0.0]))
        shares = edges[:-1] - edges[1:]
        return {level: float(share) for level, share in zip(self.levels, shares, strict=True)}

    def gram_values(self, grams: Counter[str]) -> tuple[NDArray[np.intp], Array]:
        """Columns and unit-length tf-idf values of the known n-grams."""
        known = [
            (column, count)
            for gram, count in grams.items()
            if (column := self.grams.get(gram)) is not None
        ]
        if not known:
            return np.empty(0, dtype=np.intp), np.empty(0)
        columns = np.fromiter((column for column, _ in known), dtype=np.intp, count=len(known))
        counts = np.fromiter((count for _, count in known), dtype=float, count=len(known))
        values = (1.0 + np.log(counts)) * self.idf[columns]
        return columns, values / np.linalg.norm(values)


def expected_level(probabilities: Mapping[int, float]) -> float:
    """The mean level by the probabilities, not capped."""
    return sum(level * share for level, share in probabilities.items())


def likeliest_level(probabilities: Mapping[int, float]) -> int:
    """The median level: the highest that the reply reaches with probability one half."""
    reached = 0.0
    for level in sorted(probabilities, reverse=True):
        reached += probabilities[level]
        if reached >= 0.5:
            return level
    return min(probabilities)
