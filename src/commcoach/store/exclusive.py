"""Only one bot may work with a database at a time."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager

from commcoach.store.database import Database


def only_one_bot(database: Database) -> AbstractAsyncContextManager[None]:
    """Be the only bot on this database, until the block is left or the process dies.

    `AnotherBotRuns`, at once, if there is one already. If a server loses the lock and another bot
    takes it, the task in the block is cancelled, and `AnotherBotRuns` comes out of the block.
    """
    return database.only_bot()
