"""What graded cases got from a scorer that had not seen them, and whether that reaches a floor."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from commcoach.domain.agreement import quadratic_kappa
from commcoach.domain.cases import HUMAN, Grade, GradedCase
from commcoach.domain.chance import (
    INTERVAL_MINIMUM,
    Estimate,
    NotEstimable,
    Reason,
)
from commcoach.domain.rubric import Criterion
from commcoach.domain.score import CriterionScore, Scored
from commcoach.domain.weighing import effective_number, weighed_estimate

COVERAGE = 0.8
"""The share of the cases enough people gave a level that a scorer must give one to, at least.

A scorer that refuses whatever is hard would else be judged by the easy cases alone. Cases that
were drawn unevenly count by what they stand for.
"""
_ROUNDING = 1e-9
"""By how much a sum of weights may miss a share that it has."""


@dataclass(frozen=True, slots=True)
class CaseScore:
    """What one case got on one criterion from a scorer that did not know it.

    `group` is shared by cases that answer the same words or are translations of each other.
    `padded` and `trimmed` are the scores of the same reply with office courtesies added, and with
    its own ones taken out; `None` where that was not tried or there was nothing to take out.
    """

    case: GradedCase
    group: str
    score: CriterionScore
    padded: CriterionScore | None = None
    trimmed: CriterionScore | None = None


@dataclass(frozen=True, slots=True)
class FloorVerdict:
    """Whether a criterion reaches its floor.

    `graded` is the number of cases that enough people gave a level and most do not call not
    applicable. The floor `binds` only from its `min_cases` on; where it does not, or there is none,
    the criterion is uncalibrated. Only grades count that were given blind, in a drawing; kappa
    weighs cases that were drawn unevenly. It is `reached` only if the scorer, too, gave a level to
    as many cases and to `COVERAGE` of what the graded ones stand for, in enough groups for an
    interval; perfect agreement, which has none, must rest on what as many groups are worth.
    `scored` is the number of the graded cases that it gave a level, `covered` the share, 0 to 1, of
    what they stand for.
    """

    criterion: str
    binds: bool
    graded: int
    kappa: Estimate | NotEstimable | None = None
    reached: bool = False
    scored: int = 0
    covered: float | None = None

    @property
    def failed(self) -> bool:
        """Whether it binds and is not reached; what cannot be estimated does not reach it."""
        return self.binds and not self.reached

    @property
    def behind(self) -> int:
        """How many cases it rests on: the graded ones, or what they are worth if that is less."""
        worth = self.kappa.worth if isinstance(self.kappa, Estimate) else None
        return self.graded if worth is None else min(worth, self.graded)

    @property
    def is_calibrated(self) -> bool:
        """Whether it binds and is reached: this and nothing else is called calibrated."""
        return self.binds and self.reached


def floor_binds(criterion: Criterion, cases: Sequence[GradedCase]) -> bool:
    """Whether enough of the cases were graded by enough people; nothing need be scored for it."""
    floor = criterion.floor
    if floor is None:
        return False
    graded = sum(bool(levels_by_enough(one, criterion.id, floor.graders)) for one in cases)
    return graded >= floor.min_cases


def floor_verdict(criterion: Criterion, scores: tuple[CaseScore, ...]) -> FloorVerdict:
    """Whether the scores reach the criterion's floor, on the cases graded by enough people."""
    floor = criterion.floor
    if floor is None:
        return FloorVerdict(criterion.id, binds=False, graded=0)
    double = [
        (one, fmean(levels), blind_weight(one.case, criterion.id))
        for one in scores
        if (levels := levels_by_enough(one.case, criterion.id, floor.graders))
    ]
    rows = [
        ((grade, float(one.score.level)), one.group, weight)
        for one, grade, weight in double
        if isinstance(one.score, Scored)
    ]
    binds = len(double) >= floor.min_cases
    groups, weights = [group for _, group, _ in rows], [weight for *_, weight in rows]
    whole = math.fsum(weight for *_, weight in double)
    covered = math.fsum(weights) / whole if double else None
    kappa: Estimate | NotEstimable
    if binds and len(rows) < floor.min_cases:
        # A scorer may not pick the cases it is judged by: those it gave no level do not help it.
        kappa = NotEstimable(Reason.TOO_FEW, len(rows), floor.min_cases)
    elif binds and covered is not None and covered < COVERAGE - _ROUNDING:
        # How many cases would be enough can be said only where each stands for as much.
        even = len({weight for *_, weight in double}) < 2
        needed = math.ceil(COVERAGE * len(double)) if even else None
        kappa = NotEstimable(Reason.TOO_FEW_SCORED, len(rows), needed)
    elif binds and len(set(groups)) < INTERVAL_MINIMUM:
        kappa = NotEstimable(Reason.TOO_FEW_GROUPS, len(set(groups)), INTERVAL_MINIMUM)
    else:
        kappa = weighed_estimate(quadratic_kappa, [pair for pair, *_ in rows], groups, weights)
        is_bare = isinstance(kappa, Estimate) and kappa.interval is None
        if binds and is_bare and (worth := _worth(groups, weights)) < INTERVAL_MINIMUM:
            # Perfect agreement has no interval; here because hardly any group counts.
            kappa = NotEstimable(Reason.TOO_FEW_GROUPS, math.floor(worth), INTERVAL_MINIMUM)
    return FloorVerdict(
        criterion.id,
        binds=binds,
        graded=len(double),
        kappa=kappa,
        reached=_bears(kappa, floor.kappa),
        scored=len(rows),
        covered=covered,
    )


def _bears(kappa: Estimate | NotEstimable, least: float) -> bool:
    """Whether it is as high; without an interval only if the agreement is perfect."""
    if isinstance(kappa, NotEstimable) or kappa.value < least:
        return False
    return kappa.interval is not None or kappa.value >= 1


def _worth(groups: Sequence[str], weights: Sequence[float]) -> float:
    """How many groups of equal weight tell as much; not more than as many rows do."""
    each: defaultdict[str, float] = defaultdict(float)
    for group, weight in zip(groups, weights, strict=True):
        each[group] += weight
    return min(effective_number(weights), effective_number(tuple(each.values()))) + _ROUNDING


def levels_by_grader(grades: list[Grade] | tuple[Grade, ...], criterion: str) -> dict[str, float]:
    """The level of every grader who gave one; the last where somebody gave several."""
    given = ((one.by, one.levels.get(criterion)) for one in grades)
    return {by: level for by, level in given if level is not None}


def grades_by_people(case: GradedCase, criterion: str) -> tuple[float, ...]:
    """The levels that people gave a case blind on a criterion, in a drawing, one each.

    None if more than half of those who graded it so call the criterion not applicable. Whoever saw
    levels of others or of the machine is no independent witness.
    """
    return _agreed(_blind(case, criterion), criterion)


def levels_by_enough(case: GradedCase, criterion: str, graders: int) -> tuple[float, ...]:
    """`grades_by_people` if so many people gave one: what a floor counts as a graded case."""
    levels = grades_by_people(case, criterion)
    return levels if len(levels) >= max(1, graders) else ()


def blind_weight(case: GradedCase, criterion: str) -> float:
    """What a case weighs among those that people graded blind: the mean over its drawings.

    1 if it was never drawn.
    """
    weights = [one.blind[criterion] for one in _blind(case, criterion)]
    return fmean(weights) if weights else 1.0


def sample_weight(case: GradedCase, criterion: str) -> float:
    """What a case weighs among all that anybody graded.

    1 if it is there without a drawing, too: by a grade that did not come from one.
    """
    return weight_by(case.grades, criterion)


def weight_by(grades: Sequence[Grade], criterion: str) -> float:
    """What a case weighs in a sample that these of its grades make it part of."""
    graded = [one for one in grades if criterion in one.levels]
    if not graded or any(criterion not in one.blind for one in graded):
        return 1.0
    return fmean(one.blind[criterion] for one in graded)


def _blind(case: GradedCase, criterion: str) -> list[Grade]:
    return [one for one in case.grades if one.kind == HUMAN and criterion in one.blind]


def _agreed(grades: list[Grade], criterion: str) -> tuple[float, ...]:
    """One level of each grader; none if more than half of them call it not applicable."""
    levels = tuple(levels_by_grader(grades, criterion).values())
    graders = {one.by for one in grades if criterion in one.levels}
    return levels if 2 * len(levels) >= len(graders) else ()


@dataclass(frozen=True, slots=True)
class Reference:
    """What a case is held to be worth: a level, or `None` for not applicable."""

    level: float | None


def reference(case: GradedCase, criterion: str) -> Reference | None:
    """The mean of the levels people gave, else of all other graders; `None` if nobody graded it.

    It is not applicable if more than half of them say so.
    """
    used = _used(case, criterion)
    if not used:
        return None
    levels = _agreed(used, criterion)
    return Reference(fmean(levels) if levels else None)


def kinds_of_reference(case: GradedCase, criterion: str) -> tuple[str, ...]:
    """By which kinds of graders `reference` goes, each once."""
    return tuple(dict.fromkeys(one.kind for one in _used(case, criterion)))


def _used(case: GradedCase, criterion: str) -> list[Grade]:
    graded = [one for one in case.grades if criterion in one.levels]
    return [one for one in graded if one.kind == HUMAN] or graded
