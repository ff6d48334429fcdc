"""How well a scorer does on one criterion: every figure of a test, from the scores of its cases.

Levels are compared as they are shown, capped where the engine caps them; correlations and shifts
go by `expected`, which is not. All intervals resample whole groups of kin cases.
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
    HUMAN,
    CaseScore,
    FloorVerdict,
    floor_verdict,
    levels_by_grader,
    reference,
)
from commcoach.domain.cases import Grade
from commcoach.domain.chance import (
    NotEstimable,
    Result,
    Row,
    Statistic,
    difference,
    share_of,
)
from commcoach.domain.chance import estimate as estimate_of_any
from commcoach.domain.graders import Graders, RatedRow, compare_graders
from commcoach.domain.language import Language
from commcoach.domain.length_floor import guessed_by_length
from commcoach.domain.rank_correlation import partial_rank, pearson, spearman
from commcoach.domain.rubric import Criterion
from commcoach.domain.score import CriterionScore, NotApplicable, Scored, Unscored
from commcoach.domain.wording import language_of

RESAMPLES = 500
"""For each interval of a report; a report has some twenty of them for every criterion."""
MOST_SHIFT = 0.25
"""By how much courtesies may change `expected` on average, in levels."""
WORST = 5
"""Disagreements that a report lists."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """What became of the graded cases.

    `applicability` is the share of cases on which scorer and graders agree whether the criterion
    applies at all, without those that came back unscored. `only_scorer` and `only_graders` count
    the cases that one side alone holds to be not applicable, `both` those that both do.
    """

    cases: int
    scored: int
    not_applicable: int
    unscored: int
    applicability: Result
    both: int
    only_scorer: int
    only_graders: int


@dataclass(frozen=True, slots=True)
class Fit:
    """How the shown level fits one set of grades, on `n` cases."""

    n: int
    exact: Result
    adjacent: Result
    quadratic: Result


@dataclass(frozen=True, slots=True)
class ByLength:
    """What the length of a reply alone would reach, and how far the scorer goes by it.

    Attributes:
        quadratic: Kappa of a level guessed from the length, learned from the other folds.
        spearman: The rank correlation of that guess with the grade.
        above: The scorer's kappa less the guess's, on the same cases.
        partial: The rank correlation of `expected` with length, given the grade.
    """

    quadratic: Result
    spearman: Result
    above: Result
    partial: Result


@dataclass(frozen=True, slots=True)
class Parallel:
    """A reply and its translation: `pairs` scored in both languages.

    `difference` is the mean of `expected` in Chinese less that in English.
    """

    pairs: int
    difference: Result
    correlation: Result


@dataclass(frozen=True, slots=True)
class Shift:
    """How far `expected` moves when courtesies come or go; `lost` twins got no level any more.

    `beyond` is the share that moves by more than `MOST_SHIFT` either way.
    """

    mean: Result
    beyond: Result
    lost: int

    @property
    def passed(self) -> bool | None:
        """Whether the mean change is small enough; `None` if it is not estimable."""
        if isinstance(self.mean, NotEstimable):
            return None
        return abs(self.mean.value) <= MOST_SHIFT


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A case on which scorer and graders are far apart; `grade` is the mean that counts."""

    case: CaseScore
    score: Scored
    grade: float
    grades: tuple[Grade, ...]

    @property
    def apart(self) -> float:
        """How far, in levels."""
        return abs(self.score.level - self.grade)


@dataclass(frozen=True, slots=True)
class CriterionReport:
    """All figures of one criterion.

    `groups` is the number of groups of kin cases that got levels, `largest` the size of the
    largest: only whole groups are independent witnesses.
    """

    criterion: Criterion
    coverage: Coverage
    groups: int
    largest: int
    fit: Fit
    by_kind: Mapping[str, Fit]
    alpha: Result
    spearman: Result
    bias: Result
    confusion: tuple[tuple[int, ...], ...]
    length: ByLength
    people: Graders
    languages: Parallel
    padded: Shift
    trimmed: Shift
    worst: tuple[Disagreement, ...]
    floor: FloorVerdict

    @property
    def fails(self) -> bool:
        """Whether a binding floor is missed, or courtesies move the score too far."""
        return self.floor.failed or False in (self.padded.passed, self.trimmed.passed)


def estimate(statistic: Statistic[Row], rows: Sequence[Row], groups: Sequence[str]) -> Result:
    """A statistic with its interval, as a report gives it."""
    return estimate_of_any(statistic, rows, groups, resamples=RESAMPLES)


@dataclass(frozen=True, slots=True)
class _Case:
    """A case that both sides gave a level."""

    one: CaseScore
    score: Scored
    grade: float
    by: Mapping[str, float]

    @property
    def pair(self) -> tuple[float, float]:
        return self.grade, float(self.score.level)

    @property
    def length(self) -> int:
        return len(self.one.case.reply)

    @property
    def language(self) -> Language:
        return self.one.case.language or language_of(self.one.case.reply)


def criterion_report(criterion: Criterion, scores: Sequence[CaseScore]) -> CriterionReport:
    """The report of one criterion."""
    id = criterion.id
    rows = _rows(id, scores)
    where = [row.one.group for row in rows]
    ranked = [(row.grade, row.score.expected) for row in rows]
    raters = [(*sorted(row.by.values()), float(row.score.level)) for row in rows]
    return CriterionReport(
        criterion,
        _coverage(id, scores),
        len(set(where)),
        max(Counter(where).values(), default=0),
        _fit([row.pair for row in rows], where),
        _by_kind(id, rows),
        estimate(alpha_ordinal, raters, where),
        estimate(spearman, ranked, where),
        estimate(bias, [row.pair for row in rows], where),
        confusion([row.pair for row in rows], criterion.numbers),
        _by_length(criterion, rows),
        _people(id, rows),
        _parallel(rows),
        _shift([(one.score, one.padded, one.group) for one in scores]),
        _shift([(one.score, one.trimmed, one.group) for one in scores]),
        _worst(id, rows),
        floor_verdict(criterion, tuple(scores)),
    )


def _rows(id: str, scores: Sequence[CaseScore]) -> list[_Case]:
    rows = []
    for one in scores:
        grade = reference(one.case, id)
        if isinstance(one.score, Scored) and grade is not None and grade.level is not None:
            by = levels_by_grader(one.case.grades, id)
            rows.append(_Case(one, one.score, grade.level, by))
    return rows


def _coverage(id: str, scores: Sequence[CaseScore]) -> Coverage:
    sides, where = [], []
    for one in scores:
        grade = reference(one.case, id)
        if grade is not None and not isinstance(one.score, Unscored):
            sides.append((isinstance(one.score, NotApplicable), grade.level is None))
            where.append(one.group)
    return Coverage(
        len(scores),
        sum(isinstance(one.score, Scored) for one in scores),
        sum(isinstance(one.score, NotApplicable) for one in scores),
        sum(isinstance(one.score, Unscored) for one in scores),
        share_of([scorer == graders for scorer, graders in sides], where),
        sides.count((True, True)),
        sides.count((True, False)),
        sides.count((False, True)),
    )


def _fit(pairs: Sequence[tuple[float, float]], where: Sequence[str]) -> Fit:
    apart = [abs(nearest_level(graded) - nearest_level(given)) for graded, given in pairs]
    return Fit(
        len(pairs),
        share_of([levels == 0 for levels in apart], where),
        share_of([levels <= 1 for levels in apart], where),
        estimate(quadratic_kappa, pairs, where),
    )


def _by_kind(id: str, rows: Sequence[_Case]) -> dict[str, Fit]:
    """The fit to the mean of each kind of grader."""
    found: dict[str, tuple[list[tuple[float, float]], list[str]]] = {}
    for row in rows:
        kinds = sorted({grade.kind for grade in row.one.case.grades})
        for kind in kinds:
            own = [grade for grade in row.one.case.grades if grade.kind == kind]
            levels = levels_by_grader(own, id)
            if levels:
                pairs, where = found.setdefault(kind, ([], []))
                pairs.append((fmean(levels.values()), float(row.score.level)))
                where.append(row.one.group)
    return {kind: _fit(*found[kind]) for kind in sorted(found)}


def _by_length(criterion: Criterion, rows: Sequence[_Case]) -> ByLength:
    where = [row.one.group for row in rows]
    cases = [row.one.case for row in rows]
    guesses = guessed_by_length(criterion, cases, [row.grade for row in rows], where)
    guessed = [(row.grade, guess) for row, guess in zip(rows, guesses, strict=True)]
    both = [(row.grade, guess, row.pair[1]) for row, guess in zip(rows, guesses, strict=True)]
    given_grade = [(row.score.expected, math.log1p(row.length), row.grade) for row in rows]
    return ByLength(
        estimate(quadratic_kappa, guessed, where),
        estimate(spearman, guessed, where),
        estimate(difference(quadratic_kappa), both, where),
        estimate(partial_rank, given_grade, where),
    )


def _people(id: str, rows: Sequence[_Case]) -> Graders:
    """People with each other, and the scorer with them, on the rows that several graded."""
    rated = [
        RatedRow(
            levels_by_grader([grade for grade in row.one.case.grades if grade.kind == HUMAN], id),
            float(row.score.level),
            row.one.group,
        )
        for row in rows
    ]
    return compare_graders(rated, resamples=RESAMPLES)


def _parallel(rows: Sequence[_Case]) -> Parallel:
    found: defaultdict[str, dict[Language, _Case]] = defaultdict(dict)
    for row in rows:
        found[origin_of(row.one.case)][row.language] = row
    both = [one for one in found.values() if Language.ZH in one and Language.EN in one]
    pairs = [(one[Language.ZH].score.expected, one[Language.EN].score.expected) for one in both]
    where = [one[Language.ZH].one.group for one in both]
    return Parallel(
        len(pairs),
        estimate(_mean, [zh - en for zh, en in pairs], where),
        estimate(pearson, pairs, where),
    )


def _shift(twins: Sequence[tuple[CriterionScore, CriterionScore | None, str]]) -> Shift:
    moved, where, lost = [], [], 0
    for before, after, group in twins:
        if isinstance(before, Scored) and isinstance(after, Scored):
            moved.append(after.expected - before.expected)
            where.append(group)
        elif isinstance(before, Scored) and after is not None:
            lost += 1
    return Shift(
        estimate(_mean, moved, where),
        share_of([abs(one) > MOST_SHIFT for one in moved], where),
        lost,
    )


def _mean(tally: Mapping[float, int]) -> float:
    return sum(count * value for value, count in tally.items()) / sum(tally.values())


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
