"""Which expected failure stands behind an error of the database or its driver."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from commcoach.coaching.storage import (
    DatabaseCorrupt,
    DatabaseFull,
    DatabaseLocked,
    DatabaseNotWritable,
    DatabaseUnusable,
)

_BY_CODE: dict[int, type[DatabaseUnusable]] = {
    sqlite3.SQLITE_BUSY: DatabaseLocked,
    sqlite3.SQLITE_LOCKED: DatabaseLocked,
    sqlite3.SQLITE_CORRUPT: DatabaseCorrupt,
    sqlite3.SQLITE_NOTADB: DatabaseCorrupt,
    sqlite3.SQLITE_READONLY: DatabaseNotWritable,
    sqlite3.SQLITE_CANTOPEN: DatabaseNotWritable,
    sqlite3.SQLITE_PERM: DatabaseNotWritable,
    sqlite3.SQLITE_FULL: DatabaseFull,
}


@contextmanager
def translated(place: str) -> Iterator[None]:
    """Every error of SQLAlchemy or SQLite inside comes out as a `DatabaseUnusable`."""
    try:
        yield
    except (SQLAlchemyError, sqlite3.Error) as error:
        raise _trouble(error)(place) from error


@contextmanager
def decoded(place: str) -> Iterator[None]:
    """Rows that the program could not have written come out as `DatabaseCorrupt`."""
    try:
        yield
    except (LookupError, TypeError, ValueError) as error:
        raise DatabaseCorrupt(place) from error


def _trouble(error: Exception) -> type[DatabaseUnusable]:
    cause = error.orig if isinstance(error, DBAPIError) else error
    # The extended codes of SQLite carry the primary one in their lowest byte.
    code = getattr(cause, "sqlite_errorcode", 0) & 0xFF
    return _BY_CODE.get(code, DatabaseUnusable)
