"""Learners, cohorts and invitations in memory: for tests, and for trying things out."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime

from commcoach.coaching.enrolment import UnknownCohort
from commcoach.coaching.storage import UnknownLearner
from commcoach.domain.people import Cohort, Consent, Invitation, Learner


@dataclass(slots=True)
class InMemoryPeople:
    """Keeps people as long as the process lives, by the same rules as the database."""

    learners: dict[str, Learner] = field(default_factory=dict)
    given: list[tuple[str, str, datetime]] = field(default_factory=list)
    groups: dict[str, Cohort] = field(default_factory=dict)
    invitations: dict[str, Invitation] = field(default_factory=dict)
    members: dict[tuple[str, str], datetime] = field(default_factory=dict)

    async def add(self, learner: Learner) -> None:
        """Keep a new learner; one that is known already stays as it is."""
        if learner.id not in self.learners:
            self.learners[learner.id] = learner
            self._note_consent(learner)

    async def get(self, id: str) -> Learner | None:
        """The learner with this id."""
        return self.learners.get(id)

    async def save(self, learner: Learner) -> None:
        """Keep a changed learner; a consent given earlier stays on record beside the new one."""
        known = self.learners.get(learner.id)
        if known is None:
            raise UnknownLearner(learner.id)
        self._note_consent(learner)
        mine = [(at, version) for id, version, at in self.given if id == learner.id]
        at, version = max(mine, default=(None, None))
        self.learners[learner.id] = replace(
            known, language=learner.language, consent=version, consented_at=at
        )

    async def consents(self, learner: str) -> list[Consent]:
        """All that a learner ever agreed to, oldest first."""
        mine = sorted((at, version) for id, version, at in self.given if id == learner)
        return [Consent(version, at) for at, version in mine]

    async def add_cohort(self, cohort: Cohort) -> bool:
        """Keep a new cohort; `False` if the id is taken."""
        if cohort.id in self.groups:
            return False
        self.groups[cohort.id] = replace(cohort, learners=0)
        return True

    async def cohorts(self) -> list[Cohort]:
        """All cohorts with the number of their learners, oldest first."""
        found = [self._counted(id) for id in self.groups]
        return sorted(found, key=lambda one: (one.created_at, one.id))

    async def invite(self, invitation: Invitation) -> None:
        """Keep an invitation; `UnknownCohort` if there is no such cohort."""
        if invitation.cohort not in self.groups:
            raise UnknownCohort(invitation.cohort)
        self.invitations.setdefault(invitation.token, invitation)

    async def invitation(self, token: str) -> Invitation | None:
        """The invitation of this token."""
        return self.invitations.get(token)

    async def join(self, learner: str, cohort: str, at: datetime) -> bool:
        """Put a learner into a cohort; `False` if it was there already.

        `UnknownLearner` or `UnknownCohort` if one of them is not known.
        """
        if learner not in self.learners:
            raise UnknownLearner(learner)
        if cohort not in self.groups:
            raise UnknownCohort(cohort)
        if (learner, cohort) in self.members:
            return False
        self.members[learner, cohort] = at
        return True

    async def cohorts_of(self, learner: str) -> list[Cohort]:
        """The cohorts of a learner, the one joined first in front."""
        joined = [(at, cohort) for (id, cohort), at in self.members.items() if id == learner]
        return [self._counted(cohort) for _, cohort in sorted(joined)]

    def _counted(self, id: str) -> Cohort:
        return replace(self.groups[id], learners=sum(id == cohort for _, cohort in self.members))

    def _note_consent(self, learner: Learner) -> None:
        if learner.consent is not None and learner.consented_at is not None:
            consent = (learner.id, learner.consent, learner.consented_at)
            if consent not in self.given:
                self.given.append(consent)
