"""The postman sends what waits in the outbox: each chat in its order, different chats side by side.

A message is noted as being sent before it is carried, and what became of it afterwards. What was
delivered is never carried again because it could not be noted at once; only a message of unknown
fate is, and that is counted.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import datetime

import structlog
from aiolimiter import AsyncLimiter

from commcoach.coaching.mail import (
    Arrived,
    Blocked,
    Carrier,
    Delivery,
    Fate,
    FateUnknown,
    Kind,
    Outbox,
    Refused,
    TryLater,
    Waiting,
)
from commcoach.coaching.storage import DatabaseUnusable
from commcoach.dispatch.patience import Patience
from commcoach.dispatch.stopping import stop_all

AT_ONCE = 32
"""How many messages are on their way at the same time, each to another chat."""

MOST_UNKNOWN = 5
"""After so many sends of unknown fate a message is refused; the learner may have it many times."""

UNKNOWN_FATE = "fate_unknown"
"""The fault under which it is refused then."""

SHORTEST_REST = 0.1
"""Seconds a chat rests at least, also if the carrier asks for less: no chat may spin."""

Pace = AbstractAsyncContextManager[None]

_log = structlog.get_logger(__name__)


def steady_pace(per_second: float = 30, burst: float = 5) -> AsyncLimiter:
    """Let so many sends begin in a second over all chats, and at most a burst of them at once."""
    return AsyncLimiter(burst, burst / per_second)


class Postman:
    """Sends messages; `wake` tells it that something waits for a chat.

    `pace` is entered before each call that goes out. A carrier that needs the database to make
    what it shows asks it before it sends: if it cannot be used then, nothing was sent.
    """

    def __init__(
        self,
        outbox: Outbox,
        carrier: Carrier,
        now: Callable[[], datetime],
        *,
        patience: Patience | None = None,
        pace: Pace | None = None,
        at_once: int = AT_ONCE,
    ) -> None:
        self._outbox = outbox
        self._carrier = carrier
        self._now = now
        self._patience = patience or Patience()
        self._pace = pace or steady_pace()
        self._slots = asyncio.Semaphore(at_once)
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._woken: set[int] = set()
        self._sending: set[int] = set()
        self._stopping = False

    @property
    def open(self) -> int:
        """How many chats something is being done for; the others leave nothing behind."""
        return len(self._tasks)

    async def resume(self) -> int:
        """Take up what had not arrived when the program ended last; the number of messages.

        What was being sent then is counted as of unknown fate.
        """
        waiting = await self._patience.until_usable(self._outbox.waiting)
        for one in waiting:
            self.wake(one.message.chat)
        return len(waiting)

    def wake(self, chat: int) -> None:
        """Send what waits for a chat; never waits. After `stop` it is left for the next start."""
        if self._stopping:
            return
        self._woken.add(chat)
        if chat not in self._tasks:
            self._tasks[chat] = asyncio.create_task(self._serve(chat))

    async def idle(self) -> None:
        """Wait until nothing waits, rests or is being sent."""
        while self._tasks:
            await asyncio.wait(list(self._tasks.values()))

    async def stop(self, grace: float) -> None:
        """Begin no more sends; one on its way may arrive and be noted within so many seconds.

        One that did not is cancelled: its fate is unknown at the next start.
        """
        self._stopping = True
        await stop_all(self._tasks, self._sending, grace)
        # What was cancelled before it ran has not cleared up behind itself.
        self._tasks.clear()

    async def _serve(self, chat: int) -> None:
        try:
            while chat in self._woken and not self._stopping:
                self._woken.discard(chat)
                while (waiting := await self._waiting(chat)) and not self._stopping:
                    rest = await self._forward(waiting[0])
                    if rest is None and len(waiting) == 1:
                        break  # Nothing else waited, and whoever queues more wakes us.
                    if rest and not self._stopping:
                        await self._patience.sleep(rest)
        except Exception as error:  # noqa: BLE001 — the other chats go on; its messages are kept
            _log.error("postman_failed", error=type(error).__name__)
        finally:
            self._woken.discard(chat)
            self._tasks.pop(chat, None)

    async def _waiting(self, chat: int) -> list[Waiting]:
        """What must go; read before each send, for it may have been dropped in the meantime."""
        return await self._patience.until_usable(lambda: self._outbox.waiting(chat))

    async def _forward(self, one: Waiting) -> float | None:
        """Bring a message one step on its way; the seconds its chat must rest then.

        `None` if the message is done with.
        """
        if one.fate is Fate.SENDING:
            # Only one task sends to a chat, and it is not sending: a crash cut this one off.
            await self._note_doubt(one)
            return 0
        if one.unknown and not await self._way_is_open(one):
            return 0
        replaces = await self._replaced(one)
        async with self._slots, self._pace:
            self._sending.add(one.message.chat)
            try:
                delivery = await self._send(one, replaces)
            finally:
                self._sending.discard(one.message.chat)
        match delivery:
            case TryLater(seconds):
                return max(seconds, SHORTEST_REST)
            case FateUnknown():
                return 0
        return None

    async def _way_is_open(self, one: Waiting) -> bool:
        """Wait until a message that may have arrived can go again; whether it still must."""
        for pause in self._patience.pauses(one.unknown - 1):
            await self._patience.sleep(pause)
            if await self._reaches(one.message.chat):
                break
        waiting = await self._waiting(one.message.chat)
        return bool(waiting) and waiting[0].number == one.number

    async def _reaches(self, chat: int) -> bool:
        async with self._slots, self._pace:
            try:
                return await self._carrier.reachable(chat)
            except Exception as error:  # noqa: BLE001 — a way that cannot be tried is not open
                _log.error("way_not_tried", error=type(error).__name__)
                return False

    async def _replaced(self, one: Waiting) -> int | None:
        """The id of the message that an edit replaces; without one it goes as a new message."""
        edits = one.message.edits
        if one.message.kind is not Kind.EDIT or edits is None:
            return None
        return await self._patience.until_usable(lambda: self._outbox.message_id(edits))

    async def _send(self, one: Waiting, replaces: int | None) -> Delivery:
        await self._patience.until_usable(lambda: self._outbox.begin(one.number, self._now()))
        delivery = await self._carry(one, replaces)
        await self._note(one, delivery)
        return delivery

    async def _carry(self, one: Waiting, replaces: int | None) -> Delivery:
        try:
            return await self._carrier.carry(one.message, replaces)
        except DatabaseUnusable as trouble:
            _log.warning("not_carried", number=one.number, error=type(trouble).__name__)
            return TryLater(next(self._patience.pauses(one.tries)))
        except Exception as error:  # noqa: BLE001 — a fault of the carrier: it may have been sent
            _log.error("carrier_failed", number=one.number, error=type(error).__name__)
            return FateUnknown()

    async def _note(self, one: Waiting, delivery: Delivery) -> None:
        number, usable = one.number, self._patience.until_usable
        match delivery:
            case Arrived(message_id):
                await usable(lambda: self._outbox.arrived(number, message_id, self._now()))
            case TryLater():
                await usable(lambda: self._outbox.not_sent(number))
            case FateUnknown():
                await self._note_doubt(one)
            case Refused(fault):
                await self._refuse(one, fault)
            case Blocked():
                await usable(lambda: self._outbox.block(one.message.chat, self._now()))

    async def _note_doubt(self, one: Waiting) -> None:
        await self._patience.until_usable(lambda: self._outbox.fate_unknown(one.number))
        unknown = one.unknown + 1
        _log.warning("fate_unknown", number=one.number, unknown=unknown)
        if unknown >= MOST_UNKNOWN:
            await self._refuse(one, UNKNOWN_FATE)

    async def _refuse(self, one: Waiting, fault: str) -> None:
        _log.warning("message_refused", number=one.number, fault=fault)
        await self._patience.until_usable(
            lambda: self._outbox.refused(one.number, Fate.REFUSED, fault, self._now())
        )
