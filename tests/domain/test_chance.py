"""Shares, means and counts against known values."""

from __future__ import annotations

import pytest

from commcoach.domain.chance import Share, chance_of_at_least, mean_of


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
