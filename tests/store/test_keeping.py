"""What is forgotten is gone, and everything else stays; in memory and in a database."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest
from sqlalchemy import Connection, text

from commcoach.coaching.keeping import Forgotten
from commcoach.coaching.mail import Answer, Chat, Incoming, Outgoing
from commcoach.coaching.records import Entry
from commcoach.coaching.storage import DatabaseLocked
from commcoach.domain.people import Cohort
from commcoach.store.database import Database
from commcoach.store.keeping import SqlKeeping
from commcoach.store.tables import Base
from tests.store.examples import START, Examples, Opener
from tests.store.houses import House, in_sql
from tests.store.traces import FORGOTTEN, WORDS, live_through

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
