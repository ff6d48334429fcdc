"""Transcripts: a session with all that is needed to read and to correct it, as a value."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from commcoach.coaching.debriefing import Debrief, OutcomeJudge, debrief
from commcoach.coaching.review import Contest, Listed, Reviews
from commcoach.coaching.standing import NO_VERDICTS, Verdicts
from commcoach.domain.dialogue import PracticeSession, Turn
from commcoach.domain.library import Library
from commcoach.domain.scenario import Scenario
from commcoach.domain.score import Override

SHORTEST_ID = 6
"""Characters of an id that may stand for the whole, if no other id begins with them."""


@dataclass(frozen=True, slots=True)
class Transcript:
    """A session, the content it is bound to, and the learner's objections to its scores.

    `report` is `None` where there is nothing left to judge an outcome by: no reply was given, or
    the time for keeping the words has passed. `verdicts` are those on who scored the session.
    """

    session: PracticeSession
    library: Library
    contests: tuple[Contest, ...] = ()
    report: Debrief | None = None
    verdicts: Verdicts = NO_VERDICTS

    @property
    def scenario(self) -> Scenario:
        """The scenario as it was when the session began."""
        return self.library.scenarios[self.session.scenario]


async def transcript_of(
    session: PracticeSession,
    library: Library,
    reviews: Reviews,
    judge: OutcomeJudge,
    verdicts: Verdicts = NO_VERDICTS,
) -> Transcript:
    """The transcript of a session; `library` is the content of its release."""
    contests = tuple(await reviews.contests(session.id))
    whole = bool(session.turns) and not any(expired(turn) for turn in session.turns)
    report = await debrief(library, judge, session, verdicts) if whole else None
    return Transcript(session, library, contests, report, verdicts)


def expired(turn: Turn) -> bool:
    """Whether the words of a turn are no longer kept."""
    return not turn.reply


def history(turn: Turn, criterion: str) -> tuple[Override, ...]:
    """The corrections of one level, oldest first; the last one stands."""
    return tuple(one for one in turn.overrides if one.criterion == criterion)


def named_by(given: str, ids: Iterable[str]) -> tuple[str, ...]:
    """The ids that a trainer may mean: the one given, or those that begin with it."""
    every = tuple(ids)
    if given in every:
        return (given,)
    if len(given) < SHORTEST_ID:
        return ()
    return tuple(id for id in every if id.startswith(given.lower()))


def worth_a_look_first(listed: Iterable[Listed]) -> list[Listed]:
    """Sessions in the order a trainer should see them.

    First those with an open objection, then those in which a gate was crossed, then all others;
    within each group the order stays as it was.
    """
    return sorted(listed, key=lambda one: (not one.contests, not one.gates))
