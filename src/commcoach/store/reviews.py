"""Corrections and objections in the database, and sessions listed for review."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, ScalarSelect, func, insert, select

from commcoach.coaching.review import Contest, Listed, UnknownTurn
from commcoach.coaching.storage import UnknownSession
from commcoach.domain.score import Override
from commcoach.store.database import Database
from commcoach.store.statements import insert_new
from commcoach.store.tables.people import MembershipRow
from commcoach.store.tables.practice import SessionRow, TurnRow
from commcoach.store.tables.records import ContestRow, OverrideRow
from commcoach.store.troubles import belonging


def _per_session(counted: Any) -> ScalarSelect[Any]:
    """A number for each session of the statement around it."""
    selected: ScalarSelect[Any] = counted.correlate(SessionRow).scalar_subquery()
    return selected


_IN_SESSION = TurnRow.session_id == SessionRow.id
_ANSWERED = (
    select(OverrideRow.place)
    .join(TurnRow, TurnRow.id == OverrideRow.turn_id)
    .where(
        TurnRow.session_id == ContestRow.session_id,
        ContestRow.criterion.in_(("", OverrideRow.criterion)),
        OverrideRow.made_at >= ContestRow.contested_at,
    )
    .correlate(ContestRow)
    .exists()
)
"""Whether an objection has been followed by a correction of what it is about."""
_LISTED = select(
    SessionRow,
    _per_session(select(func.count()).where(_IN_SESSION, TurnRow.attempt == 1)).label("turns"),
    _per_session(
        select(func.count()).where(ContestRow.session_id == SessionRow.id, ~_ANSWERED)
    ).label("contests"),
    _per_session(
        select(func.count()).join_from(
            OverrideRow, TurnRow, (OverrideRow.turn_id == TurnRow.id) & _IN_SESSION
        )
    ).label("overrides"),
    _per_session(
        select(func.coalesce(func.sum(func.json_array_length(TurnRow.gates)), 0)).where(_IN_SESSION)
    ).label("gates"),
).where(select(TurnRow.id).where(_IN_SESSION).correlate(SessionRow).exists())


@dataclass(frozen=True, slots=True)
class SqlReviews:
    """Keeps what trainers correct and learners object to; every write is one transaction."""

    database: Database

    async def listed(self, cohort: str | None = None, learner: str | None = None) -> list[Listed]:
        """Sessions with at least one reply, newest first; of one cohort or learner, or all.

        Rewrites are no turns of their own; the gates they crossed count.
        """
        return await self.database.read(_listed, cohort, learner)

    async def override(self, session: str, override: Override) -> None:
        """Keep a correction; `UnknownTurn` if the session has no such turn."""
        await self.database.write(_override, session, override)

    async def contest(self, contest: Contest) -> None:
        """Keep an objection; a second one of the same id changes nothing.

        `UnknownSession` if there is no such session.
        """
        await self.database.write(_contest, contest)

    async def contests(self, session: str) -> list[Contest]:
        """The objections to a session's scores, oldest first."""
        return await self.database.read(_contests, session)


def _listed(db: Connection, cohort: str | None, learner: str | None) -> list[Listed]:
    wanted = _LISTED.order_by(SessionRow.started_at.desc(), SessionRow.id.desc())
    if cohort is not None:
        members = select(MembershipRow.learner).where(MembershipRow.cohort == cohort)
        wanted = wanted.where(SessionRow.learner.in_(members))
    if learner is not None:
        wanted = wanted.where(SessionRow.learner == learner)
    rows: Any = db.execute(wanted)
    return [
        Listed(
            id=row.id,
            learner=row.learner,
            scenario=row.scenario,
            release=row.release,
            started_at=row.started_at,
            ended=row.ending is not None,
            turns=row.turns,
            contests=row.contests,
            overrides=row.overrides,
            gates=row.gates,
        )
        for row in rows
    ]


def _override(db: Connection, session: str, override: Override) -> None:
    turn = db.scalar(
        select(TurnRow.id).where(
            TurnRow.session_id == session,
            TurnRow.number == override.number,
            TurnRow.attempt == override.attempt,
        )
    )
    if turn is None:
        raise UnknownTurn(session, override.number)
    values = {
        "turn_id": turn,
        "criterion": override.criterion,
        "level": override.level,
        "reason": override.reason,
        "author": override.by,
        "made_at": override.at,
    }
    db.execute(insert(OverrideRow), values)


def _contest(db: Connection, contest: Contest) -> None:
    values = {
        "id": contest.id,
        "session_id": contest.session,
        "criterion": contest.criterion,
        "words": contest.words,
        "contested_at": contest.at,
    }
    with belonging(UnknownSession(contest.session)):
        db.execute(insert_new(db, ContestRow), values)


def _contests(db: Connection, session: str) -> list[Contest]:
    wanted = (
        select(ContestRow)
        .where(ContestRow.session_id == session)
        .order_by(ContestRow.contested_at, ContestRow.id)
    )
    rows: Any = db.execute(wanted)
    return [
        Contest(row.id, row.session_id, row.criterion, row.words, row.contested_at) for row in rows
    ]
