"""A process that keeps a hundred updates, settles them one by one and tells of each.

Arguments: URL, number of the round. It goes on until it is killed.
"""

from __future__ import annotations

import asyncio
import sys
from contextlib import aclosing
from datetime import UTC, datetime

from commcoach.coaching.mail import Answer, Chat, Incoming, Outgoing
from commcoach.store.engine import open_database
from commcoach.store.mail import SqlInbox

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


async def settle(url: str, first: int) -> None:
    """Answer each update with two messages and a change of the chat."""
    async with aclosing(await open_database(url)) as database:
        inbox = SqlInbox(database)
        updates = [Incoming(7, first + place, 5, "text", {"text": "?"}) for place in range(100)]
        for update in await inbox.keep(updates, NOON):
            messages = tuple(Outgoing(f"{update.update}-{part}", 5, "!") for part in "ab")
            chat = Chat(7, 5, "li", f"s{update.update}")
            await inbox.settle(update, Answer(messages, chat), NOON)
            sys.stdout.write(f"{update.update}\n")
            sys.stdout.flush()
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(settle(sys.argv[1], 1000 * int(sys.argv[2])))
