"""A running server, and a client that calls it without any bot library."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import aiohttp
import pytest

from tests.telegram_api.people import Person
from tests.telegram_api.server import FakeTelegram

Ask = Callable[..., Awaitable[tuple[int, Any]]]


@pytest.fixture
async def api() -> AsyncIterator[FakeTelegram]:
    """The server."""
    async with FakeTelegram() as running:
        yield running


@pytest.fixture
def anna(api: FakeTelegram) -> Person:
    """Somebody who has started the bot; the update is acknowledged."""
    person = api.person(7, "安娜")
    person.starts()
    api.updates.drop()
    return person


@pytest.fixture
async def ask(api: FakeTelegram) -> AsyncIterator[Ask]:
    """Calls a method with a JSON body; gives status and body, or only the result with `ok`."""
    async with aiohttp.ClientSession() as session:

        async def call(method: str, **params: Any) -> tuple[int, Any]:
            url = f"{api.url}/bot{api.token}/{method}"
            async with session.post(url, json=params) as answer:
                return answer.status, await answer.json()

        yield call
