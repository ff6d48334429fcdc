"""A database in an SQLite file: how it is opened, set so as to lose nothing, and worked with."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from filelock import FileLock, Timeout
from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

from commcoach.coaching.storage import AnotherBotRuns, DatabaseLocked, DatabaseNotWritable
from commcoach.store.database import Given, Result, to_json
from commcoach.store.schema import is_up_to_date, upgrade
from commcoach.store.troubles import translated

_WRITING = {"begin": "BEGIN IMMEDIATE"}
_READERS = 2
"""Threads that read; what they read is short, and the interpreter runs one at a time anyway."""
_WIPING = 200
"""Milliseconds to wait for readers while the log is emptied; writers wait as long."""


@dataclass(frozen=True, slots=True)
class SqliteDatabase:
    """An SQLite file and the threads that work with it.

    SQLite has one writer at a time; ours queue up for their one thread, in order. SQLite itself
    serves writers by luck, and lets the unlucky ones run out of patience. A whole transaction is
    one visit to a thread: handing over each statement on its own costs three times as much.
    """

    place: str
    engine: Engine
    _writing: Engine
    _writer: ThreadPoolExecutor = field(default_factory=partial(ThreadPoolExecutor, 1))
    _readers: ThreadPoolExecutor = field(default_factory=partial(ThreadPoolExecutor, _READERS))

    async def read(self, work: Callable[[Connection, *Given], Result], *given: *Given) -> Result:
        """Do the work on one consistent view of the data."""

        def reading() -> Result:
            with translated(self.place), self.engine.connect() as db:
                return work(db, *given)

        return await asyncio.get_running_loop().run_in_executor(self._readers, reading)

    async def write(self, work: Callable[[Connection, *Given], Result], *given: *Given) -> Result:
        """Do the work in one transaction, committed when this returns."""

        def writing() -> Result:
            with translated(self.place), self._writing.begin() as db:
                return work(db, *given)

        return await asyncio.get_running_loop().run_in_executor(self._writer, writing)

    async def wipe(self) -> None:
        """Carry everything over from the write-ahead log and empty it.

        Deleted rows are overwritten in the file itself (`secure_delete`); the log holds older
        states of its pages. A `DatabaseLocked` if somebody goes on reading it.
        """

        def wiping() -> bool:
            with translated(self.place), self.engine.connect() as db:
                # Outside of any transaction, where SQLAlchemy would begin one.
                cursor = db.connection.cursor()
                (patience,) = cursor.execute("PRAGMA busy_timeout").fetchone()
                cursor.execute(f"PRAGMA busy_timeout = {_WIPING}")
                try:
                    cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                    (busy, *_) = cursor.fetchone() or (1,)
                finally:
                    cursor.execute(f"PRAGMA busy_timeout = {patience}")
                return bool(busy)

        if await asyncio.get_running_loop().run_in_executor(self._writer, wiping):
            raise DatabaseLocked(self.place)

    @asynccontextmanager
    async def only_bot(self) -> AsyncIterator[None]:
        """Hold a lock on a file beside the database."""
        lock = FileLock(f"{self.place}.bot.lock", thread_local=False)
        try:
            await asyncio.to_thread(lock.acquire, timeout=0)
        except Timeout as error:
            raise AnotherBotRuns(self.place) from error
        except OSError as error:
            raise DatabaseNotWritable(self.place) from error
        try:
            yield
        finally:
            lock.release()

    async def aclose(self) -> None:
        """Finish what has been begun and close every connection."""
        for threads in (self._readers, self._writer):
            await asyncio.to_thread(threads.shutdown)
        self.engine.dispose()


async def open_sqlite(address: URL, patience: float) -> SqliteDatabase:
    """Open the file, make it if there is none, and bring its schema up to date.

    `patience` is how many seconds to wait for other programs that hold the file.
    """
    return await asyncio.to_thread(_open, address, patience)


def _open(address: URL, patience: float) -> SqliteDatabase:
    place = str(address.database)
    _make_file(place)
    engine = _engine(address, patience)
    try:
        with translated(place):
            with engine.execution_options(**_WRITING).begin() as db:
                current = is_up_to_date(db)
            if not current:
                _upgrade(address, patience, place)
    except BaseException:
        engine.dispose()
        raise
    return SqliteDatabase(place, engine, engine.execution_options(**_WRITING))


def _upgrade(address: URL, patience: float, place: str) -> None:
    """Run the migrations in one transaction.

    Foreign keys are off on this connection: SQLite changes a table by copying and dropping it,
    and the drop would delete what hangs on its rows.
    """
    engine = _engine(address, patience, foreign_keys=False)
    try:
        with engine.execution_options(**_WRITING).begin() as db:
            upgrade(db, place)
    finally:
        engine.dispose()


def _make_file(place: str) -> None:
    """Make the file and its folder if they are not there.

    Only the owner may look in: the file holds what learners wrote. SQLite gives the files that it
    makes beside it the same mode.
    """
    try:
        Path(place).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Never a file that is there: closing it would end the locks that SQLite holds on it.
        with suppress(FileExistsError):
            os.close(os.open(place, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except OSError as error:
        raise DatabaseNotWritable(place) from error


def _engine(address: URL, patience: float, foreign_keys: bool = True) -> Engine:
    engine = create_engine(
        address.set(drivername="sqlite+pysqlite"),
        connect_args={
            "timeout": patience,
            # Otherwise the driver decides on its own when to begin.
            "isolation_level": None,
            # The pool hands a connection from one thread to the next, never to two at once.
            "check_same_thread": False,
        },
        json_serializer=to_json,
        # What learners wrote is for no traceback.
        hide_parameters=True,
    )
    event.listen(engine, "connect", partial(_prepare, foreign_keys=foreign_keys))
    event.listen(engine, "begin", _begin)
    return engine


def _prepare(
    connection: DBAPIConnection, _entry: ConnectionPoolEntry, *, foreign_keys: bool
) -> None:
    cursor = connection.cursor()
    try:
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute("PRAGMA synchronous = FULL")
        cursor.execute("PRAGMA secure_delete = ON")
        cursor.execute(f"PRAGMA foreign_keys = {'ON' if foreign_keys else 'OFF'}")
    except BaseException:
        connection.close()  # The pool does not know this connection yet.
        raise
    cursor.close()


def _begin(connection: Connection) -> None:
    """A writer takes the lock at once: taken later, SQLite refuses it instead of waiting."""
    connection.exec_driver_sql(connection.get_execution_options().get("begin", "BEGIN"))
