"""A process that writes turns, and then stays or is killed the moment the last one is written.

Arguments: URL, number of the first turn, how many, `stay` or `die`.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from contextlib import aclosing
from datetime import UTC, datetime

from commcoach.domain.dialogue import Turn
from commcoach.store.engine import open_database
from commcoach.store.sessions import SqlSessions

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


async def write(url: str, first: int, amount: int, fate: str) -> None:
    """Write the turns to session `s1`."""
    async with aclosing(await open_database(url)) as database:
        sessions = SqlSessions(database)
        for number in range(first, first + amount):
            await sessions.save_turn("s1", Turn(number, 1, "?", f"reply {number}", NOON))
        if fate == "die":
            os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))


if __name__ == "__main__":
    asyncio.run(write(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]))
