"""The tables of mail: what comes in, what goes out, and the chats between."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from commcoach.store.tables.base import Base, Json, Number

_UNSETTLED = text("settled_at IS NULL")
_WAITING = text("done_at IS NULL")


class InboxRow(Base):
    """An update; `about` is empty once it is settled. `place` is the order of arrival."""

    __tablename__ = "inbox"
    __table_args__ = (
        UniqueConstraint("bot", "update_id"),
        Index("ix_inbox_unsettled", "place", sqlite_where=_UNSETTLED, postgresql_where=_UNSETTLED),
    )

    place: Mapped[int] = mapped_column(Number, primary_key=True)
    bot: Mapped[int] = mapped_column(Number)
    update_id: Mapped[int] = mapped_column(Number)
    chat: Mapped[int | None] = mapped_column(Number)
    kind: Mapped[str]
    about: Mapped[dict[str, Any] | None] = mapped_column(Json)
    fault: Mapped[str | None]
    kept_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]


class OutboxRow(Base):
    """A message on its way; what it says is empty once it has arrived or never will."""

    __tablename__ = "outbox"
    __table_args__ = (
        UniqueConstraint("key"),
        CheckConstraint(
            "fate IN ('waiting', 'sending', 'sent', 'refused', 'blocked')", name="fate"
        ),
        Index(
            "ix_outbox_waiting", "chat", "place", sqlite_where=_WAITING, postgresql_where=_WAITING
        ),
        # A number names one message, also after the newest ones have been removed.
        {"sqlite_autoincrement": True},
    )

    place: Mapped[int] = mapped_column(Number, primary_key=True)
    key: Mapped[str]
    chat: Mapped[int] = mapped_column(Number)
    kind: Mapped[str]
    text: Mapped[str | None]
    buttons: Mapped[list[list[dict[str, str]]] | None] = mapped_column(Json)
    edits: Mapped[str | None]
    recipe: Mapped[dict[str, str] | None] = mapped_column(Json)
    hint: Mapped[bool]
    fleeting: Mapped[bool]
    promises: Mapped[str | None]
    fate: Mapped[str]
    tries: Mapped[int]
    unknown: Mapped[int]
    message_id: Mapped[int | None] = mapped_column(Number)
    fault: Mapped[str | None]
    queued_at: Mapped[datetime]
    tried_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]


class ChatRow(Base):
    """Where a learner talks to the bot."""

    __tablename__ = "chats"
    __table_args__ = (Index(None, "learner"), Index(None, "id"))

    bot: Mapped[int] = mapped_column(Number, primary_key=True, autoincrement=False)
    id: Mapped[int] = mapped_column(Number, primary_key=True, autoincrement=False)
    learner: Mapped[str] = mapped_column(ForeignKey("learners.id", ondelete="CASCADE"))
    session: Mapped[str | None]
    expects: Mapped[str]
    blocked: Mapped[bool]
    opened_at: Mapped[datetime]


class TallyRow(Base):
    """A number that goes on growing after what it counts has been removed."""

    __tablename__ = "tallies"

    name: Mapped[str] = mapped_column(primary_key=True)
    amount: Mapped[int] = mapped_column(Number)
