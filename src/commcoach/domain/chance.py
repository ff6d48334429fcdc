"""What may be chance: shares, means and statistics with intervals, and how likely a count is."""

from __future__ import annotations

import math
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import fmean
from typing import TypeAlias, TypeVar

from commcoach.domain.resampling import Resampling, Row

_Z = 1.959964
"""The normal quantile of a two-sided interval of 95 %."""
RESAMPLES = 2000
SEED = 20_260_101
STATISTIC_RESAMPLES = 1000
"""Resamples for the interval of a statistic, which costs more than a mean."""
INTERVAL_MINIMUM = 10
"""Fewer groups than this are too few to resample: the value stands without an interval."""
FEWEST = 10
"""Of fewer rows no statistic is given: whatever it were, it would tell nothing."""
LEFT_OUT_AT_MOST = 0.05
"""If a larger share of the resamples is not estimable, there is no interval."""
_WORTH_FEWER = 0.8
"""If rows tell no more than a smaller share of their number would, that is told."""
_NO_WIDTH = 1e-12
"""Resampled values that differ by no more are alike but for rounding."""


@dataclass(frozen=True, slots=True)
class Share:
    """`hits` of `number`; hits may be a sum of parts, each from 0 to 1."""

    hits: float
    number: int

    @property
    def value(self) -> float | None:
        """The share, 0 to 1; `None` of nothing."""
        return self.hits / self.number if self.number else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Wilson's interval of 95 %; `None` of nothing.

        Source: Wilson, Probable inference, the law of succession, and statistical inference, 1927.
        """
        share, n = self.value, self.number
        if share is None:
            return None
        spread = _Z**2 / n
        middle = (share + spread / 2) / (1 + spread)
        half = _Z * math.sqrt(share * (1 - share) / n + spread / (4 * n)) / (1 + spread)
        return max(0.0, middle - half), min(1.0, middle + half)


@dataclass(frozen=True, slots=True)
class Mean:
    """A mean with its interval of 95 %, from so many values."""

    value: float
    low: float
    high: float
    number: int


def mean_of(values: Sequence[float]) -> Mean | None:
    """The mean with a percentile bootstrap interval, the same each time; `None` of nothing."""
    if not values:
        return None
    # Not for secrets: the same values shall always give the same interval.
    dice = random.Random(SEED)
    means = sorted(fmean(dice.choices(values, k=len(values))) for _ in range(RESAMPLES))
    low, high = means[int(0.025 * RESAMPLES)], means[math.ceil(0.975 * RESAMPLES) - 1]
    return Mean(fmean(values), low, high, len(values))


def chance_of_at_least(hits: int, number: int, share: float) -> float:
    """How likely so many hits or more are in `number` tries that hit with the chance `share`."""
    fewer = sum(
        math.comb(number, count) * share**count * (1 - share) ** (number - count)
        for count in range(hits)
    )
    return max(0.0, 1.0 - fewer)


class Reason(StrEnum):
    """Why a statistic is not estimable."""

    TOO_FEW = "too_few"
    TOO_FEW_GROUPS = "too_few_groups"
    TOO_FEW_SCORED = "too_few_scored"
    ONE_LEVEL_GRADED = "one_level_graded"
    ONE_LEVEL_GIVEN = "one_level_given"
    NO_SPREAD = "no_spread"
    NOT_DOUBLE_GRADED = "not_double_graded"
    EXPLAINED = "explained"


@dataclass(frozen=True, slots=True)
class NotEstimable:
    """No number can be given: why, from how many rows, and how many it needs if that is why."""

    reason: Reason
    n: int
    needed: int | None = None


@dataclass(frozen=True, slots=True)
class Estimate:
    """A statistic of `n` rows with its interval of 95 %.

    `effective` is how many rows of equal weight tell as much; `None` if all weigh the same.
    `low` and `high` are both `None` if there is no honest interval: fewer than
    `INTERVAL_MINIMUM` groups, too many resamples not estimable, or all resamples alike (perfect
    agreement in 30 rows does not show that it is certain).
    """

    value: float
    low: float | None
    high: float | None
    n: int
    effective: float | None = None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Both ends, or `None`."""
        return None if self.low is None or self.high is None else (self.low, self.high)

    @property
    def worth(self) -> int | None:
        """The effective number if it is so far below `n` that it must be told, else `None`."""
        few = self.effective is not None and self.effective < _WORTH_FEWER * self.n
        return round(self.effective) if self.effective is not None and few else None


Result: TypeAlias = Estimate | NotEstimable
Name = TypeVar("Name", bound=Hashable)
Statistic: TypeAlias = Callable[[Mapping[Row, int]], float | NotEstimable]
"""A number of a tally: every distinct row with how often it occurs, at least once."""
WeighableStatistic: TypeAlias = Callable[[Mapping[Row, float]], float | NotEstimable]
"""A number of a tally in which a row may count for any part of one; see `weighing`."""


def estimate(
    statistic: Statistic[Row],
    rows: Sequence[Row],
    groups: Sequence[Hashable] | None = None,
    *,
    seed: int = SEED,
    resamples: int = STATISTIC_RESAMPLES,
    fewest: int = FEWEST,
) -> Result:
    """One statistic of the rows with its interval; see `estimates`."""
    only = {"": statistic}
    return estimates(only, rows, groups, seed=seed, resamples=resamples, fewest=fewest)[""]


def estimates(
    statistics: Mapping[Name, Statistic[Row]],
    rows: Sequence[Row],
    groups: Sequence[Hashable] | None = None,
    *,
    seed: int = SEED,
    resamples: int = STATISTIC_RESAMPLES,
    fewest: int = FEWEST,
) -> dict[Name, Result]:
    """Statistics of the rows with seeded percentile bootstrap intervals, on the same resamples.

    Not estimable from fewer than `fewest` rows.
    Whole groups are resampled, because rows of one group are no independent witnesses (near-twins
    in one context); without `groups`, one key a row, every row is a group of its own. Resamples
    in which a statistic is not estimable are left out. With fewer than some 30 groups such
    intervals are rather too narrow. Of very many rows a resample has a part only, whose spread is
    made smaller by the root of that part: see `Resampling`. What it costs does not grow with them.

    Source: Efron and Tibshirani, An introduction to the bootstrap, 1993, chapter 13; Field and
    Welsh, Bootstrapping clustered data, 2007; Bickel, Götze and van Zwet, Resampling fewer than n
    observations, 1997.
    """
    clusters = [[rows[i] for i in cluster] for cluster in clusters_of(len(rows), groups)]
    if len(rows) < fewest:
        return {name: NotEstimable(Reason.TOO_FEW, len(rows), fewest) for name in statistics}
    whole = Counter(rows)
    values = {name: statistic(whole) for name, statistic in statistics.items()}
    drawn: dict[Name, list[float]] = {
        name: [] for name, value in values.items() if not isinstance(value, NotEstimable)
    }
    centres, narrower = values, 1.0
    if len(clusters) >= INTERVAL_MINIMUM and drawn:
        resampling = Resampling(clusters)
        narrower = resampling.narrower
        if resampling.centre is not None:
            centres = {name: statistics[name](resampling.centre) for name in drawn}
        for tally in resampling.draw(random.Random(seed), resamples):
            for name, found in drawn.items():
                again = statistics[name](tally)
                if not isinstance(again, NotEstimable):
                    found.append(again)
    results: dict[Name, Result] = {}
    for name, value in values.items():
        if isinstance(value, NotEstimable):
            results[name] = value
            continue
        centre = centres[name]
        found = drawn[name]
        if isinstance(centre, NotEstimable):
            found = []
        elif narrower < 1 or centre != value:
            found = [value + narrower * (one - centre) for one in found]
        low, high = _middle(found, resamples)
        results[name] = Estimate(value, low, high, len(rows))
    return results


def _middle(values: list[float], resamples: int) -> tuple[float | None, float | None]:
    """The middle 95 % of the resampled values, if they make an interval."""
    if not values or len(values) < (1 - LEFT_OUT_AT_MOST) * resamples:
        return None, None
    values.sort()
    if values[-1] - values[0] <= _NO_WIDTH:
        return None, None
    return values[int(0.025 * len(values))], values[math.ceil(0.975 * len(values)) - 1]


def difference(
    statistic: WeighableStatistic[tuple[float, float]],
) -> WeighableStatistic[tuple[float, float, float]]:
    """The statistic of a second scorer less that of a first, on rows (graded, first, second).

    For a paired comparison: `estimate(difference(quadratic_kappa), rows, groups)`.
    """

    def less(tally: Mapping[tuple[float, float, float], float]) -> float | NotEstimable:
        firsts: defaultdict[tuple[float, float], float] = defaultdict(int)
        seconds: defaultdict[tuple[float, float], float] = defaultdict(int)
        for (graded, first, second), count in tally.items():
            firsts[graded, first] += count
            seconds[graded, second] += count
        before, after = statistic(firsts), statistic(seconds)
        if isinstance(before, NotEstimable):
            return before
        return after if isinstance(after, NotEstimable) else after - before

    return less


def clusters_of(number: int, groups: Sequence[Hashable] | None) -> list[list[int]]:
    """The indices of the rows of each group, in order; each row alone without groups.

    Raises `ValueError` if there is not one key a row.
    """
    if groups is None:
        return [[index] for index in range(number)]
    if len(groups) != number:
        raise ValueError(f"{len(groups)} groups for {number} rows")
    found: dict[Hashable, list[int]] = {}
    for index, group in enumerate(groups):
        found.setdefault(group, []).append(index)
    return list(found.values())


def standard_error(values: Sequence[float], groups: Sequence[Hashable] | None = None) -> float:
    """The standard error of the mean if rows of a group go together; 0 of fewer than 2 groups.

    Source: Liang and Zeger, Longitudinal data analysis using generalized linear models, 1986.
    """
    clusters = clusters_of(len(values), groups)
    if len(clusters) < 2:
        return 0.0
    middle = fmean(values)
    squares = sum(sum(values[i] - middle for i in cluster) ** 2 for cluster in clusters)
    return math.sqrt(squares * len(clusters) / (len(clusters) - 1)) / len(values)


def share_of(
    hits: Sequence[bool], groups: Sequence[Hashable] | None = None, *, fewest: int = FEWEST
) -> Result:
    """The share of hits with Wilson's interval for as many rows as the groups are worth.

    Not estimable from fewer than `fewest` rows, at least 1.

    The number in Wilson's formula is the effective one, at most the number of rows; if all rows
    are alike, the number of groups. A bootstrap would call 30 of 30 certain.

    Source: Kish, Survey sampling, 1965; Franco, Little, Louis and Slud, Comparative study of
    confidence intervals for proportions in complex sample surveys, 2019.
    """
    n = len(hits)
    if n < fewest:
        return NotEstimable(Reason.TOO_FEW, n, fewest)
    share = sum(hits) / n
    clusters = len(clusters_of(n, groups))
    if not 0 < share < 1 or clusters < 2:
        worth = clusters
    else:
        scale = (clusters - 1) / clusters
        variance = standard_error([float(hit) for hit in hits], groups) ** 2 * scale
        worth = n if variance <= 0 else min(n, max(1, round(share * (1 - share) / variance)))
    low, high = Share(share * worth, worth).interval or (0.0, 1.0)
    return Estimate(share, low, high, n)
