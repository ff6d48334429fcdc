"""A Telegram of one's own, and somebody who runs a bot on it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.acceptance.bot_process import Operator
from tests.telegram_api.server import FakeTelegram


@pytest.fixture
async def api() -> AsyncIterator[FakeTelegram]:
    """Telegram, on this machine; every request that the real one would refuse fails the test."""
    async with FakeTelegram() as api:
        yield api
        assert api.violations == []
        assert api.impatient == []


@pytest.fixture
def operator(api: FakeTelegram, tmp_path: Path) -> Operator:
    """Who runs the bot."""
    return Operator(api, tmp_path)
