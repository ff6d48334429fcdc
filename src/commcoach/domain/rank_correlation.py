"""How two things go together: correlation of values and of ranks, partial correlation."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

from commcoach.domain.chance import NotEstimable, Reason

Pair: TypeAlias = tuple[float, float]
"""What people graded, and what was given; both real-valued or levels."""
Triple: TypeAlias = tuple[float, float, float]
_NOTHING_LEFT = 1e-12
"""A third variable that explains all but this share of another's variance explains it all."""


def number_of_rows(counts: Iterable[float]) -> int:
    """How many rows were counted; weights sum to it but for rounding."""
    return round(sum(counts))


def refusal(tally: Mapping[Pair, float]) -> NotEstimable | None:
    """Why no statistic of two variables is estimable from these pairs, if none is."""
    n = number_of_rows(tally.values())
    if n < 2:
        return NotEstimable(Reason.TOO_FEW, n, 2)
    if _all_equal(graded for graded, _ in tally):
        return NotEstimable(Reason.ONE_LEVEL_GRADED, n)
    if _all_equal(given for _, given in tally):
        return NotEstimable(Reason.ONE_LEVEL_GIVEN, n)
    return None


def pearson(tally: Mapping[Pair, float]) -> float | NotEstimable:
    """Pearson's correlation, -1 to 1."""
    refused = refusal(tally)
    if refused is not None:
        return refused
    first, second = zip(*tally, strict=True)
    return _correlation(first, second, list(tally.values()))


def spearman(tally: Mapping[Pair, float]) -> float | NotEstimable:
    """Spearman's rank correlation, -1 to 1; equal values share their mean rank."""
    refused = refusal(tally)
    if refused is not None:
        return refused
    first, second = zip(*tally, strict=True)
    counts = list(tally.values())
    return _correlation(_ranked(first, counts), _ranked(second, counts), counts)


def partial(tally: Mapping[Triple, float]) -> float | NotEstimable:
    """The correlation of the first with the second given the third, -1 to 1.

    Source: Yule, On the theory of correlation for any number of variables, 1907.
    """
    return _partial(tally, by_rank=False)


def partial_rank(tally: Mapping[Triple, float]) -> float | NotEstimable:
    """The rank correlation of the first with the second given the third, -1 to 1."""
    return _partial(tally, by_rank=True)


def _partial(tally: Mapping[Triple, float], *, by_rank: bool) -> float | NotEstimable:
    n = number_of_rows(tally.values())
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


def midranks(counts: Mapping[float, float]) -> dict[float, float]:
    """The rank of every value, from 1; equal values share the mean of their ranks."""
    ranks: dict[float, float] = {}
    below = 0.0
    for value in sorted(counts):
        ranks[value] = below + (counts[value] + 1) / 2
        below += counts[value]
    return ranks


def _ranked(values: Sequence[float], counts: Sequence[float]) -> list[float]:
    """The rank of each of the values, which occur so often."""
    total: defaultdict[float, float] = defaultdict(int)
    for value, count in zip(values, counts, strict=True):
        total[value] += count
    ranks = midranks(total)
    return [ranks[value] for value in values]


def _correlation(first: Sequence[float], second: Sequence[float], counts: Sequence[float]) -> float:
    """Pearson's correlation of weighted pairs; neither side may have a single value."""
    a, b = _standardised(first, counts), _standardised(second, counts)
    return _bounded(sum(c * x * y for x, y, c in zip(a, b, counts, strict=True)))


def _standardised(values: Sequence[float], counts: Sequence[float]) -> list[float]:
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
