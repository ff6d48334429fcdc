"""Who practises: learners, the consent they gave, the cohorts they belong to."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from commcoach.domain.language import Language

CONSENT_VERSION = "2"
"""Raised when the consent screen promises something else; learners are then asked anew."""
SAYS_OF_CASES = 2
"""The first version of the consent screen that says that corrected replies may become cases."""


def consent_needed(services: Collection[str]) -> str:
    """What a learner must have agreed to where replies go to these services elsewhere."""
    return "+".join((CONSENT_VERSION, *sorted(services)))


@dataclass(frozen=True, slots=True)
class Learner:
    """Somebody who practises; no name is kept, only what practice needs."""

    id: str
    language: Language
    joined_at: datetime
    consent: str | None = None
    consented_at: datetime | None = None

    def has_agreed_to(self, consent: str) -> bool:
        """Whether the learner agreed to this, maybe with further services besides."""
        same = consent.partition("+")[0] == (self.consent or "").partition("+")[0]
        return same and not self.new_services(consent)

    @property
    def knows_of_cases(self) -> bool:
        """Whether the learner agreed to a screen that says that corrected replies become cases."""
        return _says_of_cases(self.consent or "")

    def new_services(self, consent: str) -> frozenset[str]:
        """The services of this consent that the learner has not agreed to."""
        return _services(consent) - _services(self.consent or "")


def _services(consent: str) -> frozenset[str]:
    return frozenset(consent.split("+")[1:])


def _says_of_cases(consent: str) -> bool:
    version = consent.partition("+")[0]
    return version.isdecimal() and int(version) >= SAYS_OF_CASES


@dataclass(frozen=True, slots=True)
class Consent:
    """What a learner agreed to, and when."""

    version: str
    given_at: datetime


class NoCases(StrEnum):
    """Why corrected replies of a session must not be kept as cases."""

    NEVER_ASKED = "never_asked"
    NOT_AGREED = "not_agreed"
    BEGUN_BEFORE = "begun_before"


def why_no_cases(consents: Iterable[Consent], started_at: datetime) -> NoCases | None:
    """What forbids making cases of a session; `None` if nothing does.

    `consents` are all that its learner ever gave. A consent holds from then on only: a session
    that began before the learner knew of this use stays out, to its last reply.
    """
    given = list(consents)
    if not given:
        return NoCases.NEVER_ASKED
    fitting = [one.given_at for one in given if _says_of_cases(one.version)]
    if not fitting:
        return NoCases.NOT_AGREED
    return NoCases.BEGUN_BEFORE if started_at < min(fitting) else None


@dataclass(frozen=True, slots=True)
class Cohort:
    """A group that practises together, for example one training course."""

    id: str
    title: str
    created_at: datetime
    learners: int = 0


@dataclass(frozen=True, slots=True)
class Invitation:
    """A token that lets its holders join a cohort until it expires."""

    token: str
    cohort: str
    created_at: datetime
    expires_at: datetime | None = None

    def valid_at(self, moment: datetime) -> bool:
        """Whether it can still be used."""
        return self.expires_at is None or moment < self.expires_at
