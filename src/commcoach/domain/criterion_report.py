"""How well a scorer does on one criterion: every figure of a test, from the scores of its cases.

Levels are compared as they are shown, capped where the engine caps them; correlations and shifts
go by `expected`, which is not. All intervals resample whole groups of kin cases. Cases that are
there by an uneven drawing count by what they weigh in it, in all but plain counts: of the coverage
and in the confusion table a case is a case.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from commcoach.domain.agreement import (
    alpha_ordinal,
    bias,
    confusion,
    nearest_level,
    quadratic_kappa,
)
from commcoach.domain.case_groups import origin_of
from commcoach.domain.case_scores import (
    CaseScore,
    blind_weight,
    floor_verdict,
    levels_by_grader,
    reference,
    sample_weight,
    weight_by,
)
from commcoach.domain.cases import HUMAN
from commcoach.domain.chance import Result, difference, share_of
from commcoach.domain.courtesy_shift import shift
from commcoach.domain.criterion_figures import (
    ByLength,
    Coverage,
    CriterionReport,
    Disagreement,
    Fit,
    Parallel,
)
from commcoach.domain.graders import Graders, RatedRow, compare_graders
from commcoach.domain.language import Language
from commcoach.domain.length_floor import guessed_by_length
from commcoach.domain.rank_correlation import partial_rank, pearson, spearman
from commcoach.domain.report_intervals import RESAMPLES, estimate, mean
from commcoach.domain.rubric import Criterion
from commcoach.domain.score import NotApplicable, Scored, Unscored
from commcoach.domain.wording import language_of

WORST = 5
"""Disagreements that a report lists."""


@dataclass(frozen=True, slots=True)
class _Case:
    """A case that both sides gave a level."""

    one: CaseScore
    score: Scored
    grade: float
    by: Mapping[str, float]
    weight: float

    @property
    def pair(self) -> tuple[float, float]:
        return self.grade, float(self.score.level)

    @property
    def length(self) -> int:
        return len(self.one.case.reply)

    @property
    def language(self) -> Language:
        return self.one.case.language or language_of(self.one.case.reply)


def criterion_report(
    criterion: Criterion, scores: Sequence[CaseScore], pool: int | None = None
) -> CriterionReport:
    """The report of one criterion; `pool` is how many cases there are in all, graded or not."""
    id = criterion.id
    rows = _rows(id, scores)
    where = [row.one.group for row in rows]
    weights = [row.weight for row in rows]
    ranked = [(row.grade, row.score.expected) for row in rows]
    raters = [(*sorted(row.by.values()), float(row.score.level)) for row in rows]
    return CriterionReport(
        criterion,
        _coverage(id, scores, pool if pool is not None else len(scores)),
        len(set(where)),
        max(Counter(where).values(), default=0),
        _fit([row.pair for row in rows], where, weights),
        _by_kind(id, rows),
        estimate(alpha_ordinal, raters, where, weights),
        estimate(spearman, ranked, where, weights),
        estimate(bias, [row.pair for row in rows], where, weights),
        confusion([row.pair for row in rows], criterion.numbers),
        _by_length(criterion, rows),
        _people(id, scores),
        _parallel(rows),
        shift([(one.score, one.padded, one.group) for one in scores]),
        shift([(one.score, one.trimmed, one.group) for one in scores]),
        _worst(id, rows),
        floor_verdict(criterion, tuple(scores)),
    )


def _rows(id: str, scores: Sequence[CaseScore]) -> list[_Case]:
    rows = []
    for one in scores:
        grade = reference(one.case, id)
        if isinstance(one.score, Scored) and grade is not None and grade.level is not None:
            by = levels_by_grader(one.case.grades, id)
            weight = sample_weight(one.case, id)
            rows.append(_Case(one, one.score, grade.level, by, weight))
    return rows


def _coverage(id: str, scores: Sequence[CaseScore], pool: int) -> Coverage:
    sides, where, weights = [], [], []
    graded = Counter[bool]()
    for one in scores:
        grade = reference(one.case, id)
        if grade is not None:
            graded[grade.level is None] += 1
        if grade is not None and not isinstance(one.score, Unscored):
            sides.append((isinstance(one.score, NotApplicable), grade.level is None))
            where.append(one.group)
            weights.append(sample_weight(one.case, id))
    return Coverage(
        pool,
        len(scores),
        graded[False],
        graded[True],
        sum(isinstance(one.score, Scored) for one in scores),
        sum(isinstance(one.score, NotApplicable) for one in scores),
        sum(isinstance(one.score, Unscored) for one in scores),
        _share([scorer == graders for scorer, graders in sides], where, weights),
        sides.count((True, True)),
        sides.count((True, False)),
        sides.count((False, True)),
    )


def _fit(
    pairs: Sequence[tuple[float, float]], where: Sequence[str], weights: Sequence[float]
) -> Fit:
    apart = [abs(nearest_level(graded) - nearest_level(given)) for graded, given in pairs]
    return Fit(
        len(pairs),
        _share([levels == 0 for levels in apart], where, weights),
        _share([levels <= 1 for levels in apart], where, weights),
        estimate(quadratic_kappa, pairs, where, weights),
    )


def _share(hits: Sequence[bool], where: Sequence[str], weights: Sequence[float]) -> Result:
    if len(set(weights)) < 2:
        return share_of(hits, where)
    return estimate(mean, [float(hit) for hit in hits], where, weights)


def _by_kind(id: str, rows: Sequence[_Case]) -> dict[str, Fit]:
    """The fit to the mean of each kind of grader."""
    found: dict[str, tuple[list[tuple[float, float]], list[str], list[float]]] = {}
    for row in rows:
        kinds = sorted({grade.kind for grade in row.one.case.grades})
        for kind in kinds:
            own = [grade for grade in row.one.case.grades if grade.kind == kind]
            levels = levels_by_grader(own, id)
            if levels:
                pairs, where, weights = found.setdefault(kind, ([], [], []))
                pairs.append((fmean(levels.values()), float(row.score.level)))
                where.append(row.one.group)
                weights.append(weight_by(own, id))
    return {kind: _fit(*found[kind]) for kind in sorted(found)}


def _by_length(criterion: Criterion, rows: Sequence[_Case]) -> ByLength:
    where = [row.one.group for row in rows]
    weights = [row.weight for row in rows]
    cases = [row.one.case for row in rows]
    guesses = guessed_by_length(criterion, cases, [row.grade for row in rows], where, weights)
    guessed = [(row.grade, guess) for row, guess in zip(rows, guesses, strict=True)]
    both = [(row.grade, guess, row.pair[1]) for row, guess in zip(rows, guesses, strict=True)]
    given_grade = [(row.score.expected, math.log1p(row.length), row.grade) for row in rows]
    return ByLength(
        estimate(quadratic_kappa, guessed, where, weights),
        estimate(spearman, guessed, where, weights),
        estimate(difference(quadratic_kappa), both, where, weights),
        estimate(partial_rank, given_grade, where, weights),
    )


def _people(id: str, scores: Sequence[CaseScore]) -> Graders:
    """People with each other on all cases that several graded blind, the scorer where it scored."""
    rated = []
    for one in scores:
        blind = [grade for grade in one.case.grades if grade.kind == HUMAN and id in grade.blind]
        level = float(one.score.level) if isinstance(one.score, Scored) else None
        levels = levels_by_grader(blind, id)
        rated.append(RatedRow(levels, level, one.group, blind_weight(one.case, id)))
    return compare_graders(rated, resamples=RESAMPLES)


def _parallel(rows: Sequence[_Case]) -> Parallel:
    found: defaultdict[str, dict[Language, _Case]] = defaultdict(dict)
    ids = {row.one.case.id for row in rows}
    for row in rows:
        found[origin_of(row.one.case, ids)][row.language] = row
    both = [one for one in found.values() if Language.ZH in one and Language.EN in one]
    pairs = [(one[Language.ZH].score.expected, one[Language.EN].score.expected) for one in both]
    where = [one[Language.ZH].one.group for one in both]
    return Parallel(
        len(pairs),
        estimate(mean, [zh - en for zh, en in pairs], where),
        estimate(pearson, pairs, where),
    )


def _worst(id: str, rows: Sequence[_Case]) -> tuple[Disagreement, ...]:
    """The cases farthest apart, of those by level the ones farthest by `expected`."""
    every = [
        Disagreement(
            row.one,
            row.score,
            row.grade,
            tuple(grade for grade in row.one.case.grades if id in grade.levels),
        )
        for row in rows
    ]
    every.sort(key=lambda one: (-one.apart, -abs(one.score.expected - one.grade), one.case.case.id))
    return tuple(one for one in every[:WORST] if one.apart >= 1)
