"""Rows that stand for more or fewer than one: what a sample tells that was not drawn evenly."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from commcoach.domain.chance import (
    FEWEST,
    SEED,
    STATISTIC_RESAMPLES,
    NotEstimable,
    Result,
    Statistic,
    WeighableStatistic,
    estimates,
)
from commcoach.domain.resampling import Row

Name = TypeVar("Name", bound=Hashable)
Stratum = TypeVar("Stratum", bound=Hashable)


def stratum_weights(
    pool: Mapping[Stratum, int], drawn: Mapping[Stratum, int]
) -> dict[Stratum, float]:
    """What each drawn row of a stratum stands for: its share of the pool by that of the sample.

    The mean over the drawn rows is 1. Strata of which nothing was drawn are left out: the sample
    then speaks for the others alone.

    Source: Horvitz and Thompson, A generalization of sampling without replacement from a finite
    universe, 1952; Hájek, Comment, 1971.
    """
    present = {stratum: number for stratum, number in drawn.items() if number}
    there, taken = sum(pool[stratum] for stratum in present), sum(present.values())
    return {
        stratum: (pool[stratum] / there) / (number / taken) for stratum, number in present.items()
    }


def effective_number(weights: Sequence[float]) -> float:
    """How many rows of equal weight tell as much; 0 of none.

    Source: Kish, Survey sampling, 1965.
    """
    squares = sum(weight**2 for weight in weights)
    return sum(weights) ** 2 / squares if squares else 0.0


def weighed(statistic: WeighableStatistic[Row]) -> Statistic[tuple[Row, float]]:
    """The statistic of rows (row, weight); only what the weights are to each other counts."""

    def of(tally: Mapping[tuple[Row, float], int]) -> float | NotEstimable:
        rows, total = 0, 0.0
        for (_, weight), count in tally.items():
            rows += count
            total += count * weight
        found: defaultdict[Row, float] = defaultdict(float)
        for (row, weight), count in tally.items():
            found[row] += count * weight * (rows / total)
        return statistic(found)

    return of


def weighed_estimates(
    statistics: Mapping[Name, WeighableStatistic[Row]],
    rows: Sequence[Row],
    groups: Sequence[Hashable] | None = None,
    weights: Sequence[float] | None = None,
    *,
    seed: int = SEED,
    resamples: int = STATISTIC_RESAMPLES,
    fewest: int = FEWEST,
) -> dict[Name, Result]:
    """`chance.estimates` of rows with weights, above 0; without any, or all alike, the same.

    Whole groups are resampled with the weights of their rows, not strata one by one: replies of
    one group stand in several strata, and intervals that forget it are too narrow.
    """
    how = {"seed": seed, "resamples": resamples, "fewest": fewest}
    if weights is None or len(set(weights)) < 2:
        return estimates(statistics, rows, groups, **how)
    named = {name: weighed(statistic) for name, statistic in statistics.items()}
    found = estimates(named, list(zip(rows, weights, strict=True)), groups, **how)
    return {name: worth_of(result, weights) for name, result in found.items()}


def worth_of(result: Result, weights: Sequence[float]) -> Result:
    """The result with the effective number of its rows, whose weights these are, if uneven."""
    if isinstance(result, NotEstimable) or len(set(weights)) < 2:
        return result
    return replace(result, effective=effective_number(weights))


def weighed_estimate(
    statistic: WeighableStatistic[Row],
    rows: Sequence[Row],
    groups: Sequence[Hashable] | None = None,
    weights: Sequence[float] | None = None,
    *,
    seed: int = SEED,
    resamples: int = STATISTIC_RESAMPLES,
    fewest: int = FEWEST,
) -> Result:
    """One statistic of rows with weights; see `weighed_estimates`."""
    only, how = {"": statistic}, {"seed": seed, "resamples": resamples, "fewest": fewest}
    return weighed_estimates(only, rows, groups, weights, **how)[""]
