"""What all tables have in common: names of constraints, and how times, texts and JSON are kept."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, ClassVar
from uuid import uuid4

from sqlalchemy import JSON, BigInteger, DateTime, Dialect, Integer, MetaData, Text, TypeDecorator
from sqlalchemy.orm import DeclarativeBase

NAMING = {
    "pk": "pk_%(table_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
}


class Utc(TypeDecorator[datetime]):
    """A time in UTC, aware in Python also where the database forgets the time zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Any aware time as UTC; a `ValueError` if it does not say its time zone."""
        if value is None:
            return None
        if value.utcoffset() is None:
            raise ValueError(value)
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """The stored time, marked as UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class _WithoutNul(TypeDecorator[str]):
    """A text for PostgreSQL, which refuses the character NUL; written with an escape instead."""

    impl = Text
    cache_ok = True

    # A character for private use, which hardly any text holds; where one does, it is doubled up.
    _ESCAPE = "\U0010fffd"

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """The text without NUL."""
        if value is None:
            return None
        return value.replace(self._ESCAPE, self._ESCAPE + "1").replace("\x00", self._ESCAPE + "0")

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        """The text as it was."""
        if value is None:
            return None
        return value.replace(self._ESCAPE + "0", "\x00").replace(self._ESCAPE + "1", self._ESCAPE)


Words = Text().with_variant(_WithoutNul(), "postgresql")
"""Any text, kept letter by letter."""

Json = JSON(none_as_null=True)
"""`None` is an empty column: what has not arrived is told from what came out empty."""

Number = BigInteger().with_variant(Integer, "sqlite")
"""A number of up to 64 bits; SQLite counts rows up only in a column of its own type."""


class Base(DeclarativeBase):
    """What all tables have in common: constraints carry names, so migrations can change them.

    The classes describe tables; statements run on a connection and give plain rows.
    """

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar[dict[type, Any]] = {str: Words, datetime: Utc}


def opaque_id() -> str:
    """An id that says nothing about what it names."""
    return uuid4().hex
