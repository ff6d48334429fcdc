"""How far people who graded the same rows agree, and a scorer with them on these rows."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import fmean
from typing import TypeAlias

from commcoach.domain.agreement import bias, quadratic_kappa
from commcoach.domain.chance import (
    SEED,
    STATISTIC_RESAMPLES,
    NotEstimable,
    Reason,
    Result,
    Statistic,
    WeighableStatistic,
    estimates,
)
from commcoach.domain.rank_correlation import Pair
from commcoach.domain.weighing import weighed_estimate, worth_of

SHARED_MINIMUM = 10
"""Two graders are compared if they share at least so many rows."""


@dataclass(frozen=True, slots=True)
class RatedRow:
    """The grades of one row by grader, the scorer's value, and the group it is resampled with.

    `weight`, above 0, is what the row stands for; only what the weights are to each other counts.
    """

    grades: Mapping[str, float]
    given: float | None = None
    group: Hashable = None
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Graders:
    """People with each other on `n` rows, and the scorer with people on `scored` of them.

    Attributes:
        n: Rows with two grades or more.
        scored: Those of them to which the scorer gave a value.
        pairs: How many pairs of graders share enough rows to be compared.
        pairwise: The mean statistic of those pairs.
        each: Every grader against the mean of the others.
        humans: The mean of `each` over the graders with enough rows.
        machine: The scorer against the mean of all graders, a steadier yardstick than `each` has.
        machine_for_each: The scorer put in the place of each grader, against the mean of the
            others: the yardstick of `humans`.
        behind: `machine_for_each` less `humans`, both on the rows with a scorer's value: whether
            the scorer is nearer to people than they are to each other, or farther.
        severity: The mean of a grader's grade less the row's mean, in levels; above 0 lenient. The
            grade itself is in that mean: with two graders it is half of what parts them.
    """

    n: int
    scored: int
    pairs: int
    pairwise: Result
    each: Mapping[str, Result]
    humans: Result
    machine: Result
    machine_for_each: Result
    behind: Result
    severity: Mapping[str, Result]


_Seen: TypeAlias = tuple[float | None, tuple[tuple[str, float], ...], float]
"""What the scorer gave, what people gave, and the weight."""
_Split: TypeAlias = Callable[[_Seen], Iterator[tuple[Hashable, Pair]]]
_Parts: TypeAlias = Mapping[_Seen, Sequence[tuple[Hashable, Pair]]]
_Gathered: TypeAlias = Mapping[Hashable, Mapping[Pair, float]]


def compare_graders(
    rows: Sequence[RatedRow],
    statistic: WeighableStatistic[Pair] = quadratic_kappa,
    *,
    shared: int = SHARED_MINIMUM,
    seed: int = SEED,
    resamples: int = STATISTIC_RESAMPLES,
) -> Graders:
    """What people reach with each other beside what the scorer reaches with them.

    Graders, or pairs of them, with fewer than `shared` rows, or not estimable, do not enter a
    mean, and there are no figures of their own from so few. A row without a group is a
    group of its own. What it costs goes with the number of distinct rows: a scorer's levels are
    compared in seconds, thousands of values between levels with uneven weights in a minute.
    """
    used = [row for row in rows if len(row.grades) > 1]
    # A number of its own for a row without a group: an object that no group key equals.
    groups = [object() if row.group is None else row.group for row in used]
    mean_weight = fmean(row.weight for row in used) if used else 1.0
    seen: list[_Seen] = [
        (row.given, tuple(sorted(row.grades.items())), row.weight / mean_weight) for row in used
    ]
    both = [index for index, (given, *_) in enumerate(seen) if given is not None]
    seen_by_both = [seen[index] for index in both]

    def mean(split: _Split, of: Sequence[_Seen]) -> Statistic[_Seen]:
        parts = {row: tuple(split(row)) for row in dict.fromkeys(of)}
        met = Counter(name for row in of for name, _ in parts[row])
        enough = [name for name, number in met.items() if number >= shared]
        return lambda tally: _mean_statistic(_gathered(tally, parts), enough, statistic)

    people = {"pairwise": mean(_each_pair, seen), "humans": mean(_each_grader, seen)}
    machine_for_each = mean(_machine_for_each, seen_by_both)
    machine = {
        "machine": mean(_machine, seen_by_both),
        "machine_for_each": machine_for_each,
        "behind": _less(machine_for_each, mean(_each_grader, seen_by_both)),
    }
    each: dict[str, Result] = {}
    severity: dict[str, Result] = {}
    for by in sorted({by for row in used for by in row.grades}):
        own = [
            (row.grades, group, row.weight)
            for row, group in zip(used, groups, strict=True)
            if by in row.grades
        ]
        where, weights = [group for _, group, _ in own], [weight for *_, weight in own]
        others = [(_mean_without(tuple(grades.items()), by), grades[by]) for grades, *_ in own]
        middle = [(fmean(grades.values()), grades[by]) for grades, *_ in own]
        how = {"seed": seed, "resamples": resamples, "fewest": shared}
        each[by] = weighed_estimate(statistic, others, where, weights, **how)
        severity[by] = weighed_estimate(bias, middle, where, weights, **how)
    met = Counter(name for row in seen for name, _ in _each_pair(row))
    pairs = sum(rows >= shared for rows in met.values())
    # The parts of these means have their own minimum of rows.
    found: dict[str, Result] = {}
    for statistics, of, where in (
        (people, seen, groups),
        (machine, seen_by_both, [groups[index] for index in both]),
    ):
        results = estimates(statistics, of, where, seed=seed, resamples=resamples, fewest=0)
        weights = [weight for *_, weight in of]
        found |= {name: worth_of(result, weights) for name, result in results.items()}
    return Graders(len(used), len(both), pairs, each=each, severity=severity, **found)


def _less(first: Statistic[_Seen], second: Statistic[_Seen]) -> Statistic[_Seen]:
    """The first statistic less the second, on the same resample."""

    def of(tally: Mapping[_Seen, int]) -> float | NotEstimable:
        one, other = first(tally), second(tally)
        if isinstance(one, NotEstimable):
            return one
        return other if isinstance(other, NotEstimable) else one - other

    return of


def _gathered(tally: Mapping[_Seen, int], parts: _Parts) -> _Gathered:
    found: defaultdict[Hashable, defaultdict[Pair, float]] = defaultdict(lambda: defaultdict(float))
    for seen, count in tally.items():
        for name, pair in parts[seen]:
            found[name][pair] += count * seen[2]
    return found


def _mean_statistic(
    parts: _Gathered, names: Sequence[Hashable], statistic: WeighableStatistic[Pair]
) -> float | NotEstimable:
    """The mean over the named parts for which the statistic is estimable."""
    found = [statistic(parts[name]) for name in names if name in parts]
    values = [value for value in found if not isinstance(value, NotEstimable)]
    if values:
        return fmean(values)
    refused = [value for value in found if isinstance(value, NotEstimable)]
    return refused[0] if refused else NotEstimable(Reason.NOT_DOUBLE_GRADED, 0)


def _each_pair(seen: _Seen) -> Iterator[tuple[Hashable, Pair]]:
    for (first, x), (second, y) in combinations(seen[1], 2):
        yield (first, second), (x, y)


def _each_grader(seen: _Seen) -> Iterator[tuple[Hashable, Pair]]:
    for by, grade in seen[1]:
        yield by, (_mean_without(seen[1], by), grade)


def _machine(seen: _Seen) -> Iterator[tuple[Hashable, Pair]]:
    if seen[0] is not None:
        yield "", (fmean(grade for _, grade in seen[1]), seen[0])


def _machine_for_each(seen: _Seen) -> Iterator[tuple[Hashable, Pair]]:
    if seen[0] is not None:
        for by, _ in seen[1]:
            yield by, (_mean_without(seen[1], by), seen[0])


def _mean_without(grades: Sequence[tuple[str, float]], by: str) -> float:
    return fmean(grade for other, grade in grades if other != by)
