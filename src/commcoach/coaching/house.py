"""Everything that is kept, as one thing to hand around."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from commcoach.coaching.calibrating import Calibrations
from commcoach.coaching.enrolment import Enrolment, People
from commcoach.coaching.keeping import Keeping
from commcoach.coaching.mail import Chats, Inbox, Outbox
from commcoach.coaching.publishing import Publications, Publishing
from commcoach.coaching.records import Audit, ModelCalls
from commcoach.coaching.releasing import Releases
from commcoach.coaching.review import Review, Reviews
from commcoach.coaching.sessions import Sessions


@dataclass(frozen=True, slots=True)
class House:
    """Everything that is kept, behind its ports; `place` is where, as people are told."""

    place: str
    now: Callable[[], datetime]
    sessions: Sessions
    people: People
    reviews: Reviews
    audit: Audit
    calls: ModelCalls
    releases: Releases
    publications: Publications
    calibrations: Calibrations
    keeping: Keeping
    inbox: Inbox
    outbox: Outbox
    chats: Chats

    def enrolment(self) -> Enrolment:
        """The use cases around coming and going."""
        return Enrolment(self.people, self.audit, self.now)

    def review(self) -> Review:
        """The use cases around corrections."""
        return Review(self.reviews, self.sessions, self.audit, self.now)

    def publishing(self) -> Publishing:
        """The use cases around publications."""
        return Publishing(self.publications, self.releases)
