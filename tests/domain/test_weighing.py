"""Rows that stand for more or fewer than one."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from commcoach.domain.agreement import alpha_interval, bias, quadratic_kappa
from commcoach.domain.chance import Estimate, WeighableStatistic, estimate
from commcoach.domain.rank_correlation import Pair, spearman
from commcoach.domain.weighing import (
    effective_number,
    stratum_weights,
    weighed,
    weighed_estimate,
    weighed_estimates,
)

CLOSE = 1e-9


def pairs(number: int = 60) -> list[Pair]:
    dice = random.Random(2)
    graded = [dice.randint(0, 4) for _ in range(number)]
    return [(float(x), float(min(4, max(0, x + dice.choice([-1, 0, 0, 1]))))) for x in graded]


@pytest.mark.parametrize("statistic", [quadratic_kappa, bias, spearman])
def test_a_row_of_twice_the_weight_is_two_rows(statistic: WeighableStatistic[Pair]) -> None:
    rows = pairs()
    weights = [1.0] * 30 + [2.0] * 30
    found = weighed(statistic)(Counter(zip(rows, weights, strict=True)))
    assert found == pytest.approx(statistic(Counter([*rows, *rows[30:]])), abs=CLOSE)
    tenfold = weighed(statistic)(Counter(zip(rows, [10 * w for w in weights], strict=True)))
    assert tenfold == pytest.approx(found, abs=CLOSE)


def test_alpha_of_rows_with_weights_differs_from_doubled_rows_by_its_small_sample_term_alone() -> (
    None
):
    rows = pairs()
    weights = [1.0] * 30 + [2.0] * 30
    found = weighed(alpha_interval)(Counter(zip(rows, weights, strict=True)))
    assert found == pytest.approx(alpha_interval(Counter([*rows, *rows[30:]])), abs=0.005)


def test_like_weights_change_nothing() -> None:
    rows, groups = pairs(), [index // 3 for index in range(60)]
    plain = estimate(quadratic_kappa, rows, groups, resamples=100)
    for weights in (None, [0.7] * 60):
        found = weighed_estimate(quadratic_kappa, rows, groups, weights, resamples=100)
        several = weighed_estimates({"": quadratic_kappa}, rows, groups, weights, resamples=100)
        assert found == several[""] == plain


def test_uneven_weights_widen_the_interval() -> None:
    rows = pairs(200)
    even = weighed_estimate(quadratic_kappa, rows, resamples=300)
    uneven = weighed_estimate(quadratic_kappa, rows, None, [0.1] * 160 + [4.6] * 40, resamples=300)
    assert isinstance(even, Estimate)
    assert isinstance(uneven, Estimate)
    assert uneven.n == even.n == 200
    narrow, wide = ((one.high or 0) - (one.low or 0) for one in (even, uneven))
    assert wide > 1.5 * narrow


def test_what_a_stratum_lacks_in_the_sample_its_rows_weigh_more() -> None:
    assert stratum_weights({"a": 90, "b": 10}, {"a": 5, "b": 5}) == pytest.approx(
        {"a": 1.8, "b": 0.2}
    )
    assert stratum_weights({"a": 90, "b": 10}, {"a": 5, "b": 0}) == {"a": 1.0}


def test_ten_rows_of_one_weight_tell_as_much_as_ten() -> None:
    assert effective_number([0.3] * 10) == pytest.approx(10)
    assert effective_number([9.0, *[0.0001] * 9]) == pytest.approx(1, abs=0.001)
    assert effective_number([]) == 0
