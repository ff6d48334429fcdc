"""What every keeper of people promises, in memory and in a database."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from commcoach.coaching.enrolment import UnknownCohort
from commcoach.coaching.storage import UnknownLearner
from commcoach.domain.language import Language
from commcoach.domain.people import Cohort, Consent, Invitation
from tests.store.examples import START, Examples
from tests.store.houses import House

SPRING = Cohort("spring", "春季班", START)
DAY = timedelta(days=1)


async def test_a_learner_comes_back_as_it_was(house: House, examples: Examples) -> None:
    agreed = replace(examples.learner(), consent="1", consented_at=START + DAY)
    await house.people.add(agreed)
    assert await house.people.get("li") == agreed


async def test_an_unknown_learner_is_none(house: House) -> None:
    assert await house.people.get("nobody") is None


async def test_a_known_learner_is_not_added_again(house: House, examples: Examples) -> None:
    await house.people.add(examples.learner())
    again = replace(examples.learner(), language=Language.EN, consent="1", consented_at=START)
    await house.people.add(again)
    assert await house.people.get("li") == examples.learner()


async def test_a_change_of_language_keeps_the_consent(house: House, examples: Examples) -> None:
    agreed = replace(examples.learner(), consent="1", consented_at=START)
    await house.people.add(examples.learner())
    await house.people.save(agreed)
    await house.people.save(replace(examples.learner(), language=Language.EN))
    assert await house.people.get("li") == replace(agreed, language=Language.EN)


async def test_an_unknown_learner_is_not_saved(house: House, examples: Examples) -> None:
    with pytest.raises(UnknownLearner):
        await house.people.save(examples.learner())


async def test_the_newest_consent_is_the_learners(house: House, examples: Examples) -> None:
    await house.people.add(replace(examples.learner(), consent="1", consented_at=START))
    newer = replace(examples.learner(), consent="2", consented_at=START + DAY)
    await house.people.save(newer)
    assert await house.people.get("li") == newer


async def test_every_consent_stays_on_record(house: House, examples: Examples) -> None:
    await house.people.add(replace(examples.learner(), consent="1", consented_at=START))
    await house.people.add(examples.learner("wang"))
    for day in (1, 1, 2):
        agreed = replace(examples.learner(), consent=f"{day}", consented_at=START + day * DAY)
        await house.people.save(agreed)
    given = [Consent("1", START), Consent("1", START + DAY), Consent("2", START + 2 * DAY)]
    assert await house.people.consents("li") == given
    assert await house.people.consents("wang") == []


async def test_an_id_of_a_cohort_is_taken_once(house: House) -> None:
    assert await house.people.add_cohort(SPRING)
    assert not await house.people.add_cohort(replace(SPRING, title="另一个班"))
    assert await house.people.cohorts() == [SPRING]


async def test_cohorts_come_oldest_first_with_the_number_of_their_learners(
    house: House, examples: Examples
) -> None:
    autumn = Cohort("autumn", "秋季班", START - DAY)
    for cohort in (SPRING, autumn):
        await house.people.add_cohort(cohort)
    for learner in ("li", "wang"):
        await house.people.add(examples.learner(learner))
        await house.people.join(learner, "spring", START)
    assert await house.people.cohorts() == [autumn, replace(SPRING, learners=2)]


@pytest.mark.parametrize("expires_at", [None, START + DAY])
async def test_an_invitation_comes_back_as_it_was(house: House, expires_at: None) -> None:
    await house.people.add_cohort(SPRING)
    invitation = Invitation("token", "spring", START, expires_at)
    await house.people.invite(invitation)
    assert await house.people.invitation("token") == invitation
    assert await house.people.invitation("another") is None


async def test_nobody_is_invited_to_an_unknown_cohort(house: House) -> None:
    with pytest.raises(UnknownCohort) as refused:
        await house.people.invite(Invitation("token", "nowhere", START))
    assert refused.value.cohort == "nowhere"


async def test_a_learner_joins_a_cohort_once(house: House, examples: Examples) -> None:
    await house.people.add(examples.learner())
    await house.people.add_cohort(SPRING)
    assert await house.people.join("li", "spring", START)
    assert not await house.people.join("li", "spring", START + DAY)
    assert await house.people.cohorts_of("li") == [replace(SPRING, learners=1)]


async def test_only_the_known_join_and_only_what_is_known(house: House, examples: Examples) -> None:
    await house.people.add_cohort(SPRING)
    with pytest.raises(UnknownLearner):
        await house.people.join("li", "spring", START)
    await house.people.add(examples.learner())
    with pytest.raises(UnknownCohort):
        await house.people.join("li", "nowhere", START)


async def test_the_cohort_joined_first_is_in_front(house: House, examples: Examples) -> None:
    await house.people.add(examples.learner())
    for place, id in enumerate(("b", "c", "a")):
        await house.people.add_cohort(Cohort(id, id, START))
        await house.people.join("li", id, START + place * DAY)
    assert [cohort.id for cohort in await house.people.cohorts_of("li")] == ["b", "c", "a"]
    assert await house.people.cohorts_of("wang") == []
