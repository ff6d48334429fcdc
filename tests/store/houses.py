"""Everything that is kept, behind its ports: in memory and in a database."""

from __future__ import annotations

from dataclasses import dataclass

from commcoach.coaching.calibrating import Calibrations
from commcoach.coaching.enrolment import People
from commcoach.coaching.keeping import Keeping
from commcoach.coaching.mail import Chats, Inbox, Outbox
from commcoach.coaching.publishing import Publications
from commcoach.coaching.records import Audit, ModelCalls
from commcoach.coaching.releasing import Releases
from commcoach.coaching.review import Reviews
from commcoach.coaching.sessions import Sessions
from commcoach.store.calibrations import SqlCalibrations
from commcoach.store.database import Database
from commcoach.store.keeping import SqlKeeping
from commcoach.store.mail import SqlChats, SqlInbox, SqlOutbox
from commcoach.store.memory import InMemorySessions
from commcoach.store.memory_calibrations import InMemoryCalibrations
from commcoach.store.memory_keeping import InMemoryKeeping
from commcoach.store.memory_mail import InMemoryMail
from commcoach.store.memory_people import InMemoryPeople
from commcoach.store.memory_publications import InMemoryPublications
from commcoach.store.memory_records import InMemoryAudit, InMemoryModelCalls, InMemoryReleases
from commcoach.store.memory_reviews import InMemoryReviews
from commcoach.store.people import SqlPeople
from commcoach.store.publications import SqlPublications
from commcoach.store.records import SqlAudit, SqlModelCalls
from commcoach.store.releases import SqlReleases
from commcoach.store.reviews import SqlReviews
from commcoach.store.sessions import SqlSessions
from tests.store.examples import Examples


@dataclass(frozen=True)
class House:
    """One implementation of every port."""

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


def in_memory() -> House:
    """The doubles."""
    people = InMemoryPeople()
    sessions = InMemorySessions(people=people)
    reviews = InMemoryReviews(sessions)
    audit = InMemoryAudit()
    calls = InMemoryModelCalls()
    mail = InMemoryMail()
    releases = InMemoryReleases()
    calibrations = InMemoryCalibrations(releases)
    return House(
        sessions=sessions,
        people=people,
        reviews=reviews,
        audit=audit,
        calls=calls,
        releases=releases,
        publications=InMemoryPublications(calibrations, audit),
        calibrations=calibrations,
        keeping=InMemoryKeeping(sessions, people, reviews, audit, calls, mail),
        inbox=mail.inbox,
        outbox=mail.outbox,
        chats=mail.chats,
    )


def in_sql(database: Database) -> House:
    """The repositories on one database."""
    return House(
        sessions=SqlSessions(database),
        people=SqlPeople(database),
        reviews=SqlReviews(database),
        audit=SqlAudit(database),
        calls=SqlModelCalls(database),
        releases=SqlReleases(database),
        publications=SqlPublications(database),
        calibrations=SqlCalibrations(database),
        keeping=SqlKeeping(database),
        inbox=SqlInbox(database),
        outbox=SqlOutbox(database),
        chats=SqlChats(database),
    )


async def with_learner(database: Database, examples: Examples) -> SqlSessions:
    """Sessions in a database that knows the learner of the examples."""
    await SqlPeople(database).add(examples.learner())
    return SqlSessions(database)
