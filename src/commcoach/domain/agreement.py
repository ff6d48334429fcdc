"""How far a scorer and people agree.

Statistics take a tally: distinct rows and how often each occurs, or how much it weighs if the
weights of all rows have the mean 1 (`weighing.weighed`). `chance.estimate` turns one into a value
with its interval.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias, TypeVar

from commcoach.domain.chance import NotEstimable, Reason
from commcoach.domain.rank_correlation import Pair, midranks, number_of_rows, refusal

Unit = TypeVar("Unit", bound=tuple[float | None, ...])
"""The grades of one row by any number of graders; `None` for a grader who did not grade it."""


def nearest_level(value: float) -> int:
    """The level next to a mean of graders; half-way the upper one."""
    return math.floor(value + 0.5)


def quadratic_kappa(tally: Mapping[Pair, float]) -> float | NotEstimable:
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


def _one_less(observed: float, expected: float, n: float) -> float | NotEstimable:
    """One less the quotient; differences too small for a float are none."""
    return 1 - observed / expected if expected > 0 else NotEstimable(Reason.NO_SPREAD, round(n))


def alpha_interval(tally: Mapping[Unit, float]) -> float | NotEstimable:
    """Krippendorff's alpha with squared differences of the grades, at most 1.

    Rows with fewer than two grades do not count.

    Source of both: Krippendorff, Content analysis, 2004, chapter 11.
    """
    units = _pairable(tally)
    return _alpha_of_squares(units, _totals(units), {})


def alpha_ordinal(tally: Mapping[Unit, float]) -> float | NotEstimable:
    """Krippendorff's alpha with squared differences of the grades' ranks, at most 1."""
    # The ordinal distance, the grades between two grades with half of those at each end, is the
    # distance of their midranks.
    units = _pairable(tally)
    totals = _totals(units)
    return _alpha_of_squares(units, totals, midranks(totals))


_Units: TypeAlias = list[tuple[tuple[float, ...], float]]


def _pairable(tally: Mapping[Unit, float]) -> _Units:
    """The rows with two grades or more, without the missing ones."""
    present = ((tuple(v for v in unit if v is not None), times) for unit, times in tally.items())
    return [(unit, times) for unit, times in present if len(unit) > 1]


def _totals(units: _Units) -> dict[float, float]:
    """How often each grade was given in all."""
    totals: defaultdict[float, float] = defaultdict(int)
    for unit, times in units:
        for value in unit:
            totals[value] += times
    return totals


def _alpha_of_squares(
    units: _Units, totals: Mapping[float, float], places: Mapping[float, float]
) -> float | NotEstimable:
    """Alpha with the squared differences of the places, or of the values themselves."""
    n = sum(totals.values())
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
    observed: float, expected: float, units: _Units, totals: Mapping[float, float]
) -> float | NotEstimable:
    rows = number_of_rows(times for _, times in units)
    if rows < 2:
        reason = Reason.TOO_FEW if rows else Reason.NOT_DOUBLE_GRADED
        return NotEstimable(reason, rows, 2)
    if len(totals) < 2:
        return NotEstimable(Reason.NO_SPREAD, rows)
    return _one_less(observed, expected / (sum(totals.values()) - 1), rows)


def bias(tally: Mapping[Pair, float]) -> float | NotEstimable:
    """The mean of given less graded, in levels; above 0 the scorer is lenient."""
    return _mean_of(tally, lambda graded, given: given - graded)


def absolute_error(tally: Mapping[Pair, float]) -> float | NotEstimable:
    """The mean distance of given and graded, in levels."""
    return _mean_of(tally, lambda graded, given: abs(given - graded))


def _mean_of(
    tally: Mapping[Pair, float], of: Callable[[float, float], float]
) -> float | NotEstimable:
    if (n := number_of_rows(tally.values())) < 2:
        return NotEstimable(Reason.TOO_FEW, n, 2)
    return sum(count * of(x, y) for (x, y), count in tally.items()) / sum(tally.values())


def confusion(pairs: Sequence[Pair], levels: Sequence[int]) -> tuple[tuple[int, ...], ...]:
    """How often the nearest level graded (row) met the nearest level given (column)."""
    found = Counter((nearest_level(x), nearest_level(y)) for x, y in pairs)
    return tuple(tuple(found[row, column] for column in levels) for row in levels)
