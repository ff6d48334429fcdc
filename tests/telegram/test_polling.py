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
from commcoach.telegram.polling import REFUSALS, Polling, TokenRefused
from tests.telegram_api import faults
from tests.telegram_api.server import FakeTelegram

JSON = {"content-type": "application/json"}


class Keeper:
    """Keeps updates, or fails to, as told."""

    def __init__(self) -> None:
        self.kept: list[int] = []
        self.failures = 0
        self.got = asyncio.Event()
        self.taken = 0

    async def __call__(self, updates: Sequence[dict[str, Any]]) -> None:
        if self.failures:
            self.failures -= 1
            raise DatabaseLocked("here")
        self.kept += [one["update_id"] for one in updates]
        self.got.set()

    def is_told_of_another(self) -> None:
        self.taken += 1
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
        task = asyncio.create_task(Polling(client, url, 5, keeper, keeper.is_told_of_another).run())
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
        url = f"{api.url}/bot2:unknown/getUpdates"
        poll = Polling(client, url, 0, keeper, keeper.is_told_of_another)
        with pytest.raises(TokenRefused):
            await poll.run()
    assert len(api.violations) == REFUSALS


async def test_a_token_that_is_refused_once_or_twice_and_then_known_goes_on(
    api: FakeTelegram, keeper: Keeper
) -> None:
    refusals = iter([401, 404, 200, 404, 401, 200])

    async def between(request: httpx.Request) -> httpx.Response:
        if (code := next(refusals, 200)) != 200:
            return httpx.Response(code, json={"ok": False, "error_code": code})
        async with httpx.AsyncClient(transport=AiohttpTransport()) as client:
            answer = await client.post(request.url, content=await request.aread(), headers=JSON)
        return httpx.Response(200, content=answer.content)

    anna = api.person(1, "Anna")
    async with httpx.AsyncClient(transport=httpx.MockTransport(between)) as client:
        url = f"{api.url}/bot{api.token}/getUpdates"
        task = asyncio.create_task(Polling(client, url, 1, keeper, keeper.is_told_of_another).run())
        for count in (1, 2, 3):
            anna.says("one")
            await keeper.holds(count)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    assert next(refusals, None) is None


async def test_another_who_takes_the_updates_is_told_of_once_and_it_goes_on(
    api: FakeTelegram, keeper: Keeper
) -> None:
    async with running(api, keeper), running(api, keeper):
        async with asyncio.timeout(5):
            while keeper.taken < 2:
                keeper.got.clear()
                await keeper.got.wait()
        await api.until(lambda: [one.status for one in api.calls("getUpdates")].count(409) > 6)
    assert keeper.taken == 2
