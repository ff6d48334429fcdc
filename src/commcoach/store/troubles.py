"""Which expected failure stands behind an error of the database or its driver."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, SQLAlchemyError, StatementError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from commcoach.coaching.storage import (
    DatabaseAccessDenied,
    DatabaseCorrupt,
    DatabaseFull,
    DatabaseLocked,
    DatabaseNotWritable,
    DatabaseUnknown,
    DatabaseUnreachable,
    DatabaseUnusable,
    RowUnreadable,
)

_SQLITE: dict[int, type[DatabaseUnusable]] = {
    sqlite3.SQLITE_BUSY: DatabaseLocked,
    sqlite3.SQLITE_LOCKED: DatabaseLocked,
    sqlite3.SQLITE_CORRUPT: DatabaseCorrupt,
    sqlite3.SQLITE_NOTADB: DatabaseCorrupt,
    sqlite3.SQLITE_READONLY: DatabaseNotWritable,
    sqlite3.SQLITE_CANTOPEN: DatabaseNotWritable,
    sqlite3.SQLITE_IOERR: DatabaseNotWritable,
    sqlite3.SQLITE_PERM: DatabaseNotWritable,
    sqlite3.SQLITE_FULL: DatabaseFull,
}
_POSTGRESQL: dict[str, type[DatabaseUnusable]] = {
    "08": DatabaseUnreachable,  # connection exceptions
    "25006": DatabaseNotWritable,  # read-only transaction: a standby server
    "28": DatabaseAccessDenied,
    "3D000": DatabaseUnknown,  # no such database
    "40001": DatabaseLocked,  # serialization failure
    "40P01": DatabaseLocked,  # deadlock
    "42501": DatabaseNotWritable,  # insufficient privilege
    "53100": DatabaseFull,
    "53300": DatabaseUnreachable,  # too many connections
    "55P03": DatabaseLocked,  # lock not available
    "57P": DatabaseUnreachable,  # the server stops, starts or has crashed
    "XX001": DatabaseCorrupt,
    "XX002": DatabaseCorrupt,
}
"""Failures by the code of SQLSTATE, or by how it begins."""
_NOT_CONNECTED: dict[str, type[DatabaseUnusable]] = {
    "password": DatabaseAccessDenied,
    "pg_hba.conf": DatabaseAccessDenied,
    "role ": DatabaseAccessDenied,
    "database ": DatabaseUnknown,
}
"""Failures by a word of the server; while connecting, the driver passes on words and no code."""


@contextmanager
def translated(place: str) -> Iterator[None]:
    """Every error of SQLAlchemy or SQLite inside comes out as a `DatabaseUnusable`.

    A value that cannot be written, such as a time without a time zone, is no trouble of the
    database: it stays a `ValueError`; a row that breaks a constraint stays an `IntegrityError`,
    for it would be refused again and again.
    """
    try:
        yield
    except (IntegrityError, DataError):
        raise
    except (SQLAlchemyError, sqlite3.Error) as error:
        if isinstance(error, StatementError) and isinstance(error.orig, ValueError):
            raise error.orig from error
        raise _trouble(error)(place) from error


@contextmanager
def decoded(place: str) -> Iterator[None]:
    """Rows that the program could not have written come out as `RowUnreadable`."""
    try:
        yield
    except (LookupError, TypeError, ValueError) as error:
        raise RowUnreadable(place) from error


@contextmanager
def belonging(unknown: Exception) -> Iterator[None]:
    """A row refused because what it belongs to is not there comes out as `unknown`."""
    try:
        yield
    except IntegrityError as error:
        if not _names_nothing(error):
            raise
        raise unknown from error


def _names_nothing(error: IntegrityError) -> bool:
    if isinstance(error.orig, sqlite3.Error):
        return error.orig.sqlite_errorcode == sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY
    return getattr(error.orig, "sqlstate", None) == "23503"


def _trouble(error: Exception) -> type[DatabaseUnusable]:
    cause = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(cause, sqlite3.Error):
        # The extended codes of SQLite carry the primary one in their lowest byte.
        return _SQLITE.get(getattr(cause, "sqlite_errorcode", 0) & 0xFF, DatabaseUnusable)
    if isinstance(cause, PoolTimeout):
        return DatabaseLocked
    state = getattr(cause, "sqlstate", None)
    if state is not None:
        found = (_POSTGRESQL.get(state[:length]) for length in (5, 3, 2))
        return next((one for one in found if one is not None), DatabaseUnusable)
    if isinstance(error, DBAPIError) and type(cause).__name__ in _CONNECTION_ERRORS:
        _, fatal, words = str(cause).partition("FATAL:")
        if not fatal:
            return DatabaseUnreachable
        found_words = (trouble for word, trouble in _NOT_CONNECTED.items() if word in words)
        return next(found_words, DatabaseUnreachable)
    return DatabaseUnusable


_CONNECTION_ERRORS = {"OperationalError", "ConnectionTimeout"}
"""Named and not imported: the driver is there only for those who use it."""
