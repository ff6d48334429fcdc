"""Updates on their way from Telegram into the lanes, whatever the database does meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from types import SimpleNamespace
from typing import Any, cast

import pytest

from commcoach.coaching.mail import Answer, Incoming
from commcoach.coaching.storage import DatabaseLocked
from commcoach.store.memory_mail import InMemoryMail
from commcoach.telegram.service import Bench
from tests.builders import NOON


class Inbox:
    """An inbox that fails as told, after or before the updates were committed."""

    def __init__(self) -> None:
        self.real = InMemoryMail().inbox
        self.fails_after_commit = False
        self.fails_to_read = False

    async def keep(self, updates: Sequence[Incoming], at: datetime) -> list[Incoming]:
        new = await self.real.keep(updates, at)
        if self.fails_after_commit:
            self.fails_after_commit = False
            raise DatabaseLocked("here")
        return new

    async def unsettled(self) -> list[Incoming]:
        if self.fails_to_read:
            self.fails_to_read = False
            raise DatabaseLocked("here")
        return await self.real.unsettled()


class Lanes:
    """Notes what it is given, and holds it until it is settled."""

    def __init__(self) -> None:
        self.given: list[int] = []
        self.holding: set[str] = set()

    def put(self, updates: Sequence[Incoming]) -> None:
        self.given += [one.update for one in updates]
        self.holding |= {one.id for one in updates}

    def held(self) -> frozenset[str]:
        return frozenset(self.holding)

    async def stop(self, grace: float) -> None:
        self.holding.clear()


def raw(number: int) -> dict[str, Any]:
    """A message as Telegram tells of it."""
    person = {"id": 5, "is_bot": False, "first_name": "Anna"}
    chat = {"id": 5, "type": "private", "first_name": "Anna"}
    message = {"message_id": number, "date": 1, "chat": chat, "from": person, "text": "hello"}
    return {"update_id": number, "message": message}


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
def lanes() -> Lanes:
    return Lanes()


@pytest.fixture
def bench(inbox: Inbox, lanes: Lanes) -> Bench:
    desk = SimpleNamespace(bot=7, now=lambda: NOON, house=SimpleNamespace(inbox=inbox))
    return Bench(cast(Any, desk), lanes, cast(Any, None))


async def test_what_was_committed_though_keeping_failed_comes_into_a_lane(
    bench: Bench, inbox: Inbox, lanes: Lanes
) -> None:
    await bench.keep([raw(1)])
    inbox.fails_after_commit = True
    with pytest.raises(DatabaseLocked):
        await bench.keep([raw(2), raw(3)])
    assert lanes.given == [1]
    await bench.keep([raw(2), raw(3), raw(4)])
    assert lanes.given == [1, 2, 3, 4]


async def test_what_a_lane_holds_or_has_settled_is_not_given_twice(
    bench: Bench, inbox: Inbox, lanes: Lanes
) -> None:
    await bench.keep([raw(1), raw(2)])
    (first, _) = await inbox.real.unsettled()
    await inbox.real.settle(first, Answer(), NOON)
    lanes.holding.discard(first.id)
    inbox.fails_after_commit = True
    with pytest.raises(DatabaseLocked):
        await bench.keep([raw(3)])
    await bench.keep([raw(3)])
    await bench.keep([raw(3), raw(4)])
    assert lanes.given == [1, 2, 3, 4]


async def test_a_second_failure_leaves_nothing_behind_either(
    bench: Bench, inbox: Inbox, lanes: Lanes
) -> None:
    inbox.fails_after_commit = inbox.fails_to_read = True
    for _ in range(2):
        with pytest.raises(DatabaseLocked):
            await bench.keep([raw(1)])
    await bench.keep([raw(1)])
    assert lanes.given == [1]
