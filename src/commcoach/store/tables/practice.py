"""The tables of practice: sessions, turns, scores with their evidence, replies set aside."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from commcoach.store.tables.base import Base, Json

_UNSCORED = text("gates IS NULL")


class SessionRow(Base):
    """A practice session, without its turns."""

    __tablename__ = "sessions"
    __table_args__ = (Index(None, "learner", "started_at"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    learner: Mapped[str] = mapped_column(ForeignKey("learners.id", ondelete="CASCADE"))
    scenario: Mapped[str]
    language: Mapped[str]
    release: Mapped[str]
    engine: Mapped[str]
    started_at: Mapped[datetime]
    opening: Mapped[str]
    closing: Mapped[str | None]
    summary: Mapped[str | None]
    ending: Mapped[str | None]
    ended_at: Mapped[datetime | None]


class TurnRow(Base):
    """A reply and what came of it; columns are empty until their part arrives.

    `gates`, `repairs`, `score_stand_in` and `scored_by` are filled together with the rows in
    `scores`: empty means no scorecard. `line_stand_in` comes with the line.
    """

    __tablename__ = "turns"
    __table_args__ = (
        UniqueConstraint("session_id", "number", "attempt"),
        UniqueConstraint("session_id", "message"),
        CheckConstraint("number >= 1", name="number"),
        CheckConstraint("attempt >= 1", name="attempt"),
        Index(
            "ix_turns_unscored",
            "taken_at",
            sqlite_where=_UNSCORED,
            postgresql_where=_UNSCORED,
        ),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    session_id: Mapped[str] = mapped_column(ForeignKey("sessions.id", ondelete="CASCADE"))
    number: Mapped[int]
    attempt: Mapped[int]
    context: Mapped[str]
    reply: Mapped[str]
    masked: Mapped[bool]
    taken_at: Mapped[datetime]
    message: Mapped[str | None]
    reading: Mapped[dict[str, Any] | None] = mapped_column(Json)
    reaction: Mapped[dict[str, Any] | None] = mapped_column(Json)
    line: Mapped[str | None]
    line_stand_in: Mapped[str | None]
    gates: Mapped[list[dict[str, Any]] | None] = mapped_column(Json)
    repairs: Mapped[list[str] | None] = mapped_column(Json)
    score_stand_in: Mapped[str | None]
    scored_by: Mapped[dict[str, Any] | None] = mapped_column(Json)


class ScoreRow(Base):
    """The score of one turn on one criterion; `level` and `expected` only if it was scored.

    `calibrated` only where a link led from `expected` to the graders' scale.
    """

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
    calibrated: Mapped[float | None]


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
    __table_args__ = (Index(None, "session_id"), UniqueConstraint("session_id", "message"))

    id: Mapped[str] = mapped_column(primary_key=True)
    session_id: Mapped[str] = mapped_column(ForeignKey("sessions.id", ondelete="CASCADE"))
    reply: Mapped[str]
    reason: Mapped[str]
    set_aside_at: Mapped[datetime]
    message: Mapped[str | None]
