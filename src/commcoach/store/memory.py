"""Practice sessions in memory: for tests, and for trying things out."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime

from commcoach.coaching.admission import Reason
from commcoach.coaching.storage import ReplyAlreadyStands, UnknownSession
from commcoach.domain.dialogue import PracticeSession, Turn, add_turn


@dataclass(frozen=True, slots=True)
class SetAsideReply:
    """A reply that did not become a turn, and why."""

    session: str
    reply: str
    reason: Reason
    at: datetime


@dataclass(slots=True)
class InMemorySessions:
    """Keeps sessions as long as the process lives, by the same rules as the database."""

    sessions: dict[str, PracticeSession] = field(default_factory=dict)
    set_asides: list[SetAsideReply] = field(default_factory=list)

    async def add(self, session: PracticeSession) -> None:
        """Keep a new session."""
        self.sessions.setdefault(session.id, session)

    async def get(self, id: str) -> PracticeSession | None:
        """The session with this id."""
        return self.sessions.get(id)

    async def save_turn(self, session: str, turn: Turn) -> None:
        """Keep a new turn, or what has been added to it."""
        kept = self._known(session)
        self.sessions[session] = add_turn(kept, _filled(kept, turn))

    async def set_aside(self, session: str, reply: str, reason: Reason, at: datetime) -> None:
        """Keep a reply that did not become a turn."""
        self._known(session)
        self.set_asides.append(SetAsideReply(session, reply, reason, at))

    async def end(self, session: PracticeSession) -> None:
        """Keep ending, closing line and time of a session."""
        kept = self._known(session.id)
        if kept.ending is None:
            self.sessions[session.id] = replace(
                kept, ending=session.ending, closing=session.closing, ended_at=session.ended_at
            )

    async def of_learner(self, learner: str) -> list[PracticeSession]:
        """All sessions of a learner, oldest first."""
        found = [one for one in self.sessions.values() if one.learner == learner]
        return sorted(found, key=lambda one: (one.started_at, one.id))

    def _known(self, id: str) -> PracticeSession:
        try:
            return self.sessions[id]
        except KeyError:
            raise UnknownSession(id) from None


def _filled(session: PracticeSession, turn: Turn) -> Turn:
    """The turn that stands, with what it lacked."""
    for kept in session.turns:
        if (kept.number, kept.attempt) == (turn.number, turn.attempt):
            if kept.reply != turn.reply:
                raise ReplyAlreadyStands(session.id, turn.number, turn.attempt)
            return replace(
                kept,
                reading=kept.reading if kept.reading is not None else turn.reading,
                reaction=kept.reaction if kept.reaction is not None else turn.reaction,
                line=kept.line if kept.line is not None else turn.line,
                card=kept.card if kept.card is not None else turn.card,
            )
    return turn
