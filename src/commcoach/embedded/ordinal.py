"""An ordinal model: for each step between two levels, how likely the reply is above it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from commcoach.embedded.ngrams import FAMILIES
from commcoach.embedded.trees import Array, Trees, no_trees

TREES_SHARE = 0.2
"""How much the trees have to say beside the linear scores."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """A reply and what was said before it as vectors of unit length; `None`: nothing was."""

    reply: Array
    context: Array | None


@dataclass(frozen=True, slots=True)
class Sample:
    """One graded reply as features; `level` may lie between two level numbers.

    `features` are the numbers beside the counts, by kind: those that know the content, then those
    that know only the texts. `meaning` is there if an embedding model is.
    """

    grams: Counter[str]
    features: tuple[tuple[float, ...], ...]
    length: float
    level: float
    meaning: Meaning | None = None


@dataclass(frozen=True, slots=True)
class OrdinalModel:
    """Linear scores of the steps, and trees beside them; readable without what fitted them.

    `levels` are the level numbers, ascending; `grams` gives each n-gram its column; `gram_weights`
    has one row per step and one column per n-gram; `feature_weights` likewise for the features of
    all kinds in a row; `biases` one value per step, with the length's share at its mean,
    so that longer replies gain nothing by being longer. `centres` and `meaning_weights` are empty
    in a model that was learned without embeddings; else the weights have a row per step and a
    column per direction, see `meaning.directions`. The `trees` see the same features of all kinds.
    """

    levels: tuple[int, ...]
    grams: Mapping[str, int]
    idf: Array
    gram_weights: Array
    feature_weights: Array
    biases: Array
    centres: Array = field(default_factory=lambda: np.empty((2, 0)))
    meaning_weights: Array = field(default_factory=lambda: np.empty((0, 0)))
    trees: Trees = field(default_factory=no_trees)
    families: NDArray[np.intp] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "families", families_of(self.grams))

    def probabilities(
        self,
        grams: Counter[str],
        features: Sequence[Sequence[float]],
        directions: Array | None = None,
    ) -> dict[int, float]:
        """The probability of each level; they sum to 1.

        `directions` are needed by a model that was learned with embeddings, and by no other.
        """
        columns, values = self.gram_values(grams)
        numbers = np.concatenate(features)
        scores = self.biases + self.feature_weights @ numbers
        if len(columns):
            scores = scores + self.gram_weights[:, columns] @ values
        if directions is not None:
            scores = scores + self.meaning_weights @ directions
        above = np.minimum.accumulate(1.0 / (1.0 + np.exp(-scores)))
        if len(self.trees.roots):
            above = (1 - TREES_SHARE) * above + TREES_SHARE * self.trees.above(numbers)
        edges = np.concatenate(([1.0], above, [0.0]))
        shares = edges[:-1] - edges[1:]
        return {level: float(share) for level, share in zip(self.levels, shares, strict=True)}

    def gram_values(self, grams: Counter[str]) -> tuple[NDArray[np.intp], Array]:
        """Columns and tf-idf values of the known n-grams, of unit length in each family."""
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
        families = self.families[columns]
        lengths = np.sqrt(np.bincount(families, values * values, len(FAMILIES)))
        return columns, values / lengths[families]


def families_of(grams: Mapping[str, int]) -> NDArray[np.intp]:
    """The number of each n-gram's family in `ngrams.FAMILIES`, by column."""
    first = np.array(list(grams), dtype="U1").view(np.uint32)
    return np.where(first < len(FAMILIES), first, 0).astype(np.intp)


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
