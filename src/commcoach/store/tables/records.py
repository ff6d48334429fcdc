"""The tables of records: corrections, objections, calls of models, the audit trail, releases.

And what belongs to releases: their publications, and what examining their criteria found.
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


class ExaminationRow(Base):
    """A release examined by an engine, in order; `model` is empty if there was none."""

    __tablename__ = "examinations"
    __table_args__ = (Index(None, "release"),)

    place: Mapped[int] = mapped_column(Number, primary_key=True)
    release: Mapped[str] = mapped_column(ForeignKey("releases.id"))
    engine: Mapped[str]
    version: Mapped[str]
    model: Mapped[str]
    examined_at: Mapped[datetime]
    author: Mapped[str]


class FindingRow(Base):
    """What an examination found for one criterion; empty is what it did not look for."""

    __tablename__ = "findings"

    examination: Mapped[int] = mapped_column(ForeignKey("examinations.place"), primary_key=True)
    criterion: Mapped[str] = mapped_column(primary_key=True)
    fitting: Mapped[dict[str, Any] | None] = mapped_column(Json)
    verdict: Mapped[dict[str, Any] | None] = mapped_column(Json)
