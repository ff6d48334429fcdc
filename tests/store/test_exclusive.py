"""Only one bot works with a database at a time."""

# ruff: noqa: ASYNC220  # nothing else runs here that could be kept waiting

from __future__ import annotations

import subprocess
import sys

import pytest
from sqlalchemy import text

from commcoach.coaching.storage import AnotherBotRuns
from commcoach.store.database import Database
from commcoach.store.exclusive import only_one_bot
from tests.store.examples import Opener

HOLDER = """
import asyncio, sys
from commcoach.store.engine import open_database
from commcoach.store.exclusive import only_one_bot

async def hold():
    async with only_one_bot(await open_database(sys.argv[1])):
        print("held", flush=True)
        await asyncio.Event().wait()

asyncio.run(hold())
"""


@pytest.fixture(params=["url", "pg_url"])
def anywhere(request: pytest.FixtureRequest) -> str:
    """The URL of a database of each kind."""
    url: str = request.getfixturevalue(request.param)
    return url


async def test_a_second_bot_is_refused_and_told_where(opened: Opener, anywhere: str) -> None:
    first, second = await opened(anywhere), await opened(anywhere)
    async with only_one_bot(first):
        with pytest.raises(AnotherBotRuns) as refused:
            async with only_one_bot(second):
                pass
    assert refused.value.place == second.place


async def test_the_next_bot_may_start_when_the_first_has_stopped(database: Database) -> None:
    for _ in range(2):
        async with only_one_bot(database):
            pass


async def test_another_program_may_work_beside_the_bot(opened: Opener, anywhere: str) -> None:
    async with only_one_bot(await opened(anywhere)):
        beside = await opened(anywhere)
        assert await beside.write(lambda db: db.scalar(text("SELECT 1"))) == 1


@pytest.mark.slow
async def test_a_bot_that_was_killed_is_in_nobodys_way(opened: Opener, anywhere: str) -> None:
    database = await opened(anywhere)
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, anywhere], stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "held\n"
        with pytest.raises(AnotherBotRuns):
            async with only_one_bot(database):
                pass
        child.kill()
    await _becomes_free(database)


async def _becomes_free(database: Database) -> None:
    """A server notices that a client is gone when it next looks at the connection."""
    for _ in range(10_000):
        try:
            async with only_one_bot(database):
                return
        except AnotherBotRuns:
            continue
    raise AssertionError("still held")
