"""How the database forgets: one learner at once, and everybody's words and levels in time."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, delete, exists, func, or_, select, update

from commcoach.coaching.held import HELD, expecting, held_in, without_old_words
from commcoach.coaching.keeping import Forgotten
from commcoach.coaching.records import Entry
from commcoach.coaching.storage import DatabaseLocked, DatabaseUnusable
from commcoach.store.blotting import blotted_entry
from commcoach.store.database import Database
from commcoach.store.records import entry_from, record_entry
from commcoach.store.tables.mail import ChatRow, InboxRow, OutboxRow
from commcoach.store.tables.people import ConsentRow, LearnerRow
from commcoach.store.tables.practice import EvidenceRow, ScoreRow, SessionRow, SetAsideRow, TurnRow
from commcoach.store.tables.records import AuditRow, ContestRow, ModelCallRow

_AT_A_TIME = 500
"""Turns blotted out in one transaction, so that nobody who writes a reply has to wait."""
_PAUSES = (0.1, 0.3)
"""Seconds to wait before each further try to wipe the files."""


@dataclass(frozen=True, slots=True)
class SqlKeeping:
    """Removes what must not be kept any longer.

    In an SQLite file, what is removed is overwritten. A PostgreSQL server overwrites it in its
    own time: nothing but its vacuum may touch its files.
    """

    database: Database
    pauses: tuple[float, ...] = _PAUSES

    async def forget(self, learner: str, entry: Entry) -> Forgotten:
        """Delete everything of a learner, from every table and from what waits to be sent.

        Of updates in the inbox the key stays, so that none is taken for a new one; of entries in
        the audit trail, what was done and when. The learner's cohorts stay.
        """
        forgotten = await self.database.write(_forget, learner, entry)
        # The learner is forgotten, whatever keeps the files from being wiped now.
        with suppress(DatabaseUnusable):
            await self.wipe()
        return forgotten

    async def expire_words(self, before: datetime) -> int:
        """Blot out replies, quotes and lines of turns older than this; levels stay.

        The same goes for replies set aside, for objections, and for what waits for an answer in
        the chat of a learner who has not written since; words held there until consent is given
        go by their own age. Calls of models no longer tell for whom they were made. The number of
        turns; each is counted once.
        """
        count = 0
        while done := await self.database.write(_expire_words, before):
            count += done
        await self.database.write(_expire_other_words, before)
        return count

    async def expire_levels(self, before: datetime) -> int:
        """Delete sessions that started before, with all that hangs on them. The count.

        Learners who came before, never agreed and have no session left are deleted, too, and what
        calls of models took before.
        """
        return await self.database.write(_expire_levels, before)

    async def wipe(self) -> None:
        """Remove from the files what has been deleted, with some patience for readers.

        If one stays in the way, the next call, or the next writers, overwrite the rest.
        """
        for pause in (0, *self.pauses):
            await asyncio.sleep(pause)
            with suppress(DatabaseLocked):
                await self.database.wipe()
                break


# -- one learner -----------------------------------------------------------------------------


def _forget(db: Connection, learner: str, entry: Entry) -> Forgotten:
    known = db.scalar(select(LearnerRow.id).where(LearnerRow.id == learner)) is not None
    forgotten = _delete(db, learner)
    if known:
        record_entry(db, entry)
    return forgotten


def _delete(db: Connection, learner: str) -> Forgotten:
    sessions = select(SessionRow.id).where(SessionRow.learner == learner)
    turns = select(TurnRow.id).where(TurnRow.session_id.in_(sessions))
    asides = select(SetAsideRow.id).where(SetAsideRow.session_id.in_(sessions))
    scores = select(ScoreRow.turn_id).where(ScoreRow.turn_id.in_(turns))
    chats = select(ChatRow.id).where(ChatRow.learner == learner)
    messages = select(OutboxRow.place).where(OutboxRow.chat.in_(chats))
    forgotten = Forgotten(
        sessions=_number(db, sessions),
        replies=_number(db, turns) + _number(db, asides),
        scores=_number(db, scores),
        messages=_number(db, messages),
    )
    _blot_out_of_the_audit(db, [learner, *db.scalars(sessions)])
    calls = delete(ModelCallRow)
    db.execute(
        calls.where(or_(ModelCallRow.learner == learner, ModelCallRow.session.in_(sessions)))
    )
    db.execute(delete(OutboxRow).where(OutboxRow.chat.in_(chats)))
    db.execute(
        update(InboxRow).where(InboxRow.chat.in_(chats)).values(chat=None, about=None, fault=None)
    )
    # Turns, scores, evidence, corrections, objections and replies set aside go with the sessions;
    # sessions, consents, memberships and chats with the learner.
    db.execute(delete(LearnerRow).where(LearnerRow.id == learner))
    return forgotten


def _number(db: Connection, rows: Select[Any]) -> int:
    return db.scalar(select(func.count()).select_from(rows.subquery())) or 0


def _blot_out_of_the_audit(db: Connection, ids: list[str]) -> None:
    # Details may mention anybody: they are looked through here, where words can be told apart.
    wanted = select(AuditRow).where(
        or_(AuditRow.subject.in_(ids), AuditRow.who.in_(ids), AuditRow.details != "")
    )
    rows: Any = db.execute(wanted).all()
    for row in rows:
        entry = entry_from(row)
        blotted = blotted_entry(entry, ids)
        if blotted != entry:
            kept = {"who": blotted.who, "subject": blotted.subject, "details": blotted.details}
            db.execute(update(AuditRow).where(AuditRow.place == row.place).values(kept))


# -- everybody's words and levels ------------------------------------------------------------


def _expire_words(db: Connection, before: datetime) -> int:
    """Blot out some turns that have words left; how many."""
    words_left = or_(TurnRow.reply != "", TurnRow.context != "", TurnRow.line != "")
    some = (
        select(TurnRow.id, TurnRow.reading, TurnRow.gates)
        .where(TurnRow.taken_at < before, words_left)
        .limit(_AT_A_TIME)
    )
    rows = db.execute(some).all()
    for row in rows:
        blotted = {
            "reply": "",
            "context": "",
            "line": "",
            "reading": _without_quotes_of_moves(row.reading),
            "gates": _without_quotes(row.gates),
        }
        db.execute(update(TurnRow).where(TurnRow.id == row.id).values(blotted))
    proofs = EvidenceRow.turn_id.in_([row.id for row in rows])
    db.execute(update(EvidenceRow).where(proofs).values(quote=""))
    return len(rows)


def _without_quotes_of_moves(reading: dict[str, Any] | None) -> dict[str, Any] | None:
    return reading and {**reading, "moves": _without_quotes(reading["moves"])}


def _without_quotes(found: list[dict[str, Any]] | None) -> list[dict[str, Any]] | None:
    return None if found is None else [{**one, "quote": ""} for one in found]


def _expire_other_words(db: Connection, before: datetime) -> None:
    asides = update(SetAsideRow).where(SetAsideRow.set_aside_at < before, SetAsideRow.reply != "")
    db.execute(asides.values(reply=""))
    ended = update(SessionRow).where(SessionRow.ended_at < before)
    db.execute(ended.where(SessionRow.closing != "").values(closing=""))
    db.execute(ended.where(SessionRow.summary != "").values(summary=""))
    contests = update(ContestRow).where(ContestRow.contested_at < before, ContestRow.words != "")
    db.execute(contests.values(words=""))
    calls = update(ModelCallRow).where(ModelCallRow.called_at < before)
    named = or_(ModelCallRow.session.is_not(None), ModelCallRow.learner.is_not(None))
    db.execute(calls.where(named).values(session=None, learner=None))
    writing = _expire_held_words(db, before)
    # What a chat expects may quote what its learner said, which is not younger than this.
    came = select(LearnerRow.id).where(LearnerRow.joined_at < before)
    replied = (
        select(SessionRow.learner)
        .join(TurnRow, TurnRow.session_id == SessionRow.id)
        .where(TurnRow.taken_at >= before)
    )
    chats = update(ChatRow).where(
        ChatRow.learner.in_(came),
        ChatRow.learner.not_in(replied),
        ChatRow.learner.not_in(writing),
        ChatRow.expects != "",
    )
    db.execute(chats.values(expects=""))


def _expire_held_words(db: Connection, before: datetime) -> list[str]:
    """Remove old words that are held until consent is given; the learners who have younger ones."""
    writing = []
    holding = select(ChatRow).where(ChatRow.expects.startswith(HELD))
    rows: Any = db.execute(holding).all()
    for row in rows:
        held = without_old_words(held_in(row.expects), before)
        if expecting(held) != row.expects:
            this = update(ChatRow).where(ChatRow.bot == row.bot, ChatRow.id == row.id)
            db.execute(this.values(expects=expecting(held)))
        if held.said:
            writing.append(row.learner)
    return writing


def _expire_levels(db: Connection, before: datetime) -> int:
    old = select(SessionRow.id).where(SessionRow.started_at < before)
    db.execute(update(ChatRow).where(ChatRow.session.in_(old)).values(session=None))
    count = db.execute(delete(SessionRow).where(SessionRow.started_at < before)).rowcount
    agreed = exists().where(ConsentRow.learner == LearnerRow.id)
    practises = exists().where(SessionRow.learner == LearnerRow.id)
    strangers = select(LearnerRow.id).where(LearnerRow.joined_at < before, ~agreed, ~practises)
    for learner in db.scalars(strangers).all():
        _delete(db, learner)
    db.execute(delete(ModelCallRow).where(ModelCallRow.called_at < before))
    return count
