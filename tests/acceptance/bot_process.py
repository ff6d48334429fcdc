"""The bot as its operator runs it: a process of its own, stopped or killed from outside."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.shipped import CACHE
from tests.telegram_api.server import FakeTelegram

STARTS_WITHIN = 60.0
"""Seconds; the first start on a machine learns the criteria."""


@dataclass(frozen=True)
class Operator:
    """Somebody who runs the bot with a data folder of its own."""

    api: FakeTelegram
    data: Path

    @property
    def database(self) -> Path:
        """The SQLite file."""
        return self.data / "commcoach.db"

    def environment(self, **more: str) -> dict[str, str]:
        """What the bot's process is given; nothing of this machine's own settings."""
        kept = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT") if name in os.environ}
        return {
            **kept,
            "HOME": str(self.data),
            "COMMCOACH_DATA_DIR": str(self.data),
            "COMMCOACH_CACHE_DIR": str(CACHE),
            "COMMCOACH_TELEGRAM_BASE_URL": self.api.url,
            "COMMCOACH_TELEGRAM_TOKEN": self.api.token,
            "COMMCOACH_TELEGRAM_READ_TIMEOUT": "2",
            "COMMCOACH_LANG": "en",
            **more,
        }

    async def starts(self, **more: str) -> Bot:
        """Start the bot and wait until it says that it serves."""
        bot = await self.launches(**more)
        await bot.says("serving")
        return bot

    async def launches(self, **more: str) -> Bot:
        """Start the bot, whatever comes of it."""
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "commcoach",
            "bot",
            cwd=self.data,
            env=self.environment(**more),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            start_new_session=True,
        )
        return Bot(process)

    async def runs(self, *arguments: str, **more: str) -> tuple[int, str, str]:
        """Run another command on the same data: exit code, output, errors."""
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "commcoach",
            *arguments,
            cwd=self.data,
            env=self.environment(**more),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        out, errors = await process.communicate()
        return process.returncode or 0, out.decode(), errors.decode()

    @asynccontextmanager
    async def bot(self, **more: str) -> AsyncIterator[Bot]:
        """A running bot, ended at the end."""
        bot = await self.starts(**more)
        try:
            yield bot
        finally:
            await bot.ends()


class Bot:
    """A running process of the bot; what it says is read all along."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.out: list[str] = []
        self.errors: list[str] = []
        self._said = asyncio.Condition()
        assert process.stdout is not None
        assert process.stderr is not None
        self._reading = [
            asyncio.create_task(self._read(process.stdout, self.out)),
            asyncio.create_task(self._read(process.stderr, self.errors)),
        ]

    async def _read(self, stream: asyncio.StreamReader, lines: list[str]) -> None:
        while line := await stream.readline():
            async with self._said:
                lines.append(line.decode().rstrip())
                self._said.notify_all()
        async with self._said:
            self._said.notify_all()

    async def says(self, words: str, within: float = STARTS_WITHIN) -> str:
        """Wait for a line of output or log with these words."""

        def found() -> str | None:
            return next((line for line in (*self.out, *self.errors) if words in line), None)

        def over() -> bool:
            return found() is not None or all(task.done() for task in self._reading)

        async with asyncio.timeout(within), self._said:
            await self._said.wait_for(over)
        line = found()
        assert line is not None, "\n".join((*self.out, *self.errors))
        return line

    async def exits(self, within: float = STARTS_WITHIN) -> int:
        """Wait for the end of the process: its exit code."""
        async with asyncio.timeout(within):
            code = await self.process.wait()
            await asyncio.gather(*self._reading)
        return code

    async def stops(self, within: float = 5.0) -> int:
        """Ask it to stop as a service manager does, and wait: its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return await self.exits(within)

    async def is_killed(self) -> None:
        """Kill it, so that it can finish nothing."""
        if self.process.returncode is None:
            self.process.kill()
        await self.exits()

    async def ends(self) -> None:
        """Make sure that it is gone."""
        if self.process.returncode is None:
            await self.is_killed()
        await asyncio.gather(*self._reading)
