"""Updates: offsets acknowledge, polls wait, one bot polls at a time."""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp

from tests.telegram_api.conftest import Ask
from tests.telegram_api.people import Person
from tests.telegram_api.server import FakeTelegram


async def polled(ask: Ask, **params: Any) -> list[Any]:
    """The updates of one answer."""
    status, body = await ask("getUpdates", **params)
    assert status == 200, body
    updates: list[Any] = body["result"]
    return updates


def texts(updates: list[Any]) -> list[str]:
    """What the messages among updates say."""
    return [update["message"]["text"] for update in updates]


async def test_updates_come_again_until_an_offset_acknowledges_them(
    api: FakeTelegram, anna: Person, ask: Ask
) -> None:
    for text in ("a", "b", "c"):
        anna.says(text)
    first = await polled(ask)
    assert texts(first) == ["a", "b", "c"]
    assert await polled(ask) == first
    assert texts(await polled(ask, offset=first[1]["update_id"])) == ["b", "c"]
    assert texts(await polled(ask)) == ["b", "c"]
    assert await polled(ask, offset=first[2]["update_id"] + 1) == []
    assert api.updates.pending == ()


async def test_a_negative_offset_forgets_all_but_the_last(
    api: FakeTelegram, anna: Person, ask: Ask
) -> None:
    for text in ("a", "b", "c"):
        anna.says(text)
    assert texts(await polled(ask, offset=-5)) == ["a", "b", "c"]
    assert texts(await polled(ask, offset=-1)) == ["c"]
    assert texts(await polled(ask)) == ["c"]


async def test_an_answer_has_at_most_limit_updates(
    api: FakeTelegram, anna: Person, ask: Ask
) -> None:
    for text in ("a", "b", "c"):
        anna.says(text)
    assert texts(await polled(ask, limit=2)) == ["a", "b"]
    assert api.violations == []
    await polled(ask, limit=0)
    assert api.violations == ["getUpdates: limit is not between 1 and 100"]


async def test_a_long_poll_waits_for_an_update(api: FakeTelegram, anna: Person, ask: Ask) -> None:
    poll = asyncio.create_task(polled(ask, timeout=30))
    await api.until(lambda: len(api.calls("getUpdates")) == 1)
    assert not poll.done()
    anna.says("a")
    assert texts(await poll) == ["a"]


async def test_a_short_poll_does_not_wait(ask: Ask) -> None:
    assert await polled(ask) == []


async def test_the_newer_of_two_polls_wins(api: FakeTelegram, anna: Person, ask: Ask) -> None:
    older = asyncio.ensure_future(ask("getUpdates", timeout=30))
    await api.until(lambda: len(api.calls("getUpdates")) == 1)
    newer = asyncio.create_task(polled(ask, timeout=30))
    status, body = await older
    assert status == 409
    assert body["description"].startswith("Conflict: terminated by other getUpdates request")
    anna.says("a")
    assert texts(await newer) == ["a"]
    assert len(api.violations) == 1


async def test_the_poll_of_a_bot_that_died_disturbs_nobody(
    api: FakeTelegram, anna: Person, ask: Ask
) -> None:
    async with aiohttp.ClientSession() as dying:
        url = f"{api.url}/bot{api.token}/getUpdates"
        poll = asyncio.create_task(dying.get(url, params={"timeout": "30"}))
        await api.until(lambda: len(api.calls("getUpdates")) == 1)
        poll.cancel()
        await asyncio.wait([poll])
    await ask("getMe")
    anna.says("a")
    assert texts(await polled(ask, timeout=30)) == ["a"]
    assert api.violations == []


async def test_the_kinds_asked_for_are_remembered(
    api: FakeTelegram, anna: Person, ask: Ask
) -> None:
    await polled(ask, allowed_updates=["callback_query"])
    anna.says("unwanted")
    assert await polled(ask) == []
    await polled(ask, allowed_updates=[])
    anna.says("wanted")
    assert texts(await polled(ask)) == ["wanted"]
    assert api.violations == []
    await polled(ask, allowed_updates=["messages"])
    assert api.violations == ["getUpdates: there are no updates of kind messages"]


async def test_ids_may_begin_anew(api: FakeTelegram, anna: Person, ask: Ask) -> None:
    anna.says("before")
    old = (await polled(ask))[-1]["update_id"]
    api.restart_update_ids(1000)
    anna.says("after")
    [update] = await polled(ask, offset=old + 1)
    assert (update["update_id"], texts([update])) == (1000, ["after"])
    assert await polled(ask, offset=1001) == []


async def test_updates_may_come_twice_in_one_answer(
    api: FakeTelegram, anna: Person, ask: Ask
) -> None:
    api.duplicate_next(1)
    anna.says("a")
    anna.says("b")
    assert texts(await polled(ask)) == ["a", "a", "b"]
    assert texts(await polled(ask)) == ["a", "b"]


async def test_updates_may_come_again_after_they_were_acknowledged(
    api: FakeTelegram, anna: Person, ask: Ask
) -> None:
    api.duplicate_next(1, after_acknowledgement=True)
    anna.says("a")
    [update] = await polled(ask)
    assert await polled(ask, offset=update["update_id"] + 1, timeout=30) == [update]
    assert await polled(ask, offset=update["update_id"] + 1) == []


async def test_an_answer_may_come_in_any_order(api: FakeTelegram, anna: Person, ask: Ask) -> None:
    api.shuffle_batches(1)
    for text in "abcdef":
        anna.says(text)
    mixed = texts(await polled(ask))
    assert mixed != list("abcdef")
    assert sorted(mixed) == list("abcdef")


async def test_anything_can_be_an_update(api: FakeTelegram, ask: Ask) -> None:
    number = api.push_raw({"message": {"nonsense": None}})
    own = api.push_raw({"update_id": 5, "novelty": []})
    assert await polled(ask) == [
        {"update_id": number, "message": {"nonsense": None}},
        {"update_id": own, "novelty": []},
    ]
