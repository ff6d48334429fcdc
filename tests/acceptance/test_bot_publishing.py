"""Content is published while the bot runs: new sessions get it, those in progress keep theirs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.acceptance.bot_process import Operator
from tests.acceptance.learner import newcomer
from tests.acceptance.serving import rows
from tests.human_grades import change_text, copied_content
from tests.telegram_api.server import FakeTelegram

pytestmark = pytest.mark.slow

RELEASES = "SELECT release FROM sessions ORDER BY started_at"


async def test_a_running_bot_takes_what_is_published_for_the_next_session(
    api: FakeTelegram, operator: Operator, tmp_path: Path
) -> None:
    own = copied_content(tmp_path / "own")
    change_text(own, "scenarios/late_minutes_peer.yaml", "bubble tea", "coffee")
    first, second = (
        newcomer(api.person(number, "Ann", language_code="en")) for number in (101, 102)
    )
    async with operator.bot() as bot:
        await bot.says("Content in force")
        assert "bubble tea" in (await first.begins()).text
        code, out, errors = await operator.runs(
            "rubric", "publish", "--content", str(own), "--by", "Chen", "--note", "coffee for tea"
        )
        assert code == 0, errors
        found = re.search(r"Release ([0-9a-f]{12}) is published", out)
        assert found is not None
        await bot.says("release_in_force")
        assert "coffee" in (await second.begins()).text
        await first.sends(first.reply)
        assert await bot.stops() == 0
    before, after = (row[0] for row in rows(operator.database, RELEASES))
    assert before != after == found[1]
    async with operator.bot() as bot:
        assert f"release {after}, published by Chen" in await bot.says("Content in force")
