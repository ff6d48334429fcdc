"""How far a scorer and people agree.

Statistics take a tally: distinct rows and how often each occurs. `chance.estimate` turns one into
a value with its interval.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias, TypeVar

from commcoach.domain.chance import (
    FEWEST,
    SEED,
    STATISTIC_RESAMPLES,
    NotEstimable,
    Reason,
    Result,
    Statistic,
    estimates,
    share_of,
)
from commcoach.domain.rank_correlation import Pair, midranks, pearson, refusal, spearman

Unit = TypeVar("Unit", bound=tuple[float | None, ...])
"""The grades of one row by any number of graders; `None` for a grader who did not grade it."""


def nearest_level(value: float) -> int:
    """The level next to a mean of graders; half-way the upper one."""
    return math.floor(value + 0.5)


def quadratic_kappa(tally: Mapping[Pair, int]) -> float | NotEstimable:
    """Cohen's kappa with squared differences as weights, at most 1, also of real values.

    One less the mean squared difference of the pairs over that of all graded with all given
    values. Not estimable if either side is a single value.

    Source: Cohen, Weighted kappa, 1968.
    """
    refused = refusal(tally)
    if refused is not None:
        return refused
    n = sum(tally.values())
    graded = sum(c * x for (x, _), c in tally.items()) / n
    given = sum(c * y for (_, y), c in tally.items()) / n
    observed = sum(c * (x - y) ** 2 for (x, y), c in tally.items())
    spread = sum(c * ((x - graded) ** 2 + (y - given) ** 2) for (x, y), c in tally.items())
    return _one_less(observed, spread + n * (graded - given) ** 2, n)


def linear_kappa(tally: Mapping[Pair, int]) -> float | NotEstimable:
    """Cohen's kappa with absolute differences as weights, at most 1, also of real values."""
    refused = refusal(tally)
    if refused is not None:
        return refused
    n = sum(tally.values())
    graded, given = _sides(tally)
    # The mean distance of two variables is the area between where one of them lies below a point
    # and the other above it.
    points = sorted({*graded, *given})
    area, below_graded, below_given = 0.0, 0, 0
    for point, following in pairwise(points):
        below_graded += graded[point]
        below_given += given[point]
        apart = below_graded * (n - below_given) + below_given * (n - below_graded)
        area += apart * (following - point)
    observed = sum(c * abs(x - y) for (x, y), c in tally.items())
    return _one_less(observed, area / n, n)


def unweighted_kappa(tally: Mapping[Pair, int]) -> float | NotEstimable:
    """Cohen's kappa of the nearest levels, at most 1.

    Source: Cohen, A coefficient of agreement for nominal scales, 1960.
    """
    levels: Counter[Pair] = Counter()
    for (x, y), count in tally.items():
        levels[nearest_level(x), nearest_level(y)] += count
    refused = refusal(levels)
    if refused is not None:
        return refused
    n = levels.total()
    graded, given = _sides(levels)
    missed = n - sum(count for (x, y), count in levels.items() if x == y)
    by_chance = sum(count * given[level] for level, count in graded.items())
    return _one_less(missed, n - by_chance / n, n)


def _sides(tally: Mapping[Pair, int]) -> tuple[Counter[float], Counter[float]]:
    """How often each value was graded, and how often given."""
    graded: Counter[float] = Counter()
    given: Counter[float] = Counter()
    for (x, y), count in tally.items():
        graded[x] += count
        given[y] += count
    return graded, given


def _one_less(observed: float, expected: float, n: int) -> float | NotEstimable:
    """One less the quotient; differences too small for a float are none."""
    return 1 - observed / expected if expected > 0 else NotEstimable(Reason.NO_SPREAD, n)


def alpha_nominal(tally: Mapping[Unit, int]) -> float | NotEstimable:
    """Krippendorff's alpha where two grades are either equal or not, at most 1.

    Rows with fewer than two grades do not count.

    Source of the three: Krippendorff, Content analysis, 2004, chapter 11.
    """
    units = _pairable(tally)
    totals = _totals(units)
    n = totals.total()
    observed = sum(
        times * (len(unit) ** 2 - sum(c**2 for c in Counter(unit).values())) / (len(unit) - 1)
        for unit, times in units
    )
    return _alpha(observed, n * n - sum(c**2 for c in totals.values()), units, totals)


def alpha_interval(tally: Mapping[Unit, int]) -> float | NotEstimable:
    """Krippendorff's alpha with squared differences of the grades, at most 1."""
    units = _pairable(tally)
    return _alpha_of_squares(units, _totals(units), {})


def alpha_ordinal(tally: Mapping[Unit, int]) -> float | NotEstimable:
    """Krippendorff's alpha with squared differences of the grades' ranks, at most 1."""
    # The ordinal distance, the grades between two grades with half of those at each end, is the
    # distance of their midranks.
    units = _pairable(tally)
    totals = _totals(units)
    return _alpha_of_squares(units, totals, midranks(totals))


_Units: TypeAlias = list[tuple[tuple[float, ...], int]]


def _pairable(tally: Mapping[Unit, int]) -> _Units:
    """The rows with two grades or more, without the missing ones."""
    present = ((tuple(v for v in unit if v is not None), times) for unit, times in tally.items())
    return [(unit, times) for unit, times in present if len(unit) > 1]


def _totals(units: _Units) -> Counter[float]:
    """How often each grade was given in all."""
    totals: Counter[float] = Counter()
    for unit, times in units:
        for value in unit:
            totals[value] += times
    return totals


def _alpha_of_squares(
    units: _Units, totals: Counter[float], places: Mapping[float, float]
) -> float | NotEstimable:
    """Alpha with the squared differences of the places, or of the values themselves."""
    n = totals.total()
    # Less the mean, so that squares of large values do not swallow their differences.
    mean = sum(c * places.get(v, v) for v, c in totals.items()) / n if n else 0.0
    place = {value: places.get(value, value) - mean for value in totals}
    observed = 0.0
    for unit, times in units:
        found = [place[value] for value in unit]
        squares = len(found) * sum(v * v for v in found) - sum(found) ** 2
        observed += 2 * times * squares / (len(found) - 1)
    expected = 2 * n * sum(c * place[v] ** 2 for v, c in totals.items())
    return _alpha(observed, expected, units, totals)


def _alpha(
    observed: float, expected: float, units: _Units, totals: Counter[float]
) -> float | NotEstimable:
    rows = sum(times for _, times in units)
    if rows < 2:
        return NotEstimable(Reason.TOO_FEW if rows else Reason.NOT_DOUBLE_GRADED, rows, 2)
    if len(totals) < 2:
        return NotEstimable(Reason.NO_SPREAD, rows)
    return _one_less(observed, expected / (totals.total() - 1), rows)


def bias(tally: Mapping[Pair, int]) -> float | NotEstimable:
    """The mean of given less graded, in levels; above 0 the scorer is lenient."""
    return _mean_of(tally, lambda graded, given: given - graded)


def absolute_error(tally: Mapping[Pair, int]) -> float | NotEstimable:
    """The mean distance of given and graded, in levels."""
    return _mean_of(tally, lambda graded, given: abs(given - graded))


def _mean_of(
    tally: Mapping[Pair, int], of: Callable[[float, float], float]
) -> float | NotEstimable:
    n = sum(tally.values())
    if n < 2:
        return NotEstimable(Reason.TOO_FEW, n, 2)
    return sum(count * of(x, y) for (x, y), count in tally.items()) / n


def confusion(pairs: Sequence[Pair], levels: Sequence[int]) -> tuple[tuple[int, ...], ...]:
    """How often the nearest level graded (row) met the nearest level given (column)."""
    found = Counter((nearest_level(x), nearest_level(y)) for x, y in pairs)
    return tuple(tuple(found[row, column] for column in levels) for row in levels)


@dataclass(frozen=True, slots=True)
class Agreement:
    """All figures of one scorer against grades, on `n` rows.

    Exact and adjacent (at most one level apart) compare nearest levels, `nearest_level`.
    """

    n: int
    exact: Result
    adjacent: Result
    quadratic: Result
    linear: Result
    unweighted: Result
    alpha_nominal: Result
    alpha_ordinal: Result
    alpha_interval: Result
    spearman: Result
    pearson: Result
    bias: Result
    absolute_error: Result


def agreement(
    pairs: Sequence[Pair],
    groups: Sequence[Hashable] | None = None,
    *,
    seed: int = SEED,
    resamples: int = STATISTIC_RESAMPLES,
    fewest: int = FEWEST,
) -> Agreement:
    """Every figure of pairs of (graded, given); rows of a group are resampled together.

    None is estimable from fewer than `fewest` pairs.
    """
    statistics: dict[str, Statistic[Pair]] = {
        "quadratic": quadratic_kappa,
        "linear": linear_kappa,
        "unweighted": unweighted_kappa,
        "alpha_nominal": alpha_nominal,
        "alpha_ordinal": alpha_ordinal,
        "alpha_interval": alpha_interval,
        "spearman": spearman,
        "pearson": pearson,
        "bias": bias,
        "absolute_error": absolute_error,
    }
    apart = [abs(nearest_level(graded) - nearest_level(given)) for graded, given in pairs]
    return Agreement(
        len(pairs),
        share_of([levels == 0 for levels in apart], groups, fewest=fewest),
        share_of([levels <= 1 for levels in apart], groups, fewest=fewest),
        **estimates(statistics, pairs, groups, seed=seed, resamples=resamples, fewest=fewest),
    )
