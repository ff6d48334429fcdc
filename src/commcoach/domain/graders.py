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
    estimate,
    estimates,
)
from commcoach.domain.rank_correlation import Pair

SHARED_MINIMUM = 10
"""Two graders are compared if they share at least so many rows."""


@dataclass(frozen=True, slots=True)
class RatedRow:
    """The grades of one row by grader, the scorer's value, and the group it is resampled with."""

    grades: Mapping[str, float]
    given: float | None = None
    group: Hashable = None


@dataclass(frozen=True, slots=True)
class Graders:
    """People with each other and the scorer with people, on the same `n` rows.

    Attributes:
        n: Rows with two grades or more, and a scorer's value if any row has one.
        pairs: How many pairs of graders share enough rows to be compared.
        pairwise: The mean statistic of those pairs.
        each: Every grader against the mean of the others.
        humans: The mean of `each` over the graders with enough rows.
        machine: The scorer against the mean of all graders, a steadier yardstick than `each` has.
        machine_for_each: The scorer put in the place of each grader, against the mean of the
            others: the yardstick of `humans`.
        severity: The mean of a grader's grade less the row's mean, in levels; above 0 lenient. The
            grade itself is in that mean: with two graders it is half of what parts them.
    """

    n: int
    pairs: int
    pairwise: Result
    each: Mapping[str, Result]
    humans: Result
    machine: Result
    machine_for_each: Result
    severity: Mapping[str, Result]


_Seen: TypeAlias = tuple[float | None, tuple[tuple[str, float], ...]]
_Split: TypeAlias = Callable[[_Seen], Iterator[tuple[Hashable, Pair]]]
_Parts: TypeAlias = Mapping[_Seen, Sequence[tuple[Hashable, Pair]]]


def compare_graders(
    rows: Sequence[RatedRow],
    statistic: Statistic[Pair] = quadratic_kappa,
    *,
    shared: int = SHARED_MINIMUM,
    seed: int = SEED,
    resamples: int = STATISTIC_RESAMPLES,
) -> Graders:
    """What people reach with each other beside what the scorer reaches with them.

    Graders, or pairs of them, with fewer than `shared` rows, or not estimable, do not enter a
    mean, and there are no figures of their own from so few. A row without a group is a
    group of its own.
    """
    double = [row for row in rows if len(row.grades) > 1]
    used = [row for row in double if row.given is not None] or double
    # A number of its own for a row without a group: an object that no group key equals.
    groups = [object() if row.group is None else row.group for row in used]
    seen: list[_Seen] = [(row.given, tuple(sorted(row.grades.items()))) for row in used]
    whole = Counter(seen)

    def mean(split: _Split) -> Statistic[_Seen]:
        parts = {row: tuple(split(row)) for row in whole}
        gathered = _gathered(whole, parts)
        enough = [name for name, pairs in gathered.items() if pairs.total() >= shared]
        return lambda tally: _mean_statistic(_gathered(tally, parts), enough, statistic)

    means = {
        "pairwise": mean(_each_pair),
        "humans": mean(_each_grader),
        "machine": mean(_machine),
        "machine_for_each": mean(_machine_for_each),
    }
    each: dict[str, Result] = {}
    severity: dict[str, Result] = {}
    for by in sorted({by for row in used for by in row.grades}):
        own = [
            (row.grades, group) for row, group in zip(used, groups, strict=True) if by in row.grades
        ]
        where = [group for _, group in own]
        others = [(_mean_without(tuple(grades.items()), by), grades[by]) for grades, _ in own]
        middle = [(fmean(grades.values()), grades[by]) for grades, _ in own]
        each[by] = estimate(statistic, others, where, seed=seed, resamples=resamples, fewest=shared)
        severity[by] = estimate(bias, middle, where, seed=seed, resamples=resamples, fewest=shared)
    met = Counter(name for row in seen for name, _ in _each_pair(row))
    pairs = sum(rows >= shared for rows in met.values())
    # The parts of these means have their own minimum of rows.
    found = estimates(means, seen, groups, seed=seed, resamples=resamples, fewest=0)
    return Graders(len(used), pairs, each=each, severity=severity, **found)


def _gathered(tally: Mapping[_Seen, int], parts: _Parts) -> dict[Hashable, Counter[Pair]]:
    found: defaultdict[Hashable, Counter[Pair]] = defaultdict(Counter)
    for seen, count in tally.items():
        for name, pair in parts[seen]:
            found[name][pair] += count
    return found


def _mean_statistic(
    parts: Mapping[Hashable, Counter[Pair]], names: Sequence[Hashable], statistic: Statistic[Pair]
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
