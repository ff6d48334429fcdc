"""A link is chosen, fitted and judged by what cases stand for, and without what judges it."""

from __future__ import annotations

import random
from typing import Any

import pytest

from commcoach.domain import link_choice
from commcoach.domain.chance import Estimate, Result
from commcoach.domain.link_choice import FOLDS, LinkChoice, choose_link, fold_rows
from commcoach.domain.linking import LinearLink, LinkKind, fit
from commcoach.domain.rank_correlation import Pair

NOTHING = 1e-9
"""A weight beside which that of other rows is all there is."""


def number(result: Result) -> float:
    assert isinstance(result, Estimate)
    return result.value


def chosen(pairs: list[Pair], **more: Any) -> LinkChoice:
    found = choose_link(pairs, lowest=0, highest=4, resamples=60, **more)
    assert isinstance(found, LinkChoice)
    return found


def squeezed(rows: int = 60, noise: float = 0.1) -> list[Pair]:
    """A scorer that squeezes the graders' scale into 2 to 3."""
    dice = random.Random(5)
    graded = [dice.uniform(0, 4) for _ in range(rows)]
    return [(x, 2 + x / 4 + dice.gauss(0, noise)) for x in graded]


def scattered(rows: int = 60) -> list[Pair]:
    dice = random.Random(6)
    return [(dice.uniform(0, 4), dice.uniform(0, 4)) for _ in range(rows)]


def test_rows_that_stand_for_nothing_do_not_bend_the_link_or_its_figures() -> None:
    own, others = squeezed(), scattered()
    alone = chosen(own)
    found = chosen([*own, *others], weights=[1.0] * 60 + [NOTHING] * 60)
    assert alone.kind is found.kind is LinkKind.LINEAR
    for raw in (2.0, 2.5, 3.0):
        assert found.link(raw) == pytest.approx(alone.link(raw), abs=1e-6)
    # The folds differ where there are more rows, and so the links that were fitted without them.
    for measure in ("quadratic", "absolute_error", "bias"):
        before = [number(getattr(one.before, measure)) for one in (found, alone)]
        after = [number(getattr(one.after, measure)) for one in (found, alone)]
        assert before[0] == pytest.approx(before[1], abs=1e-6)
        assert after[0] == pytest.approx(after[1], abs=0.02)
    assert number(found.gain) == pytest.approx(number(alone.gain), abs=0.02)
    plain = chosen([*own, *others])
    assert abs(number(plain.after.quadratic) - number(alone.after.quadratic)) > 0.2


def test_how_sure_the_choice_is_goes_by_the_weights() -> None:
    """Errors that vary wildly in rows that stand for little do not hide what the others show."""
    dice = random.Random(7)
    middling = [dice.uniform(1.2, 2.8) for _ in range(40)]
    own = [(x, 2 + x / 4 + dice.gauss(0, 0.02)) for x in middling]
    wild = [(4.0 * (n % 2), 2.0 + n / 1_000) for n in range(40)]
    assert chosen(own).kind is LinkKind.LINEAR
    assert chosen([*own, *wild], weights=[1.0] * 40 + [NOTHING] * 40).kind is LinkKind.LINEAR
    assert chosen([*own, *wild]).kind is LinkKind.IDENTITY


def test_whether_graders_differ_more_goes_by_the_weights() -> None:
    pairs = squeezed(80)
    grades = [(x - 0.01, x + 0.01) if n < 40 else (0.0, 4.0) for n, (x, _) in enumerate(pairs)]
    near = [1.0] * 40 + [NOTHING] * 40
    assert chosen(pairs, grades=grades, weights=near).graders_differ_more is False
    assert chosen(pairs, grades=grades, weights=near[::-1]).graders_differ_more is True


def test_each_fold_is_linked_by_a_shape_that_was_chosen_without_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The figures are those of links that neither in shape nor in numbers saw the row."""
    pairs, weights = squeezed(), [1.0 + n % 3 for n in range(60)]
    seen: list[list[Pair]] = []
    simplest = link_choice._simplest  # the choice itself is what is watched

    def watched(pairs: list[Pair], *more: Any) -> LinkKind:
        seen.append(pairs)
        return simplest(pairs, *more)

    monkeypatch.setattr(link_choice, "_simplest", watched)
    found = chosen(pairs, weights=weights, seed=1)
    folds = fold_rows(range(60), FOLDS, 1)
    rest = [[pair for n, pair in enumerate(pairs) if n not in fold] for fold in folds]
    assert seen == [pairs, *rest]
    linked = [0.0] * 60
    for fold in folds:
        others = [n for n in range(60) if n not in fold]
        link = fit(LinkKind.LINEAR, [pairs[n] for n in others], 0, 4, [weights[n] for n in others])
        assert isinstance(link, LinearLink)
        for n in fold:
            linked[n] = link(pairs[n][1])
    error = sum(
        weight * abs(grade - value)
        for (grade, _), value, weight in zip(pairs, linked, weights, strict=True)
    ) / sum(weights)
    assert number(found.after.absolute_error) == pytest.approx(error)
