"""Coming and going: meeting a learner, consent, language, joining a cohort, leaving for good."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from commcoach.coaching.records import Audit, Entry, record_once
from commcoach.domain.language import Language
from commcoach.domain.people import Cohort, Consent, Invitation, Learner


class People(Protocol):
    """Keeps learners, cohorts and invitations; every write is committed before it returns."""

    async def add(self, learner: Learner) -> None:
        """Keep a new learner; one that is known already stays as it is."""
        ...

    async def get(self, id: str) -> Learner | None:
        """The learner with this id."""
        ...

    async def save(self, learner: Learner) -> None:
        """Keep a changed learner; a consent given earlier stays on record beside the new one."""
        ...

    async def consents(self, learner: str) -> list[Consent]:
        """All that a learner ever agreed to, oldest first."""
        ...

    async def add_cohort(self, cohort: Cohort) -> bool:
        """Keep a new cohort; `False` if the id is taken."""
        ...

    async def cohorts(self) -> list[Cohort]:
        """All cohorts with the number of their learners, oldest first."""
        ...

    async def invite(self, invitation: Invitation) -> None:
        """Keep an invitation; `UnknownCohort` if there is no such cohort."""
        ...

    async def invitation(self, token: str) -> Invitation | None:
        """The invitation of this token."""
        ...

    async def join(self, learner: str, cohort: str, at: datetime) -> bool:
        """Put a learner into a cohort; `False` if it was there already."""
        ...

    async def cohorts_of(self, learner: str) -> list[Cohort]:
        """The cohorts of a learner, the one joined first in front."""
        ...


class UnknownCohort(Exception):
    """There is no cohort with this id."""

    def __init__(self, cohort: str) -> None:
        super().__init__(self.__doc__)
        self.cohort = cohort


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What the use cases work with."""

    people: People
    audit: Audit
    now: Callable[[], datetime]


async def meet(enrolment: Enrolment, id: str, language: Language) -> Learner:
    """The learner with this id, known or new."""
    known = await enrolment.people.get(id)
    if known is not None:
        return known
    learner = Learner(id, language, enrolment.now())
    await enrolment.people.add(learner)
    return learner


async def agree(enrolment: Enrolment, learner: Learner, consent: str) -> Learner:
    """Record the consent; a second time changes nothing."""
    now = enrolment.now()
    if not learner.has_agreed_to(consent):
        learner = replace(learner, consent=consent, consented_at=now)
        await enrolment.people.save(learner)
    entry = Entry(now, learner.id, "consented", learner.id, consent)
    await record_once(enrolment.audit, entry)
    return learner


async def speak(enrolment: Enrolment, learner: Learner, language: Language) -> Learner:
    """Record the language that a learner wants to be addressed in."""
    changed = replace(learner, language=language)
    await enrolment.people.save(changed)
    return changed


async def join_cohort(enrolment: Enrolment, learner: Learner, token: str) -> Cohort | None:
    """Join the cohort that a token invites to; `None` if the token is not valid.

    Joining twice changes nothing.
    """
    invitation = await enrolment.people.invitation(token)
    if invitation is None or not invitation.valid_at(enrolment.now()):
        return None
    await enrolment.people.join(learner.id, invitation.cohort, enrolment.now())
    entry = Entry(enrolment.now(), learner.id, "joined", invitation.cohort)
    await record_once(enrolment.audit, entry)
    joined = await enrolment.people.cohorts_of(learner.id)
    return next((one for one in joined if one.id == invitation.cohort), None)
