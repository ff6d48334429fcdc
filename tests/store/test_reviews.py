"""What every keeper of corrections and objections promises, in memory and in a database."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from commcoach.coaching.review import Contest, Listed, UnknownTurn
from commcoach.coaching.storage import UnknownSession
from commcoach.domain.dialogue import Ending
from commcoach.domain.people import Cohort
from commcoach.domain.score import Override
from tests.store.examples import START, Examples
from tests.store.houses import House

OVERRIDE = Override(1, 1, "reflecting", 2, "只复述了一半", "chen", START)
CONTEST = Contest("c1", "s1", "reflecting", "我觉得我说清楚了。", START)


@pytest.fixture
async def reviewed(house: House, examples: Examples) -> House:
    """A store with a session of three turns, one of them a rewrite."""
    for learner in ("li", "wang"):
        await house.people.add(examples.learner(learner))
    await house.sessions.add(examples.session())
    for turn in (examples.whole(1), examples.whole(1, 2), examples.reply(2)):
        await house.sessions.save_turn("s1", turn)
    return house


async def test_corrections_come_with_their_turn_in_the_order_they_were_made(
    reviewed: House,
) -> None:
    later = replace(OVERRIDE, level=None, reason="没有机会", by="zhao")
    for override in (OVERRIDE, later, replace(OVERRIDE, attempt=2)):
        await reviewed.reviews.override("s1", override)
    session = await reviewed.sessions.get("s1")
    assert session is not None
    assert [turn.overrides for turn in session.turns] == [
        (OVERRIDE, later),
        (replace(OVERRIDE, attempt=2),),
        (),
    ]


async def test_a_score_stays_as_it_was_given(reviewed: House, examples: Examples) -> None:
    await reviewed.reviews.override("s1", OVERRIDE)
    session = await reviewed.sessions.get("s1")
    assert session is not None
    assert session.turns[0].card == examples.card()


async def test_saving_a_turn_again_neither_makes_nor_removes_corrections(
    reviewed: House, examples: Examples
) -> None:
    await reviewed.reviews.override("s1", OVERRIDE)
    for overrides in ((), (OVERRIDE, OVERRIDE)):
        await reviewed.sessions.save_turn("s1", replace(examples.whole(), overrides=overrides))
    session = await reviewed.sessions.get("s1")
    assert session is not None
    assert session.turns[0].overrides == (OVERRIDE,)


@pytest.mark.parametrize(("session", "number"), [("s1", 9), ("nobody's", 1)])
async def test_a_turn_that_is_not_there_is_not_corrected(
    reviewed: House, session: str, number: int
) -> None:
    with pytest.raises(UnknownTurn) as refused:
        await reviewed.reviews.override(session, replace(OVERRIDE, number=number))
    assert (refused.value.session, refused.value.number) == (session, number)


async def test_objections_come_oldest_first_each_once(reviewed: House) -> None:
    earlier = replace(CONTEST, id="c2", criterion="", at=START - timedelta(minutes=1))
    for contest in (CONTEST, earlier, replace(CONTEST, words="算了")):
        await reviewed.reviews.contest(contest)
    assert await reviewed.reviews.contests("s1") == [earlier, CONTEST]
    assert await reviewed.reviews.contests("s2") == []


async def test_an_objection_to_an_unknown_session_is_refused(reviewed: House) -> None:
    with pytest.raises(UnknownSession):
        await reviewed.reviews.contest(replace(CONTEST, session="nobody's"))


async def test_a_session_is_listed_with_what_is_worth_a_look(reviewed: House) -> None:
    for override in (OVERRIDE, replace(OVERRIDE, attempt=2)):
        await reviewed.reviews.override("s1", override)
    await reviewed.reviews.contest(replace(CONTEST, at=START + timedelta(minutes=1)))
    assert await reviewed.reviews.listed() == [
        Listed("s1", "li", "passed-around", "r1", START, False, 2, 1, 2, 2)
    ]


@pytest.mark.parametrize(
    ("objected", "corrected", "open_still"),
    [
        ("reflecting", "reflecting", False),
        ("reflecting", "clarity", True),
        ("", "clarity", False),
    ],
)
async def test_an_objection_is_open_until_what_it_is_about_is_corrected(
    reviewed: House, objected: str, corrected: str, open_still: bool
) -> None:
    async def still_open() -> int:
        (one,) = await reviewed.reviews.listed()
        return one.contests

    before, after = START - timedelta(minutes=1), START + timedelta(minutes=1)
    await reviewed.reviews.override("s1", replace(OVERRIDE, criterion=corrected, at=before))
    await reviewed.reviews.contest(replace(CONTEST, criterion=objected))
    assert await still_open() == 1
    await reviewed.reviews.override("s1", replace(OVERRIDE, criterion=corrected, at=after))
    assert await still_open() == int(open_still)
    newer = after + timedelta(minutes=1)
    await reviewed.reviews.contest(replace(CONTEST, id="c2", criterion=objected, at=newer))
    assert await still_open() == 1 + int(open_still)


async def test_sessions_without_a_reply_are_not_listed_and_the_newest_is_in_front(
    reviewed: House, examples: Examples
) -> None:
    for id, days in (("empty", 9), ("s2", 1), ("s3", 2)):
        await reviewed.sessions.add(examples.session(id, "wang", days))
        if id != "empty":
            await reviewed.sessions.save_turn(id, examples.reply())
    await reviewed.sessions.end(replace(examples.session("s3"), ending=Ending.FINISHED))
    listed = await reviewed.reviews.listed()
    assert [(one.id, one.ended) for one in listed] == [("s3", True), ("s2", False), ("s1", False)]


async def test_sessions_are_listed_by_learner_and_by_cohort(
    reviewed: House, examples: Examples
) -> None:
    await reviewed.sessions.add(examples.session("s2", "wang"))
    await reviewed.sessions.save_turn("s2", examples.reply())
    for id in ("spring", "autumn"):
        await reviewed.people.add_cohort(Cohort(id, id, START))
    await reviewed.people.join("li", "spring", START)

    async def listed(cohort: str | None = None, learner: str | None = None) -> list[str]:
        return [one.id for one in await reviewed.reviews.listed(cohort, learner)]

    assert await listed(learner="wang") == ["s2"]
    assert await listed(cohort="spring") == ["s1"]
    assert await listed(cohort="autumn") == []
    assert await listed("spring", "wang") == []
