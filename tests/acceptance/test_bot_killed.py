"""The bot is killed at random moments, and nothing is lost, done twice or mixed up."""

from __future__ import annotations

import asyncio
import random
import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from commcoach.domain.language import Language
from commcoach.presentation.wording import Wording
from tests.acceptance.bot_process import Operator
from tests.shipped import learners
from tests.telegram_api import faults
from tests.telegram_api.people import Person
from tests.telegram_api.server import FakeTelegram
from tests.telegram_api.state import Shown

CHATS = 20
TURNS_EACH = 10
KILLS = 12
SEED = 20261121
PATIENCE = 120.0

WORDS = Wording(Language.ZH)
AGREE, STOP, WHY, EACH, AGAIN, BEGIN = (
    WORDS.say(f"bot.button.{key}") for key in ("agree", "stop", "why", "each", "again", "begin")
)


class Chatter:
    """A learner who answers whatever the counterpart says, session after session."""

    def __init__(self, person: Person, replies: list[str]) -> None:
        self.person = person
        self.replies = replies

    async def practises(self) -> None:
        """Send every reply, each when the one before is answered."""
        sent = self.person.starts()["message_id"]
        await self._shown(AGREE, sent)
        self.person.taps(AGREE)
        shown = await self._shown(STOP, sent)
        for number, reply in enumerate(self.replies, start=1):
            sent = self.person.says(reply)["message_id"]
            shown = await self._answer(sent)
            if STOP not in shown.labels and number < len(self.replies):
                await self._begins_again(sent)

    async def _answer(self, sent: int) -> Shown:
        """The counterpart's next line; a double of an earlier one is no answer."""
        before = {turn_of(one) for one in self.person.screen if one.id < sent}
        return await self.person.sees(
            lambda one: one.id > sent and WHY in one.labels and turn_of(one) not in before,
            within=PATIENCE,
        )

    async def _begins_again(self, after: int) -> None:
        debrief = await self._shown(AGAIN, after)
        self.person.taps(AGAIN, debrief)
        briefing = await self._shown(BEGIN, debrief.id)
        self.person.taps(BEGIN, briefing)
        await self._shown(STOP, briefing.id)

    async def _shown(self, label: str, after: int) -> Shown:
        """The first message with such a button that comes after a message of this number."""
        return await self.person.sees(
            lambda one: one.id > after and label in one.labels, within=PATIENCE
        )


def turn_of(shown: Shown) -> str:
    """Which turn a message is about."""
    button = shown.button(WHY)
    return button["callback_data"] if button is not None else ""


async def killed_again_and_again(operator: Operator, chance: random.Random) -> None:
    """Let the bot live for a moment each time, then kill it."""
    for _ in range(KILLS):
        bot = await operator.starts()
        await asyncio.sleep(chance.uniform(0.02, 0.7))
        await bot.is_killed()


def rows(database: Path, query: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(database)) as connection:
        return connection.execute(query).fetchall()


@pytest.mark.slow
async def test_nothing_is_lost_done_twice_or_mixed_up(
    api: FakeTelegram, operator: Operator, capsys: pytest.CaptureFixture[str]
) -> None:
    chance = random.Random(SEED)
    api.shuffle_batches(SEED)
    api.duplicate_next(20)
    api.inject(faults.DROP_AFTER, method="sendMessage", times=None, chance=0.02, seed=1)
    api.inject(faults.DROP_BEFORE, method="sendMessage", times=None, chance=0.02, seed=2)
    pool = [
        reply
        for one in learners()
        if one["lang"] == "zh" and one["scenario"] == "late_minutes_peer"
        for reply in one["replies"]
    ]
    chatters = [
        Chatter(
            api.person(1000 + number, f"学员{number}"),
            [f"{reply}（{number}号）" for reply in chance.sample(pool, TURNS_EACH)],
        )
        for number in range(CHATS)
    ]
    practice = [asyncio.create_task(one.practises()) for one in chatters]
    await killed_again_and_again(operator, chance)
    # Something must be left to do for the bot that lives on, or nothing was interrupted.
    assert not all(task.done() for task in practice)
    async with operator.bot() as bot:
        await asyncio.gather(*practice)
        assert await bot.stops() == 0

    kept = rows(
        operator.database,
        """
        SELECT chats.id, turns.reply, turns.line, turns.gates, count(scores.criterion)
        FROM turns JOIN sessions ON sessions.id = turns.session_id
        JOIN chats ON chats.learner = sessions.learner
        LEFT JOIN scores ON scores.turn_id = turns.id
        GROUP BY turns.id ORDER BY chats.id, turns.taken_at, turns.number
        """,
    )
    for chatter in chatters:
        own = [row for row in kept if row[0] == chatter.person.id]
        assert [reply for _, reply, *_ in own] == chatter.replies
        for _, _, line, gates, scores in own:
            assert line
            assert gates is not None
            assert scores > 0
        shown = [one.text for one in api.deliveries(chatter.person)]
        later = iter(shown)
        for _, _, line, *_ in own:
            assert any(text.endswith(line) for text in later), f"{line} did not come in order"

    assert rows(operator.database, "SELECT count(*) FROM inbox WHERE about IS NOT NULL") == [(0,)]
    left = rows(operator.database, "SELECT fate, count(*) FROM outbox GROUP BY fate")
    assert dict(left).keys() == {"sent"}
    delivered = sum(len(api.deliveries(one.person)) for one in chatters)
    [(sent, unknown)] = rows(
        operator.database, "SELECT count(*), sum(unknown) FROM outbox WHERE kind = 'message'"
    )
    doubles = delivered - sent
    with capsys.disabled():
        sys.stdout.write(f"\n{sent} messages, {doubles} doubles, {unknown} fates unknown\n")
    assert 0 <= doubles <= unknown
