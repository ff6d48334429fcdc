"""The tables of records: corrections, objections, calls of models, the audit trail, releases.

And what belongs to releases: their publications, and the calibration links of their criteria.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from commcoach.store.tables.base import Base, Json, Number


class OverrideRow(Base):
    """A trainer's correction of one level; empty where nothing should be scored."""

    __tablename__ = "overrides"
    __table_args__ = (Index(None, "turn_id"),)

    place: Mapped[int] = mapped_column(Number, primary_key=True)
    turn_id: Mapped[str] = mapped_column(ForeignKey("turns.id", ondelete="CASCADE"))
    criterion: Mapped[str]
    level: Mapped[int | None]
    reason: Mapped[str]
    author: Mapped[str]
    made_at: Mapped[datetime]


class ContestRow(Base):
    """A learner's objection to a score; `criterion` is empty if it is about the whole."""

    __tablename__ = "contests"
    __table_args__ = (Index(None, "session_id"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    session_id: Mapped[str] = mapped_column(ForeignKey("sessions.id", ondelete="CASCADE"))
    criterion: Mapped[str]
    words: Mapped[str]
    contested_at: Mapped[datetime]


class ModelCallRow(Base):
    """One call of a model; session and learner are names only, for a call outlives a session."""

    __tablename__ = "model_calls"
    __table_args__ = (Index(None, "called_at"), Index(None, "learner"))

    place: Mapped[int] = mapped_column(Number, primary_key=True)
    called_at: Mapped[datetime]
    job: Mapped[str]
    provider: Mapped[str]
    model: Mapped[str]
    release: Mapped[str]
    prompt_hash: Mapped[str]
    prompt_tokens: Mapped[int]
    completion_tokens: Mapped[int]
    cached_tokens: Mapped[int]
    latency: Mapped[float]
    cost: Mapped[float | None]
    error: Mapped[str]
    session: Mapped[str | None]
    learner: Mapped[str | None]


class AuditRow(Base):
    """Who did what to whom."""

    __tablename__ = "audit"
    __table_args__ = (Index(None, "subject"),)

    place: Mapped[int] = mapped_column(Number, primary_key=True)
    happened_at: Mapped[datetime]
    who: Mapped[str]
    action: Mapped[str]
    subject: Mapped[str]
    details: Mapped[str]


class ReleaseRow(Base):
    """The manifest of a release; `files` maps paths to the hashes in `contents`."""

    __tablename__ = "releases"

    id: Mapped[str] = mapped_column(primary_key=True)
    parts: Mapped[dict[str, str]] = mapped_column(Json)
    files: Mapped[dict[str, str]] = mapped_column(Json)
    recorded_at: Mapped[datetime]
    author: Mapped[str]
    note: Mapped[str]


class ContentRow(Base):
    """The bytes of a content file, once for all releases that have it."""

    __tablename__ = "contents"

    sha256: Mapped[str] = mapped_column(primary_key=True)
    bytes: Mapped[bytes]


class PublicationRow(Base):
    """A release put in force; the one with the highest number is in force now."""

    __tablename__ = "publications"

    number: Mapped[int] = mapped_column(Number, primary_key=True, autoincrement=False)
    release: Mapped[str] = mapped_column(ForeignKey("releases.id"))
    published_at: Mapped[datetime]
    author: Mapped[str]
    note: Mapped[str]
    rolled_back: Mapped[bool]


class CalibrationRow(Base):
    """The link of one criterion for one engine; `model` is empty if there was none."""

    __tablename__ = "calibrations"

    release: Mapped[str] = mapped_column(ForeignKey("releases.id"), primary_key=True)
    engine: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[str] = mapped_column(primary_key=True)
    model: Mapped[str] = mapped_column(primary_key=True)
    criterion: Mapped[str] = mapped_column(primary_key=True)
    fitted_at: Mapped[datetime]
    choice: Mapped[dict[str, Any]] = mapped_column(Json)
