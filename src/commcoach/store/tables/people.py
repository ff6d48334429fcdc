"""The tables of people: learners with their consents, cohorts, who was invited and who joined."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from commcoach.store.tables.base import Base


class LearnerRow(Base):
    """Somebody who practises."""

    __tablename__ = "learners"

    id: Mapped[str] = mapped_column(primary_key=True)
    language: Mapped[str]
    joined_at: Mapped[datetime]


class ConsentRow(Base):
    """One consent that a learner gave; the newest is the learner's."""

    __tablename__ = "consents"

    learner: Mapped[str] = mapped_column(
        ForeignKey("learners.id", ondelete="CASCADE"), primary_key=True
    )
    given_at: Mapped[datetime] = mapped_column(primary_key=True)
    version: Mapped[str] = mapped_column(primary_key=True)


class CohortRow(Base):
    """A group that practises together."""

    __tablename__ = "cohorts"

    id: Mapped[str] = mapped_column(primary_key=True)
    title: Mapped[str]
    created_at: Mapped[datetime]


class InvitationRow(Base):
    """A token that lets its holders join a cohort."""

    __tablename__ = "invitations"
    __table_args__ = (Index(None, "cohort"),)

    token: Mapped[str] = mapped_column(primary_key=True)
    cohort: Mapped[str] = mapped_column(ForeignKey("cohorts.id", ondelete="CASCADE"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]


class MembershipRow(Base):
    """A learner's place in a cohort."""

    __tablename__ = "memberships"
    __table_args__ = (Index(None, "cohort"),)

    learner: Mapped[str] = mapped_column(
        ForeignKey("learners.id", ondelete="CASCADE"), primary_key=True
    )
    cohort: Mapped[str] = mapped_column(
        ForeignKey("cohorts.id", ondelete="CASCADE"), primary_key=True
    )
    joined_at: Mapped[datetime]
