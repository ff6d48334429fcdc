"""Learners, cohorts and invitations in the database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, select, update

from commcoach.coaching.enrolment import UnknownCohort
from commcoach.coaching.storage import UnknownLearner
from commcoach.domain.language import Language
from commcoach.domain.people import Cohort, Consent, Invitation, Learner
from commcoach.store.database import Database
from commcoach.store.statements import insert_new
from commcoach.store.tables.people import (
    CohortRow,
    ConsentRow,
    InvitationRow,
    LearnerRow,
    MembershipRow,
)
from commcoach.store.troubles import belonging, decoded

_LEARNER = (
    select(LearnerRow, ConsentRow.version, ConsentRow.given_at)
    .outerjoin(ConsentRow, ConsentRow.learner == LearnerRow.id)
    .where(LearnerRow.id == bindparam("who"))
    .order_by(ConsentRow.given_at.desc(), ConsentRow.version.desc())
    .limit(1)
)
_LEARNERS = (
    select(func.count())
    .where(MembershipRow.cohort == CohortRow.id)
    .correlate(CohortRow)
    .scalar_subquery()
)
_COHORTS = select(CohortRow, _LEARNERS.label("learners"))


@dataclass(frozen=True, slots=True)
class SqlPeople:
    """Keeps people; every write is one short transaction, committed before it returns."""

    database: Database

    async def add(self, learner: Learner) -> None:
        """Keep a new learner; one that is known already stays as it is."""
        await self.database.write(_add, learner)

    async def get(self, id: str) -> Learner | None:
        """The learner with this id."""
        with decoded(self.database.place):
            return await self.database.read(_get, id)

    async def save(self, learner: Learner) -> None:
        """Keep a changed learner; a consent given earlier stays on record beside the new one.

        `UnknownLearner` if the learner is not known.
        """
        await self.database.write(_save, learner)

    async def consents(self, learner: str) -> list[Consent]:
        """All that a learner ever agreed to, oldest first."""
        return await self.database.read(_consents, learner)

    async def add_cohort(self, cohort: Cohort) -> bool:
        """Keep a new cohort; `False` if the id is taken."""
        return await self.database.write(_add_cohort, cohort)

    async def cohorts(self) -> list[Cohort]:
        """All cohorts with the number of their learners, oldest first."""
        return await self.database.read(_cohorts)

    async def invite(self, invitation: Invitation) -> None:
        """Keep an invitation; `UnknownCohort` if there is no such cohort."""
        await self.database.write(_invite, invitation)

    async def invitation(self, token: str) -> Invitation | None:
        """The invitation of this token."""
        return await self.database.read(_invitation, token)

    async def join(self, learner: str, cohort: str, at: datetime) -> bool:
        """Put a learner into a cohort; `False` if it was there already.

        `UnknownLearner` or `UnknownCohort` if one of them is not known.
        """
        return await self.database.write(_join, learner, cohort, at)

    async def cohorts_of(self, learner: str) -> list[Cohort]:
        """The cohorts of a learner, the one joined first in front."""
        return await self.database.read(_cohorts_of, learner)


def _add(db: Connection, learner: Learner) -> None:
    values = {
        "id": learner.id,
        "language": learner.language.value,
        "joined_at": learner.joined_at,
    }
    if db.execute(insert_new(db, LearnerRow), values).rowcount:
        _note_consent(db, learner)


def _get(db: Connection, id: str) -> Learner | None:
    row: Any = db.execute(_LEARNER, {"who": id}).one_or_none()
    if row is None:
        return None
    return Learner(row.id, Language(row.language), row.joined_at, row.version, row.given_at)


def _save(db: Connection, learner: Learner) -> None:
    this = update(LearnerRow).where(LearnerRow.id == learner.id)
    if not db.execute(this.values(language=learner.language.value)).rowcount:
        raise UnknownLearner(learner.id)
    _note_consent(db, learner)


def _note_consent(db: Connection, learner: Learner) -> None:
    if learner.consent is not None and learner.consented_at is not None:
        given = {
            "learner": learner.id,
            "version": learner.consent,
            "given_at": learner.consented_at,
        }
        db.execute(insert_new(db, ConsentRow), given)


def _consents(db: Connection, learner: str) -> list[Consent]:
    given = select(ConsentRow).where(ConsentRow.learner == learner)
    rows: Any = db.execute(given.order_by(ConsentRow.given_at, ConsentRow.version))
    return [Consent(row.version, row.given_at) for row in rows]


def _add_cohort(db: Connection, cohort: Cohort) -> bool:
    values = {"id": cohort.id, "title": cohort.title, "created_at": cohort.created_at}
    return db.execute(insert_new(db, CohortRow), values).rowcount > 0


def _cohorts(db: Connection) -> list[Cohort]:
    rows = db.execute(_COHORTS.order_by(CohortRow.created_at, CohortRow.id))
    return [_cohort_from(row) for row in rows]


def _invite(db: Connection, invitation: Invitation) -> None:
    values = {
        "token": invitation.token,
        "cohort": invitation.cohort,
        "created_at": invitation.created_at,
        "expires_at": invitation.expires_at,
    }
    with belonging(UnknownCohort(invitation.cohort)):
        db.execute(insert_new(db, InvitationRow), values)


def _invitation(db: Connection, token: str) -> Invitation | None:
    wanted = select(InvitationRow).where(InvitationRow.token == token)
    row: Any = db.execute(wanted).one_or_none()
    if row is None:
        return None
    return Invitation(row.token, row.cohort, row.created_at, row.expires_at)


def _join(db: Connection, learner: str, cohort: str, at: datetime) -> bool:
    if db.scalar(select(LearnerRow.id).where(LearnerRow.id == learner)) is None:
        raise UnknownLearner(learner)
    values = {"learner": learner, "cohort": cohort, "joined_at": at}
    with belonging(UnknownCohort(cohort)):
        return db.execute(insert_new(db, MembershipRow), values).rowcount > 0


def _cohorts_of(db: Connection, learner: str) -> list[Cohort]:
    rows = db.execute(
        _COHORTS.join(MembershipRow, MembershipRow.cohort == CohortRow.id)
        .where(MembershipRow.learner == learner)
        .order_by(MembershipRow.joined_at, CohortRow.id)
    )
    return [_cohort_from(row) for row in rows]


def _cohort_from(row: Any) -> Cohort:
    return Cohort(row.id, row.title, row.created_at, row.learners)
