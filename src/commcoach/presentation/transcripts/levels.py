"""A score in words: its level with the criterion's own name for it, or why there is none."""

from __future__ import annotations

from commcoach.domain.rubric import Criterion
from commcoach.domain.score import CriterionScore, Scored, Unscored
from commcoach.presentation.level_names import level_name
from commcoach.presentation.wording import Wording


def verdict_on(score: CriterionScore, criterion: Criterion | None, words: Wording) -> str:
    """The level with its name, or why there is none."""
    if isinstance(score, Scored):
        return level_in_words(score.level, criterion, words)
    key = "transcript.unscored" if isinstance(score, Unscored) else "transcript.not_applicable"
    return words.say(key)


def level_in_words(level: int | None, criterion: Criterion | None, words: Wording) -> str:
    """`3/4 competent`, as the criterion names its levels; `None` is not applicable."""
    if level is None:
        return words.say("transcript.not_applicable")
    if criterion is None or level not in criterion.numbers:
        return str(level)
    return f"{level}/{criterion.highest} {level_name(criterion, level, words)}".rstrip()


def anchor_of(score: CriterionScore, criterion: Criterion | None, words: Wording) -> str:
    """The behaviour that the level stands for, in the text that was in force."""
    if not isinstance(score, Scored) or criterion is None or score.level not in criterion.numbers:
        return ""
    return criterion.level(score.level).anchor.said_in(words.language)
