"""What is kept for a time only: words, levels, and those who never began."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import text

from commcoach.coaching.admission import Reason
from commcoach.coaching.held import Held, HeldWords, expecting, held_in
from commcoach.coaching.mail import Answer, Chat, Incoming, Outgoing
from commcoach.coaching.records import ModelCall
from commcoach.coaching.review import Contest
from commcoach.coaching.sessions import SetAsideReply
from commcoach.domain.dialogue import Ending, PracticeSession
from commcoach.store.database import Database
from commcoach.store.keeping import SqlKeeping
from tests.store.examples import START, Examples
from tests.store.houses import House, with_learner
from tests.store.traces import DAY, WORDS, turn

# -- everybody's words and levels ------------------------------------------------------------


async def only_session(house: House) -> PracticeSession:
    """The one session there is."""
    (session,) = await house.sessions.of_learner("li")
    return session


@pytest.fixture
async def aged(house: House, examples: Examples) -> House:
    """A store with a session whose first turn is older than its second."""
    await house.people.add(examples.learner())
    await house.sessions.add(examples.session())
    for number in (1, 2):
        one = replace(turn(examples, number), at=START + number * DAY)
        await house.sessions.save_turn("s1", one)
        said = SetAsideReply(WORDS, Reason.EMPTY, START + number * DAY)
        await house.sessions.set_aside("s1", said)
        contest = Contest(f"c{number}", "s1", "", WORDS, START + number * DAY)
        await house.reviews.contest(contest)
    return house


async def test_words_of_old_turns_are_blotted_out_and_levels_stay(
    aged: House, examples: Examples
) -> None:
    assert await aged.keeping.expire_words(START + 2 * DAY) == 1
    old, new = (await only_session(aged)).turns
    assert new == replace(turn(examples, 2), at=START + 2 * DAY)
    assert WORDS not in repr(old)
    given = turn(examples)
    assert given.card is not None
    assert old.card is not None
    assert [getattr(one, "level", None) for one in old.card.scores] == [3, None, None, 0]
    assert [(hit.gate, hit.start, hit.end) for hit in old.card.gates] == [("false_promise", 0, 2)]
    proofs = [(one.start, one.end) for one in old.card.scored()[0].evidence]
    assert proofs == [(one.start, one.end) for one in given.card.scored()[0].evidence]
    assert (old.reaction, old.message) == (given.reaction, given.message)


async def test_last_words_and_summary_of_old_sessions_are_blotted_out(
    aged: House, examples: Examples
) -> None:
    ended = replace(
        examples.session(),
        ending=Ending.FINISHED,
        closing=WORDS,
        summary=WORDS,
        ended_at=START + 2 * DAY,
    )
    await aged.sessions.end(ended)
    await aged.keeping.expire_words(START + 2 * DAY)
    assert (await only_session(aged)).closing == WORDS
    await aged.keeping.expire_words(START + 3 * DAY)
    session = await only_session(aged)
    assert (session.closing, session.summary) == ("", "")


async def test_words_of_objections_expire_with_those_of_turns(aged: House) -> None:
    await aged.keeping.expire_words(START + 2 * DAY)
    assert [one.words for one in await aged.reviews.contests("s1")] == ["", WORDS]


async def test_what_a_chat_expects_goes_with_the_words_of_a_learner_who_has_not_replied_since(
    aged: House, examples: Examples
) -> None:
    newcomer = replace(examples.learner("new"), joined_at=START + 3 * DAY)
    await aged.people.add(newcomer)
    await aged.people.add(examples.learner("old"))
    chats = [Chat(7, n, who, None, WORDS) for n, who in enumerate(("li", "new", "old"))]
    for chat in chats:
        update = Incoming(7, chat.id, chat.id, "text")
        await aged.inbox.settle(update, Answer((), chat), START)

    async def expected() -> list[str]:
        found = [await aged.chats.get(7, chat.id) for chat in chats]
        return [one.expects for one in found if one is not None]

    await aged.keeping.expire_words(START + 2 * DAY)
    assert await expected() == [WORDS, WORDS, ""]
    await aged.keeping.expire_words(START + 3 * DAY)
    assert await expected() == ["", WORDS, ""]


async def test_words_held_until_consent_is_given_go_by_their_own_age(
    aged: House, examples: Examples
) -> None:
    await aged.people.add(examples.learner("old"))
    said = {
        1: HeldWords(WORDS, ("phone",), START + DAY),
        2: HeldWords(f"{WORDS}2", (), START + 3 * DAY),
    }
    chats = [
        Chat(7, 1, "old", None, expecting(Held("rewrite", said))),
        Chat(7, 2, "li", "s1", expecting(Held("rewrite", said, "token"))),
    ]
    for chat in chats:
        await aged.inbox.settle(Incoming(7, chat.id, chat.id, "text"), Answer((), chat), START)

    async def held() -> list[Held]:
        found = [await aged.chats.get(7, chat.id) for chat in chats]
        return [held_in(one.expects) for one in found if one is not None]

    await aged.keeping.expire_words(START + DAY)
    assert await held() == [Held("rewrite", said), Held("rewrite", said, "token")]
    await aged.keeping.expire_words(START + 3 * DAY)
    young = {2: said[2]}
    assert await held() == [Held("rewrite", young), Held("rewrite", young, "token")]
    await aged.keeping.expire_words(START + 4 * DAY)
    assert await held() == [Held(), Held()]


CALL = ModelCall(
    START, "scorer", "p", "m", "r1", "h", 9, 2, 0.1, cost=0.5, session="s1", learner="li"
)


async def test_old_calls_of_models_no_longer_tell_for_whom_they_were_made(house: House) -> None:
    young = replace(CALL, at=START + 2 * DAY)
    for call in (CALL, young):
        await house.calls.record(call)
    assert await house.keeping.expire_words(START + 2 * DAY) == 0
    nameless = replace(CALL, session=None, learner=None)
    assert await house.calls.since(START) == [nameless, young]
    assert await house.calls.since(START, "li") == [young]


async def test_what_models_took_is_kept_as_long_as_levels(house: House) -> None:
    young = replace(CALL, at=START + 2 * DAY)
    for call in (CALL, young):
        await house.calls.record(call)
    assert await house.keeping.expire_levels(START + 2 * DAY) == 0
    assert await house.calls.since(START) == [young]


async def test_a_turn_is_blotted_out_once(aged: House) -> None:
    assert await aged.keeping.expire_words(START + 9 * DAY) == 2
    assert await aged.keeping.expire_words(START + 9 * DAY) == 0


async def test_a_turn_without_words_is_no_longer_waiting_for_its_score(
    house: House, examples: Examples
) -> None:
    await house.people.add(examples.learner())
    await house.sessions.add(examples.session())
    await house.sessions.save_turn("s1", examples.reply())
    assert await house.keeping.expire_words(START + DAY) == 1
    assert await house.sessions.unscored_turns() == []


async def test_many_turns_are_blotted_out_in_one_go(database: Database, examples: Examples) -> None:
    sessions = await with_learner(database, examples)
    turns = tuple(examples.reply(number) for number in range(1, 1102))
    await sessions.add(replace(examples.session(), turns=turns))
    assert await SqlKeeping(database).expire_words(START + 9 * DAY) == 1101


async def test_replies_set_aside_expire_too(database: Database, examples: Examples) -> None:
    sessions = await with_learner(database, examples)
    await sessions.add(examples.session())
    await sessions.set_aside("s1", SetAsideReply(WORDS, Reason.EMPTY, START))
    await SqlKeeping(database).expire_words(START + DAY)
    replies = text("SELECT reply FROM set_aside_replies")
    assert await database.read(lambda db: db.scalars(replies).all()) == [""]


async def test_old_sessions_are_deleted_with_all_that_hangs_on_them(
    lived: House, examples: Examples
) -> None:
    await lived.sessions.add(examples.session("young", "wang", days=9))
    assert await lived.keeping.expire_levels(START + DAY) == 2
    assert await lived.keeping.expire_levels(START + DAY) == 0
    assert [one.id for one in await lived.sessions.of_learner("wang")] == ["young"]
    assert await lived.reviews.contests("session-of-wang") == []
    assert await lived.chats.get(7, 200) == Chat(7, 200, "wang")
    assert await lived.people.get("wang") is not None


async def test_who_never_agreed_nor_practised_is_deleted_in_time(
    lived: House, examples: Examples
) -> None:
    for id, days in (("looked in", 0), ("practises", 0), ("new", 2)):
        came = replace(examples.learner(id), joined_at=START + days * DAY)
        await lived.people.add(came)
    await lived.sessions.add(examples.session("young", "practises", days=9))
    update = Incoming(7, 300, 300, "text")
    said = (Outgoing("welcome", 300, "您好"),)
    await lived.inbox.settle(update, Answer(said, Chat(7, 300, "looked in")), START)
    await lived.keeping.expire_levels(START + DAY)
    ids = ("anna-li", "looked in", "practises", "new")
    left = [id for id in ids if await lived.people.get(id) is not None]
    assert left == ["anna-li", "practises", "new"]
    assert await lived.chats.get(7, 300) is None
    assert await lived.outbox.waiting(300) == []
