"""What graded cases got from a scorer that had not seen them, and whether that reaches a floor."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import fmean

from commcoach.domain.agreement import quadratic_kappa
from commcoach.domain.cases import Grade, GradedCase
from commcoach.domain.chance import (
    INTERVAL_MINIMUM,
    Estimate,
    NotEstimable,
    Reason,
    estimate,
)
from commcoach.domain.rubric import Criterion
from commcoach.domain.score import CriterionScore, Scored

HUMAN = "human"
"""The kind of a grade that a person gave who had no part in writing the criterion or the case."""


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
    the criterion is uncalibrated. It is `reached` only if the scorer, too, gave a level to as many
    cases, in enough groups for an interval.
    """

    criterion: str
    binds: bool
    graded: int
    kappa: Estimate | NotEstimable | None = None

    @property
    def failed(self) -> bool:
        """Whether it binds and is not reached; what cannot be estimated does not reach it."""
        return self.binds and not self.reached

    reached: bool = False


def floor_verdict(criterion: Criterion, scores: tuple[CaseScore, ...]) -> FloorVerdict:
    """Whether the scores reach the criterion's floor, on the cases graded by enough people."""
    floor = criterion.floor
    if floor is None:
        return FloorVerdict(criterion.id, binds=False, graded=0)
    double = [
        (one, levels)
        for one in scores
        if len(levels := grades_by_people(one.case, criterion.id)) >= max(1, floor.graders)
    ]
    rows = [
        ((fmean(levels), float(one.score.level)), one.group)
        for one, levels in double
        if isinstance(one.score, Scored)
    ]
    binds = len(double) >= floor.min_cases
    groups = [group for _, group in rows]
    kappa: Estimate | NotEstimable
    if binds and len(rows) < floor.min_cases:
        # A scorer may not pick the cases it is judged by: those it gave no level do not help it.
        kappa = NotEstimable(Reason.TOO_FEW, len(rows), floor.min_cases)
    elif binds and len(set(groups)) < INTERVAL_MINIMUM:
        kappa = NotEstimable(Reason.TOO_FEW_GROUPS, len(set(groups)), INTERVAL_MINIMUM)
    else:
        kappa = estimate(quadratic_kappa, [pair for pair, _ in rows], groups)
    return FloorVerdict(
        criterion.id,
        binds=binds,
        graded=len(double),
        kappa=kappa,
        reached=_bears(kappa, floor.kappa),
    )


def _bears(kappa: Estimate | NotEstimable, least: float) -> bool:
    """Whether it is as high; without an interval only if the agreement is perfect."""
    if isinstance(kappa, NotEstimable) or kappa.value < least:
        return False
    return kappa.interval is not None or kappa.value >= 1


def levels_by_grader(grades: list[Grade] | tuple[Grade, ...], criterion: str) -> dict[str, float]:
    """The level of every grader who gave one; the last where somebody gave several."""
    given = ((one.by, one.levels.get(criterion)) for one in grades)
    return {by: level for by, level in given if level is not None}


def grades_by_people(case: GradedCase, criterion: str) -> tuple[float, ...]:
    """The levels that people gave a case on a criterion, one each.

    None if more than half of those who graded it call the criterion not applicable.
    """
    return _agreed([one for one in case.grades if one.kind == HUMAN], criterion)


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
    graded = [one for one in case.grades if criterion in one.levels]
    used = [one for one in graded if one.kind == HUMAN] or graded
    if not used:
        return None
    levels = _agreed(used, criterion)
    return Reference(fmean(levels) if levels else None)
