"""Intervals of very many rows: as wide as they should be, in a time that does not grow."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping
from statistics import fmean

import pytest

from commcoach.domain import resampling
from commcoach.domain.agreement import quadratic_kappa
from commcoach.domain.chance import Estimate, estimate
from commcoach.domain.resampling import LARGEST_RESAMPLE, told_by

DICE = random.Random(7)
PAIRS = [
    (float(level), float(min(4, max(0, level + DICE.choice((-1, 0, 0, 1))))))
    for level in DICE.choices(range(5), k=6_000)
]


def mean(tally: Mapping[float, int]) -> float:
    return sum(value * count for value, count in tally.items()) / sum(tally.values())


def estimated(rows: list[float], groups: list[int] | None = None) -> Estimate:
    found = estimate(mean, rows, groups)
    assert isinstance(found, Estimate)
    assert found.interval is not None
    return found


def test_the_interval_of_many_rows_is_that_of_a_whole_bootstrap(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    quick = estimate(quadratic_kappa, PAIRS)
    monkeypatch.setattr(resampling, "LARGEST_RESAMPLE", len(PAIRS))
    whole = estimate(quadratic_kappa, PAIRS)
    assert isinstance(quick, Estimate)
    assert isinstance(whole, Estimate)
    assert quick.interval is not None
    assert whole.interval is not None
    assert quick.value == whole.value
    assert quick.interval[1] - quick.interval[0] == pytest.approx(
        whole.interval[1] - whole.interval[0], rel=0.15
    )


def test_the_interval_of_a_mean_is_the_known_one_also_where_rows_go_together() -> None:
    middles = [DICE.gauss() for _ in range(2_000)]
    rows = [middle for middle in middles for _ in range(10)]
    found = estimated(rows, [index // 10 for index in range(len(rows))])
    deviation = math.sqrt(fmean((one - found.value) ** 2 for one in middles))
    assert found.interval is not None
    width = found.interval[1] - found.interval[0]
    assert width == pytest.approx(2 * 1.96 * deviation / math.sqrt(len(middles)), rel=0.15)


@pytest.mark.parametrize("size", [20, 400])
def test_the_interval_of_large_groups_is_that_of_the_groups(size: int) -> None:
    """Rows of a group share something, and differ among each other as much."""
    middles = [DICE.gauss() for _ in range(150)]
    rows = [middle + DICE.gauss() for middle in middles for _ in range(size)]
    found = estimated(rows, [index // size for index in range(len(rows))])
    means = [fmean(rows[start : start + size]) for start in range(0, len(rows), size)]
    deviation = math.sqrt(fmean((one - found.value) ** 2 for one in means))
    assert found.interval is not None
    width = found.interval[1] - found.interval[0]
    assert width == pytest.approx(2 * 1.96 * deviation / math.sqrt(len(means)), rel=0.15)
    assert fmean(found.interval) == pytest.approx(found.value, abs=0.1 * width)


def test_an_interval_lies_around_the_value_also_where_few_rows_tell_less_of_it() -> None:
    """The middles of stretches of a skewed group are too low together."""
    rows = [math.exp(2 * DICE.gauss()) for _ in range(60_000)]
    found = estimated(rows, [index % 60 for index in range(len(rows))])
    assert found.interval is not None
    low, high = found.interval
    assert low < found.value < high
    assert (low + high) / 2 == pytest.approx(found.value, abs=0.2 * (high - low))


@pytest.mark.parametrize("size", [1, 10, 200, 2_000])
def test_a_resample_never_has_more_distinct_rows_than_the_largest(size: int) -> None:
    seen: list[Mapping[float, int]] = []

    def counted(tally: Mapping[float, int]) -> float:
        seen.append(tally)
        return mean(tally)

    estimate(
        counted,
        [float(row) for row in range(20_000)],
        [row // size for row in range(20_000)],
        resamples=20,
    )
    assert len(seen[0]) == 20_000
    resamples = seen[-20:]
    assert max(map(len, resamples)) <= LARGEST_RESAMPLE
    assert min(sum(tally.values()) for tally in resamples) >= LARGEST_RESAMPLE


def test_one_huge_group_among_small_ones_costs_no_more_than_its_part() -> None:
    seen: list[int] = []

    def counted(tally: Mapping[float, int]) -> float:
        seen.append(len(tally))
        return mean(tally)

    where = [0] * 50_000 + list(range(1, 1_001))
    estimate(counted, [float(row) for row in range(len(where))], where, resamples=20)
    assert max(seen[2:]) <= LARGEST_RESAMPLE


def test_a_group_is_told_by_all_its_distinct_rows_if_they_are_few() -> None:
    assert dict(told_by([1, 2, 2, 1, 2], 2)) == {1: 2, 2: 3}


@pytest.mark.parametrize("most", [7, 10, 64])
def test_a_group_is_told_by_rows_that_keep_the_shares_of_its_values(most: int) -> None:
    rows = [(float(row % 4), DICE.uniform(0, 1), None) for row in range(1_000)]
    told = told_by(rows, most)
    assert len(told) == most
    assert {row for row, _ in told} <= set(rows)
    assert sum(count for _, count in told) == 1_000
    middle = sum(count * row[0] for row, count in told) / 1_000
    assert middle == pytest.approx(1.5, abs=4 / most)
    middle = sum(count * row[1] for row, count in told) / 1_000
    assert middle == pytest.approx(0.5, abs=2 / most)


def test_up_to_the_largest_resample_all_rows_are_drawn() -> None:
    seen: list[int] = []

    def counted(tally: Mapping[float, int]) -> float:
        seen.append(sum(tally.values()))
        return mean(tally)

    estimate(counted, [float(index) for index in range(LARGEST_RESAMPLE)], resamples=3)
    assert seen == [LARGEST_RESAMPLE] * 4
