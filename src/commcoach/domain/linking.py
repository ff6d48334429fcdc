"""The calibration map: from a scorer's raw `expected` to the scale that the graders use.

Strong models rank replies much as people do and use the scale differently: shifted, stretched or
bent. A link undoes that. It never changes an order, and it keeps the graders' spread: it is no
prediction, which would draw every uncertain reply toward the middle.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby, pairwise
from operator import itemgetter
from statistics import fmean
from typing import TypeAlias

from commcoach.domain.chance import NotEstimable
from commcoach.domain.rank_correlation import Pair, pearson
from commcoach.domain.weighing import weighed


@dataclass(frozen=True, slots=True)
class LinearLink:
    """`slope` times raw plus `intercept`, kept between `lowest` and `highest`; slope 0 or more."""

    slope: float
    intercept: float
    lowest: float
    highest: float

    def __post_init__(self) -> None:
        if not self.slope >= 0:
            raise ValueError("a link never turns the order around")

    def __call__(self, raw: float) -> float:
        """The raw value on the graders' scale."""
        return min(self.highest, max(self.lowest, self.slope * raw + self.intercept))


@dataclass(frozen=True, slots=True)
class IsotonicLink:
    """Straight lines between points of (raw, graded), level outside them; rising or level.

    Points have ascending raw and never falling graded values, within the criterion's range.
    """

    points: tuple[tuple[float, float], ...]

    def __post_init__(self) -> None:
        if not self.points:
            raise ValueError("a link needs a point")
        for (left, low), (right, high) in pairwise(self.points):
            if not (left < right and low <= high):
                raise ValueError("a link never turns the order around")

    def __call__(self, raw: float) -> float:
        """The raw value on the graders' scale."""
        place = bisect_right(self.points, raw, key=lambda point: point[0])
        if place in {0, len(self.points)}:
            return self.points[max(0, place - 1)][1]
        (left, low), (right, high) = self.points[place - 1], self.points[place]
        # The rounding of a line may step over its end, and so turn an order around.
        return min(high, low + (high - low) * ((raw - left) / (right - left)))


Link: TypeAlias = LinearLink | IsotonicLink


class LinkKind(StrEnum):
    """The shapes of a link, simplest first."""

    IDENTITY = "identity"
    LINEAR = "linear"
    ISOTONIC = "isotonic"


def fit(
    kind: LinkKind,
    pairs: Sequence[Pair],
    lowest: float,
    highest: float,
    weights: Sequence[float] | None = None,
) -> Link | None:
    """The link of this shape for pairs of (graded, raw); `None` if raw does not rise with graded.

    Linear linking gives raw values the graders' mean and spread: Kolen and Brennan, Test equating,
    scaling, and linking, 2014, chapter 2. The isotonic link is the rising regression by pooling
    adjacent violators (Barlow, Bartholomew, Bremner and Brunk, Statistical inference under order
    restrictions, 1972), then given the graders' mean and spread by the same line.
    """
    if kind is LinkKind.IDENTITY:
        return LinearLink(1.0, 0.0, lowest, highest)
    own = [1.0] * len(pairs) if weights is None else weights
    if kind is LinkKind.LINEAR:
        return _linear(pairs, own, lowest, highest)
    points = pool_adjacent_violators(pairs, own)
    if not points:
        return None
    rising = IsotonicLink(points)
    spread = _linear([(graded, rising(raw)) for graded, raw in pairs], own, lowest, highest)
    if spread is None:
        return None
    return IsotonicLink(tuple((raw, spread(graded)) for raw, graded in points))


def _linear(
    pairs: Sequence[Pair], weights: Sequence[float], lowest: float, highest: float
) -> LinearLink | None:
    """The line that gives raw values the graders' mean and standard deviation."""
    correlation = weighed(pearson)(Counter(zip(pairs, weights, strict=True)))
    if isinstance(correlation, NotEstimable) or correlation <= 0:
        return None
    graded = fmean([graded for graded, _ in pairs], weights)
    raw = fmean([raw for _, raw in pairs], weights)
    slope = math.sqrt(
        fmean([(value - graded) ** 2 for value, _ in pairs], weights)
        / fmean([(value - raw) ** 2 for _, value in pairs], weights)
    )
    return LinearLink(slope, graded - slope * raw, lowest, highest)


def pool_adjacent_violators(
    pairs: Sequence[Pair], weights: Sequence[float] | None = None
) -> tuple[tuple[float, float], ...]:
    """The rising step function of (raw, graded) nearest to pairs of (graded, raw).

    The steps are given by the points at both ends of each, ascending; nothing for no pairs.
    """
    blocks: list[tuple[float, float, float, float]] = []
    """Mean graded, weight, first raw, last raw."""
    own = [1.0] * len(pairs) if weights is None else weights
    rows = [(graded, raw, weight) for (graded, raw), weight in zip(pairs, own, strict=True)]
    for raw, same in groupby(sorted(rows, key=itemgetter(1)), key=itemgetter(1)):
        graded, _, weighs = zip(*same, strict=True)
        block = (fmean(graded, weighs), sum(weighs), raw, raw)
        while blocks and blocks[-1][0] >= block[0]:
            mean, weight, first, _ = blocks.pop()
            total = weight + block[1]
            block = ((mean * weight + block[0] * block[1]) / total, total, first, block[3])
        blocks.append(block)
    return tuple(
        (raw, mean)
        for mean, _, first, last in blocks
        for raw in ((first,) if first == last else (first, last))
    )
