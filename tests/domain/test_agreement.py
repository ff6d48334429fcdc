"""Agreement against scikit-learn, scipy, the package krippendorff and published examples."""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Sequence

import krippendorff
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from scipy import stats
from sklearn.metrics import cohen_kappa_score

from commcoach.domain.agreement import (
    absolute_error,
    alpha_interval,
    alpha_ordinal,
    bias,
    confusion,
    nearest_level,
    quadratic_kappa,
)
from commcoach.domain.chance import NotEstimable, Reason, Statistic
from commcoach.domain.rank_correlation import (
    Pair,
    partial,
    partial_rank,
    pearson,
    spearman,
)
from commcoach.domain.weighing import weighed

CLOSE = 1e-9
SYMMETRIC: list[Statistic[Pair]] = [
    quadratic_kappa,
    pearson,
    spearman,
    alpha_ordinal,
    alpha_interval,
]
Levels = list[tuple[int, int]]
levels = some.lists(some.tuples(some.integers(0, 4), some.integers(0, 4)), min_size=2, max_size=60)
reals = some.floats(0, 5, allow_nan=False).map(lambda value: round(value, 3))
real_pairs = some.lists(some.tuples(reals, reals), min_size=2, max_size=60)


def value(statistic: Statistic[Pair], pairs: Sequence[Pair]) -> float:
    found = statistic(Counter(pairs))
    assert not isinstance(found, NotEstimable)
    return found


def two_sided(pairs: Sequence[Pair]) -> bool:
    return min(len({x for x, _ in pairs}), len({y for _, y in pairs})) > 1


@given(levels)
def test_kappa_is_that_of_scikit_learn(pairs: Levels) -> None:
    if not two_sided(pairs):
        return
    first, second = zip(*pairs, strict=True)
    known = cohen_kappa_score(first, second, weights="quadratic", labels=range(5))
    assert value(quadratic_kappa, pairs) == pytest.approx(known, abs=CLOSE)


@given(levels, some.data())
def test_kappa_of_rows_with_weights_is_that_of_scikit_learn(
    pairs: Levels, data: some.DataObject
) -> None:
    if not two_sided(pairs):
        return
    size = len(pairs)
    weights = data.draw(some.lists(some.floats(0.05, 20), min_size=size, max_size=size))
    first, second = zip(*pairs, strict=True)
    known = cohen_kappa_score(
        first, second, weights="quadratic", labels=range(5), sample_weight=weights
    )
    found = weighed(quadratic_kappa)(Counter(zip(pairs, weights, strict=True)))
    assert found == pytest.approx(known, abs=CLOSE)


def test_weights_that_sum_to_less_than_their_rows_by_rounding_alone_are_enough() -> None:
    rows = Counter({((0.0, 0.0), 0.75): 1, ((1.0, 1.0), 0.0546875): 1})
    assert weighed(quadratic_kappa)(rows) == pytest.approx(1)


@given(real_pairs)
def test_kappa_of_real_values_compares_with_all_pairs_of_a_graded_and_a_given_one(
    pairs: list[Pair],
) -> None:
    if not two_sided(pairs):
        return
    graded, judged = (np.array(side) for side in zip(*pairs, strict=True))
    apart = np.subtract.outer(graded, judged)
    squared = 1 - ((graded - judged) ** 2).mean() / (apart**2).mean()
    assert value(quadratic_kappa, pairs) == pytest.approx(squared, rel=1e-9, abs=CLOSE)


def test_cohens_table_with_squared_differences() -> None:
    # The table of 1960 and 1968, worked out by hand: the weights of 1968 are no squares.
    table = [[88, 14, 18], [10, 40, 10], [2, 6, 12]]
    pairs = [(float(i), float(j)) for i in range(3) for j in range(3) for _ in range(table[i][j])]
    observed = (14 + 10 + 10 + 6 + 4 * (18 + 2)) / 200
    rows, columns = [0.6, 0.3, 0.1], [0.5, 0.3, 0.2]
    expected = sum(rows[i] * columns[j] * (i - j) ** 2 for i in range(3) for j in range(3))
    assert value(quadratic_kappa, pairs) == pytest.approx(1 - observed / expected, abs=CLOSE)


FOUR_OBSERVERS: list[list[float | None]] = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3],
    [None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None],
]


def test_krippendorffs_example_with_four_observers_and_missing_grades() -> None:
    # Krippendorff, Computing Krippendorff's alpha-reliability, 2011.
    units = Counter(zip(*FOUR_OBSERVERS, strict=True))
    assert alpha_ordinal(units) == pytest.approx(0.815, abs=5e-4)
    assert alpha_interval(units) == pytest.approx(0.849, abs=5e-4)


ratings = some.one_of(some.none(), some.integers(0, 4).map(float))


@settings(deadline=None)
@given(some.integers(2, 4).flatmap(lambda n: some.lists(some.tuples(*[ratings] * n), min_size=2)))
def test_alpha_is_that_of_the_package(units: list[tuple[float | None, ...]]) -> None:
    double = [[v for v in unit if v is not None] for unit in units]
    if len({v for unit in double if len(unit) > 1 for v in unit}) < 2:
        return
    if sum(len(unit) > 1 for unit in double) < 2:
        return
    table = [[np.nan if v is None else v for v in grader] for grader in zip(*units, strict=True)]
    tally = Counter(units)
    known = {
        "ordinal": krippendorff.alpha(np.array(table), level_of_measurement="ordinal"),
        "interval": krippendorff.alpha(np.array(table), level_of_measurement="interval"),
    }
    assert alpha_ordinal(tally) == pytest.approx(known["ordinal"], abs=CLOSE)
    assert alpha_interval(tally) == pytest.approx(known["interval"], abs=CLOSE)


@given(real_pairs)
def test_correlations_are_those_of_scipy(pairs: list[Pair]) -> None:
    if not two_sided(pairs):
        return
    first, second = (np.array(side) for side in zip(*pairs, strict=True))
    assert value(pearson, pairs) == pytest.approx(stats.pearsonr(first, second)[0], abs=CLOSE)
    assert value(spearman, pairs) == pytest.approx(stats.spearmanr(first, second)[0], abs=CLOSE)


def test_a_partial_correlation_is_that_of_what_the_third_leaves_unexplained() -> None:
    dice = np.random.default_rng(4)
    third = dice.integers(0, 9, 80).astype(float)
    first, second = third + dice.normal(size=80), dice.integers(0, 5, 80) - third / 2

    def left(values: np.ndarray, by: np.ndarray) -> np.ndarray:
        slope, intercept = np.polyfit(by, values, 1)
        return np.asarray(values - slope * by - intercept)

    rows = Counter(zip(first.tolist(), second.tolist(), third.tolist(), strict=True))
    known = np.corrcoef(left(first, third), left(second, third))[0, 1]
    assert partial(rows) == pytest.approx(known, abs=CLOSE)
    a, b, by = (stats.rankdata(values) for values in (first, second, third))
    known = np.corrcoef(left(a, by), left(b, by))[0, 1]
    assert partial_rank(rows) == pytest.approx(known, abs=CLOSE)


def test_nothing_is_left_of_a_variable_that_the_third_explains() -> None:
    rows = Counter([(1.0, 4.0, 2.0), (2.0, 1.0, 4.0), (3.0, 2.0, 6.0), (4.0, 7.0, 8.0)])
    assert partial(rows) == NotEstimable(Reason.EXPLAINED, 4)
    assert partial(Counter([(1.0, 4.0, 2.0), (2.0, 1.0, 2.0), (3.0, 1.0, 2.0)])) == NotEstimable(
        Reason.NO_SPREAD, 3
    )
    assert partial(Counter([(1.0, 4.0, 2.0), (2.0, 1.0, 4.0)])) == NotEstimable(
        Reason.TOO_FEW, 2, 3
    )


@given(real_pairs)
def test_it_does_not_matter_who_stands_first(pairs: list[Pair]) -> None:
    turned = [(y, x) for x, y in pairs]
    for statistic in SYMMETRIC:
        there, back = statistic(Counter(pairs)), statistic(Counter(turned))
        if isinstance(there, NotEstimable):
            assert isinstance(back, NotEstimable)
        else:
            assert back == pytest.approx(there, abs=CLOSE)


@given(levels, some.randoms(use_true_random=False))
def test_the_order_of_the_rows_does_not_matter(pairs: Levels, dice: random.Random) -> None:
    mixed = list(pairs)
    dice.shuffle(mixed)
    for statistic in SYMMETRIC:
        there, again = statistic(Counter(pairs)), statistic(Counter(mixed))
        if isinstance(there, NotEstimable):
            assert again == there
        else:
            assert again == pytest.approx(there, abs=CLOSE)


@given(some.lists(some.integers(0, 4).map(float), min_size=2))
def test_equal_sides_agree_wholly(grades: list[float]) -> None:
    pairs = [(grade, grade) for grade in grades]
    for statistic in SYMMETRIC:
        found = statistic(Counter(pairs))
        if len(set(grades)) > 1:
            assert found == pytest.approx(1, abs=CLOSE)
        else:
            assert isinstance(found, NotEstimable)


@pytest.mark.parametrize("statistic", [quadratic_kappa, pearson, spearman])
def test_a_single_class_on_either_side_gives_no_number(statistic: Statistic[Pair]) -> None:
    graded: list[Pair] = [(2.0, 1.0), (2.0, 3.0), (2.0, 2.0)]
    given: list[Pair] = [(1.0, 2.0), (3.0, 2.0), (2.0, 2.0)]
    assert statistic(Counter(graded)) == NotEstimable(Reason.ONE_LEVEL_GRADED, 3)
    assert statistic(Counter(given)) == NotEstimable(Reason.ONE_LEVEL_GIVEN, 3)


def test_rows_with_one_grade_have_no_alpha() -> None:
    units: Counter[tuple[float | None, ...]] = Counter([(1.0, None), (None, 2.0)])
    assert alpha_interval(units) == NotEstimable(Reason.NOT_DOUBLE_GRADED, 0, 2)


def test_half_way_counts_as_the_upper_level() -> None:
    assert [nearest_level(value) for value in (1.0, 1.49, 1.5, 2.5, 2.51)] == [1, 1, 2, 3, 3]


def test_bias_is_above_nothing_for_a_lenient_scorer() -> None:
    pairs: list[Pair] = [(1.0, 2.0), (2.0, 4.0), (3.0, 2.0), (4.0, 4.0)]
    assert bias(Counter(pairs)) == 0.5
    assert absolute_error(Counter(pairs)) == 1.0


def test_the_confusion_has_graded_levels_as_rows() -> None:
    assert confusion([(1, 2), (1, 2), (2.5, 3), (3, 1)], [1, 2, 3]) == (
        (0, 2, 0),
        (0, 0, 0),
        (1, 0, 1),
    )


def test_values_far_from_nothing_lose_no_digits() -> None:
    pairs = [(1e6 + x, 1e6 + y) for x, y in [(1.0, 2.0), (2.0, 2.0), (3.0, 4.0), (4.0, 3.0)]]
    near = [(x - 1e6, y - 1e6) for x, y in pairs]
    for statistic in (quadratic_kappa, pearson, alpha_interval):
        assert math.isclose(value(statistic, pairs), value(statistic, near), abs_tol=CLOSE)
