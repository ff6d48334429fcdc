"""The audit trail and the calls of models in the database."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select

from commcoach.coaching.records import Entry, ModelCall
from commcoach.store.database import Database
from commcoach.store.tables.records import AuditRow, ModelCallRow


@dataclass(frozen=True, slots=True)
class SqlAudit:
    """The audit trail; entries are added and never changed, unless a learner is forgotten."""

    database: Database

    async def record(self, entry: Entry) -> None:
        """Add an entry."""
        await self.database.write(record_entry, entry)

    async def entries(self, subject: str | None = None) -> list[Entry]:
        """All entries, or those about a subject, oldest first."""
        return await self.database.read(_entries, subject)


@dataclass(frozen=True, slots=True)
class SqlModelCalls:
    """Keeps what the calls of models took."""

    database: Database

    async def record(self, call: ModelCall) -> None:
        """Keep one call."""
        await self.database.write(_record_call, call)

    async def since(self, moment: datetime, learner: str | None = None) -> list[ModelCall]:
        """The calls from a moment on, of one learner or of all, oldest first."""
        return await self.database.read(_calls, moment, learner)


def record_entry(db: Connection, entry: Entry) -> None:
    """Add an entry in a transaction that does more than that."""
    values = {
        "happened_at": entry.at,
        "who": entry.who,
        "action": entry.action,
        "subject": entry.subject,
        "details": entry.details,
    }
    db.execute(insert(AuditRow), values)


def _entries(db: Connection, subject: str | None) -> list[Entry]:
    wanted = select(AuditRow).order_by(AuditRow.happened_at, AuditRow.place)
    if subject is not None:
        wanted = wanted.where(AuditRow.subject == subject)
    rows: Any = db.execute(wanted)
    return [entry_from(row) for row in rows]


def entry_from(row: Any) -> Entry:
    """The entry of a row."""
    return Entry(row.happened_at, row.who, row.action, row.subject, row.details)


def _record_call(db: Connection, call: ModelCall) -> None:
    values = asdict(call)
    db.execute(insert(ModelCallRow), {**values, "called_at": values.pop("at")})


def _calls(db: Connection, moment: datetime, learner: str | None) -> list[ModelCall]:
    wanted = (
        select(ModelCallRow)
        .where(ModelCallRow.called_at >= moment)
        .order_by(ModelCallRow.called_at, ModelCallRow.place)
    )
    if learner is not None:
        wanted = wanted.where(ModelCallRow.learner == learner)
    rows: Any = db.execute(wanted)
    return [
        ModelCall(
            at=row.called_at,
            job=row.job,
            provider=row.provider,
            model=row.model,
            release=row.release,
            prompt_hash=row.prompt_hash,
            prompt_tokens=row.prompt_tokens,
            completion_tokens=row.completion_tokens,
            latency=row.latency,
            cached_tokens=row.cached_tokens,
            cost=row.cost,
            error=row.error,
            session=row.session,
            learner=row.learner,
        )
        for row in rows
    ]
