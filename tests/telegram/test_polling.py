"""Fetching updates over real HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from httpx_aiohttp import AiohttpTransport

from commcoach.coaching.storage import DatabaseLocked
from commcoach.telegram import polling
from commcoach.telegram.polling import Polling, TokenRefused
from tests.telegram_api import faults
from tests.telegram_api.server import FakeTelegram


class Keeper:
    """Keeps updates, or fails to, as told."""

    def __init__(self) -> None:
        self.kept: list[int] = []
        self.failures = 0
        self.got = asyncio.Event()

    async def __call__(self, updates: Sequence[dict[str, Any]]) -> None:
        if self.failures:
            self.failures -= 1
            raise DatabaseLocked("here")
        self.kept += [one["update_id"] for one in updates]
        self.got.set()

    async def holds(self, count: int) -> None:
        async with asyncio.timeout(5):
            while len(self.kept) < count:
                self.got.clear()
                await self.got.wait()


@pytest.fixture
async def api() -> AsyncIterator[FakeTelegram]:
    async with FakeTelegram() as api:
        yield api


@pytest.fixture
def keeper(monkeypatch: pytest.MonkeyPatch) -> Keeper:
    """With pauses between attempts so short that no test waits for them."""
    monkeypatch.setattr(polling, "LONGEST_PAUSE", 0.01)
    return Keeper()


@asynccontextmanager
async def running(api: FakeTelegram, keeper: Keeper) -> AsyncIterator[asyncio.Task[None]]:
    async with httpx.AsyncClient(transport=AiohttpTransport(), timeout=5) as client:
        url = f"{api.url}/bot{api.token}/getUpdates"
        task = asyncio.create_task(Polling(client, url, 5, keeper).run())
        yield task
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_what_is_kept_is_acknowledged_and_not_fetched_again(api: FakeTelegram) -> None:
    keeper = Keeper()
    anna = api.person(1, "Anna")
    async with running(api, keeper):
        for text in ("one", "two", "three"):
            anna.says(text)
        await keeper.holds(3)
        anna.says("four")
        await keeper.holds(4)
    assert keeper.kept == sorted(set(keeper.kept))


async def test_what_could_not_be_kept_is_not_acknowledged(
    api: FakeTelegram, keeper: Keeper
) -> None:
    keeper.failures = 3
    api.person(1, "Anna").says("one")
    async with running(api, keeper):
        await keeper.holds(1)
    assert len(keeper.kept) == 1


async def test_updates_of_one_answer_are_kept_in_their_order(
    api: FakeTelegram, keeper: Keeper
) -> None:
    api.shuffle_batches(3)
    anna = api.person(1, "Anna")
    for number in range(20):
        anna.says(f"{number}")
    async with running(api, keeper):
        await keeper.holds(20)
    assert keeper.kept == sorted(keeper.kept)


@pytest.mark.parametrize(
    "fault",
    [
        faults.SERVER_ERROR,
        faults.BAD_GATEWAY,
        faults.DROP_BEFORE,
        faults.DROP_AFTER,
        faults.MALFORMED,
        faults.too_many(0),
    ],
    ids=["500", "502", "dropped", "dropped after", "malformed", "429"],
)
async def test_polling_goes_on_after_every_kind_of_failure(
    api: FakeTelegram, keeper: Keeper, fault: faults.Fault
) -> None:
    api.inject(fault, method="getUpdates", times=2)
    api.person(1, "Anna").says("one")
    async with running(api, keeper):
        await keeper.holds(1)
    assert set(keeper.kept) == {keeper.kept[0]}


async def test_a_token_that_telegram_does_not_know_ends_it(
    api: FakeTelegram, keeper: Keeper
) -> None:
    api.token = "1:another"
    async with httpx.AsyncClient(transport=AiohttpTransport()) as client:
        poll = Polling(client, f"{api.url}/bot2:unknown/getUpdates", 0, keeper)
        with pytest.raises(TokenRefused):
            await poll.run()
