"""A second opinion on a stored turn: the careful scorer beside what stands, and nothing changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

from commcoach.coaching.arms import task_of
from commcoach.coaching.scorer import Scorer, ScoringTask
from commcoach.coaching.transcripts import expired
from commcoach.domain.dialogue import PracticeSession, Turn
from commcoach.domain.library import Library
from commcoach.domain.score import (
    CriterionScore,
    EngineName,
    GateHit,
    NotApplicable,
    Scorecard,
    Scored,
    Unscored,
)

WIDEST_AGREEMENT = 1
"""Levels that samples may lie apart before they are called unstable."""


def agree(samples: Iterable[CriterionScore]) -> bool:
    """Whether samples are at most a level apart and at one on whether the criterion applies.

    Samples without a verdict do not count.
    """
    judged = [one for one in samples if not isinstance(one, Unscored)]
    levels = [one.level for one in judged if isinstance(one, Scored)]
    if not levels:
        return True
    return len(levels) == len(judged) and max(levels) - min(levels) <= WIDEST_AGREEMENT


@dataclass(frozen=True, slots=True)
class Sampled:
    """A scorecard with the samples of each criterion that it was made of; none if none was."""

    card: Scorecard
    samples: Mapping[str, tuple[CriterionScore, ...]] = field(default_factory=dict)


class CarefulScorer(Scorer, Protocol):
    """A scorer that takes several samples of each score."""

    async def sampled(self, task: ScoringTask) -> Sampled:
        """The scorecard of one reply, and what it was made of."""
        ...


class WordsExpired(Exception):
    """The words of the turn are no longer kept."""


@dataclass(frozen=True, slots=True)
class Compared:
    """One criterion: what stands, corrections included, beside what the samples say.

    `standing` is `None` where the turn was never scored on it.
    """

    criterion: str
    standing: CriterionScore | None
    found: CriterionScore
    samples: tuple[CriterionScore, ...] = ()

    @property
    def levels(self) -> dict[int, int]:
        """How many of the samples give each level, the lowest first."""
        given = Counter(one.level for one in self.samples if isinstance(one, Scored))
        return {level: given[level] for level in sorted(given)}

    @property
    def not_applicable(self) -> int:
        """How many of the samples found no opening for the behaviour."""
        return sum(isinstance(one, NotApplicable) for one in self.samples)

    @property
    def unusable(self) -> int:
        """How many of the samples came to nothing: no answer, or none that can be proved."""
        return sum(isinstance(one, Unscored) for one in self.samples)

    @property
    def stable(self) -> bool:
        """Whether the samples agree."""
        return agree(self.samples)


@dataclass(frozen=True, slots=True)
class SecondOpinion:
    """What a scorer says of a stored turn; `stand_in` is that of its scorecard."""

    turn: Turn
    engine: EngineName
    compared: tuple[Compared, ...]
    gates: tuple[GateHit, ...]
    stand_in: str = ""


async def second_opinion(
    scorer: CarefulScorer, library: Library, session: PracticeSession, turn: Turn
) -> SecondOpinion:
    """Have a turn scored again, as it was scored then; nothing is kept of it.

    `library` is the content of the session's release. The learner's own budget is not touched.
    Raises `WordsExpired` if there are no words left to score.
    """
    if expired(turn):
        raise WordsExpired
    task = task_of(library, session, turn)
    sampled = await scorer.sampled(replace(task, occasion=replace(task.occasion, learner=None)))
    card = sampled.card
    standing = turn.standing()
    before = {one.criterion: one for one in standing.scores} if standing is not None else {}
    compared = tuple(
        Compared(
            one.criterion, before.get(one.criterion), one, sampled.samples.get(one.criterion, ())
        )
        for one in card.scores
    )
    return SecondOpinion(turn, scorer.engine, compared, card.gates, card.stand_in)
