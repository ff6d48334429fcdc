"""Practice sessions in memory: for tests, and for trying things out."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from commcoach.coaching.sessions import SetAsideReply
from commcoach.coaching.storage import ReplyAlreadyStands, UnknownLearner, UnknownSession
from commcoach.domain.dialogue import PracticeSession, Turn, add_turn
from commcoach.store.memory_people import InMemoryPeople


@dataclass(slots=True)
class InMemorySessions:
    """Keeps sessions as long as the process lives, by the same rules as the database.

    With `people`, a session of a learner unknown to them is refused, as in the database; without,
    every learner counts as known.
    """

    sessions: dict[str, PracticeSession] = field(default_factory=dict)
    set_asides: list[tuple[str, SetAsideReply]] = field(default_factory=list)
    people: InMemoryPeople | None = None

    async def add(self, session: PracticeSession) -> None:
        """Keep a new session; `UnknownLearner` if its learner is not known."""
        if self.people is not None and session.learner not in self.people.learners:
            raise UnknownLearner(session.learner)
        uncorrected = tuple(replace(turn, overrides=()) for turn in session.turns)
        self.sessions.setdefault(session.id, replace(session, turns=uncorrected))

    async def get(self, id: str) -> PracticeSession | None:
        """The session with this id."""
        return self.sessions.get(id)

    async def save_turn(self, session: str, turn: Turn) -> None:
        """Keep a new turn, or what has been added to it.

        `ReplyAlreadyStands` if this attempt has another reply, or the message made another turn.
        """
        kept = self.known(session)
        self.sessions[session] = add_turn(kept, _filled(kept, turn))

    async def set_aside(self, session: str, aside: SetAsideReply) -> None:
        """Keep a reply that did not become a turn; the same message is kept once."""
        self.known(session)
        kept = [one.message for id, one in self.set_asides if id == session]
        if aside.message is None or aside.message not in kept:
            self.set_asides.append((session, aside))

    async def set_aside_of(self, learner: str) -> list[tuple[str, SetAsideReply]]:
        """A learner's replies that did not become turns, oldest first, each with its session."""
        mine = [(id, one) for id, one in self.set_asides if self.known(id).learner == learner]
        return sorted(mine, key=lambda found: found[1].at)

    async def end(self, session: PracticeSession) -> None:
        """Keep ending, closing line, summary and time of a session."""
        kept = self.known(session.id)
        if kept.ending is None:
            self.sessions[session.id] = replace(
                kept,
                ending=session.ending,
                closing=session.closing,
                summary=session.summary,
                ended_at=session.ended_at,
            )

    async def of_learner(self, learner: str) -> list[PracticeSession]:
        """All sessions of a learner, oldest first."""
        found = [one for one in self.sessions.values() if one.learner == learner]
        return sorted(found, key=lambda one: (one.started_at, one.id))

    async def unscored_turns(self) -> list[tuple[str, int, int]]:
        """Turns without a scorecard, oldest first: session, number, attempt.

        Those whose words have expired can no longer be scored and are left out.
        """
        found = [
            (turn.at, session.id, turn.number, turn.attempt)
            for session in self.sessions.values()
            for turn in session.turns
            if turn.card is None and turn.reply
        ]
        return [(session, number, attempt) for _, session, number, attempt in sorted(found)]

    def known(self, id: str) -> PracticeSession:
        """The session with this id, which must be there: otherwise an `UnknownSession`."""
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
            speaks = kept if kept.line is not None else turn
            return replace(
                kept,
                reading=kept.reading if kept.reading is not None else turn.reading,
                reaction=kept.reaction if kept.reaction is not None else turn.reaction,
                line=speaks.line,
                line_stand_in=speaks.line_stand_in,
                card=kept.card if kept.card is not None else turn.card,
            )
    if session.brought_by(turn.message) is not None:
        raise ReplyAlreadyStands(session.id, turn.number, turn.attempt)
    return replace(turn, overrides=())
