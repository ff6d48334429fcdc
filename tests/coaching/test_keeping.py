"""How long things are kept: the terms kept to, and a learner forgotten at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from commcoach.coaching.keeping import Forgotten, Keeping, Terms, forget_learner, keep_to_terms
from commcoach.coaching.records import Entry
from commcoach.domain.language import Language
from commcoach.domain.people import Learner
from commcoach.store.memory import InMemorySessions
from commcoach.store.memory_keeping import InMemoryKeeping
from commcoach.store.memory_mail import InMemoryMail
from commcoach.store.memory_people import InMemoryPeople
from commcoach.store.memory_records import InMemoryAudit, InMemoryModelCalls
from commcoach.store.memory_reviews import InMemoryReviews
from tests.builders import NOON, days, make_card, make_score, make_session, make_turn


def keeping() -> InMemoryKeeping:
    people = InMemoryPeople()
    sessions = InMemorySessions(people=people)
    return InMemoryKeeping(
        sessions,
        people,
        InMemoryReviews(sessions),
        InMemoryAudit(),
        InMemoryModelCalls(),
        InMemoryMail(),
    )


async def practised(house: InMemoryKeeping, id: str, learner: str, day: float = 0) -> None:
    """A session with one scored turn on that day."""
    await house.people.add(Learner(learner, Language.ZH, NOON))
    turn = make_turn(1, at=days(day), card=make_card(make_score("listen", 3)))
    await house.sessions.add(make_session(turn, id=id, learner=learner, started_at=days(day)))


async def test_a_learner_is_forgotten_and_others_are_not() -> None:
    house = keeping()
    await practised(house, "s1", "li")
    await practised(house, "s2", "wang")
    gone = await forget_learner(house, "li", NOON)
    assert gone == Forgotten(sessions=1, replies=1, scores=1)
    assert list(house.sessions.sessions) == ["s2"]
    assert list(house.people.learners) == ["wang"]


async def test_that_somebody_was_forgotten_stays_on_record_but_not_who() -> None:
    house = keeping()
    await practised(house, "s1", "li")
    await house.audit.record(Entry(NOON, "li", "consented", "li", "li agreed"))
    await house.audit.record(Entry(NOON, "王老师", "overrode", "s1", "1.1 listen 2"))
    await forget_learner(house, "li", days(1))
    assert house.audit.trail == [
        Entry(NOON, "", "consented", ""),
        Entry(NOON, "王老师", "overrode", ""),
        Entry(days(1), "learner", "forgotten", ""),
    ]


async def test_forgetting_twice_finds_nothing_and_is_recorded_once() -> None:
    house = keeping()
    await practised(house, "s1", "li")
    await forget_learner(house, "li", NOON)
    assert await forget_learner(house, "li", NOON) == Forgotten()
    assert [one.action for one in house.audit.trail] == ["forgotten"]


@pytest.mark.parametrize(
    ("age", "words", "sessions"),
    [(0, True, True), (90, True, True), (91, False, True), (365, False, True), (366, False, False)],
)
async def test_words_go_after_ninety_days_and_levels_after_a_year(
    age: int, words: bool, sessions: bool
) -> None:
    house = keeping()
    await practised(house, "s1", "li")
    removed = await keep_to_terms(house, Terms(), days(age))
    assert removed == (int(not words), int(not sessions))
    assert bool(house.sessions.sessions) is sessions
    for session in house.sessions.sessions.values():
        (turn,) = session.turns
        assert bool(turn.reply) is words
        assert turn.card is not None
        assert turn.card.scored()[0].level == 3


async def test_keeping_to_terms_again_removes_nothing_more() -> None:
    house = keeping()
    await practised(house, "s1", "li")
    await practised(house, "s2", "li", day=80)
    now = days(100)
    assert await keep_to_terms(house, Terms(), now) == (1, 0)
    assert await keep_to_terms(house, Terms(), now) == (0, 0)
    assert house.sessions.sessions["s2"].turns[0].reply


async def test_the_operators_own_terms_hold() -> None:
    house = keeping()
    await practised(house, "s1", "li")
    terms = replace(Terms(), words=1, levels=2)
    assert await keep_to_terms(house, terms, days(1.5)) == (1, 0)
    assert await keep_to_terms(house, terms, days(2.5)) == (0, 1)


async def test_the_moments_are_counted_back_from_now() -> None:
    class Asked:
        """Notes from when on things are kept."""

        def __init__(self) -> None:
            self.before: list[object] = []

        async def forget(self, learner: str, entry: Entry) -> Forgotten:
            raise NotImplementedError

        async def expire_words(self, before: object) -> int:
            self.before.append(before)
            return 3

        async def expire_levels(self, before: object) -> int:
            self.before.append(before)
            return 2

        async def wipe(self) -> None:
            self.before.append("wiped")

    asked = Asked()
    port: Keeping = asked
    assert await keep_to_terms(port, Terms(words=10, levels=20), NOON) == (3, 2)
    assert asked.before == [NOON - timedelta(days=10), NOON - timedelta(days=20), "wiped"]
