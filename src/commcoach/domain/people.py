"""Who practises: learners, the consent they gave, the cohorts they belong to."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from commcoach.domain.language import Language

CONSENT_VERSION = "2"
"""Raised when the consent screen promises something else; learners are then asked anew."""


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
        version, *services = consent.split("+")
        agreed, *known = (self.consent or "").split("+")
        return agreed == version and set(services) <= set(known)


def may_become_cases(learner: Learner) -> bool:
    """Whether corrected replies of this learner may be kept as cases.

    Those who were told of it and agreed; and whoever was never asked, at this machine's terminal.
    """
    return learner.consent is None or learner.has_agreed_to(CONSENT_VERSION)


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
