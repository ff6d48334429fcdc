"""A model server in its bad days, the people who practise with it, and how long they wait."""

from __future__ import annotations

import asyncio
import html
import json
import random
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from commcoach.coaching.admission import Reason
from commcoach.domain.scenario import Scenario
from tests.acceptance.learner import Learner
from tests.model_api import replies
from tests.model_api.coached import Prompted, answer, prompted, with_invented_quotes
from tests.model_api.replies import Reply, failing, raw
from tests.telegram_api.calls import Call
from tests.telegram_api.server import FakeTelegram
from tests.telegram_api.state import Shown

REFUSAL = "I'm sorry, but I can't help with that."
THOUGHT = "Let me think about what they want here."
OFF = "no-such-field"

Answers = Callable[[str, Prompted, random.Random], Reply]
"""What is answered in place of these words, which would be right."""

FAULTS: Mapping[str, Answers] = {
    "429": lambda *_: failing(429, "Slow down"),
    "429, in 0 s": lambda *_: failing(429, "Slow down", retry_after="0"),
    "429, in 9 s": lambda *_: failing(429, "Slow down", retry_after="9"),
    "500": lambda *_: failing(500, "Something went wrong"),
    "503": lambda *_: failing(503, "Overloaded"),
    "hang": lambda *_: replies.HANG,
    "dropped": lambda *_: replies.RESET,
    "dropped in the midst": lambda words, *_: replace(replies.CUT, text=words),
    "malformed": lambda *_: replies.MALFORMED,
    "cut body": lambda words, *_: raw(json.dumps(Reply(words).completion("chaos"))[:-40]),
    "web page": lambda *_: replies.HTML,
    "no choices": lambda *_: raw({"id": "chatcmpl-1", "choices": None, "error": None}),
    "off schema": lambda _, asked, __: Reply(json.dumps({OFF: 3}) if asked.schema else '{"a": 1}'),
    "empty": lambda *_: Reply(""),
    "refused": lambda *_: Reply(None, {"refusal": REFUSAL}),
    "too long": lambda words, *_: Reply(words[: len(words) // 2], finish="length"),
    "thoughts first": lambda words, *_: Reply(f"<think>{THOUGHT}</think>\n{words}"),
    "thoughts unopened": lambda words, *_: Reply(f"{THOUGHT}</think>\n{words}"),
    "invented": lambda _, asked, chance: Reply(with_invented_quotes(asked, chance)),
}
"""What a server does, some of it harmless."""

RAW_FAULTS = (REFUSAL, THOUGHT, OFF, "think>", "doctype", "chatcmpl", "Slow down", "gateway", '{"')
"""What no learner may see."""


@dataclass(slots=True)
class BadDays:
    """Answers well or by one of the faults; each call by its own chance, whatever the order."""

    seed: int
    well: float
    befell: Counter[str] = field(default_factory=Counter)
    _asked: Counter[tuple[str, ...]] = field(default_factory=Counter)

    def __call__(self, request: Mapping[str, Any]) -> Reply:
        """One answer."""
        asked = prompted(request)
        key = (asked.work.value, *asked.replies)
        self._asked[key] += 1
        chance = random.Random(f"{self.seed}:{key}:{self._asked[key]}")
        right = answer(asked, chance)
        if chance.random() < self.well:
            self.befell["well"] += 1
            return Reply(right)
        name = chance.choice(list(FAULTS))
        self.befell[name] += 1
        return FAULTS[name](right, asked, chance)


def only_invented(seed: int) -> Callable[[Mapping[str, Any]], Reply]:
    """Answers in the right form with quotes that nobody said."""
    chance = random.Random(seed)
    return lambda request: Reply(with_invented_quotes(prompted(request), chance))


class TimedTelegram(FakeTelegram):
    """Telegram that notes when each message of a person was handed out to the bot."""

    def __init__(self) -> None:
        super().__init__()
        self.handed_out: dict[tuple[int, int], float] = {}

    async def _updates(self, call: Call) -> list[dict[str, Any]]:
        batch = await super()._updates(call)
        now = asyncio.get_running_loop().time()
        for message in (one["message"] for one in batch if "message" in one):
            self.handed_out.setdefault((message["chat"]["id"], message["message_id"]), now)
        return batch

    def arrival(self, chat: int, line: str, after: float) -> float | None:
        """When a text that ends with this line arrived in a chat, as a message or by an edit."""
        for call in self.requests:
            if call.method not in _MESSAGES or call.status != 200:
                continue
            if call.at < after or call.chat != chat:
                continue
            if seen(call.params.get("text", "")).endswith(line):
                return call.at
        return None


_MESSAGES = ("sendMessage", "editMessageText")
_TAG = re.compile(r"<[^>]*>")


def seen(text: str) -> str:
    """A text of the bot as it is seen in a chat."""
    return html.unescape(_TAG.sub("", text))


@dataclass(slots=True)
class Practitioner:
    """Somebody who takes so many turns, session after session; `replies` has some to spare."""

    learner: Learner
    scenario: Scenario
    turns: int
    replies: Iterator[str]
    pause: Callable[[], float]
    within: float
    sent: dict[int, str] = field(default_factory=dict)
    """The replies by the number of their message."""

    async def practises(self) -> None:
        """Begin, and take every turn when the one before is answered."""
        await self._arrives()
        while len(self.sent) < self.turns:
            await asyncio.sleep(self.pause())
            message, shown = await self._replies()
            if self.learner.label("stop") not in shown.labels and len(self.sent) < self.turns:
                await self._begins_again(message)

    async def _replies(self) -> tuple[int, Shown]:
        """Say something until it is taken as a reply; its number, and the answer."""
        objections = {self.learner.words.say(f"set_aside.{why.value}") for why in Reason}
        while True:
            reply = next(self.replies)
            message = self.learner.person.says(reply)["message_id"]
            shown = await self._next(message)
            if shown.text not in objections:
                self.sent[message] = reply
                return message, await self._shown("why", message)

    async def _arrives(self) -> None:
        learner = self.learner
        sent = learner.person.starts()["message_id"]
        await self._shown("agree", sent)
        learner.person.taps(learner.label("agree"))
        opened = await self._shown("stop", sent)
        # Everybody begins with the same; who is to practise another changes to it.
        learner.person.taps(learner.label("stop"), opened)
        await self._shown("again", opened.id)
        asked = learner.person.says("/practice")["message_id"]
        shown = await self._shown("by_difficulty", asked)
        stars = "★" * self.scenario.difficulty
        title = self.scenario.title.said_in(learner.words.language)
        for label in (learner.label("by_difficulty"), stars, f"{title} {stars}"):
            learner.person.taps(label, shown)
            shown = await self._next(shown.id)
        learner.person.taps(learner.label("begin"), shown)
        await self._shown("stop", shown.id)

    async def _begins_again(self, after: int) -> None:
        learner = self.learner
        debrief = await self._shown("again", after)
        learner.person.taps(learner.label("again"), debrief)
        briefing = await self._shown("begin", debrief.id)
        learner.person.taps(learner.label("begin"), briefing)
        await self._shown("stop", briefing.id)

    async def _shown(self, label: str, after: int) -> Shown:
        """The first message with such a button that comes after a message of this number."""
        wanted = self.learner.label(label)
        return await self.learner.person.sees(
            lambda one: one.id > after and wanted in one.labels, within=self.within
        )

    async def _next(self, after: int) -> Shown:
        """The first message that comes after one of this number."""
        return await self.learner.person.sees(lambda one: one.id > after, within=self.within)
