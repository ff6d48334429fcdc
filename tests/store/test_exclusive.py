"""Only one bot works with a database at a time."""

# ruff: noqa: ASYNC220  # nothing else runs here that could be kept waiting

from __future__ import annotations

import asyncio
import subprocess
import sys

import pytest
from sqlalchemy import text

from commcoach.coaching.storage import AnotherBotRuns
from commcoach.store import bot_lock
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


class Server:
    """A database on a server, and what happens to the lock on it."""

    def __init__(self, database: Database) -> None:
        self.database = database

    async def lose_lock(self) -> int:
        """End the connection that holds the lock; its process number."""
        (pid,) = await self.holders()
        end = text("SELECT pg_terminate_backend(:pid, 5000)").bindparams(pid=pid)
        assert await self.database.write(lambda db: db.scalar(end))
        return pid

    async def holders(self) -> list[int]:
        """The processes that hold the lock of the bot."""
        held = text(
            "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND objid = 4803202"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        )
        return await self.database.read(lambda db: list(db.scalars(held)))


async def test_a_lock_that_is_lost_is_taken_again(
    opened: Opener, pg_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bot_lock, "_EVERY", 0.01)
    server = Server(await opened(pg_url))
    async with only_one_bot(await opened(pg_url)):
        lost = await server.lose_lock()
        async with asyncio.timeout(10):
            # The server gives no sign of it.
            while await server.holders() in ([], [lost]):  # noqa: ASYNC110
                await asyncio.sleep(0)
    assert await server.holders() == []


async def test_a_bot_whose_lock_another_one_took_is_stopped(
    opened: Opener, pg_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    server, second = Server(await opened(pg_url)), await opened(pg_url)
    looks = asyncio.Event()

    async def until_then() -> None:
        await looks.wait()

    monkeypatch.setattr(bot_lock, "_until_next_look", until_then)
    first = await opened(pg_url)

    async def bot() -> None:
        async with only_one_bot(first):
            await server.lose_lock()
            async with only_one_bot(second), asyncio.timeout(10):
                looks.set()
                await asyncio.Event().wait()

    with pytest.raises(AnotherBotRuns):
        await bot()
    assert await server.holders() == []


async def test_a_bot_that_somebody_else_stops_is_just_cancelled(database: Database) -> None:
    held = asyncio.Event()

    async def bot() -> None:
        async with only_one_bot(database):
            held.set()
            await asyncio.Event().wait()

    running = asyncio.create_task(bot())
    await held.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    async with only_one_bot(database):
        pass


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
