"""What every conversation in Telegram works with, and one conversation's own part of it."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, tzinfo
from functools import partial
from typing import Protocol

import structlog

from commcoach.bootstrap import Coaches
from commcoach.coaching.house import House
from commcoach.coaching.keeping import Terms
from commcoach.coaching.mail import Answer, Button, Chat, Incoming, Outgoing
from commcoach.coaching.practice import Practice
from commcoach.domain.dialogue import PracticeSession
from commcoach.domain.language import Language
from commcoach.domain.people import Learner, consent_needed
from commcoach.domain.scenario import Scenario
from commcoach.presentation.wording import Wording
from commcoach.telegram.ending import ended
from commcoach.telegram.markup import escape
from commcoach.telegram.taps import Verb, data_of

log = structlog.get_logger()

LATEST = 30.0
"""Seconds that a debrief waits for scores."""


class Signs(Protocol):
    """Small signs that are worth nothing later: sent at once, and never again if they fail."""

    def typing(self, chat: int) -> None:
        """Show that an answer is on its way."""
        ...

    def heard(self, query: str) -> None:
        """Let a tapped button stop spinning."""
        ...

    def may_draft(self) -> bool:
        """Whether another message may be shown while it grows; asked once for each."""
        ...

    def draft(self, chat: int, number: int, text: str) -> None:
        """Show a message that is not finished, as HTML; the same `number` goes on with it."""
        ...


@dataclass(frozen=True, slots=True)
class Desk:
    """What all conversations share.

    `wake` tells the postman that something waits for a chat. `late` holds what completes a turn's
    message once its score is there, `planned` what must wait until the message is in the outbox.
    """

    house: House
    coaches: Coaches
    bot: int
    name: str
    terms: Terms
    zone: tzinfo
    now: Callable[[], datetime]
    signs: Signs
    wake: Callable[[int], None]
    late: dict[int, set[asyncio.Task[None]]] = field(default_factory=dict)
    planned: dict[int, list[Callable[[], Awaitable[None]]]] = field(default_factory=dict)

    @property
    def consent(self) -> str:
        """What learners must have agreed to, as things are now."""
        return consent_needed(self.coaches.services)

    def complete_later(self, chat: int, complete: Callable[[], Awaitable[None]]) -> None:
        """Complete a message of this chat as soon as it is in the outbox."""
        self.planned.setdefault(chat, []).append(complete)

    def settled(self, chat: int) -> None:
        """An answer to this chat is in the outbox."""
        self.wake(chat)
        for complete in self.planned.pop(chat, []):
            self.work_on(chat, complete)

    def work_on(self, chat: int, complete: Callable[[], Awaitable[None]]) -> None:
        """Complete a message of this chat while the talk goes on."""
        task = asyncio.ensure_future(_completing(complete))
        self.late.setdefault(chat, set()).add(task)
        task.add_done_callback(partial(self._completed, chat))

    async def late_scores(self, chat: int) -> None:
        """Wait for the scores of this chat that are still on their way, within reason."""
        if chat in self.late:
            await asyncio.wait(self.late[chat], timeout=LATEST)

    async def drop_late(self, chat: int) -> None:
        """Give up on what this chat still waits for: nothing of it is stored or sent any more."""
        self.planned.pop(chat, None)
        await ended(self.late.get(chat, ()))

    async def aclose(self) -> None:
        """Give up on scores that are still on their way; the next start takes them up."""
        await ended(task for tasks in self.late.values() for task in tasks)

    def _completed(self, chat: int, task: asyncio.Task[None]) -> None:
        self.late[chat].discard(task)
        if not self.late[chat]:
            del self.late[chat]
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("late_score_failed", error=type(error).__name__)


async def _completing(complete: Callable[[], Awaitable[None]]) -> None:
    await complete()


def new_id(update: Incoming, what: str) -> str:
    """The id of what this update brings into being: the same if it is worked on again."""
    chance = str(update.about["chance"])
    return chance if what == "learner" else uuid.uuid5(uuid.UUID(chance), what).hex


Rows = Sequence[Sequence[Button]]


@dataclass(frozen=True, slots=True)
class Talk:
    """One update of one learner, and what is needed to answer it."""

    desk: Desk
    update: Incoming
    chat: Chat
    learner: Learner
    words: Wording

    @property
    def has_agreed(self) -> bool:
        """Whether the learner agreed to what the consent screen says now."""
        return self.learner.has_agreed_to(self.desk.consent)

    @property
    def language(self) -> Language:
        """The language that the learner is addressed in."""
        return self.words.language

    @property
    def text(self) -> str:
        """What the learner wrote, masked."""
        return str(self.update.about.get("text", ""))

    @property
    def masked(self) -> tuple[str, ...]:
        """The kinds of personal data that were blotted out of what the learner wrote."""
        masked = self.update.about.get("masked")
        return tuple(map(str, masked)) if isinstance(masked, list) else ()

    @property
    def message(self) -> str:
        """The name of the learner's message: the same however often it is delivered."""
        return f"m{self.update.about.get('message')}"

    async def latest(self) -> PracticeSession | None:
        """The session that the chat is about; ended already if a crash cut off its debrief."""
        if self.chat.session is None:
            return None
        return await self.desk.house.sessions.get(self.chat.session)

    async def session(self) -> PracticeSession | None:
        """The session in progress."""
        found = await self.latest()
        return found if found is not None and found.ending is None else None

    async def own_session(self, id: str) -> PracticeSession | None:
        """A session by the id that a button carries, if it is the learner's own."""
        found = await self.desk.house.sessions.get(id)
        return found if found is not None and found.learner == self.learner.id else None

    async def coach(self, session: PracticeSession) -> Practice:
        """The use cases for a session, with the content it is bound to."""
        return await self.desk.coaches.of(session.release)

    def scenarios(self) -> list[Scenario]:
        """What can be practised in the learner's language."""
        library = self.desk.coaches.newest.library
        return [one for one in library.scenarios.values() if self.language in one.languages]

    def plain(self, key: str, /, **details: object) -> str:
        """A text of the catalogue as HTML."""
        return escape(self.words.say(key, **details))

    def html(self, key: str, /, **details: object) -> str:
        """A text of the catalogue that is HTML itself; its details are made harmless."""
        return self.words.say(key, **{name: escape(str(one)) for name, one in details.items()})

    def button(self, key: str, verb: Verb, *parts: object, **details: object) -> Button:
        """A button with a text of the catalogue."""
        return Button(self.words.say(key, **details), data_of(verb, *parts))

    def send(self, text: str, rows: Rows = (), key: str = "") -> Outgoing:
        """A message to this chat."""
        return Outgoing(key, self.chat.id, text, buttons=tuple(map(tuple, rows)))

    def hint(self, key: str, rows: Rows = (), **details: object) -> Answer:
        """A short answer that changes nothing; many of the same at once are sent once."""
        return self.answer(replace(self.send(self.html(key, **details), rows), hint=True))

    def answer(self, *messages: Outgoing, chat: Chat | None = None) -> Answer:
        """The answer; messages without a key are named after the update."""
        named = [
            one if one.key else replace(one, key=f"{self.update.id}.{number}")
            for number, one in enumerate(messages)
        ]
        return Answer(tuple(named), chat if chat is not None else self.chat)

    def now_in(self, session: str | None, expects: str = "") -> Chat:
        """The chat as it is with this session in progress and this text expected next."""
        return replace(self.chat, session=session, expects=expects, blocked=False)
