"""What the dispatch tests run on: a sleep that takes no time, a database in trouble, a carrier."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from commcoach.coaching.mail import (
    Answer,
    Arrived,
    Blocked,
    Delivery,
    FateUnknown,
    Incoming,
    Outgoing,
    Refused,
    TryLater,
)
from commcoach.coaching.storage import DatabaseLocked
from commcoach.dispatch.patience import Patience

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def now() -> datetime:
    """Always the same time."""
    return AT


async def until(happened: Callable[[], bool]) -> None:
    """Let everything else run until something has happened."""
    async with asyncio.timeout(5):
        while not happened():  # noqa: ASYNC110 — not every thing that a test waits for can tell
            await asyncio.sleep(0)


def update(number: int, chat: int | None = 1) -> Incoming:
    """An update of a chat."""
    return Incoming(bot=7, update=number, chat=chat, kind="text", about={"text": f"said {number}"})


def message(key: str, chat: int = 1, **more: Any) -> Outgoing:
    """A message to a chat."""
    return Outgoing(key=key, chat=chat, text=f"text of {key}", **more)


def reply(to: Incoming) -> Answer:
    """An answer of one message."""
    assert to.chat is not None
    return Answer((message(f"answer to {to.update}", to.chat),))


@dataclass
class Sleeper:
    """Takes no time; sleeps of `held` seconds and more last until `wake_up` is set."""

    held: float = float("inf")
    slept: list[float] = field(default_factory=list)
    wake_up: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self, seconds: float) -> None:
        self.slept.append(seconds)
        await asyncio.sleep(0)
        if seconds >= self.held:
            await self.wake_up.wait()

    def patience(self) -> Patience:
        """Patience that sleeps here, with pauses that are not cut."""
        return Patience(self, chance=lambda: 1.0)


class Troubled:
    """Something that keeps mail, the calls of which fail as often as is said first."""

    def __init__(self, kept: object, **failures: int | Exception) -> None:
        self._kept = kept
        self.failures = failures
        self.calls: Counter[str] = Counter()

    def __getattr__(self, name: str) -> Any:
        async def call(*args: Any) -> Any:
            self.calls[name] += 1
            left = self.failures.get(name, 0)
            if isinstance(left, Exception):
                raise left
            if left:
                self.failures[name] = left - 1
                raise DatabaseLocked("here")
            return await getattr(self._kept, name)(*args)

        return call


@dataclass
class Carrier:
    """Delivers, except where `says` has something else for a key, in turn."""

    says: dict[str, list[Delivery | Exception]] = field(default_factory=dict)
    open: list[bool] = field(default_factory=list)
    carried: list[str] = field(default_factory=list)
    replaced: dict[str, int | None] = field(default_factory=dict)
    probes: int = 0

    async def carry(self, message: Outgoing, replaces: int | None) -> Delivery:
        await asyncio.sleep(0)
        self.carried.append(message.key)
        self.replaced[message.key] = replaces
        if said := self.says.get(message.key):
            delivery = said.pop(0)
            if isinstance(delivery, Exception):
                raise delivery
            return delivery
        return Arrived(len(self.carried))

    async def reachable(self, chat: int) -> bool:
        self.probes += 1
        return self.open.pop(0) if self.open else True


class StuckCarrier(Carrier):
    """Delivers what it is given, and does not come back before `let_go` is set."""

    def __init__(self) -> None:
        super().__init__()
        self.delivered = asyncio.Event()
        self.let_go = asyncio.Event()

    async def carry(self, message: Outgoing, replaces: int | None) -> Delivery:
        delivery = await super().carry(message, replaces)
        self.delivered.set()
        await self.let_go.wait()
        return delivery


class MoodyCarrier:
    """Does anything that a carrier may do; `delivered` is what the learners see."""

    def __init__(self, chance: random.Random, moods: Sequence[str]) -> None:
        self._chance = chance
        self._moods = moods
        self.delivered: list[Outgoing] = []

    async def carry(self, message: Outgoing, replaces: int | None) -> Delivery:
        await self._dawdle()
        mood = self._chance.choice(self._moods)
        if mood in {"arrives", "arrives unnoticed", "arrives, then a bug"}:
            self.delivered.append(message)
            await self._dawdle()
        match mood:
            case "arrives":
                return Arrived(len(self.delivered))
            case "later":
                return TryLater(self._chance.uniform(0, 40))
            case "refused":
                return Refused("too long")
            case "blocked":
                return Blocked()
            case "database":
                raise DatabaseLocked("here")
            case "arrives, then a bug":
                raise ZeroDivisionError
            case _:
                return FateUnknown()

    async def reachable(self, chat: int) -> bool:
        await self._dawdle()
        return self._chance.random() < 0.5

    async def _dawdle(self) -> None:
        for _ in range(self._chance.randrange(3)):
            await asyncio.sleep(0)
