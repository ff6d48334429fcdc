"""A second opinion on a stored turn: the careful scorer beside what stands, and nothing changed."""

from __future__ import annotations

from dataclasses import dataclass, replace

from commcoach.coaching.arms import task_of
from commcoach.coaching.scorer import EngineName, Scorer
from commcoach.coaching.transcripts import expired
from commcoach.domain.dialogue import PracticeSession, Turn
from commcoach.domain.library import Library
from commcoach.domain.score import CriterionScore, GateHit, Scored

WIDEST_AGREEMENT = 1
"""Levels that samples may lie apart before they are called unstable."""


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

    @property
    def shares(self) -> dict[int, float]:
        """The share of each level among the samples that give one; they add up to 1."""
        if not isinstance(self.found, Scored):
            return {}
        return dict(self.found.probabilities or {self.found.level: 1.0})

    @property
    def stable(self) -> bool:
        """Whether the samples are at most a level apart."""
        levels = [level for level, share in self.shares.items() if share > 0]
        return not levels or max(levels) - min(levels) <= WIDEST_AGREEMENT


@dataclass(frozen=True, slots=True)
class SecondOpinion:
    """What a scorer says of a stored turn."""

    turn: Turn
    engine: EngineName
    compared: tuple[Compared, ...]
    gates: tuple[GateHit, ...]


async def second_opinion(
    scorer: Scorer, library: Library, session: PracticeSession, turn: Turn
) -> SecondOpinion:
    """Have a turn scored again, as it was scored then; nothing is kept of it.

    `library` is the content of the session's release. The learner's own budget is not touched.
    Raises `WordsExpired` if there are no words left to score.
    """
    if expired(turn):
        raise WordsExpired
    task = task_of(library, session, turn)
    card = await scorer.score(replace(task, occasion=replace(task.occasion, learner=None)))
    standing = turn.standing()
    before = {one.criterion: one for one in standing.scores} if standing is not None else {}
    compared = tuple(Compared(one.criterion, before.get(one.criterion), one) for one in card.scores)
    return SecondOpinion(turn, scorer.engine, compared, card.gates)
