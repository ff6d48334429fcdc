"""The bot is asked to stop: it does within five seconds, and leaves nothing undone for good."""

from __future__ import annotations

import asyncio
import math
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.acceptance.bot_process import Bot, Operator
from tests.acceptance.learner import Learner, newcomer
from tests.acceptance.serving import locked, rows, until_kept
from tests.telegram_api import faults
from tests.telegram_api.server import FakeTelegram

pytestmark = pytest.mark.slow

SIGNALS = pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGINT], ids=["TERM", "INT"])
SOON = 5.0
"""Seconds within which the bot is gone."""


async def stops(bot: Bot, told: signal.Signals = signal.SIGTERM) -> None:
    """Tell the bot to stop: it is gone soon, and cleanly."""
    bot.process.send_signal(told)
    assert await bot.exits(within=SOON) == 0
    assert not any("Traceback" in line or "Task was destroyed" in line for line in bot.errors)
    assert bot.out[-1] == "Stopped."


@asynccontextmanager
async def launched(operator: Operator, **settings: str) -> AsyncIterator[Bot]:
    """A bot that need not come as far as serving, ended at the end."""
    bot = await operator.launches(**settings)
    try:
        yield bot
    finally:
        await bot.ends()


def learners(api: FakeTelegram, number: int = 6) -> list[Learner]:
    """Some learners, in turn Chinese and English."""
    clients = ("zh-hans", "en")
    return [
        newcomer(api.person(100 + one, "安娜", language_code=clients[one % 2]))
        for one in range(number)
    ]


def replies(database: Path, learner: Learner) -> list[str]:
    """What a learner's turns consist of, in order."""
    query = """
        SELECT turns.reply FROM turns JOIN sessions ON sessions.id = turns.session_id
        JOIN chats USING (learner) WHERE chats.id = ? ORDER BY turns.number
    """
    return [row[0] for row in rows(database, query, learner.id)]


@SIGNALS
async def test_what_is_being_worked_on_is_answered_after_the_next_start_and_not_doubled(
    api: FakeTelegram, operator: Operator, told: signal.Signals
) -> None:
    everybody = learners(api)
    said = {learner.id: [f"{learner.reply} {one}" for one in range(4)] for learner in everybody}
    async with operator.bot() as bot:
        for learner in everybody:
            await learner.begins()
        for learner in everybody:
            for reply in said[learner.id]:
                learner.person.says(reply)
        # In the midst of it: something is answered, by far not all.
        await api.until(lambda: any(learner.person.unheard for learner in everybody))
        await stops(bot, told)
    assert sum(learner.person.unheard for learner in everybody) < 4 * len(everybody)
    async with operator.bot() as bot:
        for learner in everybody:
            turns = await learner.person.hears(4)
            assert len({turn.text for turn in turns}) == 4
            assert replies(operator.database, learner) == said[learner.id]
        await until_kept(
            operator.database, [(0,)], "SELECT count(*) FROM outbox WHERE done_at IS NULL"
        )
        # A send that was cut off is made again and counted; nothing else comes twice.
        [(unknown,)] = rows(operator.database, "SELECT sum(unknown) FROM outbox")
        assert sum(learner.person.unheard for learner in everybody) <= unknown
        await stops(bot, told)


async def test_a_telegram_that_hangs_does_not_keep_the_bot_from_stopping(
    api: FakeTelegram, operator: Operator
) -> None:
    (learner,) = learners(api, 1)
    async with operator.bot(COMMCOACH_TELEGRAM_READ_TIMEOUT="30") as bot:
        await learner.begins()
        sending = api.inject(faults.HANG, method="sendMessage", times=math.inf)
        learner.person.says(learner.reply)
        await api.until(lambda: sending.hits == 1)
        everything = api.inject(faults.HANG, times=math.inf)
        learner.person.says("/help")
        await stops(bot)
    sending.stop()
    everything.stop()
    async with operator.bot() as bot:
        turn, helped = await learner.person.hears(2)
        assert learner.label("why") in turn.labels
        assert "/practice" in helped.text
        assert replies(operator.database, learner) == [learner.reply]
        await stops(bot)


@SIGNALS
async def test_a_bot_that_waits_for_telegram_at_its_start_stops(
    api: FakeTelegram, operator: Operator, told: signal.Signals
) -> None:
    hang = api.inject(faults.HANG, method="getMe", times=math.inf)
    async with launched(operator, COMMCOACH_TELEGRAM_READ_TIMEOUT="30") as bot:
        await api.until(lambda: hang.hits == 1, within=30)
        await stops(bot, told)


async def test_a_bot_that_is_stopped_while_it_starts_leaves_nothing_broken(
    api: FakeTelegram, operator: Operator
) -> None:
    (learner,) = learners(api, 1)
    learner.person.starts()
    for moment in (0.0, 0.4, 0.8):
        async with launched(operator) as bot:
            # Whenever that is: nowhere on its way may it leave anything half done.
            await asyncio.sleep(moment)
            bot.process.terminate()
            # Before it listens for the signal, the signal itself ends it.
            assert await bot.exits(within=SOON) in (0, -signal.SIGTERM)
    async with operator.bot() as bot:
        assert learner.label("agree") in (await learner.hears()).labels
        await stops(bot)


async def test_a_bot_that_is_still_learning_its_criteria_stops(
    api: FakeTelegram, operator: Operator, tmp_path: Path
) -> None:
    async with launched(operator, COMMCOACH_CACHE_DIR=str(tmp_path / "cache")) as bot:
        await api.until(lambda: len(api.calls("getMe")) == 1, within=30)
        await stops(bot)


async def test_a_bot_whose_database_is_locked_stops_and_goes_on_later(
    api: FakeTelegram, operator: Operator
) -> None:
    everybody = learners(api)
    async with operator.bot() as bot:
        for learner in everybody:
            await learner.begins()
        for learner in everybody:
            learner.person.says(learner.reply)
        await api.until(lambda: not api.updates.pending)
        with locked(operator.database):
            await bot.says("waiting_for_database")
            await stops(bot)
    async with operator.bot() as bot:
        for learner in everybody:
            await learner.hears()
            assert replies(operator.database, learner) == [learner.reply]
        await stops(bot)
