"""Wakes everybody who waits for something to have happened."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


class Bell:
    """Rung whenever something may have changed."""

    def __init__(self) -> None:
        self._waiting: set[asyncio.Future[None]] = set()

    def ring(self) -> None:
        """Wake all who wait."""
        waiting, self._waiting = self._waiting, set()
        for one in waiting:
            if not one.done():
                one.set_result(None)

    async def until(self, true: Callable[[], bool], within: float) -> bool:
        """Wait until `true()`, asked at each ring, for at most so many seconds; tells its value."""
        if true():
            return True
        try:
            async with asyncio.timeout(within):
                while not true():
                    await self._rung()
        except TimeoutError:
            return true()
        return True

    async def _rung(self) -> None:
        one = asyncio.get_running_loop().create_future()
        self._waiting.add(one)
        try:
            await one
        finally:
            self._waiting.discard(one)
