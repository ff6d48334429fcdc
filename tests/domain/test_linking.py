"""The calibration map: what it recovers, what it refuses, and that it never judges itself."""

from __future__ import annotations

import dataclasses
import json
import random
from collections import Counter
from itertools import pairwise
from statistics import fmean
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some
from sklearn.isotonic import IsotonicRegression

from commcoach.domain.agreement import quadratic_kappa
from commcoach.domain.chance import Estimate, NotEstimable, Reason, Result
from commcoach.domain.link_choice import (
    FOLDS,
    MINIMUM,
    LinkChoice,
    choose_link,
    fold_rows,
    out_of_fold,
)
from commcoach.domain.linking import (
    IsotonicLink,
    LinearLink,
    LinkKind,
    fit,
    pool_adjacent_violators,
)
from commcoach.domain.rank_correlation import Pair

ENDS = (1.0, 4.0)
values = some.floats(1, 4, allow_nan=False).map(lambda value: round(value, 2))
pair_lists = some.lists(some.tuples(values, values), min_size=1, max_size=40)


def chosen(pairs: list[Pair], groups: list[int] | None = None, **more: Any) -> LinkChoice:
    found = choose_link(pairs, groups, lowest=1, highest=4, resamples=60, **more)
    assert isinstance(found, LinkChoice)
    return found


def number(result: Result) -> float:
    assert isinstance(result, Estimate)
    return result.value


def shifted(rows: int, noise: float = 0.2, seed: int = 1) -> list[Pair]:
    """A scorer that squeezes the graders' scale into 2.4 to 3.6."""
    dice = random.Random(seed)
    graded = [dice.uniform(1, 4) for _ in range(rows)]
    return [(x, 2.0 + 0.4 * x + dice.gauss(0, noise * 0.4)) for x in graded]


def test_a_known_stretch_and_shift_is_undone() -> None:
    found = chosen(shifted(80))
    assert found.kind is LinkKind.LINEAR
    assert isinstance(found.link, LinearLink)
    assert found.link.slope == pytest.approx(2.5, abs=0.15)
    assert found.link.intercept == pytest.approx(-5.0, abs=0.5)
    assert number(found.before.quadratic) < 0.6
    assert number(found.after.quadratic) > 0.9
    assert number(found.gain) == pytest.approx(
        number(found.after.quadratic) - number(found.before.quadratic)
    )
    assert number(found.before.bias) > 0.4
    assert abs(number(found.after.bias)) < 0.05
    assert number(found.after.absolute_error) < number(found.before.absolute_error)


def test_a_bent_scale_is_straightened() -> None:
    dice = random.Random(2)
    graded = [dice.uniform(1, 4) for _ in range(120)]
    found = chosen([(x, 1 + 3 * ((x - 1) / 3) ** 6) for x in graded])
    assert found.kind is LinkKind.ISOTONIC
    assert number(found.after.quadratic) > 0.95


def test_a_scorer_on_the_graders_scale_is_left_alone() -> None:
    dice = random.Random(3)
    graded = [dice.uniform(1.5, 3.5) for _ in range(80)]
    found = chosen([(x, x + dice.gauss(0, 0.2)) for x in graded])
    assert found.kind is LinkKind.IDENTITY
    assert found.link == LinearLink(1.0, 0.0, 1, 4)
    assert found.after == found.before
    assert number(found.gain) == 0


def test_on_noise_linking_gains_no_agreement() -> None:
    left_out, claimed = [], []
    for seed in range(12):
        dice = random.Random(seed)
        pairs = [(float(dice.randint(1, 4)), dice.uniform(1, 4)) for _ in range(60)]
        left_out.append(number(chosen(pairs).after.quadratic))
        link = fit(LinkKind.ISOTONIC, pairs, *ENDS)
        if link is not None:
            own = quadratic_kappa(Counter((x, link(y)) for x, y in pairs))
            assert not isinstance(own, NotEstimable)
            claimed.append(own)
    assert abs(fmean(left_out)) < 0.05
    # What the rows would have claimed that the link was fitted to.
    assert fmean(claimed) > 0.15


def test_a_scorer_that_turns_the_order_around_gets_no_link() -> None:
    pairs = [(x, 5 - y) for x, y in shifted(60)]
    assert fit(LinkKind.LINEAR, pairs, *ENDS) is None
    assert fit(LinkKind.ISOTONIC, pairs, *ENDS) is None
    assert chosen(pairs).kind is LinkKind.IDENTITY
    with pytest.raises(ValueError, match="order"):
        LinearLink(-0.5, 2.0, 1, 4)
    with pytest.raises(ValueError, match="order"):
        IsotonicLink(((1.0, 2.0), (2.0, 1.0)))


def test_39_cases_are_too_few_and_40_enough() -> None:
    pairs = shifted(MINIMUM)
    few = choose_link(pairs[:39], lowest=1, highest=4)
    assert few == NotEstimable(Reason.TOO_FEW, 39, MINIMUM)
    assert chosen(pairs).n == 40


def test_a_single_level_or_too_few_groups_are_refused() -> None:
    pairs = shifted(60)
    graded = choose_link([(2.2, y) for _, y in pairs], lowest=1, highest=4)
    raw = choose_link([(x, 2.0) for x, _ in pairs], lowest=1, highest=4)
    groups = choose_link(pairs, [i % 4 for i in range(60)], lowest=1, highest=4)
    assert graded == NotEstimable(Reason.ONE_LEVEL_GRADED, 60)
    assert raw == NotEstimable(Reason.ONE_LEVEL_GIVEN, 60)
    assert groups == NotEstimable(Reason.TOO_FEW_GROUPS, 4, FOLDS)


def test_no_row_is_in_the_fit_that_judges_it() -> None:
    # Every group has a step of its own height, which only a link that saw it can know.
    dice = random.Random(4)
    heights = sorted(dice.uniform(1, 4) for _ in range(25))
    pairs = [(heights[i // 2], float(i // 2)) for i in range(50)]
    groups = [i // 2 for i in range(50)]

    def error(linked: list[float] | None) -> float:
        assert linked is not None
        return max(abs(x - y) for (x, _), y in zip(pairs, linked, strict=True))

    seen = fit(LinkKind.ISOTONIC, pairs, *ENDS)
    assert seen is not None
    assert error([seen(raw) for _, raw in pairs]) == pytest.approx(0)
    left_out = out_of_fold(LinkKind.ISOTONIC, pairs, fold_rows(groups, FOLDS, 1), ENDS)
    assert error(left_out) > 0.05


def test_the_fit_sees_all_rows_but_those_of_the_fold() -> None:
    pairs = shifted(40)
    folds = fold_rows(list(range(40)), FOLDS, 1)
    linked = out_of_fold(LinkKind.LINEAR, pairs, folds, ENDS)
    assert linked is not None
    for fold in folds:
        rest = [pair for i, pair in enumerate(pairs) if i not in fold]
        link = fit(LinkKind.LINEAR, rest, *ENDS)
        assert link is not None
        assert [linked[i] for i in fold] == [link(pairs[i][1]) for i in fold]


def test_the_figures_of_a_case_do_not_move_with_its_own_grade() -> None:
    # One grade far off: a link that had seen it would bend toward it, and the left-out one cannot.
    pairs = shifted(60, noise=0.0)
    (spoiled,) = fold_rows(list(range(60)), 60, 1)[0]
    pairs[spoiled] = (1.0 if pairs[spoiled][0] > 2.5 else 4.0, pairs[spoiled][1])
    found = chosen(pairs)
    seen = [(x, found.link(y)) for x, y in pairs]
    own = sum(abs(x - y) for x, y in seen) / 60
    assert found.kind is not LinkKind.IDENTITY
    assert number(found.after.absolute_error) > own


@given(some.lists(some.integers(0, 12), min_size=1, max_size=60), some.integers(0, 9))
def test_folds_hold_each_row_once_and_whole_groups(groups: list[int], seed: int) -> None:
    folds = fold_rows(groups, FOLDS, seed)
    assert sorted(i for fold in folds for i in fold) == list(range(len(groups)))
    where = [{groups[i] for i in fold} for fold in folds]
    assert sum(len(found) for found in where) == len(set(groups))
    assert folds == fold_rows(groups, FOLDS, seed)


@given(pair_lists)
def test_pooling_adjacent_violators_is_that_of_scikit_learn(pairs: list[Pair]) -> None:
    graded, raw = (np.array(side) for side in zip(*pairs, strict=True))
    known = IsotonicRegression().fit(raw, graded)
    found = IsotonicLink(pool_adjacent_violators(pairs))
    points = np.unique(raw)
    assert [found(x) for x in points] == pytest.approx(list(known.predict(points)), abs=1e-9)


@given(pair_lists, some.lists(some.floats(-2, 8, allow_nan=False), min_size=2))
def test_no_link_ever_falls_or_leaves_the_range(pairs: list[Pair], raw: list[float]) -> None:
    for kind in LinkKind:
        link = fit(kind, pairs, *ENDS)
        if link is None:
            continue
        linked = [link(value) for value in sorted(raw)]
        assert all(low <= high for low, high in pairwise(linked))
        assert all(1 <= value <= 4 for value in linked)


def test_an_isotonic_link_runs_straight_between_its_points_and_level_outside() -> None:
    link = IsotonicLink(((1.0, 1.5), (2.0, 1.5), (3.0, 3.5)))
    assert [link(x) for x in (0.0, 1.0, 1.7, 2.0, 2.5, 3.0, 9.0)] == [
        1.5,
        1.5,
        1.5,
        1.5,
        2.5,
        3.5,
        3.5,
    ]


def test_links_are_plain_data() -> None:
    line, curve = LinearLink(1.2, -0.4, 1, 4), IsotonicLink(((1.0, 1.5), (3.0, 3.5)))
    assert LinearLink(**json.loads(json.dumps(dataclasses.asdict(line)))) == line
    points = json.loads(json.dumps(dataclasses.asdict(curve)))["points"]
    assert IsotonicLink(tuple((x, y) for x, y in points)) == curve


def test_the_same_cases_give_the_same_choice() -> None:
    assert chosen(shifted(50)) == chosen(shifted(50))


@pytest.mark.parametrize(("apart", "warned"), [(2.0, True), (0.02, False)])
def test_graders_further_apart_than_the_scorer_from_them_are_warned_of(
    apart: float, warned: bool
) -> None:
    pairs = shifted(60)
    grades = [(x - apart / 2, x + apart / 2) for x, _ in pairs]
    assert chosen(pairs, grades=grades).graders_differ_more is warned


def test_without_second_grades_nothing_is_said_of_the_graders() -> None:
    pairs = shifted(50)
    assert chosen(pairs).graders_differ_more is None
    assert chosen(pairs, grades=[(x,) for x, _ in pairs]).graders_differ_more is None


@pytest.mark.parametrize("kind", list(LinkKind))
def test_a_link_to_a_row_of_twice_the_weight_is_one_to_two_rows(kind: LinkKind) -> None:
    dice = random.Random(9)
    graded = [float(dice.randint(0, 4)) for _ in range(60)]
    pairs = [(x, 1 + x / 2 + dice.gauss(0, 0.4)) for x in graded]
    weighty = fit(kind, pairs, 0, 4, [1.0] * 30 + [2.0] * 30)
    doubled = fit(kind, [*pairs, *pairs[30:]], 0, 4)
    assert weighty is not None
    assert doubled is not None
    for raw in (0.5, 1.3, 2.2, 2.9):
        assert weighty(raw) == pytest.approx(doubled(raw), abs=1e-9)
