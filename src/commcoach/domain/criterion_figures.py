"""What a report of one criterion holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from commcoach.domain.case_scores import CaseScore, FloorVerdict
from commcoach.domain.cases import Grade
from commcoach.domain.chance import Result
from commcoach.domain.courtesy_shift import Shift
from commcoach.domain.graders import Graders
from commcoach.domain.rubric import Criterion
from commcoach.domain.score import Scored


@dataclass(frozen=True, slots=True)
class Coverage:
    """What became of the cases: `pool` in all, `cases` of them graded for this criterion.

    `graded_level` of these got a level from their graders, `graded_not_applicable` not.
    `applicability` is the share of cases on which scorer and graders agree whether the criterion
    applies at all, by what each weighs, without those that came back unscored; all others are
    counts of cases. `only_scorer` and `only_graders` count
    the cases that one side alone holds to be not applicable, `both` those that both do.
    """

    pool: int
    cases: int
    graded_level: int
    graded_not_applicable: int
    scored: int
    not_applicable: int
    unscored: int
    applicability: Result
    both: int
    only_scorer: int
    only_graders: int


@dataclass(frozen=True, slots=True)
class Fit:
    """How the shown level fits one set of grades, on `n` cases, by what each weighs."""

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
