"""What mail in a database promises beyond what every keeper promises."""

# ruff: noqa: ASYNC220  # nothing else runs here that could be kept waiting

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from commcoach.coaching.mail import Answer, Chat, Fate, Incoming, Outgoing
from commcoach.coaching.storage import UnknownLearner
from commcoach.store.database import Database
from commcoach.store.tables.mail import InboxRow, OutboxRow
from tests.store.examples import START, Examples, Opener
from tests.store.houses import House, in_sql, with_learner

CHILD = Path(__file__).with_name("settling_child.py")
SAID = Incoming(7, 1, 5, "text", {"text": "辛苦了"})


@pytest.fixture
async def kept(database: Database, examples: Examples) -> House:
    """A database with an update that waits to be settled."""
    await with_learner(database, examples)
    house = in_sql(database)
    await house.inbox.keep([SAID], START)
    return house


async def test_what_an_update_said_is_blotted_out_when_it_is_settled(
    kept: House, database: Database
) -> None:
    await kept.inbox.give_up(SAID, "TypeError", Answer(), START)
    row: Any = await database.read(lambda db: db.execute(select(InboxRow)).one())
    assert (row.bot, row.update_id, row.kind, row.about) == (7, 1, "text", None)
    assert (row.fault, row.settled_at) == ("TypeError", START)


@pytest.mark.parametrize("fate", [Fate.SENT, Fate.REFUSED, Fate.BLOCKED])
async def test_what_a_message_said_is_blotted_out_when_it_is_done(
    kept: House, database: Database, fate: Fate
) -> None:
    await kept.outbox.add([Outgoing("a", 5, "辛苦了", recipe={"chart": "x"})], START)
    (one,) = await kept.outbox.waiting()
    if fate is Fate.SENT:
        await kept.outbox.arrived(one.number, 11, START)
    elif fate is Fate.REFUSED:
        await kept.outbox.refused(one.number, fate, "400", START)
    else:
        await kept.outbox.block(5, START)
    row: Any = await database.read(lambda db: db.execute(select(OutboxRow)).one())
    assert (row.text, row.buttons, row.recipe) == (None, None, None)
    assert (row.fate, row.done_at) == (fate.value, START)


async def test_an_answer_that_cannot_be_kept_is_not_kept_by_half(kept: House) -> None:
    answer = Answer((Outgoing("a", 5, "好"),), Chat(7, 5, "nobody"))
    with pytest.raises(UnknownLearner):
        await kept.inbox.settle(SAID, answer, START)
    assert await kept.inbox.unsettled() == [SAID]
    assert await kept.outbox.waiting() == []


@pytest.mark.slow
async def test_a_process_killed_while_it_settles_leaves_nothing_half_done(
    url: str, opened: Opener, examples: Examples
) -> None:
    await with_learner(await opened(url), examples)
    for round_ in range(3):
        child = subprocess.Popen(
            [sys.executable, CHILD, url, str(round_)], stdout=subprocess.PIPE, text=True
        )
        assert child.stdout is not None
        with child:
            for _ in range(7):
                child.stdout.readline()
            child.kill()
            told = 7 + len(child.stdout.readlines())
        house = in_sql(await opened(url))
        open_still = {one.update for one in await house.inbox.unsettled()}
        answered = {one.message.key for one in await house.outbox.waiting()}
        updates = range(1000 * round_, 1000 * round_ + 100)
        settled = {number for number in updates if number not in open_still}
        assert len(settled) in (told, told + 1)
        for number in updates:
            assert (f"{number}-a" in answered) == (number in settled)
            assert (f"{number}-b" in answered) == (number in settled)
        chat = await house.chats.get(7, 5)
        assert chat is not None
        assert chat.session == f"s{max(settled)}"
