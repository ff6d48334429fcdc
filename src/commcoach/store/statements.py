"""Statements that SQLite and PostgreSQL write alike and SQLAlchemy spells apart."""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import Connection, Executable
from sqlalchemy.dialects import postgresql, sqlite

from commcoach.store.tables.base import Base

# `Any`, because the two classes have the same methods and no ancestor that has them.
_INSERT: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


def insert_new(db: Connection, table: type[Base]) -> Executable:
    """Insert rows, except those whose key is there already; `rowcount` tells how many."""
    return _insert_new(db.dialect.name, table)


def insert_or_update(db: Connection, table: type[Base], *changed: str) -> Executable:
    """Insert a row; if its primary key is there already, change these columns of it instead."""
    return _insert_or_update(db.dialect.name, table, changed)


# Made once each: what SQLAlchemy finds out about a statement, it notes in the statement.


@cache
def _insert_new(dialect: str, table: type[Base]) -> Executable:
    statement: Executable = _INSERT[dialect](table).on_conflict_do_nothing()
    # SQLAlchemy does not ask the driver how many rows an INSERT made, unless it is told to.
    return statement.execution_options(preserve_rowcount=True)


@cache
def _insert_or_update(dialect: str, table: type[Base], changed: tuple[str, ...]) -> Executable:
    insert = _INSERT[dialect](table)
    statement: Executable = insert.on_conflict_do_update(
        index_elements=list(table.__table__.primary_key),
        set_={name: insert.excluded[name] for name in changed},
    )
    return statement
