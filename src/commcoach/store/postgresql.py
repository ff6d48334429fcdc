"""A database on a PostgreSQL server: how it is opened and worked with."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass

from sqlalchemy import URL, Connection, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from commcoach.coaching.storage import (
    DatabaseDriverMissing,
    DatabaseNotWritable,
    DatabaseUnknown,
)
from commcoach.store.bot_lock import BotLock
from commcoach.store.database import Given, Result, to_json
from commcoach.store.schema import is_up_to_date, upgrade
from commcoach.store.troubles import translated

_READING = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
_MIGRATION_LOCK = 4_803_201
"""An advisory lock; the server knows them by number only, and any other number would do."""
_MIGRATING = 60.0
"""Seconds to wait until another process has run the migrations."""
_CONNECTING = 5
"""Seconds to wait for the server to take a connection."""


@dataclass(frozen=True, slots=True)
class PostgresDatabase:
    """A database on a server, and the connections to it."""

    place: str
    engine: AsyncEngine
    _reading: AsyncEngine

    async def read(self, work: Callable[[Connection, *Given], Result], *given: *Given) -> Result:
        """Do the work on one consistent view of the data."""
        with translated(self.place):
            async with self._reading.connect() as db:
                return await db.run_sync(work, *given)

    async def write(self, work: Callable[[Connection, *Given], Result], *given: *Given) -> Result:
        """Do the work in one transaction, committed when this returns."""
        with translated(self.place):
            async with self.engine.begin() as db:
                return await db.run_sync(work, *given)

    async def wipe(self) -> None:
        """Nothing: the server's own vacuum and log rotation remove what was deleted."""

    def only_bot(self) -> AbstractAsyncContextManager[None]:
        """Hold an advisory lock, and watch over it."""
        return BotLock(self.place, self.engine).held()

    async def aclose(self) -> None:
        """Close every connection."""
        await self.engine.dispose()


async def open_postgresql(address: URL, patience: float) -> PostgresDatabase:
    """Connect to the database, which must exist, and bring its schema up to date.

    `patience` is how many seconds to wait for a lock that somebody else holds.
    """
    place = str(address)
    engine = _engine(address, place, patience)
    try:
        with translated(place):
            async with engine.begin() as db:
                if await db.scalar(text("SHOW transaction_read_only")) == "on":
                    raise DatabaseNotWritable(place)
                current = await db.run_sync(is_up_to_date)
            if not current:
                async with engine.begin() as db:
                    await db.run_sync(_upgrade, place)
    except BaseException:
        await engine.dispose()
        raise
    return PostgresDatabase(place, engine, engine.execution_options(**_READING))


def _upgrade(db: Connection, place: str) -> None:
    """Run the migrations in one transaction; only one process at a time may."""
    db.execute(text(f"SET LOCAL lock_timeout = '{_MIGRATING}s'"))
    db.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _MIGRATION_LOCK})
    upgrade(db, place)


def _engine(address: URL, place: str, patience: float) -> AsyncEngine:
    waiting = {
        "connect_timeout": _CONNECTING,
        # A server that is gone without a word is noticed after half a minute, not after hours.
        "keepalives_idle": 10,
        "keepalives_interval": 5,
        "keepalives_count": 4,
        "options": f"-c lock_timeout={round(patience * 1000)}",
    }
    try:
        return create_async_engine(
            address.set(drivername="postgresql+psycopg"),
            connect_args={
                name: value for name, value in waiting.items() if name not in address.query
            },
            # A connection that the server has closed in the meantime is replaced, not used.
            pool_pre_ping=True,
            json_serializer=to_json,
            # What learners wrote is for no traceback.
            hide_parameters=True,
        )
    except ImportError as error:
        raise DatabaseDriverMissing(place) from error
    except SQLAlchemyError as error:
        raise DatabaseUnknown(place) from error
