"""Practice sessions in the database."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Update,
    bindparam,
    insert,
    select,
    update,
)

from commcoach.coaching.admission import Reason
from commcoach.coaching.sessions import SetAsideReply
from commcoach.coaching.storage import ReplyAlreadyStands, UnknownLearner, UnknownSession
from commcoach.domain.dialogue import PracticeSession, Turn
from commcoach.store.database import Database
from commcoach.store.encoding import (
    evidence_from,
    override_from,
    part_values,
    score_from,
    score_values,
    session_from,
    session_values,
    turn_from,
    turn_values,
)
from commcoach.store.statements import insert_new
from commcoach.store.tables.base import opaque_id
from commcoach.store.tables.practice import EvidenceRow, ScoreRow, SessionRow, SetAsideRow, TurnRow
from commcoach.store.tables.records import OverrideRow
from commcoach.store.troubles import belonging, decoded

_STANDING = (
    select(
        TurnRow.id,
        TurnRow.reply,
        TurnRow.reading.is_(None).label("reading"),
        TurnRow.reaction.is_(None).label("reaction"),
        TurnRow.line.is_(None).label("line"),
        TurnRow.gates.is_(None).label("gates"),
    )
    .where(
        TurnRow.session_id == bindparam("session"),
        TurnRow.number == bindparam("number"),
        TurnRow.attempt == bindparam("attempt"),
    )
    # Whoever else fills the same turn waits; SQLite has one writer at a time anyway.
    .with_for_update()
)
"""The turn that stands: its reply, and for each part whether it is missing."""
_COMES_WITH = {
    "line_stand_in": "line",
    "repairs": "gates",
    "score_stand_in": "gates",
    "scored_by": "gates",
}
_SCORES, _EVIDENCE = insert(ScoreRow), insert(EvidenceRow)


@cache
def _filling(parts: tuple[str, ...]) -> Update:
    """Fill these parts of a turn; made once each, for making one costs more than running it."""
    filled: dict[str, Any] = {part: bindparam(f"new_{part}") for part in parts}
    return update(TurnRow).where(TurnRow.id == bindparam("this")).values(filled)


@dataclass(frozen=True, slots=True)
class SqlSessions:
    """Keeps sessions; every write is one short transaction, committed before it returns.

    What is stored stands: a part of a turn or the end of a session is written once, and the same
    write again changes nothing. Corrections are written by `SqlReviews` only.
    """

    database: Database

    async def add(self, session: PracticeSession) -> None:
        """Keep a new session; `UnknownLearner` if its learner is not known."""
        await self.database.write(_add, session)

    async def get(self, id: str) -> PracticeSession | None:
        """The session with this id."""
        with decoded(self.database.place):
            found = await self.database.read(_load, _BY_ID, id)
        return found[0] if found else None

    async def save_turn(self, session: str, turn: Turn) -> None:
        """Keep a new turn, or what has been added to it.

        `ReplyAlreadyStands` if this attempt has another reply, or the message made another turn.
        """
        await self.database.write(_save, session, turn)

    async def set_aside(self, session: str, aside: SetAsideReply) -> None:
        """Keep a reply that did not become a turn; the same message is kept once."""
        await self.database.write(_set_aside, session, aside)

    async def set_aside_of(self, learner: str) -> list[tuple[str, SetAsideReply]]:
        """A learner's replies that did not become turns, oldest first, each with its session."""
        with decoded(self.database.place):
            return await self.database.read(_set_aside_of, learner)

    async def end(self, session: PracticeSession) -> None:
        """Keep ending, closing line, summary and time of a session."""
        await self.database.write(_end, session)

    async def of_learner(self, learner: str) -> list[PracticeSession]:
        """All sessions of a learner, oldest first."""
        with decoded(self.database.place):
            return await self.database.read(_load, _BY_LEARNER, learner)

    async def unscored_turns(self) -> list[tuple[str, int, int]]:
        """Turns without a scorecard, oldest first: session, number, attempt.

        Those whose words have expired can no longer be scored and are left out.
        """
        return await self.database.read(_unscored)


# -- writing ---------------------------------------------------------------------------------


def _add(db: Connection, session: PracticeSession) -> None:
    with belonging(UnknownLearner(session.learner)):
        added = db.execute(insert_new(db, SessionRow), session_values(session)).rowcount
    for turn in session.turns if added else ():
        _save(db, session.id, turn)


def _save(db: Connection, session: str, turn: Turn) -> None:
    key = {"session": session, "number": turn.number, "attempt": turn.attempt}
    standing = db.execute(_STANDING, key).one_or_none()
    if standing is None:
        id = opaque_id()
        values = turn_values(id, session, turn) | part_values(turn)
        if _insert_turn(db, values):
            _insert_scores(db, id, turn)
            return
        # Somebody else was faster, or the message has made another turn.
        standing = db.execute(_STANDING, key).one_or_none()
    if standing is None or standing.reply != turn.reply:
        raise ReplyAlreadyStands(session, turn.number, turn.attempt)
    missing = {
        part: value
        for part, value in part_values(turn).items()
        if value is not None and getattr(standing, _COMES_WITH.get(part, part))
    }
    if missing:
        filled = {f"new_{part}": value for part, value in missing.items()}
        db.execute(_filling(tuple(missing)), {"this": standing.id, **filled})
    if "gates" in missing:
        _insert_scores(db, standing.id, turn)


def _insert_turn(db: Connection, values: dict[str, Any]) -> bool:
    with belonging(UnknownSession(values["session_id"])):
        return db.execute(insert_new(db, TurnRow), values).rowcount > 0


def _insert_scores(db: Connection, id: str, turn: Turn) -> None:
    scores, evidence = score_values(id, turn.card) if turn.card is not None else ((), ())
    if scores:
        db.execute(_SCORES, scores)
    if evidence:
        db.execute(_EVIDENCE, evidence)


def _set_aside(db: Connection, session: str, aside: SetAsideReply) -> None:
    values = {
        "id": opaque_id(),
        "session_id": session,
        "reply": aside.reply,
        "reason": aside.reason.value,
        "set_aside_at": aside.at,
        "message": aside.message,
    }
    with belonging(UnknownSession(session)):
        db.execute(insert_new(db, SetAsideRow), values)


def _end(db: Connection, session: PracticeSession) -> None:
    values = session_values(session)
    ended = {name: values[name] for name in ("ending", "closing", "summary", "ended_at")}
    this = SessionRow.id == session.id
    open_still = SessionRow.ending.is_(None)
    if db.execute(update(SessionRow).where(this, open_still).values(ended)).rowcount:
        return
    if db.scalar(select(SessionRow.id).where(this)) is None:
        raise UnknownSession(session.id)


# -- reading ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Loading:
    """The statements that load whole sessions, in the order they are asked; `who` chooses."""

    sessions: Any
    turns: Any
    scores: Any
    evidence: Any
    overrides: Any


def _loading(chosen: ColumnElement[bool], sessions: ColumnElement[bool]) -> _Loading:
    """How to load the sessions `chosen`; `sessions` says the same of a turn."""
    return _Loading(
        select(SessionRow).where(chosen).order_by(SessionRow.started_at, SessionRow.id),
        select(TurnRow).where(sessions).order_by(TurnRow.number, TurnRow.attempt),
        select(ScoreRow)
        .join(TurnRow, TurnRow.id == ScoreRow.turn_id)
        .where(sessions)
        .order_by(ScoreRow.position),
        select(EvidenceRow)
        .join(TurnRow, TurnRow.id == EvidenceRow.turn_id)
        .where(sessions)
        .order_by(EvidenceRow.position),
        select(OverrideRow, TurnRow.number, TurnRow.attempt)
        .join(TurnRow, TurnRow.id == OverrideRow.turn_id)
        .where(sessions)
        .order_by(OverrideRow.place),
    )


_WHO: BindParameter[str] = bindparam("who")
_BY_ID = _loading(SessionRow.id == _WHO, TurnRow.session_id == _WHO)
_BY_LEARNER = _loading(
    SessionRow.learner == _WHO,
    TurnRow.session_id.in_(select(SessionRow.id).where(SessionRow.learner == _WHO)),
)


def _load(db: Connection, loading: _Loading, who: str) -> list[PracticeSession]:
    given = {"who": who}
    sessions = db.execute(loading.sessions, given).all()
    turns = db.execute(loading.turns, given).all() if sessions else ()
    is_scored = any(turn.gates is not None for turn in turns)
    evidence = _grouped(db.execute(loading.evidence, given) if is_scored else ())
    scores: dict[str, list[Any]] = defaultdict(list)
    for row in db.execute(loading.scores, given) if is_scored else ():
        proof = tuple(map(evidence_from, evidence.get((row.turn_id, row.criterion), ())))
        scores[row.turn_id].append(score_from(row, proof))
    overrides: dict[str, list[Any]] = defaultdict(list)
    for row in db.execute(loading.overrides, given) if is_scored else ():
        overrides[row.turn_id].append(override_from(row))
    taken: dict[str, list[Turn]] = defaultdict(list)
    for row in turns:
        whole = turn_from(row, tuple(scores.get(row.id, ())), tuple(overrides.get(row.id, ())))
        taken[row.session_id].append(whole)
    return [session_from(row, tuple(taken.get(row.id, ()))) for row in sessions]


def _grouped(rows: Iterable[Any]) -> dict[tuple[str, str], list[Any]]:
    groups: dict[tuple[str, str], list[Any]] = defaultdict(list)
    for row in rows:
        groups[row.turn_id, row.criterion].append(row)
    return groups


def _set_aside_of(db: Connection, learner: str) -> list[tuple[str, SetAsideReply]]:
    wanted = (
        select(SetAsideRow)
        .join(SessionRow, SessionRow.id == SetAsideRow.session_id)
        .where(SessionRow.learner == learner)
        .order_by(SetAsideRow.set_aside_at, SetAsideRow.id)
    )
    rows: Any = db.execute(wanted)
    return [
        (
            row.session_id,
            SetAsideReply(row.reply, Reason(row.reason), row.set_aside_at, row.message),
        )
        for row in rows
    ]


def _unscored(db: Connection) -> list[tuple[str, int, int]]:
    wanted = (
        select(TurnRow.session_id, TurnRow.number, TurnRow.attempt)
        .where(TurnRow.gates.is_(None), TurnRow.reply != "")
        .order_by(TurnRow.taken_at, TurnRow.session_id, TurnRow.number, TurnRow.attempt)
    )
    return [(row.session_id, row.number, row.attempt) for row in db.execute(wanted)]
