"""Corrections and objections in memory: for tests, and for trying things out."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from commcoach.coaching.review import Contest, Listed, UnknownTurn
from commcoach.domain.dialogue import PracticeSession, Turn, add_turn
from commcoach.domain.score import Override
from commcoach.store.memory import InMemorySessions


@dataclass(slots=True)
class InMemoryReviews:
    """Keeps corrections with the sessions they belong to, by the same rules as the database."""

    sessions: InMemorySessions
    contested: dict[str, Contest] = field(default_factory=dict)

    async def listed(self, cohort: str | None = None, learner: str | None = None) -> list[Listed]:
        """Sessions with at least one reply, newest first; of one cohort or learner, or all.

        Rewrites are no turns of their own; the gates they crossed count.
        """
        members = self.sessions.people.members if self.sessions.people is not None else {}
        found = [
            self._listed(session)
            for session in self.sessions.sessions.values()
            if session.turns
            and (cohort is None or (session.learner, cohort) in members)
            and learner in (None, session.learner)
        ]
        return sorted(found, key=lambda one: (one.started_at, one.id), reverse=True)

    async def override(self, session: str, override: Override) -> None:
        """Keep a correction; `UnknownTurn` if the session has no such turn."""
        kept = self.sessions.sessions.get(session)
        for turn in kept.turns if kept is not None else ():
            if kept is not None and (turn.number, turn.attempt) == _place(override):
                corrected = replace(turn, overrides=(*turn.overrides, override))
                self.sessions.sessions[session] = add_turn(kept, corrected)
                return
        raise UnknownTurn(session, override.number)

    async def contest(self, contest: Contest) -> None:
        """Keep an objection; a second one of the same id changes nothing.

        `UnknownSession` if there is no such session.
        """
        self.sessions.known(contest.session)
        self.contested.setdefault(contest.id, contest)

    async def contests(self, session: str) -> list[Contest]:
        """The objections to a session's scores, oldest first."""
        found = [one for one in self.contested.values() if one.session == session]
        return sorted(found, key=lambda one: (one.at, one.id))

    def _listed(self, session: PracticeSession) -> Listed:
        objections = [one for one in self.contested.values() if one.session == session.id]
        return Listed(
            id=session.id,
            learner=session.learner,
            scenario=session.scenario,
            release=session.release,
            started_at=session.started_at,
            ended=session.ending is not None,
            turns=len(session.first_attempts()),
            contests=sum(not _is_answered(one, session) for one in objections),
            overrides=sum(len(turn.overrides) for turn in session.turns),
            gates=sum(map(_gates, session.turns)),
        )


def _is_answered(contest: Contest, session: PracticeSession) -> bool:
    return any(
        override.at >= contest.at and contest.criterion in ("", override.criterion)
        for turn in session.turns
        for override in turn.overrides
    )


def _gates(turn: Turn) -> int:
    return len(turn.card.gates) if turn.card is not None else 0


def _place(override: Override) -> tuple[int, int]:
    return override.number, override.attempt
