"""Where practice sessions are kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from commcoach.coaching.admission import Reason
from commcoach.domain.dialogue import PracticeSession, Turn


@dataclass(frozen=True, slots=True)
class SetAsideReply:
    """A reply that did not become a turn: why, when, and what message brought it."""

    reply: str
    reason: Reason
    at: datetime
    message: str | None = None


class Sessions(Protocol):
    """Keeps sessions; every write is committed before it returns."""

    async def add(self, session: PracticeSession) -> None:
        """Keep a new session."""
        ...

    async def get(self, id: str) -> PracticeSession | None:
        """The session with this id."""
        ...

    async def save_turn(self, session: str, turn: Turn) -> None:
        """Keep a new turn, or what has been added to it."""
        ...

    async def set_aside(self, session: str, aside: SetAsideReply) -> None:
        """Keep a reply that did not become a turn; the same message is kept once."""
        ...

    async def set_aside_of(self, learner: str) -> list[tuple[str, SetAsideReply]]:
        """A learner's replies that did not become turns, oldest first, each with its session."""
        ...

    async def end(self, session: PracticeSession) -> None:
        """Keep ending, closing line, summary and time of a session."""
        ...

    async def of_learner(self, learner: str) -> list[PracticeSession]:
        """All sessions of a learner, oldest first."""
        ...

    async def unscored_turns(self) -> list[tuple[str, int, int]]:
        """Turns without a scorecard, oldest first: session, number, attempt."""
        ...
