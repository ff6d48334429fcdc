"""What every open database can do for the repositories, whichever kind it is."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from functools import partial
from typing import Protocol, TypeVar, TypeVarTuple

from sqlalchemy import Connection

Result = TypeVar("Result")
Given = TypeVarTuple("Given")

to_json = partial(json.dumps, ensure_ascii=False)
"""How JSON is written; readable for people who look into the database."""


class Database(Protocol):
    """An open database whose schema is up to date.

    Work is a plain function over a connection: it runs from its first statement to its last
    without waiting for anything else, so no transaction is ever open across something slow.
    Every failure of the database comes out as a `DatabaseUnusable`.
    """

    @property
    def place(self) -> str:
        """What people are told about it: the path of a file, or a URL without its password."""
        ...

    async def read(self, work: Callable[[Connection, *Given], Result], *given: *Given) -> Result:
        """Do the work on one consistent view of the data."""
        ...

    async def write(self, work: Callable[[Connection, *Given], Result], *given: *Given) -> Result:
        """Do the work in one transaction, committed when this returns.

        Work that raises is undone. If the caller is cancelled, the work may be committed all the
        same: it has to bear being done again.
        """
        ...

    async def wipe(self) -> None:
        """Remove from the files what has been deleted, as far as it is in our hands.

        A `DatabaseLocked` if somebody who still reads it is in the way.
        """
        ...

    def only_bot(self) -> AbstractAsyncContextManager[None]:
        """Be the only bot on this database; `AnotherBotRuns` if there is one already.

        It also comes out of a block that is cancelled because its lock was lost to another bot.

        The operating system or the server ends it when the process dies, however it dies.
        """
        ...

    async def aclose(self) -> None:
        """Close every connection."""
        ...
