"""What the length of a reply alone tells of its level: a floor that every scorer must be above."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import fmean

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
    weights: Sequence[float],
) -> list[float]:
    """For each case a level guessed from its length alone, by what the other folds show.

    A straight line on the logarithm of the length for each language, as steep as the spread of
    the grades: that is the most kappa that length can reach. `weights`, above 0, are what the
    cases stand for.
    """
    by_id = dict(zip((case.id for case in cases), groups, strict=True))
    parts = folds_of(cases, by_id, FOLDS)
    fold = {case.id: number for number, part in enumerate(parts) for case in part}
    rows = [
        (case.language or language_of(case.reply), fold[case.id], math.log1p(len(case.reply)))
        for case in cases
    ]
    graded = list(zip(rows, grades, weights, strict=True))
    lines = {
        (language, number): _line(
            [
                (length, grade, weight)
                for (own, at, length), grade, weight in graded
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


def _line(known: Sequence[tuple[float, float, float]]) -> tuple[float, float]:
    """Slope and start of the line through (length, grade, weight); level if there is no spread."""
    if not known:
        return 0.0, 0.0
    lengths, grades, weights = zip(*known, strict=True)
    middle, height = fmean(lengths, weights), fmean(grades, weights)
    wide = fmean([(x - middle) ** 2 for x in lengths], weights)
    high = fmean([(y - height) ** 2 for y in grades], weights)
    if len(set(lengths)) < 2 or len(set(grades)) < 2:
        return 0.0, height
    together = sum(w * (x - middle) * (y - height) for x, y, w in known)
    slope = math.copysign(math.sqrt(high / wide), together)
    return slope, height - slope * middle
