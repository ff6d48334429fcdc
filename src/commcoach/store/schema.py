"""Which version of the schema the program needs, and when the migrations have to run."""

from __future__ import annotations

from sqlalchemy import Connection, inspect, text

NEEDED = "0007"
"""The newest revision in `migrations/versions`."""


def stored_version(connection: Connection) -> str | None:
    """The revision the database is at; `None` if it is empty."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    version: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return version


def is_up_to_date(connection: Connection) -> bool:
    """Whether the database is at the revision that the program needs."""
    return stored_version(connection) == NEEDED


def upgrade(connection: Connection, place: str) -> None:
    """Run the missing migrations in the connection's transaction.

    Another process may have been faster, so this looks again. A `DatabaseTooNew` if the database
    is at a revision that this program does not know.
    """
    if is_up_to_date(connection):
        return
    # Alembic takes longer to import than everything else here, and is hardly ever needed.
    from commcoach.store import migrating

    migrating.upgrade(connection, stored_version(connection), place)
