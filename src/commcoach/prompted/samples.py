"""What several answers, or the chances of one, say about a level."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from statistics import median_low

from commcoach.coaching.language_model import TokenChance
from commcoach.domain.rubric import Criterion
from commcoach.domain.score import CriterionScore, NotApplicable, Scored, Unscored

WIDEST_AGREEMENT = 1
"""Levels that samples may lie apart before they are called unstable."""
LEAST_MASS = 0.5
"""The share of chance that must lie on level numbers for chances to be believed."""


def merged(scores: Sequence[CriterionScore]) -> CriterionScore:
    """One score of several samples of the same criterion.

    Samples without a verdict do not count. Whether it applies is decided by the majority, a tie
    for the learner; the level is the lower median, `expected` the mean.
    """
    judged = [one for one in scores if not isinstance(one, Unscored)]
    scored = [one for one in judged if isinstance(one, Scored)]
    if not judged:
        return scores[0]
    if 2 * len(scored) <= len(judged):
        return next(one for one in judged if isinstance(one, NotApplicable))
    if len(scored) == 1 and len(scores) == 1:
        return scored[0]
    levels = sorted(one.level for one in scored)
    level = median_low(levels)
    chosen = next(one for one in scored if one.level == level)
    counts = Counter(levels)
    return replace(
        chosen,
        expected=sum(one.expected for one in scored) / len(scored),
        probabilities={number: counts[number] / len(scored) for number in sorted(counts)},
        rationale=chosen.rationale + _marked(levels),
    )


def _marked(levels: Sequence[int]) -> str:
    if levels[-1] - levels[0] <= WIDEST_AGREEMENT:
        return ""
    return f" [unstable: {' '.join(map(str, levels))}]"


def with_chances(score: Scored, criterion: Criterion, chances: Sequence[TokenChance]) -> Scored:
    """The score with `expected` from the chances of the level's token, if they were given."""
    probabilities = _probabilities(criterion, chances)
    if probabilities is None:
        return score
    expected = sum(number * share for number, share in probabilities.items())
    return replace(score, expected=expected, probabilities=probabilities)


def _probabilities(
    criterion: Criterion, chances: Sequence[TokenChance]
) -> Mapping[int, float] | None:
    """The chance of each level, where the answer names the criterion's level."""
    text = "".join(one.token for one in chances)
    named = re.search(rf'"{re.escape(criterion.id)}"\s*:\s*\{{[^{{}}]*?"level"\s*:\s*(-?\d+)', text)
    if named is None:
        return None
    at = 0
    for one in chances:
        if at <= named.start(1) < at + len(one.token):
            return _levels_among(criterion, one.alternatives)
        at += len(one.token)
    return None


def _levels_among(
    criterion: Criterion, alternatives: Mapping[str, float]
) -> Mapping[int, float] | None:
    weights: dict[int, float] = {}
    for token, chance in alternatives.items():
        word = token.strip(" :\n")
        if re.fullmatch(r"-?\d+", word) and int(word) in criterion.numbers:
            weights[int(word)] = weights.get(int(word), 0.0) + math.exp(min(0.0, chance))
    total = sum(weights.values())
    if total < LEAST_MASS:
        return None
    return {number: weights[number] / total for number in sorted(weights)}
