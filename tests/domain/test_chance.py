"""Shares, means and counts against known values."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping
from statistics import fmean, stdev

import pytest

from commcoach.domain.chance import (
    Estimate,
    NotEstimable,
    Reason,
    Share,
    chance_of_at_least,
    difference,
    estimate,
    mean_of,
    share_of,
    standard_error,
)


def test_a_share_has_wilsons_interval() -> None:
    # Brown, Cai and DasGupta, Interval estimation for a binomial proportion, 2001; by R's binom.
    low, high = Share(8, 80).interval or (0.0, 0.0)
    assert low == pytest.approx(0.0515, abs=5e-4)
    assert high == pytest.approx(0.1851, abs=5e-4)


def test_none_of_many_can_still_be_some() -> None:
    low, high = Share(0, 20).interval or (1.0, 1.0)
    assert low == 0
    assert high == pytest.approx(0.161, abs=1e-3)


def test_nothing_has_no_share_and_no_mean() -> None:
    assert Share(0, 0).value is None
    assert Share(0, 0).interval is None
    assert mean_of([]) is None


def test_a_mean_has_the_same_interval_each_time() -> None:
    values = [0.0, 0.0, 1.0, 0.5, -0.5, 0.25, 0.0, 1.5]
    found = mean_of(values)
    assert found is not None
    assert found == mean_of(values)
    assert found.value == 0.34375
    assert found.low < found.value < found.high


def test_a_mean_of_equal_values_is_certain() -> None:
    found = mean_of([0.5] * 9)
    assert found is not None
    assert (found.low, found.value, found.high) == (0.5, 0.5, 0.5)


def test_the_chance_of_a_count_is_the_binomial_tail() -> None:
    assert chance_of_at_least(1, 3, 0.5) == pytest.approx(7 / 8)
    assert chance_of_at_least(3, 3, 0.5) == pytest.approx(1 / 8)
    assert chance_of_at_least(0, 3, 0.0) == 1.0
    assert chance_of_at_least(1, 246, 0.0) == 0.0


# --- statistics with intervals -------------------------------------------------------------------


def mean(tally: Mapping[float, int]) -> float | NotEstimable:
    return sum(value * count for value, count in tally.items()) / sum(tally.values())


def mean_gap(tally: Mapping[tuple[float, float], float]) -> float | NotEstimable:
    return sum((y - x) * count for (x, y), count in tally.items()) / sum(tally.values())


def test_a_statistic_has_the_interval_of_its_normal_theory() -> None:
    dice = random.Random(2)
    rows = [dice.gauss(0, 1) for _ in range(400)]
    found = estimate(mean, rows)
    assert isinstance(found, Estimate)
    assert found.n == 400
    assert found.low == pytest.approx(fmean(rows) - 1.96 / 20, abs=0.02)
    assert found.high == pytest.approx(fmean(rows) + 1.96 / 20, abs=0.02)
    assert found == estimate(mean, rows)
    assert found != estimate(mean, rows, seed=1)


def test_rows_of_a_group_are_resampled_together() -> None:
    values = [float(i % 7) for i in range(30)]
    alone, twins = estimate(mean, values), estimate(mean, values * 4, list(range(30)) * 4)
    assert isinstance(alone, Estimate)
    assert isinstance(twins, Estimate)
    assert twins.interval == pytest.approx(alone.interval, abs=0.05)
    naive = estimate(mean, values * 4)
    assert isinstance(naive, Estimate)
    assert naive.low is not None
    assert twins.low is not None
    assert naive.low > twins.low


def test_too_few_groups_give_a_value_without_an_interval() -> None:
    rows = [float(i) for i in range(40)]
    assert estimate(mean, rows, [i % 9 for i in range(40)]) == Estimate(19.5, None, None, 40)


def test_resamples_all_alike_make_no_interval() -> None:
    assert estimate(mean, [3.0] * 30) == Estimate(3.0, None, None, 30)


@pytest.mark.parametrize(("refused", "has_interval"), [(0.02, True), (0.2, False)])
def test_with_too_many_resamples_left_out_there_is_no_interval(
    refused: float, has_interval: bool
) -> None:
    dice = random.Random(1)
    whole = Counter(float(i) for i in range(20))

    def moody(tally: Mapping[float, int]) -> float | NotEstimable:
        if tally != whole and dice.random() < refused:
            return NotEstimable(Reason.NO_SPREAD, 20)
        return mean(tally)

    found = estimate(moody, list(whole))
    assert isinstance(found, Estimate)
    assert found.value == 9.5
    assert (found.interval is not None) == has_interval


def test_what_is_not_estimable_says_why() -> None:
    why = NotEstimable(Reason.NO_SPREAD, 12)
    assert estimate(lambda _: why, [1.0] * 12) == why


def test_of_fewer_rows_than_ten_there_is_no_number_at_all() -> None:
    assert estimate(mean, [1.0, 2.0] * 4) == NotEstimable(Reason.TOO_FEW, 8, 10)
    assert isinstance(estimate(mean, [1.0, 2.0] * 5), Estimate)


def test_each_row_needs_its_group() -> None:
    with pytest.raises(ValueError, match="1 groups for 2 rows"):
        estimate(mean, [1.0, 2.0], ["a"])


def test_a_paired_difference_is_surer_than_two_intervals() -> None:
    dice = random.Random(8)
    hard = [dice.gauss(0, 2) for _ in range(100)]
    rows = [(0.0, x, x + 0.5 + dice.gauss(0, 0.2)) for x in hard]
    found = estimate(difference(mean_gap), rows)
    assert isinstance(found, Estimate)
    assert found.low is not None
    assert found.high is not None
    assert 0.4 < found.low < found.value < found.high < 0.6


def test_a_difference_needs_both_sides() -> None:
    def varied(tally: Mapping[tuple[float, float], float]) -> float | NotEstimable:
        if len({y for _, y in tally}) < 2:
            return NotEstimable(Reason.ONE_LEVEL_GIVEN, round(sum(tally.values())))
        return mean_gap(tally)

    rows = [(1.0, 2.0, 3.0), (2.0, 2.0, 1.0)]
    refused = NotEstimable(Reason.ONE_LEVEL_GIVEN, 2)
    assert estimate(difference(varied), rows, fewest=2) == refused
    assert estimate(difference(varied), [(x, b, a) for x, a, b in rows], fewest=2) == refused


def test_a_share_of_rows_on_their_own_has_wilsons_interval() -> None:
    found = share_of([True] * 8 + [False] * 72)
    assert isinstance(found, Estimate)
    assert (found.value, found.n) == (0.1, 80)
    assert found.interval == Share(8, 80).interval


def test_thirty_hits_of_thirty_are_not_certain() -> None:
    found = share_of([True] * 30)
    assert isinstance(found, Estimate)
    assert found.interval == Share(30, 30).interval
    twins = share_of([True] * 30, [i // 2 for i in range(30)])
    assert isinstance(twins, Estimate)
    assert twins.interval == Share(15, 15).interval


def test_twins_are_worth_one_row() -> None:
    hits = [i % 3 == 0 for i in range(30)]
    found = share_of(hits + hits, list(range(30)) * 2)
    assert isinstance(found, Estimate)
    assert found.n == 60
    assert found.interval == Share(10, 30).interval


def test_a_share_of_a_handful_of_rows_is_not_estimable() -> None:
    assert share_of([True] * 9) == NotEstimable(Reason.TOO_FEW, 9, 10)
    assert share_of([True], fewest=2) == NotEstimable(Reason.TOO_FEW, 1, 2)


def test_the_standard_error_of_rows_on_their_own_is_the_usual_one() -> None:
    values = [1.0, 4.0, 2.0, 8.0]
    assert standard_error(values) == pytest.approx(stdev(values) / 2)
    assert standard_error(values * 3, [0, 1, 2, 3] * 3) == pytest.approx(stdev(values) / 2)
    assert standard_error(values, ["a"] * 4) == 0
