"""How to wait out what is nobody's fault: pauses that grow, and a database that comes back."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterator
from itertools import islice
from typing import TypeVar

import structlog

from commcoach.coaching.storage import DatabaseUnusable, RowUnreadable

FIRST_PAUSE = 0.5
LONGEST_PAUSE = 30.0

Sleep = Callable[[float], Awaitable[None]]

_T = TypeVar("_T")
_log = structlog.get_logger(__name__)


class Patience:
    """Waits with growing pauses.

    `sleep` waits for a number of seconds; `chance` gives numbers from 0 up to 1 that spread the
    pauses, so that chats that failed together do not all try again together.
    """

    def __init__(
        self, sleep: Sleep = asyncio.sleep, chance: Callable[[], float] = random.random
    ) -> None:
        self.sleep = sleep
        self._chance = chance
        self._held_up = 0

    def pauses(self, skipped: int = 0) -> Iterator[float]:
        """Seconds, without end: 0.5 and doubling up to 30, each cut by chance to half at most."""
        return islice(self._all_pauses(), skipped, None)

    async def until_usable(self, call: Callable[[], Awaitable[_T]]) -> _T:
        """What the call gives, made again for as long as the database is unusable.

        However many wait at once, the log says once that it began and once that it is over. A row
        that cannot be read will not become readable by waiting: that error is passed on.
        """
        waits = False
        pauses = self.pauses()
        try:
            while True:
                try:
                    return await call()
                except RowUnreadable:
                    raise
                except DatabaseUnusable as trouble:
                    if not waits:
                        waits = True
                        self._begin_waiting(trouble)
                    await self.sleep(next(pauses))
        finally:
            if waits:
                self._end_waiting()

    def _all_pauses(self) -> Iterator[float]:
        longest = FIRST_PAUSE
        while True:
            yield longest * (1 + self._chance()) / 2
            longest = min(longest * 2, LONGEST_PAUSE)

    def _begin_waiting(self, trouble: DatabaseUnusable) -> None:
        if self._held_up == 0:
            _log.warning("waiting_for_database", trouble=type(trouble).__name__)
        self._held_up += 1

    def _end_waiting(self) -> None:
        self._held_up -= 1
        if self._held_up == 0:
            _log.info("no_longer_waiting_for_database")
