"""How two things go together: correlation of values and of ranks, partial correlation, ROC AUC."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

from commcoach.domain.chance import NotEstimable, Reason

Pair: TypeAlias = tuple[float, float]
"""What people graded, and what was given; both real-valued or levels."""
Triple: TypeAlias = tuple[float, float, float]
_NOTHING_LEFT = 1e-12
"""A third variable that explains all but this share of another's variance explains it all."""


def refusal(tally: Mapping[Pair, int]) -> NotEstimable | None:
    """Why no statistic of two variables is estimable from these pairs, if none is."""
    n = sum(tally.values())
    if n < 2:
        return NotEstimable(Reason.TOO_FEW, n, 2)
    if _all_equal(graded for graded, _ in tally):
        return NotEstimable(Reason.ONE_LEVEL_GRADED, n)
    if _all_equal(given for _, given in tally):
        return NotEstimable(Reason.ONE_LEVEL_GIVEN, n)
    return None


def pearson(tally: Mapping[Pair, int]) -> float | NotEstimable:
    """Pearson's correlation, -1 to 1."""
    refused = refusal(tally)
    if refused is not None:
        return refused
    first, second = zip(*tally, strict=True)
    return _correlation(first, second, list(tally.values()))


def spearman(tally: Mapping[Pair, int]) -> float | NotEstimable:
    """Spearman's rank correlation, -1 to 1; equal values share their mean rank."""
    refused = refusal(tally)
    if refused is not None:
        return refused
    first, second = zip(*tally, strict=True)
    counts = list(tally.values())
    return _correlation(_ranked(first, counts), _ranked(second, counts), counts)


def partial(tally: Mapping[Triple, int]) -> float | NotEstimable:
    """The correlation of the first with the second given the third, -1 to 1.

    Source: Yule, On the theory of correlation for any number of variables, 1907.
    """
    return _partial(tally, by_rank=False)


def partial_rank(tally: Mapping[Triple, int]) -> float | NotEstimable:
    """The rank correlation of the first with the second given the third, -1 to 1."""
    return _partial(tally, by_rank=True)


def _partial(tally: Mapping[Triple, int], *, by_rank: bool) -> float | NotEstimable:
    n = sum(tally.values())
    if n < 3:
        return NotEstimable(Reason.TOO_FEW, n, 3)
    columns: list[Sequence[float]] = list(zip(*tally, strict=True))
    if any(_all_equal(column) for column in columns):
        return NotEstimable(Reason.NO_SPREAD, n)
    counts = list(tally.values())
    if by_rank:
        columns = [_ranked(column, counts) for column in columns]
    first, second, third = columns
    with_first = _correlation(first, third, counts)
    with_second = _correlation(second, third, counts)
    left = (1 - with_first**2) * (1 - with_second**2)
    if min(1 - with_first**2, 1 - with_second**2) <= _NOTHING_LEFT:
        return NotEstimable(Reason.EXPLAINED, n)
    both = _correlation(first, second, counts)
    return _bounded((both - with_first * with_second) / math.sqrt(left))


def roc_auc(tally: Mapping[Pair, int]) -> float | NotEstimable:
    """How often a row labelled 1 is scored above one labelled 0; a tie counts half.

    Rows are (label, score) with labels 0 and 1. Source: Mann and Whitney, On a test of whether one
    of two random variables is stochastically larger than the other, 1947.
    """
    n = sum(tally.values())
    if n < 2:
        return NotEstimable(Reason.TOO_FEW, n, 2)
    positive: Counter[float] = Counter()
    negative: Counter[float] = Counter()
    for (label, score), count in tally.items():
        (positive if label else negative)[score] += count
    if not positive or not negative:
        return NotEstimable(Reason.ONE_LEVEL_GRADED, n)
    below, wins = 0, 0.0
    for score in sorted({*positive, *negative}):
        wins += positive[score] * (below + negative[score] / 2)
        below += negative[score]
    return wins / (positive.total() * below)


def midranks(counts: Mapping[float, int]) -> dict[float, float]:
    """The rank of every value, from 1; equal values share the mean of their ranks."""
    ranks: dict[float, float] = {}
    below = 0
    for value in sorted(counts):
        ranks[value] = below + (counts[value] + 1) / 2
        below += counts[value]
    return ranks


def _ranked(values: Sequence[float], counts: Sequence[int]) -> list[float]:
    """The rank of each of the values, which occur so often."""
    total: Counter[float] = Counter()
    for value, count in zip(values, counts, strict=True):
        total[value] += count
    ranks = midranks(total)
    return [ranks[value] for value in values]


def _correlation(first: Sequence[float], second: Sequence[float], counts: Sequence[int]) -> float:
    """Pearson's correlation of weighted pairs; neither side may have a single value."""
    a, b = _standardised(first, counts), _standardised(second, counts)
    return _bounded(sum(c * x * y for x, y, c in zip(a, b, counts, strict=True)))


def _standardised(values: Sequence[float], counts: Sequence[int]) -> list[float]:
    """The values less their mean, their squares summing to 1.

    Scaled by the largest first, so that squares of tiny differences do not vanish.
    """
    middle = sum(c * x for x, c in zip(values, counts, strict=True)) / sum(counts)
    off = [x - middle for x in values]
    largest = max(map(abs, off))
    size = math.sqrt(sum(c * (x / largest) ** 2 for x, c in zip(off, counts, strict=True)))
    return [x / largest / size for x in off]


def _bounded(value: float) -> float:
    """The correlation without a rounding error beyond -1 and 1."""
    return max(-1.0, min(1.0, value))


def _all_equal(values: Iterable[float]) -> bool:
    return len(set(values)) < 2
