"""Practice sessions in the database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from commcoach.coaching.admission import Reason
from commcoach.coaching.storage import ReplyAlreadyStands, UnknownSession
from commcoach.domain.dialogue import PracticeSession, Turn
from commcoach.store.encoding import aware, fill, session_from, session_row, turn_row
from commcoach.store.engine import Database
from commcoach.store.tables import ScoreRow, SessionRow, SetAsideRow, TurnRow
from commcoach.store.troubles import decoded

_WHOLE = selectinload(SessionRow.turns).selectinload(TurnRow.scores).selectinload(ScoreRow.evidence)


@dataclass(frozen=True, slots=True)
class SqlSessions:
    """Keeps sessions; every write is one short transaction, committed before it returns.

    What is stored stands: a part of a turn or the end of a session is written once, and the same
    write again changes nothing.
    """

    database: Database

    async def add(self, session: PracticeSession) -> None:
        """Keep a new session."""
        async with self.database.writing() as db:
            if await db.get(SessionRow, session.id) is not None:
                return
            db.add(session_row(session))
            for turn in session.turns:
                await _save(db, session.id, turn)

    async def get(self, id: str) -> PracticeSession | None:
        """The session with this id."""
        with decoded(self.database.place):
            async with self.database.reading() as db:
                row = await db.get(SessionRow, id, options=[_WHOLE])
            return session_from(row) if row is not None else None

    async def save_turn(self, session: str, turn: Turn) -> None:
        """Keep a new turn, or what has been added to it."""
        async with self.database.writing() as db:
            await _session(db, session)
            await _save(db, session, turn)

    async def set_aside(self, session: str, reply: str, reason: Reason, at: datetime) -> None:
        """Keep a reply that did not become a turn."""
        async with self.database.writing() as db:
            await _session(db, session)
            db.add(
                SetAsideRow(
                    session_id=session, reply=reply, reason=reason.value, set_aside_at=aware(at)
                )
            )

    async def end(self, session: PracticeSession) -> None:
        """Keep ending, closing line and time of a session."""
        ended = session_row(session)
        async with self.database.writing() as db:
            row = await _session(db, session.id)
            if row.ending is None:
                row.ending, row.closing, row.ended_at = ended.ending, ended.closing, ended.ended_at

    async def of_learner(self, learner: str) -> list[PracticeSession]:
        """All sessions of a learner, oldest first."""
        wanted = (
            select(SessionRow)
            .where(SessionRow.learner == learner)
            .order_by(SessionRow.started_at, SessionRow.id)
            .options(_WHOLE)
        )
        with decoded(self.database.place):
            async with self.database.reading() as db:
                rows = (await db.scalars(wanted)).all()
            return [session_from(row) for row in rows]


async def _session(db: AsyncSession, id: str) -> SessionRow:
    """The session's row, held until the transaction ends: one writer at a time per session."""
    row = await db.get(SessionRow, id, with_for_update=True)
    if row is None:
        raise UnknownSession(id)
    return row


async def _save(db: AsyncSession, session: str, turn: Turn) -> None:
    row = await db.scalar(
        select(TurnRow).where(
            TurnRow.session_id == session,
            TurnRow.number == turn.number,
            TurnRow.attempt == turn.attempt,
        )
    )
    if row is None:
        row = turn_row(session, turn)
        db.add(row)
    elif row.reply != turn.reply:
        raise ReplyAlreadyStands(session, turn.number, turn.attempt)
    db.add_all(fill(row, turn))
