"""How a database is opened by its URL."""

from __future__ import annotations

import re

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from commcoach.coaching.storage import DatabaseUnknown
from commcoach.store.database import Database

PATIENCE = 2.0
"""Seconds to wait for another writer before the database counts as locked."""


async def open_database(url: str, patience: float = PATIENCE) -> Database:
    """Open the database and bring its schema up to date; an SQLite file is made if there is none.

    `url` is an SQLAlchemy URL of PostgreSQL or of an SQLite file; a driver that it names is left
    out of account. Every failure is a `DatabaseUnusable`; a database that cannot be written to is
    refused here and not at the first reply.
    """
    address = _address(url)
    # Each kind is imported where it is needed: a command pays only for the one it uses.
    if _is_sqlite(address):
        from commcoach.store.sqlite import open_sqlite

        return await open_sqlite(address, patience)
    from commcoach.store.postgresql import open_postgresql

    return await open_postgresql(address, patience)


def _address(url: str) -> URL:
    try:
        address = make_url(url)
        known = address.get_backend_name() in ("sqlite", "postgresql")
    except (ArgumentError, ValueError) as error:
        raise DatabaseUnknown(_without_password(url)) from error
    if not known or (
        _is_sqlite(address)
        # A database in memory, on some host, or in a file that is opened in some special way.
        and (address.database in (None, "", ":memory:") or address.query or address.host)
    ):
        raise DatabaseUnknown(_without_password(url))
    return address


def _without_password(url: str) -> str:
    return re.sub(r"(://[^:/@]*:).*(?=@)", r"\1***", url)


def _is_sqlite(address: URL) -> bool:
    return address.get_backend_name() == "sqlite"
