"""How reports reckon their intervals: the same everywhere, so that the same data look the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from commcoach.domain.chance import Result, WeighableStatistic
from commcoach.domain.resampling import Row
from commcoach.domain.weighing import weighed_estimate

RESAMPLES = 500
"""For each interval of a report; a report has some twenty of them for every criterion."""


def estimate(
    statistic: WeighableStatistic[Row],
    rows: Sequence[Row],
    groups: Sequence[str],
    weights: Sequence[float] | None = None,
) -> Result:
    """A statistic with its interval, as a report gives it; `weights` as in `weighing`."""
    return weighed_estimate(statistic, rows, groups, weights, resamples=RESAMPLES)


def mean(tally: Mapping[float, float]) -> float:
    """The mean of a tally of values."""
    return sum(count * value for value, count in tally.items()) / sum(tally.values())
