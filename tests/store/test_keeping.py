"""What is forgotten is gone, and everything else stays; in memory and in a database."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import cast

import pytest
from sqlalchemy import Connection, text

from commcoach.coaching.admission import Reason
from commcoach.coaching.keeping import Forgotten
from commcoach.coaching.mail import Answer, Chat, Incoming, Outgoing
from commcoach.coaching.records import Entry, ModelCall
from commcoach.coaching.review import Contest
from commcoach.coaching.sessions import SetAsideReply
from commcoach.coaching.storage import DatabaseLocked
from commcoach.domain.dialogue import Ending, PracticeSession, Turn
from commcoach.domain.people import Cohort, Invitation
from commcoach.domain.score import Override, Scored
from commcoach.store.database import Database
from commcoach.store.keeping import SqlKeeping
from commcoach.store.tables import Base
from tests.store.examples import START, Examples, Opener
from tests.store.houses import House, in_sql, with_learner

DAY = timedelta(days=1)
WORDS = "秘密的话"
"""Stands in everything that the learners of these tests have said."""
FORGOTTEN = Entry(START + DAY, "learner", "forgotten", "")


def turn(examples: Examples, number: int = 1) -> Turn:
    """A whole turn in which the words stand wherever they can."""
    whole = examples.whole(number)
    assert whole.card is not None
    assert whole.reading is not None
    return replace(
        whole,
        reply=WORDS * number,
        context=WORDS,
        line=WORDS,
        reading=replace(
            whole.reading, moves=tuple(replace(one, quote=WORDS) for one in whole.reading.moves)
        ),
        card=replace(
            whole.card,
            scores=tuple(
                replace(
                    score, evidence=tuple(replace(proof, quote=WORDS) for proof in score.evidence)
                )
                if isinstance(score, Scored)
                else score
                for score in whole.card.scores
            ),
            gates=tuple(replace(hit, quote=WORDS) for hit in whole.card.gates),
        ),
    )


async def live_through(house: House, examples: Examples, learner: str, chat: int) -> None:
    """Leave a trace of the learner in everything that is kept."""
    id = f"session-of-{learner}"
    agreed = replace(examples.learner(learner), consent="1", consented_at=START)
    await house.people.add(agreed)
    await house.people.add_cohort(Cohort("spring", "春季班", START))
    await house.people.invite(Invitation("token", "spring", START))
    await house.people.join(learner, "spring", START)
    await house.sessions.add(examples.session(id, learner))
    for number in (1, 2):
        await house.sessions.save_turn(id, turn(examples, number))
    await house.sessions.set_aside(id, SetAsideReply(WORDS, Reason.EMPTY, START, "7-9"))
    await house.reviews.override(id, Override(1, 1, "reflecting", 2, "half", "chen", START))
    await house.reviews.contest(Contest(f"contest-of-{learner}", id, "", WORDS, START))
    await house.calls.record(
        ModelCall(START, "voice", "p", "m", "r1", "h", 1, 1, 0.1, session=id, learner=learner)
    )
    await house.audit.record(Entry(START, learner, "consented", learner))
    await house.audit.record(Entry(START, "chen", "overrode", id, "1.1 reflecting 2"))
    await house.audit.record(
        Entry(START, "chen", "exported", "spring", f"{id}, {learner} and anna-lina")
    )
    updates = [Incoming(7, chat + place, chat, "text", {"text": WORDS}) for place in range(2)]
    await house.inbox.keep(updates, START)
    said = tuple(Outgoing(f"{chat}-{place}", chat, WORDS) for place in range(3))
    await house.inbox.settle(updates[0], Answer(said, Chat(7, chat, learner, id)), START)
    arrived = await house.outbox.waiting(chat)
    await house.outbox.arrived(arrived[0].number, 11, START)


@pytest.fixture
async def lived(house: House, examples: Examples) -> House:
    """A store in which two learners have left their traces."""
    await live_through(house, examples, "anna-li", 100)
    await live_through(house, examples, "wang", 200)
    return house


# -- one learner -----------------------------------------------------------------------------


async def test_it_is_said_what_was_deleted(lived: House) -> None:
    gone = await lived.keeping.forget("anna-li", FORGOTTEN)
    assert gone == Forgotten(sessions=1, replies=3, scores=8, messages=3)
    assert await lived.keeping.forget("anna-li", FORGOTTEN) == Forgotten()
    assert await lived.keeping.forget("nobody", FORGOTTEN) == Forgotten()


async def test_nothing_of_a_forgotten_learner_is_found(lived: House) -> None:
    await lived.keeping.forget("anna-li", FORGOTTEN)
    assert await lived.people.get("anna-li") is None
    assert await lived.people.cohorts_of("anna-li") == []
    assert await lived.sessions.of_learner("anna-li") == []
    assert await lived.sessions.get("session-of-anna-li") is None
    assert await lived.reviews.listed(learner="anna-li") == []
    assert await lived.reviews.contests("session-of-anna-li") == []
    assert await lived.calls.since(START, "anna-li") == []
    assert await lived.chats.get(7, 100) is None
    assert await lived.outbox.waiting(100) == []


async def test_the_others_keep_everything(lived: House, examples: Examples) -> None:
    await lived.keeping.forget("anna-li", FORGOTTEN)
    session = await lived.sessions.get("session-of-wang")
    assert session is not None
    assert [one.reply for one in session.turns] == [WORDS, WORDS * 2]
    assert len(session.turns[0].overrides) == 1
    assert len(await lived.reviews.contests(session.id)) == 1
    assert len(await lived.calls.since(START)) == 1
    assert len(await lived.outbox.waiting()) == 2
    assert await lived.chats.get(7, 200) == Chat(7, 200, "wang", session.id)
    assert Incoming(7, 201, 200, "text", {"text": WORDS}) in await lived.inbox.unsettled()


async def test_the_cohort_stays(lived: House) -> None:
    await lived.keeping.forget("anna-li", FORGOTTEN)
    assert await lived.people.cohorts() == [Cohort("spring", "春季班", START, learners=1)]
    assert await lived.people.invitation("token") is not None


async def test_the_trail_tells_what_was_done_but_not_to_whom(lived: House) -> None:
    await lived.keeping.forget("anna-li", FORGOTTEN)
    trail = await lived.audit.entries()
    assert trail[:3] == [
        Entry(START, "", "consented", ""),
        Entry(START, "chen", "overrode", ""),
        Entry(START, "chen", "exported", "spring", ",  and anna-lina"),
    ]
    assert trail[-1] == FORGOTTEN
    assert len(await lived.audit.entries("session-of-wang")) == 1


async def test_that_somebody_was_forgotten_is_recorded_once_and_only_if_there_was_somebody(
    lived: House,
) -> None:
    for learner in ("anna-li", "anna-li", "nobody"):
        await lived.keeping.forget(learner, FORGOTTEN)
    assert (await lived.audit.entries()).count(FORGOTTEN) == 1


async def test_what_cannot_be_recorded_is_not_forgotten(
    opened: Opener, url: str, examples: Examples
) -> None:
    house = in_sql(await opened(url))
    await live_through(house, examples, "anna-li", 100)
    timeless = replace(FORGOTTEN, at=START.replace(tzinfo=None))
    with pytest.raises(ValueError, match="2026"):
        await house.keeping.forget("anna-li", timeless)
    assert await house.people.get("anna-li") is not None


async def test_updates_keep_their_keys_and_can_still_be_answered(lived: House) -> None:
    await lived.keeping.forget("anna-li", FORGOTTEN)
    forgotten = Incoming(7, 101, None, "text")
    assert forgotten in await lived.inbox.unsettled()
    again = [Incoming(7, number, 100, "text", {"text": WORDS}) for number in (100, 101)]
    assert await lived.inbox.keep(again, START) == []
    await lived.inbox.settle(again[1], Answer((Outgoing("gone", 100, "删了"),)), START)
    assert [one.message.key for one in await lived.outbox.waiting(100)] == ["gone"]


async def test_no_table_and_no_file_holds_a_word_or_an_id_of_the_forgotten(
    opened: Opener, url: str, file: Path, examples: Examples
) -> None:
    house = in_sql(await opened(url))
    await live_through(house, examples, "anna-li", 100)

    def found() -> set[bytes]:
        holding = [one for one in file.parent.iterdir() if one.is_file()]
        assert file in holding
        # Somebody else with a similar name may stay.
        looked_for = re.compile(WORDS.encode() + b"|anna-li(?!na)")
        return {word for one in holding for word in looked_for.findall(one.read_bytes())}

    assert found() == {WORDS.encode(), b"anna-li"}
    await house.keeping.forget("anna-li", FORGOTTEN)
    assert found() == set()


async def test_every_table_that_could_name_a_learner_is_emptied(
    database: Database, examples: Examples
) -> None:
    house = in_sql(database)
    await live_through(house, examples, "anna-li", 100)
    await house.keeping.forget("anna-li", FORGOTTEN)

    def rows(db: Connection) -> dict[str, int]:
        found = {
            name: db.scalar(text(f"SELECT count(*) FROM {name}")) or 0
            for name in Base.metadata.tables
        }
        return {name: number for name, number in found.items() if number}

    assert await database.read(rows) == {"cohorts": 1, "invitations": 1, "audit": 4, "inbox": 2}


async def test_files_that_somebody_reads_are_wiped_the_next_time(
    opened: Opener, url: str, file: Path, examples: Examples
) -> None:
    database = await opened(url)
    house, keeping = in_sql(database), SqlKeeping(database, pauses=())
    await live_through(house, examples, "anna-li", 100)
    reader = await opened(url)
    wal = file.with_name(f"{file.name}-wal")

    def look(db: Connection) -> None:
        db.execute(text("SELECT * FROM learners")).all()

    # Another program that reads, and has not finished when the learner is forgotten.
    db = reader.engine.connect()  # type: ignore[attr-defined]  # an SQLite database has one
    look(db)
    assert (await keeping.forget("anna-li", FORGOTTEN)).sessions == 1
    assert await house.people.get("anna-li") is None
    assert wal.read_bytes() != b""
    db.close()
    await keeping.wipe()
    assert wal.read_bytes() == b""


async def test_wiping_is_tried_again_while_somebody_reads() -> None:
    class Read:
        """A database that is read until it has been asked to wipe three times."""

        asked = 0

        async def wipe(self) -> None:
            self.asked += 1
            if self.asked < 3:
                raise DatabaseLocked("here")

    read = Read()
    await SqlKeeping(cast(Database, read), pauses=(0, 0, 0)).wipe()
    assert read.asked == 3


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
