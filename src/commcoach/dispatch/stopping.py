"""How what is under way comes to an end: in its own time, as far as that goes."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping
from typing import TypeVar

_Place = TypeVar("_Place")


async def stop_all(
    tasks: Mapping[_Place, asyncio.Task[None]], busy: Collection[_Place], grace: float
) -> None:
    """Cancel the tasks of places that are not busy at once, the others after so many seconds."""
    for place, task in tasks.items():
        if place not in busy:
            task.cancel()
    if going := list(tasks.values()):
        _, unfinished = await asyncio.wait(going, timeout=grace)
        for task in unfinished:
            task.cancel()
        await asyncio.gather(*going, return_exceptions=True)
