"""Tasks brought to an end."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any


async def ended(tasks: Iterable[asyncio.Future[Any]]) -> None:
    """Cancel tasks and wait until they are over; what they end with is nobody's concern."""
    going = list(tasks)
    for task in going:
        task.cancel()
    await asyncio.gather(*going, return_exceptions=True)
