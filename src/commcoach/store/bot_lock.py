"""The lock that tells a PostgreSQL server which bot is the only one, and who watches over it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from commcoach.coaching.storage import AnotherBotRuns, DatabaseUnusable
from commcoach.store.troubles import translated

_LOCK = 4_803_202
"""The server knows its advisory locks by number only; any other number would do."""
_EVERY = 5.0
"""Seconds between two looks at the connection that holds the lock."""
_PATIENCE = 5.0
"""Seconds until a connection that does not answer counts as lost."""


@dataclass(slots=True)
class BotLock:
    """An advisory lock, held by a connection of its own: it ends when the connection does."""

    place: str
    engine: AsyncEngine
    _holder: AsyncConnection | None = None

    @asynccontextmanager
    async def held(self) -> AsyncIterator[None]:
        """Hold the lock; `AnotherBotRuns` if somebody else does.

        When the connection is lost, the lock is taken again. If another bot was faster, the block
        is cancelled, and `AnotherBotRuns` comes out of it. While the server does not answer, nobody
        can take the lock, and the block goes on.
        """
        await self._take()
        owner = asyncio.current_task()
        assert owner is not None  # noqa: S101  # a coroutine always runs in a task
        watch = asyncio.create_task(self._watch(owner))
        try:
            yield
        except asyncio.CancelledError:
            # Our own cancelling becomes the exception; that of somebody else goes on.
            if self._is_lost(watch) and owner.uncancel() == 0:
                raise AnotherBotRuns(self.place) from None
            raise
        finally:
            watch.cancel()
            await asyncio.wait([watch])
            await self._drop()

    def _is_lost(self, watch: asyncio.Task[None]) -> bool:
        return watch.done() and not watch.cancelled() and watch.exception() is None

    async def _watch(self, owner: asyncio.Task[object]) -> None:
        """Look after the lock until another bot has it; then cancel the owner and return."""
        while True:
            await _until_next_look()
            try:
                if not await self._is_there():
                    await self._drop()
                    await self._take()
            except AnotherBotRuns:
                owner.cancel()
                return
            except DatabaseUnusable:
                continue

    async def _take(self) -> None:
        engine = self.engine.execution_options(isolation_level="AUTOCOMMIT")
        with translated(self.place):
            self._holder = await engine.connect()
        mine = False
        try:
            with translated(self.place):
                taking = text("SELECT pg_try_advisory_lock(:lock)")
                mine = bool(await self._holder.scalar(taking, {"lock": _LOCK}))
        finally:
            if not mine:
                await self._drop()
        if not mine:
            raise AnotherBotRuns(self.place)

    async def _is_there(self) -> bool:
        if self._holder is None:
            return False
        try:
            async with asyncio.timeout(_PATIENCE):
                await self._holder.scalar(text("SELECT 1"))
        except (SQLAlchemyError, OSError, TimeoutError):
            return False
        return True

    async def _drop(self) -> None:
        """Close the connection for good: back in the pool, it would go on holding the lock."""
        holder, self._holder = self._holder, None
        if holder is not None:
            # A broken connection may refuse even that.
            with suppress(SQLAlchemyError, OSError):
                await holder.invalidate()
                await holder.close()


async def _until_next_look() -> None:
    await asyncio.sleep(_EVERY)
