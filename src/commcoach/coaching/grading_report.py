"""What a blind calibration showed: people with each other, the machine with them, what differs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from statistics import fmean

from commcoach.coaching.blind_grading import Returned
from commcoach.coaching.casework import shown_context
from commcoach.coaching.drawing import Key, KeyRow
from commcoach.domain.agreement import alpha_interval, nearest_level, quadratic_kappa
from commcoach.domain.case_groups import groups_of
from commcoach.domain.case_scores import levels_by_enough
from commcoach.domain.cases import HUMAN, Grade, GradedCase
from commcoach.domain.chance import (
    STATISTIC_RESAMPLES,
    NotEstimable,
    Reason,
    Share,
    WeighableStatistic,
)
from commcoach.domain.graders import Graders, RatedRow, compare_graders
from commcoach.domain.library import Library
from commcoach.domain.rank_correlation import Pair
from commcoach.domain.rubric import Criterion, Floor
from commcoach.domain.weighing import effective_number

APART = 2.0
"""Levels between two graders from which on they should talk about the reply."""
MACHINE_APART = 1.5
"""Levels between the machine and the mean of the graders from which on a reply is shown."""


def _within(levels: int) -> WeighableStatistic[Pair]:
    def share(tally: Mapping[Pair, float]) -> float | NotEstimable:
        n = sum(tally.values())
        if n < 2:
            return NotEstimable(Reason.TOO_FEW, round(n), 2)
        near = sum(
            count
            for (x, y), count in tally.items()
            if abs(nearest_level(x) - nearest_level(y)) <= levels
        )
        return near / n

    return share


STATISTICS: Mapping[str, WeighableStatistic[Pair]] = {
    "quadratic": quadratic_kappa,
    "exact": _within(0),
    "adjacent": _within(1),
    "alpha": alpha_interval,
}
"""What is told of people among each other and of the machine with people.

Rows that were drawn by level are weighed by what they stand for: drawing many replies of the rare
levels makes any two graders seem to agree more than they do.
"""


@dataclass(frozen=True, slots=True)
class Differing:
    """A reply on which people, or the machine and people, are far apart.

    `levels` are those of each grader, `None` not applicable; `machine` is the one it shows.
    """

    code: str
    case: str
    context: str
    reply: str
    levels: Mapping[str, float | None]
    machine: int | None
    apart: float


@dataclass(frozen=True, slots=True)
class GradingReport:
    """Everything that came of a drawing.

    Attributes:
        graded: How many replies each grader gave a level or called not applicable.
        not_applicable: How many of these each grader called not applicable.
        without_level: How many of the replies that anybody graded the machine gave no level; a
            count of replies, as all that is `x of y`: not weighted.
        drawn: How many were given out.
        applicable: On how many of the replies that several people graded they agree whether the
            criterion applies.
        measures: By the names of `STATISTICS`.
        effective: How many replies drawn by chance tell as much; the graded ones, if they were.
        unseen: For what share of the replies to draw from no graded one stands, 0 to 1.
        discuss: Where people differ by `APART` or more, the widest first.
        machine_off: Where the machine is `MACHINE_APART` or more from the mean of people.
        double: Cases with as many blind grades by people as the floor asks for, these included:
            those it will count once the grades are kept.
        is_older: Whether the criterion was changed since the replies were drawn.
    """

    criterion: Criterion
    key: Key
    graded: Mapping[str, int]
    not_applicable: Mapping[str, int]
    without_level: Share
    drawn: int
    applicable: Share
    measures: Mapping[str, Graders]
    effective: float
    unseen: float
    discuss: tuple[Differing, ...]
    machine_off: tuple[Differing, ...]
    floor: Floor | None
    double: int
    is_older: bool

    @property
    def still_needed(self) -> int:
        """How many more cases the floor needs before it binds; 0 without a floor."""
        return 0 if self.floor is None else max(0, self.floor.min_cases - self.double)


def grading_report(
    key: Key, returned: Returned, library: Library, resamples: int = STATISTIC_RESAMPLES
) -> GradingReport:
    """The report of a drawing whose cases and criterion are in the library."""
    criterion = library.criteria[key.criterion]
    cases = {case.id: case for case in library.cases}
    groups = groups_of(library)
    by_code = {
        row.code: {
            by: levels[row.code] for by, levels in returned.levels.items() if row.code in levels
        }
        for row in key.rows
    }
    weights = key.weights(returned.graded)
    rows = [
        RatedRow(
            {by: level for by, level in by_code[row.code].items() if level is not None},
            # What learners see is the level; the value behind it may be capped or rounded away.
            row.level,
            groups[row.case],
            weights[row.code],
        )
        for row in key.rows
        if row.code in weights
    ]
    none = sum(row.level is None for row in key.rows if row.code in weights)
    several = [levels for levels in by_code.values() if len(levels) > 1]
    agreed = sum(len({level is None for level in levels.values()}) == 1 for levels in several)
    differing = [_differing(row, by_code[row.code], cases[row.case]) for row in key.rows]
    discuss = sorted((one for one in differing if one.apart >= APART), key=lambda one: -one.apart)
    off = sorted(
        (one for one in differing if machine_apart(one) >= MACHINE_APART),
        key=lambda one: -machine_apart(one),
    )
    return GradingReport(
        criterion,
        key,
        {by: len(levels) for by, levels in sorted(returned.levels.items())},
        {by: [*levels.values()].count(None) for by, levels in sorted(returned.levels.items())},
        Share(none, len(rows)),
        len(key.rows),
        Share(agreed, len(several)),
        {
            name: compare_graders(rows, statistic, resamples=resamples)
            for name, statistic in STATISTICS.items()
        },
        effective_number(list(weights.values())),
        key.unseen(returned.graded),
        tuple(discuss),
        tuple(off),
        criterion.floor,
        _double_graded(key, by_code, library, criterion),
        library.hashes.get(f"criterion:{criterion.id}") != key.criterion_hash,
    )


def machine_apart(one: Differing) -> float:
    """How far the machine is from the mean of people; 0 where either gave no level."""
    given = [level for level in one.levels.values() if level is not None]
    return abs(one.machine - fmean(given)) if given and one.machine is not None else 0.0


def _differing(row: KeyRow, levels: Mapping[str, float | None], case: GradedCase) -> Differing:
    given = [level for level in levels.values() if level is not None]
    apart = max(given) - min(given) if given else 0.0
    context = shown_context(case.context)
    return Differing(row.code, row.case, context, case.reply, levels, row.level, apart)


def _double_graded(
    key: Key,
    by_code: Mapping[str, Mapping[str, float | None]],
    library: Library,
    criterion: Criterion,
) -> int:
    """The cases that a floor would count if these grades were kept."""
    wanted = criterion.floor.graders if criterion.floor is not None else 2
    here = {row.case: by_code[row.code] for row in key.rows}
    kept = (_graded_here(case, here.get(case.id, {}), criterion.id) for case in library.cases)
    return sum(bool(levels_by_enough(case, criterion.id, wanted)) for case in kept)


def _graded_here(
    case: GradedCase, levels: Mapping[str, float | None], criterion: str
) -> GradedCase:
    """The case with these grades by people; whoever graded it blind before has done so."""
    known = {one.by for one in case.grades if criterion in one.blind}
    more = tuple(
        Grade(by, HUMAN, {criterion: level}, {criterion: 1.0})
        for by, level in levels.items()
        if by not in known
    )
    return replace(case, grades=(*case.grades, *more))
