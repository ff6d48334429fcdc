"""The tables: what a row of each kind holds."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, ClassVar
from uuid import uuid4

from sqlalchemy import (
    JSON,
    CheckConstraint,
    DateTime,
    Dialect,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    MetaData,
    Text,
    TypeDecorator,
    UniqueConstraint,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

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
        """Any aware time as UTC."""
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """The stored time, marked as UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def opaque_id() -> str:
    """An id that says nothing about what it names."""
    return uuid4().hex


Json = JSON(none_as_null=True)
"""`None` is an empty column: what has not arrived is told from what came out empty."""


class Base(DeclarativeBase):
    """What all tables have in common: constraints carry names, so migrations can change them."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar[dict[type, Any]] = {str: Text, datetime: Utc}


class SessionRow(Base):
    """A practice session, without its turns."""

    __tablename__ = "sessions"
    __table_args__ = (Index(None, "learner", "started_at"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    learner: Mapped[str]
    scenario: Mapped[str]
    language: Mapped[str]
    release: Mapped[str]
    engine: Mapped[str]
    started_at: Mapped[datetime]
    opening: Mapped[str]
    closing: Mapped[str | None]
    ending: Mapped[str | None]
    ended_at: Mapped[datetime | None]

    turns: Mapped[list[TurnRow]] = relationship(
        lazy="raise", order_by="TurnRow.number, TurnRow.attempt", passive_deletes=True
    )


class TurnRow(Base):
    """A reply and what came of it; columns are empty until their part arrives.

    `gates` and `repairs` are filled together with the rows in `scores`: empty means no scorecard.
    """

    __tablename__ = "turns"
    __table_args__ = (
        UniqueConstraint("session_id", "number", "attempt"),
        CheckConstraint("number >= 1", name="number"),
        CheckConstraint("attempt >= 1", name="attempt"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    session_id: Mapped[str] = mapped_column(ForeignKey("sessions.id", ondelete="CASCADE"))
    number: Mapped[int]
    attempt: Mapped[int]
    context: Mapped[str]
    reply: Mapped[str]
    masked: Mapped[bool]
    reading: Mapped[dict[str, Any] | None] = mapped_column(Json)
    reaction: Mapped[dict[str, Any] | None] = mapped_column(Json)
    line: Mapped[str | None]
    gates: Mapped[list[dict[str, Any]] | None] = mapped_column(Json)
    repairs: Mapped[list[str] | None] = mapped_column(Json)

    scores: Mapped[list[ScoreRow]] = relationship(
        lazy="raise", order_by="ScoreRow.position", passive_deletes=True
    )


class ScoreRow(Base):
    """The score of one turn on one criterion; `level` and `expected` only if it was scored."""

    __tablename__ = "scores"
    __table_args__ = (
        CheckConstraint("status IN ('scored', 'not_applicable', 'unscored')", name="status"),
        CheckConstraint(
            "(status = 'scored') = (level IS NOT NULL)"
            " AND (status = 'scored') = (expected IS NOT NULL)",
            name="level_only_if_scored",
        ),
    )

    turn_id: Mapped[str] = mapped_column(
        ForeignKey("turns.id", ondelete="CASCADE"), primary_key=True
    )
    criterion: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int]
    status: Mapped[str]
    level: Mapped[int | None]
    expected: Mapped[float | None]
    probabilities: Mapped[dict[str, float] | None] = mapped_column(Json)
    rationale: Mapped[str]

    evidence: Mapped[list[EvidenceRow]] = relationship(
        lazy="raise", order_by="EvidenceRow.position", passive_deletes=True
    )


class EvidenceRow(Base):
    """One quote behind a level; offsets count code points of its source, half open."""

    __tablename__ = "evidence"
    __table_args__ = (
        ForeignKeyConstraint(
            ["turn_id", "criterion"], ["scores.turn_id", "scores.criterion"], ondelete="CASCADE"
        ),
        CheckConstraint("source IN ('reply', 'context')", name="source"),
    )

    turn_id: Mapped[str] = mapped_column(primary_key=True)
    criterion: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    quote: Mapped[str]
    start_offset: Mapped[int]
    end_offset: Mapped[int]
    source: Mapped[str]


class SetAsideRow(Base):
    """A reply that did not become a turn, and why."""

    __tablename__ = "set_aside_replies"
    __table_args__ = (Index(None, "session_id"),)

    id: Mapped[str] = mapped_column(primary_key=True, default=opaque_id)
    session_id: Mapped[str] = mapped_column(ForeignKey("sessions.id", ondelete="CASCADE"))
    reply: Mapped[str]
    reason: Mapped[str]
    set_aside_at: Mapped[datetime]
