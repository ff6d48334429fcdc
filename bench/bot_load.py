"""People who write to a bot: one after another, many at once, or at a steady rate."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from bot_processes import Subject

from commcoach.domain.language import Language
from commcoach.domain.library import Library
from commcoach.domain.scenario import Scenario
from commcoach.presentation.wording import Wording
from tests.telegram_api.people import Person
from tests.telegram_api.state import Shown

WITHIN = 60.0
"""Seconds after which an answer is given up for lost."""
REST = 0.2
"""Seconds after which a bot has also done what comes after its answer."""


class Talker(Protocol):
    """Somebody who writes to a bot."""

    async def speaks(self) -> float:
        """Say one thing and wait until all of the answer is there; seconds to the answer itself."""
        ...

    async def gets_ready(self) -> None:
        """Do what is needed before more can be said."""
        ...


@dataclass(slots=True)
class Caller:
    """Somebody who calls and hears the echo."""

    person: Person
    texts: Iterator[str]

    async def speaks(self) -> float:
        """Call."""
        began = time.perf_counter()
        self.person.says(next(self.texts))
        await self.person.hears(within=WITHIN)
        return time.perf_counter() - began

    async def gets_ready(self) -> None:
        """An echo needs nothing."""


@dataclass(slots=True)
class Learner:
    """Somebody who practises, session after session."""

    person: Person
    texts: Iterator[str]
    words: Wording
    set_aside: int = 0
    _debrief: Shown | None = field(default=None, init=False)

    async def arrives(self) -> None:
        """Agree and be in a first dialogue."""
        self.person.starts()
        await self._hears("agree")
        self.person.taps(self._label("agree"))
        await self._hears("stop")

    async def changes_to(self, scenario: Scenario) -> None:
        """Leave the dialogue and begin another."""
        stars = "★" * scenario.difficulty
        title = scenario.title.said_in(self.words.language)
        self.person.taps(self._label("stop"))
        await self._hears("again")
        self.person.says("/practice")
        await self._hears("by_difficulty")
        for label in (self._label("by_difficulty"), stars, f"{title} {stars}"):
            self.person.taps(label)
            [shown] = await self.person.hears(within=WITHIN)
        self.person.taps(self._label("begin"), shown)
        await self._hears("stop")

    async def speaks(self) -> float:
        """Reply to the counterpart; at the end, the debrief belongs to the answer."""
        began = time.perf_counter()
        self.person.says(next(self.texts))
        shown = await self._answer()
        took = time.perf_counter() - began
        if self._label("stop") not in shown.labels:
            self._debrief = await self._hears("again")
        return took

    async def gets_ready(self) -> None:
        """Begin the same once more if it is over."""
        if self._debrief is None:
            return
        self.person.taps(self._label("again"), self._debrief)
        briefing = await self._hears("begin")
        self.person.taps(self._label("begin"), briefing)
        await self._hears("stop")
        self._debrief = None

    async def _answer(self) -> Shown:
        while True:
            [shown] = await self.person.hears(within=WITHIN)
            if self._label("why") in shown.labels:
                return shown
            if shown.text in self._objections():
                self.set_aside += 1
                self.person.says(next(self.texts))

    async def _hears(self, button: str) -> Shown:
        """The next message with this button."""
        while True:
            [shown] = await self.person.hears(within=WITHIN)
            if self._label(button) in shown.labels:
                return shown

    def _label(self, button: str) -> str:
        return self.words.say(f"bot.button.{button}")

    def _objections(self) -> list[str]:
        return [self.words.say(f"set_aside.{why}") for why in ("pasted", "other_language")]


def learners(
    subject: Subject, rows: Sequence[dict[str, Any]], scenarios: Sequence[Scenario], first: int
) -> list[Learner]:
    """One for each of these scenarios, in Chinese and English by turns, numbered from `first`."""
    made = []
    for number, (scenario, language) in enumerate(
        zip(scenarios, itertools.cycle(Language), strict=False), start=first
    ):
        person = subject.api.person(number, f"Learner {number}", language_code=language.value)
        own = [
            row for row in rows if (row["scenario"], row["lang"]) == (scenario.id, language.value)
        ]
        made.append(Learner(person, _texts(own, number), Wording(language)))
    return made


def callers(
    subject: Subject, rows: Sequence[dict[str, Any]], many: int, first: int
) -> list[Caller]:
    """So many people who say what learners say."""
    return [
        Caller(subject.api.person(number, f"Caller {number}"), _texts(rows, number))
        for number in range(first, first + many)
    ]


def _texts(rows: Sequence[dict[str, Any]], number: int) -> Iterator[str]:
    """Replies without end, beginning elsewhere for each; a number makes each one a new text."""
    replies = [reply for row in rows for reply in row["replies"]]
    start = number * 31 % len(replies)
    for count, reply in enumerate(itertools.cycle(replies[start:] + replies[:start])):
        yield f"{reply} {number}.{count}"


def practised(library: Library, rows: Sequence[dict[str, Any]]) -> list[Scenario]:
    """The scenarios that there are replies for."""
    return [library.scenarios[id] for id in dict.fromkeys(row["scenario"] for row in rows)]


# --- patterns ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Measured:
    """What some turns took: seconds to each answer, by the clock and of processor time over all."""

    answers: tuple[float, ...]
    clock: float
    processor: float

    @property
    def processor_per_turn(self) -> float:
        """Seconds."""
        return self.processor / len(self.answers)

    def quantile(self, share: float) -> float:
        """Seconds that this share of the answers took at most."""
        ordered = sorted(self.answers)
        return ordered[min(int(share * len(ordered)), len(ordered) - 1)]


Pattern = Callable[[Subject, Sequence[Talker]], Awaitable[Measured]]


async def one_after_another(subject: Subject, talkers: Sequence[Talker]) -> Measured:
    """Each says one thing when the one before has the answer."""
    clock, processor = time.perf_counter(), subject.processor()
    answers = [await one.speaks() for one in talkers]
    return await _measured(subject, answers, clock, processor)


async def all_at_once(subject: Subject, talkers: Sequence[Talker]) -> Measured:
    """Everybody says one thing at the same moment."""
    clock, processor = time.perf_counter(), subject.processor()
    answers = await asyncio.gather(*(one.speaks() for one in talkers))
    return await _measured(subject, answers, clock, processor)


async def steadily(
    subject: Subject, talkers: Sequence[Talker], per_second: float, seconds: float
) -> Measured:
    """So many replies a second, however fast they are answered, by everybody in turn."""

    async def turn(one: Talker, at: asyncio.Lock) -> float:
        async with at:
            took = await one.speaks()
            await one.gets_ready()
        return took

    order = itertools.cycle([(one, asyncio.Lock()) for one in talkers])
    clock, processor = time.perf_counter(), subject.processor()
    turns = []
    for number in range(round(per_second * seconds)):
        await asyncio.sleep(clock + number / per_second - time.perf_counter())
        turns.append(asyncio.create_task(turn(*next(order))))
    answers = await asyncio.gather(*turns)
    return await _measured(subject, answers, clock, processor)


async def _measured(
    subject: Subject, answers: Sequence[float], clock: float, processor: float
) -> Measured:
    took = time.perf_counter() - clock
    await asyncio.sleep(REST)
    return Measured(tuple(answers), took, subject.processor() - processor)


def together(blocks: Sequence[Measured]) -> Measured:
    """Several measurements as one."""
    return Measured(
        tuple(answer for one in blocks for answer in one.answers),
        sum(one.clock for one in blocks),
        sum(one.processor for one in blocks),
    )
