"""Telegram is slow, refuses, breaks off or goes away, and a learner does not want to hear more."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator, Iterator
from itertools import pairwise

import pytest
import pytest_asyncio

from commcoach.domain.language import Language
from tests.acceptance.learner import Learner
from tests.acceptance.serving import Served, served
from tests.telegram_api import faults
from tests.telegram_api.faults import Fault

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]

HASTE = {
    "COMMCOACH_TELEGRAM_READ_TIMEOUT": "0.5",
    "COMMCOACH_TELEGRAM_CONNECT_TIMEOUT": "0.5",
    "COMMCOACH_TELEGRAM_POLL_TIMEOUT": "1",
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def bot(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Served]:
    async with served(tmp_path_factory.mktemp("troubles"), **HASTE) as bot:
        yield bot


@pytest.fixture(autouse=True)
def faultless(bot: Served) -> Iterator[None]:
    yield
    bot.is_faultless()
    assert all(plan.hits >= plan.times for plan in bot.api.plans)
    bot.api.plans.clear()


async def unknown_fates(bot: Served, learner: Learner) -> int:
    """How many sends to a learner may or may not have arrived."""
    await bot.is_at_rest()
    return int(bot.rows("SELECT sum(unknown) FROM outbox WHERE chat = ?", learner.id)[0][0])


async def test_a_chat_that_must_wait_waits_and_the_others_do_not(bot: Served) -> None:
    waiting, other = bot.newcomer(), bot.newcomer()
    await waiting.begins()
    await other.begins()
    bot.api.inject(faults.too_many(2), method="sendMessage", chat=waiting.id)
    began = asyncio.get_running_loop().time()
    waiting.person.says("/help")
    waiting.person.says(waiting.reply)
    await bot.api.until(lambda: bot.api.plans[0].hits == 1)
    for _ in range(3):
        await other.sends(other.reply)
    assert waiting.person.unheard == 0
    assert asyncio.get_running_loop().time() - began < 2
    helped, turn = await waiting.person.hears(2)
    assert asyncio.get_running_loop().time() - began >= 2
    assert "/practice" in helped.text
    assert waiting.label("why") in turn.labels
    assert await unknown_fates(bot, waiting) == 0


@pytest.mark.parametrize(
    ("fault", "doubles"),
    [
        (faults.SERVER_ERROR, 0),
        (faults.BAD_GATEWAY, 0),
        (faults.DROP_BEFORE, 0),
        (faults.HANG, 0),
        (faults.DROP_AFTER, 1),
        (faults.MALFORMED, 1),
        (faults.HANG_AFTER, 1),
    ],
    ids=str,
)
async def test_a_send_that_fails_is_made_once_more_and_counted(
    bot: Served, fault: Fault, doubles: int
) -> None:
    learner = bot.newcomer()
    await learner.begins()
    bot.api.inject(fault, method="sendMessage", chat=learner.id)
    learner.person.says(learner.reply)
    first, *again = await learner.person.hears(1 + doubles)
    assert learner.label("why") in first.labels
    assert [one.text for one in again] == [first.text] * doubles
    # One line per chat: what comes next comes after everything of before.
    assert "/practice" in (await learner.sends("/help")).text
    assert await unknown_fates(bot, learner) == 1


async def test_a_sign_of_typing_that_fails_changes_nothing(bot: Served) -> None:
    learner = bot.newcomer()
    await learner.begins()
    bot.api.inject(faults.SERVER_ERROR, method="sendChatAction", chat=learner.id)
    assert learner.label("why") in (await learner.sends(learner.reply)).labels


async def test_who_blocks_the_bot_is_not_written_to_and_can_come_back(bot: Served) -> None:
    gone, other = bot.newcomer(Language.ZH), bot.newcomer()
    await gone.begins()
    await other.begins()
    slow = bot.api.inject(faults.too_many(1), method="sendMessage", chat=gone.id)
    gone.person.says(gone.reply)
    gone.person.says("/help")
    await bot.api.until(lambda: slow.hits == 1)
    gone.person.blocks()
    assert other.label("why") in (await other.sends(other.reply)).labels
    await bot.is_at_rest()
    sent = len(bot.api.calls("sendMessage", gone.id))
    assert gone.person.unheard == 0
    gone.person.unblocks()
    await bot.is_at_rest()
    assert len(bot.api.calls("sendMessage", gone.id)) == sent
    menu = await gone.sends("/practice")
    assert gone.label("resume") in menu.labels
    # The reply was taken, though its answer never arrived.
    assert bot.rows(
        "SELECT count(*) FROM turns JOIN sessions ON sessions.id = turns.session_id "
        "JOIN chats USING (learner) WHERE chats.id = ?",
        gone.id,
    ) == [(1,)]


async def test_updates_that_cannot_be_fetched_for_a_while_are_fetched_later(bot: Served) -> None:
    learner = bot.newcomer()
    await learner.begins()
    troubles = [faults.SERVER_ERROR, faults.BAD_GATEWAY, faults.MALFORMED, faults.DROP_AFTER]
    for trouble in troubles:
        fault = bot.api.inject(trouble, method="getUpdates")
        assert learner.label("why") in (await learner.sends(learner.reply)).labels
        await bot.api.until(lambda plan=fault: plan.hits == 1)  # type: ignore[misc]
    polls = [call.at for call in bot.api.calls("getUpdates")[-30:]]
    assert all(later - earlier < 6 for earlier, later in pairwise(polls))


async def test_telegram_may_ask_the_bot_to_poll_later(bot: Served) -> None:
    learner = bot.newcomer()
    await learner.begins()
    bot.api.inject(faults.too_many(1), method="getUpdates")
    polled = len(bot.api.calls("getUpdates"))
    assert learner.label("why") in (await learner.sends(learner.reply)).labels
    assert len(bot.api.calls("getUpdates")) - polled < 6


async def test_a_telegram_that_goes_away_and_comes_back_finds_the_bot_there(bot: Served) -> None:
    learner = bot.newcomer()
    await learner.begins()
    await bot.api.goes_away()
    drop = bot.api.inject(faults.DROP_BEFORE, times=math.inf)
    learner.person.says(learner.reply)
    await bot.bot.says("polling_interrupted")
    drop.stop()
    await bot.api.comes_back()
    assert learner.label("why") in (await learner.hears()).labels
