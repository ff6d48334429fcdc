"""Faults on demand, and bots that are impatient or too fast."""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp
import pytest

from tests.telegram_api import faults
from tests.telegram_api.conftest import Ask
from tests.telegram_api.people import Person
from tests.telegram_api.server import FakeTelegram


async def send(ask: Ask, **more: Any) -> tuple[int, Any]:
    """Send a message to Anna."""
    return await ask("sendMessage", **({"chat_id": 7, "text": "x"} | more))


async def test_a_fault_meets_the_requests_it_is_meant_for(
    api: FakeTelegram, anna: Person, ask: Ask
) -> None:
    plan = api.inject(faults.SERVER_ERROR, method="sendMessage", chat=7, times=2)
    assert (await ask("getMe"))[0] == 200
    assert [(await send(ask))[0] for _ in range(3)] == [500, 500, 200]
    assert plan.hits == 2
    assert len(anna.screen) == 1
    assert api.violations == []


async def test_a_fault_may_come_by_chance_and_stop(api: FakeTelegram, ask: Ask) -> None:
    plan = api.inject(faults.SERVER_ERROR, chance=0.5, seed=3)
    answered = [(await ask("getMe"))[0] for _ in range(20)]
    assert set(answered) == {200, 500}
    assert plan.hits == answered.count(500)
    plan.stop()
    assert {(await ask("getMe"))[0] for _ in range(20)} == {200}


async def test_who_does_not_wait_is_told(api: FakeTelegram, anna: Person, ask: Ask) -> None:
    api.inject(faults.too_many(1), method="sendMessage")
    status, body = await send(ask)
    assert (status, body["parameters"]) == (429, {"retry_after": 1})
    assert body["description"] == "Too Many Requests: retry after 1"
    assert api.impatient == []
    assert (await send(ask))[0] == 429
    assert len(api.impatient) == 1
    other = api.person(8, "Bo")
    other.starts()
    assert (await send(ask, chat_id=8))[0] == 200
    assert len(api.impatient) == 1
    assert api.violations == []


async def test_who_waits_is_served(api: FakeTelegram, anna: Person, ask: Ask) -> None:
    api.inject(faults.too_many(0), method="sendMessage")
    assert (await send(ask))[0] == 429
    assert (await send(ask))[0] == 200
    assert api.impatient == []


async def test_too_many_messages_a_second_are_refused(
    api: FakeTelegram, anna: Person, ask: Ask
) -> None:
    api.flood_limit = 3
    assert [(await send(ask))[0] for _ in range(4)] == [200, 200, 200, 429]
    assert (await ask("sendChatAction", chat_id=7, action="typing"))[0] == 200
    assert api.violations == []


async def test_a_gateway_answers_with_a_page(api: FakeTelegram) -> None:
    api.inject(faults.BAD_GATEWAY)
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{api.url}/bot{api.token}/getMe") as answer,
    ):
        assert (answer.status, answer.content_type) == (502, "text/html")


@pytest.mark.parametrize(
    ("fault", "delivered"), [(faults.DROP_BEFORE, False), (faults.DROP_AFTER, True)]
)
async def test_a_connection_drops_before_or_after_delivery(
    api: FakeTelegram, anna: Person, ask: Ask, fault: faults.Fault, delivered: bool
) -> None:
    api.inject(fault, method="sendMessage")
    with pytest.raises(aiohttp.ClientConnectionError):
        await send(ask)
    assert len(api.deliveries(7)) == delivered
    assert api.calls("sendMessage", 7)[0].status is None


@pytest.mark.parametrize(("fault", "delivered"), [(faults.HANG, False), (faults.HANG_AFTER, True)])
async def test_a_request_hangs_before_or_after_delivery(
    api: FakeTelegram, anna: Person, ask: Ask, fault: faults.Fault, delivered: bool
) -> None:
    plan = api.inject(fault, method="sendMessage")
    hanging = asyncio.ensure_future(send(ask))
    await api.until(lambda: bool(api.deliveries(7)) if delivered else plan.hits == 1, within=2)
    assert (await ask("getMe"))[0] == 200
    assert not hanging.done()
    assert len(api.deliveries(7)) == delivered
    hanging.cancel()


async def test_half_an_answer_comes_after_delivery(
    api: FakeTelegram, anna: Person, ask: Ask
) -> None:
    api.inject(faults.MALFORMED)
    with pytest.raises(ValueError, match="Unterminated"):
        await send(ask)
    assert len(api.deliveries(7)) == 1


async def test_a_slow_answer_comes_in_the_end(api: FakeTelegram, anna: Person, ask: Ask) -> None:
    api.inject(faults.slow(0.05), method="sendMessage")
    loop = asyncio.get_running_loop()
    before = loop.time()
    assert (await send(ask))[0] == 200
    assert loop.time() - before >= 0.045


async def test_the_server_may_go_away_and_come_back(api: FakeTelegram) -> None:
    url = f"{api.url}/bot{api.token}/getMe"
    await api.goes_away()
    async with aiohttp.ClientSession() as session:
        with pytest.raises(aiohttp.ClientConnectorError):
            await session.get(url)
        await api.comes_back()
        async with session.get(url) as answer:
            assert answer.status == 200


async def test_a_client_that_hangs_does_not_keep_the_server(ask: Ask, api: FakeTelegram) -> None:
    plan = api.inject(faults.HANG, method="getMe")
    hanging = asyncio.ensure_future(ask("getMe"))
    await api.until(lambda: plan.hits == 1)
    # Closing ends what hangs; otherwise the test would not end.
    await api.__aexit__(None, None, None)
    with pytest.raises(aiohttp.ClientConnectionError):
        await hanging
