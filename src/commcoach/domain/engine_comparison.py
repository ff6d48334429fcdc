"""Two engines on the same graded cases: whether one fits the grades better than the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from commcoach.domain.agreement import quadratic_kappa
from commcoach.domain.case_scores import CaseScore, reference, sample_weight
from commcoach.domain.chance import Result, difference
from commcoach.domain.rank_correlation import spearman
from commcoach.domain.report_intervals import estimate
from commcoach.domain.score import Scored


@dataclass(frozen=True, slots=True)
class Comparison:
    """The second engine less the first, on the `n` cases to which both gave a level.

    `quadratic` compares the shown levels by kappa, `spearman` the order by `expected`.
    """

    n: int
    quadratic: Result
    spearman: Result


def compared(criterion: str, first: Sequence[CaseScore], second: Sequence[CaseScore]) -> Comparison:
    """The paired comparison of two engines on one criterion."""
    others = {one.case.id: one.score for one in second}
    levels, values, where, weights = [], [], [], []
    for one in first:
        score, other = one.score, others.get(one.case.id)
        grade = reference(one.case, criterion)
        if grade is None or grade.level is None:
            continue
        if isinstance(score, Scored) and isinstance(other, Scored):
            levels.append((grade.level, float(score.level), float(other.level)))
            values.append((grade.level, score.expected, other.expected))
            where.append(one.group)
            weights.append(sample_weight(one.case, criterion))
    return Comparison(
        len(levels),
        estimate(difference(quadratic_kappa), levels, where, weights),
        estimate(difference(spearman), values, where, weights),
    )
