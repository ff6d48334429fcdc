"""How the database is opened, and how one transaction is run on it."""

from __future__ import annotations

import asyncio
import json
import re
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from sqlalchemy import URL, Connection, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from commcoach.coaching.storage import DatabaseNotWritable, DatabaseUnknown
from commcoach.store.schema import is_up_to_date, upgrade
from commcoach.store.troubles import translated

PATIENCE = 2.0
"""Seconds to wait for another writer before the database counts as locked."""

_WRITING = {"begin": "BEGIN IMMEDIATE"}
_DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+psycopg"}
"""The drivers with asyncio, whichever one the URL names."""


@dataclass(frozen=True, slots=True)
class Database:
    """An open database whose schema is up to date; `place` is what people are told about it."""

    place: str
    engine: AsyncEngine
    _writers: asyncio.Lock = field(default_factory=asyncio.Lock)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        """One consistent view of the data."""
        with translated(self.place):
            async with AsyncSession(self.engine, expire_on_commit=False) as db:
                yield db

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncSession]:
        """One transaction, committed when the block is left without an exception.

        On SQLite, which has one writer at a time, the writers of this process queue up; SQLite
        itself serves them by luck, and lets the unlucky ones run out of patience.
        """
        engine = self.engine.execution_options(**_WRITING)
        queue = self._writers if _is_sqlite(engine.url) else nullcontext()
        with translated(self.place):
            async with queue, AsyncSession(engine, expire_on_commit=False) as db, db.begin():
                yield db

    async def aclose(self) -> None:
        """Close every connection."""
        await self.engine.dispose()


async def open_database(url: str, patience: float = PATIENCE) -> Database:
    """Open the database, create it if there is none, and bring its schema up to date.

    `url` is an SQLAlchemy URL of PostgreSQL or of an SQLite file. Every failure is a
    `DatabaseUnusable`; a database that cannot be written to is refused here and not at the first
    reply.
    """
    address = _address(url)
    place = _place(address)
    await asyncio.to_thread(_make_file, address, place)
    engine = _engine(address, place, patience)
    try:
        with translated(place):
            async with engine.execution_options(**_WRITING).begin() as connection:
                current = await connection.run_sync(is_up_to_date)
            if not current:
                await _upgrade(_engine(address, place, patience, foreign_keys=False), place)
    except BaseException:
        await engine.dispose()
        raise
    return Database(place, engine)


async def _upgrade(engine: AsyncEngine, place: str) -> None:
    """Run the migrations in one transaction.

    Foreign keys are off on this connection: SQLite changes a table by copying and dropping it,
    and the drop would delete what hangs on its rows.
    """
    try:
        async with engine.execution_options(**_WRITING).begin() as connection:
            await connection.run_sync(upgrade, place)
    finally:
        await engine.dispose()


def _address(url: str) -> URL:
    try:
        address = make_url(url)
        address = address.set(drivername=_DRIVERS[address.get_backend_name()])
    except (ArgumentError, LookupError, ValueError) as error:
        raise DatabaseUnknown(_without_password(url)) from error
    if _is_sqlite(address) and (
        address.database in (None, "", ":memory:") or address.query or address.host
    ):
        # A database in memory, on some host, or in a file that is opened in some special way.
        raise DatabaseUnknown(_without_password(url))
    return address


def _without_password(url: str) -> str:
    return re.sub(r"(://[^:/@]*:).*(?=@)", r"\1***", url)


def _place(address: URL) -> str:
    return str(address.database if _is_sqlite(address) else address)


def _is_sqlite(address: URL) -> bool:
    return address.get_backend_name() == "sqlite"


def _make_file(address: URL, place: str) -> None:
    """Make the folder and try whether SQLite can open the file.

    Tried here and not by aiosqlite, whose thread answers a failed opening a second time, with a
    traceback if the event loop has been closed since.
    """
    if not _is_sqlite(address):
        return
    try:
        # Only the owner may look in: the file holds what learners wrote.
        Path(place).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise DatabaseNotWritable(place) from error
    with translated(place):
        sqlite3.connect(place).close()


def _engine(address: URL, place: str, patience: float, foreign_keys: bool = True) -> AsyncEngine:
    sqlite = _is_sqlite(address)
    try:
        engine = create_async_engine(
            address,
            # Without `isolation_level=None` the driver decides on its own when to begin.
            connect_args={"timeout": patience, "isolation_level": None} if sqlite else {},
            json_serializer=partial(json.dumps, ensure_ascii=False),
        )
    except (SQLAlchemyError, ImportError) as error:
        raise DatabaseUnknown(place) from error
    if sqlite:
        event.listen(engine.sync_engine, "connect", partial(_prepare, foreign_keys=foreign_keys))
        event.listen(engine.sync_engine, "begin", _begin)
    return engine


def _prepare(
    connection: DBAPIConnection, _entry: ConnectionPoolEntry, *, foreign_keys: bool
) -> None:
    cursor = connection.cursor()
    try:
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute("PRAGMA synchronous = FULL")
        cursor.execute(f"PRAGMA foreign_keys = {'ON' if foreign_keys else 'OFF'}")
    except BaseException:
        connection.close()  # The pool does not know this connection yet.
        raise
    cursor.close()


def _begin(connection: Connection) -> None:
    """A writer takes the lock at once: taken later, SQLite refuses it instead of waiting."""
    connection.exec_driver_sql(connection.get_execution_options().get("begin", "BEGIN"))
