"""Intervals of very many rows: as wide as they should be, in a time that does not grow."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping
from statistics import fmean

import pytest

from commcoach.domain import chance
from commcoach.domain.agreement import quadratic_kappa
from commcoach.domain.chance import LARGEST_RESAMPLE, Estimate, estimate

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
    monkeypatch.setattr(chance, "LARGEST_RESAMPLE", len(PAIRS))
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


@pytest.mark.parametrize(("rows", "size"), [(20_000, 1), (20_000, 10), (20_000, 200)])
def test_a_resample_never_has_many_more_rows_than_the_largest(rows: int, size: int) -> None:
    seen: list[int] = []

    def counted(tally: Mapping[float, int]) -> float:
        seen.append(sum(tally.values()))
        return mean(tally)

    values = [float(index % 7) for index in range(rows)]
    estimate(counted, values, [index // size for index in range(rows)], resamples=20)
    assert seen[0] == rows
    assert max(seen[1:]) <= max(LARGEST_RESAMPLE, 100 * size) + size
    assert min(seen[1:]) >= LARGEST_RESAMPLE


def test_up_to_the_largest_resample_all_rows_are_drawn() -> None:
    seen: list[int] = []

    def counted(tally: Mapping[float, int]) -> float:
        seen.append(sum(tally.values()))
        return mean(tally)

    estimate(counted, [float(index) for index in range(LARGEST_RESAMPLE)], resamples=3)
    assert seen == [LARGEST_RESAMPLE] * 4
