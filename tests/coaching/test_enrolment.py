"""Coming and going: consent once for each version, cohorts joined by token, all of it on record."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from commcoach.coaching.enrolment import Enrolment, agree, join_cohort, meet, speak
from commcoach.coaching.records import Audit, Entry
from commcoach.domain.language import Language
from commcoach.domain.people import CONSENT_VERSION, Cohort, Invitation
from commcoach.store.memory_people import InMemoryPeople
from commcoach.store.memory_records import InMemoryAudit
from tests.builders import NOON, days
from tests.shipped import Clock


def enrolment(audit: Audit | None = None) -> Enrolment:
    return Enrolment(InMemoryPeople(), audit or InMemoryAudit(), Clock())


async def actions(office: Enrolment) -> list[tuple[str, str, str]]:
    return [(one.who, one.action, one.subject) for one in await office.audit.entries()]


async def invite(office: Enrolment, token: str, expires_at: datetime | None = None) -> None:
    await office.people.add_cohort(Cohort("spring", "春季班", NOON))
    await office.people.invite(Invitation(token, "spring", NOON, expires_at))


class FailingOnce(InMemoryAudit):
    """An audit trail whose first entry is lost to a failure."""

    failed = False

    async def record(self, entry: Entry) -> None:
        if not self.failed:
            self.failed = True
            raise ConnectionError
        await super().record(entry)


async def test_somebody_new_is_known_from_then_on_and_has_agreed_to_nothing() -> None:
    office = enrolment()
    learner = await meet(office, "li", Language.EN)
    assert not learner.has_agreed_to(CONSENT_VERSION)
    assert await office.people.get("li") == learner


async def test_somebody_known_keeps_the_language_they_chose() -> None:
    office = enrolment()
    learner = await meet(office, "li", Language.ZH)
    changed = await speak(office, learner, Language.EN)
    assert await meet(office, "li", Language.ZH) == changed
    assert changed == replace(learner, language=Language.EN)


async def test_consent_is_kept_with_its_version_and_time_and_goes_on_record() -> None:
    office = enrolment()
    agreed = await agree(office, await meet(office, "li", Language.ZH), CONSENT_VERSION)
    assert agreed.has_agreed_to(CONSENT_VERSION)
    assert agreed.consented_at is not None
    assert await office.people.get("li") == agreed
    (entry,) = await office.audit.entries()
    assert (entry.who, entry.action, entry.subject) == ("li", "consented", "li")
    assert (entry.details, entry.at) == (CONSENT_VERSION, agreed.consented_at)


async def test_agreeing_twice_changes_nothing() -> None:
    office = enrolment()
    agreed = await agree(office, await meet(office, "li", Language.ZH), CONSENT_VERSION)
    assert await agree(office, agreed, CONSENT_VERSION) == agreed
    assert await office.people.get("li") == agreed
    assert len(await office.audit.entries()) == 1


async def test_a_consent_screen_that_promises_something_else_asks_anew() -> None:
    office = enrolment()
    agreed = await agree(office, await meet(office, "li", Language.ZH), CONSENT_VERSION)
    assert not agreed.has_agreed_to("next")
    again = await agree(office, agreed, "next")
    assert again.consent == "next"
    assert [one.details for one in await office.audit.entries()] == [CONSENT_VERSION, "next"]


async def test_a_token_lets_a_learner_join_and_that_goes_on_record() -> None:
    office = enrolment()
    await invite(office, "token")
    learner = await meet(office, "li", Language.ZH)
    cohort = await join_cohort(office, learner, "token")
    assert cohort is not None
    assert (cohort.title, cohort.learners) == ("春季班", 1)
    assert await actions(office) == [("li", "joined", "spring")]


async def test_joining_twice_is_joining_once() -> None:
    office = enrolment()
    await invite(office, "token")
    learner = await meet(office, "li", Language.ZH)
    first = await join_cohort(office, learner, "token")
    assert await join_cohort(office, learner, "token") == first
    assert await actions(office) == [("li", "joined", "spring")]


@pytest.mark.parametrize(("expires", "joins"), [(days(-1), False), (days(1), True), (None, True)])
async def test_an_expired_token_lets_nobody_in(expires: datetime | None, joins: bool) -> None:
    office = enrolment()
    await invite(office, "token", expires)
    learner = await meet(office, "li", Language.ZH)
    assert (await join_cohort(office, learner, "token") is not None) is joins
    assert len(await office.people.cohorts_of("li")) == joins
    assert len(await actions(office)) == joins


async def test_an_unknown_token_lets_nobody_in() -> None:
    office = enrolment()
    learner = await meet(office, "li", Language.ZH)
    assert await join_cohort(office, learner, "nonsense") is None
    assert await actions(office) == []


async def test_a_consent_cut_off_before_its_entry_goes_on_record_when_it_is_given_again() -> None:
    office = enrolment(FailingOnce())
    learner = await meet(office, "li", Language.ZH)
    with pytest.raises(ConnectionError):
        await agree(office, learner, CONSENT_VERSION)
    agreed = await agree(office, await meet(office, "li", Language.ZH), CONSENT_VERSION)
    assert agreed.has_agreed_to(CONSENT_VERSION)
    assert await actions(office) == [("li", "consented", "li")]


async def test_joining_that_was_cut_off_before_its_entry_goes_on_record_the_next_time() -> None:
    office = enrolment(FailingOnce())
    await invite(office, "token")
    learner = await meet(office, "li", Language.ZH)
    with pytest.raises(ConnectionError):
        await join_cohort(office, learner, "token")
    assert await join_cohort(office, learner, "token") is not None
    assert await actions(office) == [("li", "joined", "spring")]
