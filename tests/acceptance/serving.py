"""One running bot for all tests of a module, each with learners of its own."""

from __future__ import annotations

import asyncio
import itertools
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from commcoach.domain.language import Language
from tests.acceptance.bot_process import Bot, Operator
from tests.acceptance.learner import Learner, newcomer
from tests.telegram_api.server import FakeTelegram

CLIENTS = {Language.ZH: "zh-hans", Language.EN: "en-GB"}


@dataclass(frozen=True)
class Served:
    """A bot that serves, and the Telegram that it serves in."""

    api: FakeTelegram
    operator: Operator
    bot: Bot
    _ids: Iterator[int] = field(default_factory=lambda: itertools.count(1001))

    def newcomer(self, language: Language = Language.EN) -> Learner:
        """Somebody whom the bot does not know."""
        return newcomer(self.api.person(next(self._ids), "安娜", language_code=CLIENTS[language]))

    def rows(self, query: str, *given: object) -> list[tuple[Any, ...]]:
        """What is in the database."""
        return rows(self.operator.database, query, *given)

    async def keeps(self, expected: list[tuple[Any, ...]], query: str, *given: object) -> None:
        """Wait until a query finds this."""
        await until_kept(self.operator.database, expected, query, *given)

    async def is_at_rest(self) -> None:
        """Wait until every update is settled and every message has arrived."""
        await self.api.until(lambda: not self.api.updates.pending)
        await self.keeps([(0,)], "SELECT count(*) FROM inbox WHERE settled_at IS NULL")
        await self.keeps([(0,)], "SELECT count(*) FROM outbox WHERE done_at IS NULL")

    def is_faultless(self) -> None:
        """The bot has done nothing that Telegram refuses or a careful bot does not do."""
        assert self.api.violations == []
        assert self.api.impatient == []
        assert self.bot.process.returncode is None


def rows(database: Path, query: str, *given: object) -> list[tuple[Any, ...]]:
    """What a query finds."""
    with closing(sqlite3.connect(database)) as connection:
        return connection.execute(query, given).fetchall()


async def until_kept(
    database: Path, expected: list[tuple[Any, ...]], query: str, *given: object
) -> None:
    """Wait until a query finds this."""
    async with asyncio.timeout(20):
        while rows(database, query, *given) != expected:  # noqa: ASYNC110 — it rings no bell
            await asyncio.sleep(0.02)


@asynccontextmanager
async def served(folder: Path, **settings: str) -> AsyncIterator[Served]:
    """A Telegram with a running bot; it stops at the end as it should."""
    async with FakeTelegram() as api:
        operator = Operator(api, folder)
        async with operator.bot(**settings) as bot:
            yield Served(api, operator, bot)
            assert await bot.stops() == 0


@contextmanager
def locked(database: Path) -> Iterator[None]:
    """Hold the database as another program does in the middle of a long job."""
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        connection.execute("BEGIN EXCLUSIVE")
        yield
        connection.execute("ROLLBACK")
