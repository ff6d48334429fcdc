"""The database is locked or has no room: nothing is lost, and the log says why it takes so long."""

from __future__ import annotations

import asyncio
import resource
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
import pytest_asyncio

from tests.acceptance.bot_process import Bot, Operator
from tests.acceptance.learner import newcomer
from tests.acceptance.serving import Served, locked, served
from tests.telegram_api.server import FakeTelegram

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]

REPLIES = """
    SELECT turns.reply FROM turns JOIN sessions ON sessions.id = turns.session_id
    JOIN chats USING (learner) WHERE chats.id = ? ORDER BY turns.number
"""


@pytest_asyncio.fixture(loop_scope="module")
async def bot(tmp_path: Path) -> AsyncIterator[Served]:
    async with served(tmp_path) as bot:
        yield bot
        bot.is_faultless()


@contextmanager
def no_room(process: int) -> Iterator[None]:
    """Let every write of a process to a file fail."""
    before = resource.prlimit(process, resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
    yield
    resource.prlimit(process, resource.RLIMIT_FSIZE, before)


async def test_while_another_program_holds_the_database_updates_wait_at_telegram(
    bot: Served,
) -> None:
    learners = [bot.newcomer() for _ in range(3)]
    for learner in learners:
        await learner.begins()
    await bot.is_at_rest()
    with locked(bot.operator.database):
        for learner in learners:
            learner.person.says(learner.reply)
            learner.person.says("You had to report old figures, and then do it all again.")
        said = await bot.bot.says("polling_interrupted")
        assert "DatabaseLocked" in said
        assert len(bot.api.updates.pending) == 6
    for learner in learners:
        await learner.person.hears(2)
        assert len(bot.rows(REPLIES, learner.id)) == 2
    assert await bot.bot.says("polling_again")


async def test_turns_that_are_being_worked_on_wait_for_the_database_too(bot: Served) -> None:
    learner = bot.newcomer()
    await learner.begins()
    await bot.is_at_rest()
    replies = [f"{learner.reply} {number}" for number in range(5)]
    for reply in replies:
        learner.person.says(reply)
    await bot.api.until(lambda: not bot.api.updates.pending)
    with locked(bot.operator.database):
        said = await bot.bot.says("waiting_for_database")
        assert "DatabaseLocked" in said
    shown = await learner.person.hears(5)
    assert bot.rows(REPLIES, learner.id) == [(reply,) for reply in replies]
    await bot.is_at_rest()
    assert len({one.text for one in shown}) == 5
    assert learner.person.unheard == 0
    assert await bot.bot.says("no_longer_waiting_for_database")


async def test_files_that_may_not_grow_are_waited_out_and_nothing_is_acknowledged(
    bot: Served,
) -> None:
    learner = bot.newcomer()
    await learner.begins()
    await bot.is_at_rest()
    with no_room(bot.bot.process.pid):
        learner.person.says(learner.reply)
        said = await bot.bot.says("polling_interrupted")
        assert "reason=Database" in said
        assert len(bot.api.updates.pending) == 1
    assert learner.label("why") in (await learner.hears()).labels
    assert bot.rows(REPLIES, learner.id) == [(learner.reply,)]
    assert await bot.bot.says("polling_again")


ON_A_SMALL_DISK = 'mount -t tmpfs -o size=8m tmpfs "$0" && cd "$0" && exec "$@"'


@pytest.fixture
def own_mounts() -> list[str]:
    """The command in front of which a process has a disk of its own."""
    command = ["unshare", "--user", "--map-root-user", "--mount"]
    if (
        shutil.which("unshare") is None
        or subprocess.run([*command, "true"], check=False, capture_output=True).returncode
    ):
        pytest.skip("NO SMALL DISK CAN BE MOUNTED HERE: a full disk is only tried by a limit")
    return command


@contextmanager
def full(disk: Path) -> Iterator[None]:
    """Fill a disk to its last byte."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file, suppress(OSError):
        for size in (4096, 1):
            with suppress(OSError):
                while True:
                    file.write(bytes(size))
    yield
    filler.unlink()


async def test_a_full_disk_is_named_in_the_log_and_the_bot_goes_on_when_there_is_room(
    own_mounts: list[str], tmp_path: Path
) -> None:
    async with FakeTelegram() as api:
        operator = Operator(api, tmp_path)
        command = [sys.executable, "-m", "commcoach", "bot"]
        process = await asyncio.create_subprocess_exec(
            *(*own_mounts, "sh", "-c", ON_A_SMALL_DISK, str(tmp_path), *command),
            env=operator.environment(),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            start_new_session=True,
        )
        bot = Bot(process)
        try:
            await bot.says("serving")
            learner = newcomer(api.person(5, "安娜"))
            await learner.begins()
            with full(Path(f"/proc/{process.pid}/root{tmp_path}")):
                learner.person.says(learner.reply)
                learner.person.says(learner.reply + "您慢慢说。")
                assert "DatabaseFull" in await bot.says("polling_interrupted")
                assert len(api.updates.pending) == 2
            for turn in await learner.person.hears(2):
                assert learner.label("why") in turn.labels
            assert api.violations == []
            assert await bot.stops() == 0
        finally:
            await bot.ends()
