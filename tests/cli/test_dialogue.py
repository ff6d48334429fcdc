"""The dialogue at the terminal, before somebody who watches."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

import pytest

from commcoach import bootstrap
from commcoach.cli.dialogue import Dialogue
from commcoach.cli.terminal import EndOfInput, Terminal
from commcoach.coaching.arms import Taken
from commcoach.coaching.counterpart import Hear, Spoken, Stage, Voice, unheard
from commcoach.coaching.practice import Practice, start_session
from commcoach.coaching.scorer import ScoringTask
from commcoach.domain.language import Language
from commcoach.domain.score import Scored
from commcoach.presentation.wording import Wording
from commcoach.settings import Settings
from commcoach.store.memory import InMemorySessions
from commcoach.store.memory_calibrations import InMemoryCalibrations
from commcoach.store.memory_records import InMemoryReleases
from tests.shipped import library

SCENARIO = library().scenarios["late_minutes_peer"]
REPLY = "又迟了，您怎么总这样。"
SPENT = "用量已经用完"


@dataclass(frozen=True, slots=True)
class Late:
    """A voice that finds the budget spent, at first after the remarks were made."""

    inner: Voice
    remarked: asyncio.Event

    async def speak(self, stage: Stage, hear: Hear = unheard) -> Spoken:
        """The line of another."""
        await self.remarked.wait()
        return replace(await self.inner.speak(stage, hear), stand_in="budget")

    async def close(self, stage: Stage, agreed: bool) -> str:
        """The last words."""
        return await self.inner.close(stage, agreed)


@dataclass(slots=True)
class Rewriter:
    """Puts everything the same way."""

    says: str | None = "纪要没等到，我有点着急，下次提前给我行吗？"
    asked: int = 0

    async def rewrite(self, _task: ScoringTask, _original: Scored) -> str | None:
        """The words."""
        self.asked += 1
        return self.says


class Typed(Terminal):
    """A terminal at which somebody sits who types this."""

    def __init__(self, *lines: str) -> None:
        super().__init__(Wording(Language.ZH))
        self.interactive = True
        self._lines = iter(lines)

    def ask(self, _prompt: str) -> str:
        """The next line."""
        for line in self._lines:
            return line
        raise EndOfInput


@pytest.fixture
def practice() -> Practice:
    """Practice without a model."""
    content = library()
    weights = tuple(SCENARIO.weights)
    return bootstrap.wire_practice(Settings(), content, InMemorySessions(), weights)


Say = Callable[..., Awaitable[str]]


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str]) -> Say:
    """What the terminal shows while this is typed."""

    async def call(practice: Practice, *typed: str) -> str:
        session = await start_session(practice, SCENARIO, "learner", Language.ZH)
        known = InMemoryCalibrations(InMemoryReleases())
        await Dialogue(Typed(*typed), practice, SCENARIO, session, known).run()
        return capsys.readouterr().out

    return call


async def test_a_budget_that_only_the_voice_finds_spent_is_told_once(
    practice: Practice, say: Say, monkeypatch: pytest.MonkeyPatch
) -> None:
    remarked, show_remarks = asyncio.Event(), Dialogue.show_remarks

    def noted(self: Dialogue, taken: Taken) -> None:
        show_remarks(self, taken)
        remarked.set()

    monkeypatch.setattr(Dialogue, "show_remarks", noted)
    shown = await say(replace(practice, voice=Late(practice.voice, remarked)), REPLY, REPLY[1:])
    assert shown.count(SPENT) == 1
    assert shown.index("康哥：", shown.index("康哥：") + 1) < shown.index(SPENT)


@pytest.mark.parametrize("command", ["/way", "/写法"])
async def test_one_way_to_put_it_is_an_example_where_no_model_rewrites(
    practice: Practice, say: Say, command: str
) -> None:
    shown = await say(practice, REPLY, command)
    assert "可以怎么说（" in shown
    assert "您自己的话" in shown


async def test_one_way_to_put_it_is_the_rewritten_reply_where_a_model_rewrites(
    practice: Practice, say: Say
) -> None:
    rewriter = Rewriter()
    shown = await say(replace(practice, rewriter=rewriter), REPLY, "/way")
    assert rewriter.asked == 1
    assert f"“{rewriter.says}”" in shown
    assert "模型的措辞" in shown


async def test_before_the_first_reply_there_is_no_other_way_to_put_it(
    practice: Practice, say: Say
) -> None:
    assert "先说一句" in await say(practice, "/way")
