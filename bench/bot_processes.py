"""The bots that are measured, each a process of its own, and what they cost (Linux only)."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).parents[1]
# A script finds what stands beside it; Telegram's double stands in tests/.
sys.path.append(str(CHECKOUT))

from tests.acceptance.bot_process import Bot, Operator  # noqa: E402  # found by the line above
from tests.telegram_api.server import FakeTelegram  # noqa: E402

ECHO = Path(__file__).with_name("echo_bot.py")


@dataclass(frozen=True, slots=True)
class Subject:
    """A running bot and the Telegram that it talks to."""

    api: FakeTelegram
    pid: int

    def processor(self) -> float:
        """Seconds of processor time that all its threads have used so far."""
        # How Linux numbers the clock of another process: clock_getcpuclockid(3).
        return time.clock_gettime((~self.pid) << 3 | 2)

    def memory(self) -> float:
        """MiB that it holds in memory now."""
        status = Path(f"/proc/{self.pid}/status").read_text(encoding="ascii")
        [resident] = [line for line in status.splitlines() if line.startswith("VmRSS:")]
        return int(resident.split()[1]) / 1024


@asynccontextmanager
async def coach(data: Path) -> AsyncIterator[Subject]:
    """The bot of this checkout, on an SQLite file in this folder."""
    async with FakeTelegram() as api, Operator(api, data).bot() as bot:
        yield Subject(api, bot.process.pid)
        _expect_no_fault(api)


@asynccontextmanager
async def echo() -> AsyncIterator[Subject]:
    """The bare bot."""
    async with FakeTelegram() as api:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            str(ECHO),
            env={**os.environ, "BASE_URL": api.url, "TOKEN": api.token},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        bot = Bot(process)
        try:
            await api.until(lambda: bool(api.calls("getUpdates")))
            yield Subject(api, process.pid)
            _expect_no_fault(api)
        finally:
            await bot.ends()


def _expect_no_fault(api: FakeTelegram) -> None:
    """What Telegram would have refused makes the figures worthless."""
    if api.violations or api.impatient:
        raise SystemExit("\n".join([*api.violations, *api.impatient][:10]))
