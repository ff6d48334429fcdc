"""One lane per chat: its updates are worked on one after another, in the order they came."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from functools import partial

import structlog

from commcoach.coaching.mail import Answer, Inbox, Incoming
from commcoach.dispatch.patience import Patience
from commcoach.dispatch.stopping import stop_all

AT_ONCE = 64
"""How many updates are worked on side by side, each of another chat."""

TRIES = 3
"""How often an update is tried that fails by a fault of its own, before it is given up."""

Work = Callable[[Incoming], Awaitable[Answer]]

_log = structlog.get_logger(__name__)


class Lanes:
    """Works on updates and settles them, different chats side by side.

    `work` gives what comes of an update, `apology` what the chat hears of one that is given up.
    `settled` is told each chat that has messages now. A database that cannot be used is waited
    out, order kept; work that is done is not done again because it could not be noted.
    """

    def __init__(
        self,
        inbox: Inbox,
        work: Work,
        apology: Work,
        settled: Callable[[int], None],
        now: Callable[[], datetime],
        *,
        patience: Patience | None = None,
        at_once: int = AT_ONCE,
    ) -> None:
        self._inbox = inbox
        self._work = work
        self._apology = apology
        self._settled = settled
        self._now = now
        self._patience = patience or Patience()
        self._slots = asyncio.Semaphore(at_once)
        self._queues: dict[int | str, deque[Incoming]] = {}
        self._tasks: dict[int | str, asyncio.Task[None]] = {}
        self._busy: set[int | str] = set()
        self._held: set[str] = set()
        self._stopping = False

    @property
    def open(self) -> int:
        """How many lanes there are; one that is empty leaves nothing behind."""
        return len(self._tasks)

    def held(self) -> frozenset[str]:
        """The ids of the updates that are queued or in work now."""
        return frozenset(self._held)

    async def resume(self) -> int:
        """Take up what was not settled when the program ended last, in order; the number.

        To be called once, before the first `put`.
        """
        left = await self._patience.until_usable(self._inbox.unsettled)
        self.put(left)
        return len(left)

    def put(self, updates: Sequence[Incoming]) -> None:
        """Add updates that are kept in the inbox at the end of their lanes; never waits.

        After `stop` they are left for the next start.
        """
        if self._stopping:
            return
        for update in updates:
            self._held.add(update.id)
            lane = update.id if update.chat is None else update.chat
            if lane in self._queues:
                self._queues[lane].append(update)
            else:
                self._queues[lane] = deque([update])
                self._tasks[lane] = asyncio.create_task(self._run(lane))

    async def idle(self) -> None:
        """Wait until nothing is queued or in work."""
        while self._tasks:
            await asyncio.wait(list(self._tasks.values()))

    async def stop(self, grace: float) -> None:
        """Begin nothing new; what is in work may finish within so many seconds.

        What did not finish is cancelled and stays unsettled, as does what was queued.
        """
        self._stopping = True
        await stop_all(self._tasks, self._busy, grace)
        # A lane that was cancelled before it ran has not cleared up behind itself.
        self._queues.clear()
        self._tasks.clear()
        self._held.clear()

    async def _run(self, lane: int | str) -> None:
        queue = self._queues[lane]
        try:
            while queue and not self._stopping:
                update = queue.popleft()
                await self._bring_to_an_end(lane, update)
                self._held.discard(update.id)
        finally:
            # Nothing is awaited since the queue was found empty: no update can slip in between.
            del self._queues[lane], self._tasks[lane]

    async def _bring_to_an_end(self, lane: int | str, update: Incoming) -> None:
        answer: Answer | None = None
        fault = ""
        pauses = self._patience.pauses()
        try:
            for attempt in range(1, TRIES + 1):
                try:
                    if answer is None:
                        answer = await self._patience.until_usable(
                            partial(self._take_slot_and_work, lane, update)
                        )
                    await self._settle(update, answer)
                except Exception as error:  # noqa: BLE001 — whatever it is, the chat goes on
                    fault = type(error).__name__
                    _log.warning("update_failed", update=update.id, attempt=attempt, error=fault)
                else:
                    return
                if attempt < TRIES:
                    await self._patience.sleep(next(pauses))
            await self._give_up(update, fault)
        finally:
            self._busy.discard(lane)

    async def _take_slot_and_work(self, lane: int | str, update: Incoming) -> Answer:
        async with self._slots:
            self._busy.add(lane)
            return await self._work(update)

    async def _settle(self, update: Incoming, answer: Answer) -> None:
        await self._patience.until_usable(lambda: self._inbox.settle(update, answer, self._now()))
        self._tell(answer)

    async def _give_up(self, update: Incoming, fault: str) -> None:
        try:
            answer = await self._patience.until_usable(partial(self._apology, update))
        except Exception as error:  # noqa: BLE001 — without an apology, but given up all the same
            _log.error("apology_failed", update=update.id, error=type(error).__name__)
            answer = Answer()
        try:
            await self._patience.until_usable(
                lambda: self._inbox.give_up(update, fault, answer, self._now())
            )
        except Exception as error:  # noqa: BLE001 — it stays unsettled, the next one is worked on
            _log.error("update_not_given_up", update=update.id, error=type(error).__name__)
        else:
            _log.error("update_given_up", update=update.id, error=fault)
            self._tell(answer)

    def _tell(self, answer: Answer) -> None:
        for chat in dict.fromkeys(message.chat for message in answer.messages):
            self._settled(chat)
