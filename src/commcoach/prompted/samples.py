"""What several answers, or the chances of one, say about a level."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from statistics import median_low

from commcoach.coaching.language_model import TokenChance
from commcoach.coaching.second_opinion import agree
from commcoach.domain.rubric import Criterion
from commcoach.domain.score import CriterionScore, NotApplicable, Scored, Unscored

LEAST_MASS = 0.5
"""The share of chance that must lie on level numbers for chances to be believed."""


def merged(scores: Sequence[CriterionScore]) -> CriterionScore:
    """One score of several samples of the same criterion; unscored without a usable majority.

    Whether it applies is decided by the majority of the usable, a tie for the learner; the level
    is the lower median of those that give one, `expected` their mean, `probabilities` their
    shares. The rationale tells how many those are, if not all, and whether they lie apart.
    """
    if len(scores) == 1:
        return scores[0]
    judged = [one for one in scores if not isinstance(one, Unscored)]
    if 2 * len(judged) <= len(scores):
        why = Counter(one.rationale for one in scores if isinstance(one, Unscored))
        ((reason, _),) = why.most_common(1)
        told = f"{reason} [{len(judged)} of {len(scores)} samples usable]"
        return Unscored(scores[0].criterion, told)
    scored = [one for one in judged if isinstance(one, Scored)]
    if 2 * len(scored) <= len(judged):
        absent = next(one for one in judged if isinstance(one, NotApplicable))
        marked = absent.rationale + _marked(scores, len(judged) - len(scored))
        return replace(absent, rationale=marked.strip())
    levels = [one.level for one in scored]
    level = median_low(levels)
    chosen = next(one for one in scored if one.level == level)
    counts = Counter(levels)
    return replace(
        chosen,
        expected=sum(one.expected for one in scored) / len(scored),
        probabilities={number: counts[number] / len(scored) for number in sorted(counts)},
        rationale=chosen.rationale + _marked(scores, len(scored)),
    )


def _marked(scores: Sequence[CriterionScore], decided: int) -> str:
    """How many of the samples say so, if not all; and all of them, if they lie apart."""
    told = f" [{decided} of {len(scores)} samples]" if decided < len(scores) else ""
    if agree(scores):
        return told
    levels = sorted(str(one.level) for one in scores if isinstance(one, Scored))
    absent = ["-" for one in scores if isinstance(one, NotApplicable)]
    return f"{told} [unstable: {' '.join([*levels, *absent])}]"


def with_chances(score: Scored, criterion: Criterion, chances: Sequence[TokenChance]) -> Scored:
    """The score with `expected` from the chances of the level's token, if they were given."""
    probabilities = _probabilities(score, criterion, chances)
    if probabilities is None:
        return score
    expected = sum(number * share for number, share in probabilities.items())
    return replace(score, expected=expected, probabilities=probabilities)


def _probabilities(
    score: Scored, criterion: Criterion, chances: Sequence[TokenChance]
) -> Mapping[int, float] | None:
    """The chance of each level, where the answer gives this score; the last place binds."""
    if not chances:
        return None
    text = "".join(one.token for one in chances)
    pattern = rf'"{re.escape(criterion.id)}"\s*:\s*\{{[^{{}}]*?"level"\s*:\s*(-?\d+)'
    named = [found for found in re.finditer(pattern, text) if int(found[1]) == score.level]
    if not named:
        return None
    at = 0
    for one in chances:
        if at <= named[-1].start(1) < at + len(one.token):
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
