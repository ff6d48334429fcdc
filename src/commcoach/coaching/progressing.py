"""Progress: a learner's sessions turned into observations, mastery and the next practice."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from commcoach.coaching.sessions import Sessions
from commcoach.domain.dialogue import PracticeSession
from commcoach.domain.library import Library
from commcoach.domain.progress import (
    Mastery,
    Observation,
    PastSession,
    mastery,
    next_practice,
)
from commcoach.domain.scenario import Scenario


@dataclass(frozen=True, slots=True)
class Progress:
    """What a learner's practice adds up to."""

    sessions: int
    masteries: dict[str, Mastery]
    recommended: Scenario | None


async def progress_of(sessions: Sessions, library: Library, learner: str) -> Progress:
    """Mastery per criterion over all sessions, and what to practise next."""
    past = await sessions.of_learner(learner)
    practised = [session for session in past if session.turns]
    masteries = mastery(list(observations(practised)))
    ended = [
        PastSession(one.scenario, one.started_at, _focus_means(one, library))
        for one in practised
        if one.ending is not None
    ]
    recommended = next_practice(library.scenarios, ended, masteries)
    return Progress(len(practised), masteries, recommended)


def observations(sessions: Sequence[PracticeSession]) -> Iterator[Observation]:
    """Every level given in these sessions, in order."""
    for session in sessions:
        for turn in session.turns:
            card = turn.standing()
            for score in card.scored() if card is not None else ():
                yield Observation(
                    score.criterion,
                    score.level,
                    turn.at,
                    session.id,
                    session.scenario,
                    turn.assisted,
                )


def _focus_means(session: PracticeSession, library: Library) -> dict[str, float]:
    scenario = library.scenarios.get(session.scenario)
    levels: dict[str, list[int]] = {}
    for one in observations([session]):
        if not one.assisted and scenario is not None and one.criterion in scenario.focus:
            levels.setdefault(one.criterion, []).append(one.level)
    return {id: sum(values) / len(values) for id, values in levels.items()}
