"""Choosing a link by cross-validation, and what it gains on cases that it was not fitted to."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import fmean

from commcoach.domain.agreement import absolute_error, bias, nearest_level, quadratic_kappa
from commcoach.domain.chance import (
    SEED,
    STATISTIC_RESAMPLES,
    NotEstimable,
    Reason,
    Result,
    WeighableStatistic,
    clusters_of,
    difference,
    standard_error,
)
from commcoach.domain.linking import LinearLink, Link, LinkKind, fit
from commcoach.domain.rank_correlation import Pair, refusal
from commcoach.domain.weighing import weighed_estimate, weighed_estimates

MINIMUM = 40
"""No link is fitted to fewer graded cases."""
FOLDS = 5
"""Parts of the cross-validation; there must be at least as many groups."""


@dataclass(frozen=True, slots=True)
class Figures:
    """Agreement of one scale with the graders'; bias and error in levels."""

    quadratic: Result
    absolute_error: Result
    bias: Result


@dataclass(frozen=True, slots=True)
class LinkChoice:
    """The link fitted to all `n` cases, and what linking gains on cases it was not fitted to.

    Attributes:
        kind: The shape chosen; the identity if no other is better than chance.
        link: The link of that shape, fitted to all cases.
        n: Graded cases.
        before: Raw values against the grades.
        after: Linked values against the grades: every case by a link chosen and fitted without
            its fold. The same as `before` for the identity.
        gain: Quadratic kappa after less before, on the same cases.
        graders_differ_more: Whether two graders of a case lie further apart than the linked value
            and a grader do; `None` if no case has two grades. A warning then: the link is fitted
            to something that the graders themselves do not agree on.
    """

    kind: LinkKind
    link: Link
    n: int
    before: Figures
    after: Figures
    gain: Result
    graders_differ_more: bool | None


def choose_link(
    pairs: Sequence[Pair],
    groups: Sequence[Hashable] | None = None,
    *,
    lowest: float,
    highest: float,
    grades: Sequence[Sequence[float]] | None = None,
    weights: Sequence[float] | None = None,
    seed: int = SEED,
    resamples: int = STATISTIC_RESAMPLES,
) -> LinkChoice | NotEstimable:
    """The link that cross-validation finds for pairs of (graded, raw).

    Of identity, linear and isotonic it takes the simplest whose squared error on left-out folds
    is within one standard error of the best one's, case by case. Rows of a group never stand on
    both sides of a fold. `grades`, one sequence a row, are the single grades behind each graded
    value. `weights`, above 0, are what each row stands for: replies that were drawn by their raw
    value bend mean and spread, and so the link. `lowest` and `highest` are the criterion's levels
    at both ends.

    Not estimable below `MINIMUM` cases or `FOLDS` groups, or if either side is a single level.

    Source of the rule: Breiman, Friedman, Olshen and Stone, Classification and regression trees,
    1984.
    """
    refused = _refusal(pairs, groups)
    if refused is not None:
        return refused
    keys = list(range(len(pairs))) if groups is None else list(groups)
    raw = [given for _, given in pairs]
    own = [1.0] * len(pairs) if weights is None else list(weights)
    kind = _simplest(pairs, keys, own, (lowest, highest), seed)
    link = fit(kind, pairs, lowest, highest, own)
    if link is None or kind is LinkKind.IDENTITY:
        kind, link = LinkKind.IDENTITY, LinearLink(1.0, 0.0, lowest, highest)
        linked = [link(value) for value in raw]
    else:
        linked = _chosen_anew(pairs, keys, own, (lowest, highest), seed)
    rows = [(graded, given, value) for (graded, given), value in zip(pairs, linked, strict=True)]
    return LinkChoice(
        kind,
        link,
        len(pairs),
        _figures(pairs, keys, own, seed, resamples),
        _figures([(graded, value) for graded, _, value in rows], keys, own, seed, resamples),
        weighed_estimate(
            difference(quadratic_kappa), rows, keys, own, seed=seed, resamples=resamples
        ),
        None if grades is None else _graders_differ_more(grades, linked, own),
    )


def fold_rows(groups: Sequence[Hashable], number: int, seed: int) -> list[list[int]]:
    """The indices of the rows in each fold: whole groups, by seeded chance, of like size."""
    clusters = clusters_of(len(groups), groups)
    random.Random(seed).shuffle(clusters)
    clusters.sort(key=len, reverse=True)
    folds: list[list[int]] = [[] for _ in range(number)]
    for cluster in clusters:
        min(folds, key=len).extend(cluster)
    return [sorted(fold) for fold in folds if fold]


def out_of_fold(
    kind: LinkKind,
    pairs: Sequence[Pair],
    folds: Sequence[Sequence[int]],
    ends: tuple[float, float],
    weights: Sequence[float] | None = None,
) -> list[float] | None:
    """Every row linked by a link that was fitted without its fold; `None` if one cannot be."""
    linked = [0.0] * len(pairs)
    own = [1.0] * len(pairs) if weights is None else weights
    for fold in folds:
        others = _others(len(pairs), fold)
        link = fit(kind, [pairs[i] for i in others], *ends, [own[i] for i in others])
        if link is None:
            return None
        for i in fold:
            linked[i] = link(pairs[i][1])
    return linked


def _simplest(
    pairs: Sequence[Pair],
    groups: Sequence[Hashable],
    weights: Sequence[float],
    ends: tuple[float, float],
    seed: int,
) -> LinkKind:
    """The simplest shape within one standard error of the best."""
    folds = fold_rows(groups, FOLDS, seed)
    errors: dict[LinkKind, list[float]] = {}
    for kind in LinkKind:
        linked = out_of_fold(kind, pairs, folds, ends, weights)
        if linked is not None:
            errors[kind] = [(x - y) ** 2 for (x, _), y in zip(pairs, linked, strict=True)]
    best = min(errors.values(), key=lambda own: fmean(own, weights))
    for kind, own in errors.items():
        excess = [x - y for x, y in zip(own, best, strict=True)]
        if fmean(excess, weights) <= standard_error(_linearised(excess, weights), groups):
            return kind
    return LinkKind.IDENTITY


def _linearised(values: Sequence[float], weights: Sequence[float]) -> list[float]:
    """Values whose plain mean has the standard error of the weighted mean of these.

    Source: Wolter, Introduction to variance estimation, 2007, chapter 6.
    """
    mean, each = fmean(values, weights), fmean(weights)
    return [
        mean + weight / each * (value - mean) for value, weight in zip(values, weights, strict=True)
    ]


def _chosen_anew(
    pairs: Sequence[Pair],
    groups: Sequence[Hashable],
    weights: Sequence[float],
    ends: tuple[float, float],
    seed: int,
) -> list[float]:
    """Every row linked by a link that was chosen and fitted without its fold.

    The choice is made anew each time: a shape chosen on all rows would have seen them.
    """
    linked = [0.0] * len(pairs)
    for fold in fold_rows(groups, FOLDS, seed):
        others = _others(len(pairs), fold)
        rest, own = [pairs[i] for i in others], [weights[i] for i in others]
        kind = _simplest(rest, [groups[i] for i in others], own, ends, seed)
        link = fit(kind, rest, *ends, own) or LinearLink(1.0, 0.0, *ends)
        for i in fold:
            linked[i] = link(pairs[i][1])
    return linked


def _others(number: int, fold: Sequence[int]) -> list[int]:
    held_out = set(fold)
    return [i for i in range(number) if i not in held_out]


def _refusal(pairs: Sequence[Pair], groups: Sequence[Hashable] | None) -> NotEstimable | None:
    n = len(pairs)
    if n < MINIMUM:
        return NotEstimable(Reason.TOO_FEW, n, MINIMUM)
    clusters = len(clusters_of(n, groups))
    if clusters < FOLDS:
        return NotEstimable(Reason.TOO_FEW_GROUPS, clusters, FOLDS)
    return refusal(Counter((nearest_level(graded), raw) for graded, raw in pairs))


def _figures(
    pairs: Sequence[Pair],
    groups: Sequence[Hashable],
    weights: Sequence[float],
    seed: int,
    resamples: int,
) -> Figures:
    statistics: dict[str, WeighableStatistic[Pair]] = {
        "quadratic": quadratic_kappa,
        "absolute_error": absolute_error,
        "bias": bias,
    }
    return Figures(
        **weighed_estimates(statistics, pairs, groups, weights, seed=seed, resamples=resamples)
    )


def _graders_differ_more(
    grades: Sequence[Sequence[float]], linked: Sequence[float], weights: Sequence[float]
) -> bool | None:
    """Whether single graders lie further from each other than from the linked values."""
    rows = zip(grades, linked, weights, strict=True)
    double = [(own, value, weight) for own, value, weight in rows if len(own) > 1]
    if not double:
        return None
    weighs = [weight for *_, weight in double]
    people = [fmean(abs(x - y) for x, y in combinations(own, 2)) for own, *_ in double]
    machine = [fmean(abs(x - value) for x in own) for own, value, _ in double]
    return fmean(people, weighs) > fmean(machine, weighs)
