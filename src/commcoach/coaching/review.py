"""Reviewing: sessions listed for trainers, scores corrected, scores contested by learners."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from commcoach.coaching.records import Audit, Entry, record_as_often, record_once
from commcoach.coaching.sessions import Sessions
from commcoach.domain.library import Library
from commcoach.domain.score import Override


@dataclass(frozen=True, slots=True)
class Contest:
    """A learner sees a score differently; `criterion` is empty if it is about the whole."""

    id: str
    session: str
    criterion: str
    words: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Listed:
    """A session in a list: enough to choose it by.

    `contests` counts the open objections: an objection to a level is answered by a later correction
    of the same criterion, one to the whole by any later correction.
    """

    id: str
    learner: str
    scenario: str
    release: str
    started_at: datetime
    ended: bool
    turns: int
    contests: int
    overrides: int
    gates: int


class Reviews(Protocol):
    """Keeps corrections and objections, and finds sessions to review."""

    async def listed(self, cohort: str | None = None, learner: str | None = None) -> list[Listed]:
        """Sessions with at least one reply, newest first; of one cohort or learner, or all."""
        ...

    async def override(self, session: str, override: Override) -> None:
        """Keep a correction; `UnknownTurn` if the session has no such turn."""
        ...

    async def contest(self, contest: Contest) -> None:
        """Keep an objection; a second one of the same id changes nothing."""
        ...

    async def contests(self, session: str) -> list[Contest]:
        """The objections to a session's scores, oldest first."""
        ...


class UnknownTurn(Exception):
    """The session has no such turn."""

    def __init__(self, session: str, number: int) -> None:
        super().__init__(self.__doc__)
        self.session = session
        self.number = number


class NotCorrectable(Exception):
    """The level or criterion of a correction does not fit; `allowed` says what would."""

    def __init__(self, given: str, allowed: str) -> None:
        super().__init__(self.__doc__)
        self.given = given
        self.allowed = allowed


@dataclass(frozen=True, slots=True)
class Review:
    """What the use cases work with."""

    reviews: Reviews
    sessions: Sessions
    audit: Audit
    now: Callable[[], datetime]


async def record_override(
    review: Review, library: Library, session: str, override: Override
) -> None:
    """Correct a level: a new row with author and reason; nothing is overwritten.

    The same correction again, at whatever time, changes nothing while it stands: a call that was
    cut off may be repeated. `library` is the content that the session is bound to. Raises
    `UnknownTurn`, or `NotCorrectable` if the turn was not scored on the criterion or there is no
    such level.
    """
    found = await review.sessions.get(session)
    turns = found.turns if found is not None else ()
    turn = next(
        (one for one in turns if (one.number, one.attempt) == (override.number, override.attempt)),
        None,
    )
    if turn is None:
        raise UnknownTurn(session, override.number)
    scores = turn.card.scores if turn.card is not None else ()
    known = [score.criterion for score in scores]
    if override.criterion not in known:
        raise NotCorrectable(override.criterion, ", ".join(known))
    numbers = library.criteria[override.criterion].numbers
    if override.level is not None and override.level not in numbers:
        raise NotCorrectable(str(override.level), ", ".join(map(str, numbers)))
    made = [one for one in turn.overrides if one.criterion == override.criterion]
    if not made or replace(made[-1], at=override.at) != override:
        await review.reviews.override(session, override)
        made.append(override)
    details = f"{override.number}.{override.attempt} {override.criterion} {override.level}"
    entry = Entry(review.now(), override.by, "overrode", session, details)
    alike = sum((one.by, one.level) == (override.by, override.level) for one in made)
    await record_as_often(review.audit, entry, alike)


async def contest_score(review: Review, contest: Contest) -> None:
    """Keep a learner's objection for the trainers; the same one again changes nothing."""
    await review.reviews.contest(contest)
    details = f"{contest.id} {contest.criterion}".rstrip()
    entry = Entry(review.now(), "learner", "contested", contest.session, details)
    await record_once(review.audit, entry)
