"""What the length of a reply alone tells of its level: a floor that every scorer must be above."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import fmean, pstdev

from commcoach.domain.agreement import nearest_level
from commcoach.domain.case_groups import folds_of
from commcoach.domain.cases import GradedCase
from commcoach.domain.language import Language
from commcoach.domain.rubric import Criterion
from commcoach.domain.wording import language_of

FOLDS = 5


def guessed_by_length(
    criterion: Criterion,
    cases: Sequence[GradedCase],
    grades: Sequence[float],
    groups: Sequence[str],
) -> list[float]:
    """For each case a level guessed from its length alone, by what the other folds show.

    A straight line on the logarithm of the length for each language, as steep as the spread of
    the grades: that is the most kappa that length can reach.
    """
    by_id = dict(zip((case.id for case in cases), groups, strict=True))
    parts = folds_of(cases, by_id, FOLDS)
    fold = {case.id: number for number, part in enumerate(parts) for case in part}
    rows = [
        (case.language or language_of(case.reply), fold[case.id], math.log1p(len(case.reply)))
        for case in cases
    ]
    graded = list(zip(rows, grades, strict=True))
    lines = {
        (language, number): _line(
            [
                (length, grade)
                for (own, at, length), grade in graded
                if own is language and at != number
            ]
        )
        for language in Language
        for number in range(len(parts))
    }
    guesses = []
    for language, number, length in rows:
        slope, start = lines[language, number]
        level = nearest_level(slope * length + start)
        guesses.append(float(min(criterion.highest, max(criterion.lowest, level))))
    return guesses


def _line(known: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """Slope and start of the line through lengths and grades; level if there is no spread."""
    lengths, grades = [x for x, _ in known], [y for _, y in known]
    if len(known) < 2 or not pstdev(lengths) or not pstdev(grades):
        return 0.0, fmean(grades) if grades else 0.0
    middle, height = fmean(lengths), fmean(grades)
    together = sum((x - middle) * (y - height) for x, y in known)
    slope = math.copysign(pstdev(grades) / pstdev(lengths), together)
    return slope, height - slope * middle
