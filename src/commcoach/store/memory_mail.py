"""Inbox, outbox and chats in memory: for tests, and for trying things out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from commcoach.coaching.mail import (
    Answer,
    Chat,
    Chats,
    Fate,
    Inbox,
    Incoming,
    Outbox,
    Outgoing,
    Waiting,
)

_OPEN = (Fate.WAITING, Fate.SENDING)


@dataclass(frozen=True, slots=True)
class KeptUpdate:
    """An update and what became of it; once it is settled, only its ids and kind are left."""

    update: Incoming
    fault: str | None = None
    settled_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class KeptMessage:
    """A message and what became of it; once that is certain, its text is gone."""

    number: int
    message: Outgoing
    queued_at: datetime
    fate: Fate = Fate.WAITING
    tries: int = 0
    unknown: int = 0
    message_id: int | None = None
    fault: str | None = None
    done_at: datetime | None = None


@dataclass(slots=True)
class InMemoryMail:
    """Keeps mail as long as the process lives, by the same rules as the database.

    Nothing here waits in the middle of a change, therefore each call is one commit. The views
    share what is kept: a second program over the same database is a second set of users of this.
    """

    kept_updates: dict[tuple[int, int], KeptUpdate] = field(default_factory=dict)
    kept_messages: dict[int, KeptMessage] = field(default_factory=dict)
    kept_chats: dict[tuple[int, int], Chat] = field(default_factory=dict)
    unknown: int = 0
    last_number: int = 0

    @property
    def inbox(self) -> Inbox:
        """What comes in."""
        return _Inbox(self)

    @property
    def outbox(self) -> Outbox:
        """What goes out."""
        return _Outbox(self)

    @property
    def chats(self) -> Chats:
        """Where learners talk to the bot."""
        return _Chats(self)

    def queue(self, messages: Iterable[Outgoing], at: datetime) -> None:
        """Put messages at the end of the queue, except known keys and hints that still wait."""
        for message in messages:
            if not any(_repeats(message, one) for one in self.kept_messages.values()):
                self.last_number += 1
                kept = KeptMessage(self.last_number, message, at)
                self.kept_messages[kept.number] = kept

    def settle(self, update: Incoming, fault: str | None, answer: Answer, at: datetime) -> None:
        """Note what came of an update, unless that is known."""
        key = (update.bot, update.update)
        kept = self.kept_updates.get(key)
        if kept is not None and kept.settled_at is not None:
            return
        self.kept_updates[key] = KeptUpdate(_blotted_update(update), fault, at)
        self.queue(answer.messages, at)
        if answer.chat is not None:
            self.kept_chats[answer.chat.bot, answer.chat.id] = answer.chat


@dataclass(frozen=True, slots=True)
class _Inbox:
    mail: InMemoryMail

    async def keep(self, updates: Sequence[Incoming], at: datetime) -> list[Incoming]:
        new = []
        for update in updates:
            key = (update.bot, update.update)
            if key in self.mail.kept_updates:
                continue
            if update.fault is not None:
                blotted = _blotted_update(update)
                self.mail.kept_updates[key] = KeptUpdate(blotted, update.fault, at)
            else:
                self.mail.kept_updates[key] = KeptUpdate(update)
                new.append(update)
        return new

    async def unsettled(self) -> list[Incoming]:
        kept = self.mail.kept_updates.values()
        return [one.update for one in kept if one.settled_at is None]

    async def settle(self, update: Incoming, answer: Answer, at: datetime) -> None:
        self.mail.settle(update, None, answer, at)

    async def give_up(self, update: Incoming, fault: str, answer: Answer, at: datetime) -> None:
        self.mail.settle(update, fault, answer, at)

    async def tidy(self, before: datetime) -> int:
        updates = self.mail.kept_updates
        old = [key for key, one in updates.items() if _is_before(one.settled_at, before)]
        for key in old:
            del updates[key]
        return len(old)


@dataclass(frozen=True, slots=True)
class _Outbox:
    mail: InMemoryMail

    async def add(self, messages: Sequence[Outgoing], at: datetime) -> None:
        self.mail.queue(messages, at)

    async def waiting(self, chat: int | None = None) -> list[Waiting]:
        return [
            Waiting(one.number, one.message, one.fate, one.tries, one.unknown)
            for one in self._open()
            if chat is None or one.message.chat == chat
        ]

    async def begin(self, number: int, at: datetime) -> None:
        for one in self._open(number):
            self._put(replace(one, fate=Fate.SENDING, tries=one.tries + 1))

    async def not_sent(self, number: int) -> None:
        for one in self._open(number):
            self._put(replace(one, fate=Fate.WAITING))

    async def fate_unknown(self, number: int) -> None:
        for one in self._open(number):
            self._put(replace(one, fate=Fate.WAITING, unknown=one.unknown + 1))
            self.mail.unknown += 1

    async def arrived(self, number: int, message_id: int | None, at: datetime) -> None:
        for one in self._open(number):
            self._finish(replace(_done(one, Fate.SENT, at), message_id=message_id))

    async def refused(self, number: int, fate: Fate, fault: str, at: datetime) -> None:
        for one in self._open(number):
            self._finish(replace(_done(one, fate, at), fault=fault))

    async def message_id(self, key: str) -> int | None:
        for one in self.mail.kept_messages.values():
            if one.message.key == key:
                return one.message_id
        return None

    async def unkept_promises(self) -> list[str]:
        kept = self.mail.kept_messages.values()
        queued = {one.message.key for one in kept}
        promised = [
            one.message.promises for one in kept if one.fate not in (Fate.REFUSED, Fate.BLOCKED)
        ]
        return [key for key in dict.fromkeys(promised) if key is not None and key not in queued]

    async def block(self, chat: int, at: datetime) -> int:
        dropped = [one for one in self._open() if one.message.chat == chat]
        for one in dropped:
            self._put(_done(one, Fate.BLOCKED, at))
        for key, known in self.mail.kept_chats.items():
            if known.id == chat:
                self.mail.kept_chats[key] = replace(known, blocked=True)
        return len(dropped)

    async def unknown_fates(self) -> int:
        return self.mail.unknown

    async def tidy(self, before: datetime) -> int:
        messages = self.mail.kept_messages
        old = [number for number, one in messages.items() if _is_before(one.done_at, before)]
        for number in old:
            del messages[number]
        return len(old)

    def _open(self, number: int | None = None) -> list[KeptMessage]:
        """What has not arrived: all of it, or the one message of this number if it is of those."""
        kept = self.mail.kept_messages
        found = kept.values() if number is None else filter(None, [kept.get(number)])
        return [one for one in found if one.fate in _OPEN]

    def _finish(self, done: KeptMessage) -> None:
        """Note what became of a message; a fleeting one leaves nothing behind."""
        self._put(done)
        if done.message.fleeting:
            del self.mail.kept_messages[done.number]

    def _put(self, message: KeptMessage) -> None:
        self.mail.kept_messages[message.number] = message


@dataclass(frozen=True, slots=True)
class _Chats:
    mail: InMemoryMail

    async def get(self, bot: int, chat: int) -> Chat | None:
        return self.mail.kept_chats.get((bot, chat))

    async def of_learner(self, learner: str) -> Chat | None:
        # A dictionary keeps the order in which its keys were new.
        found = [one for one in self.mail.kept_chats.values() if one.learner == learner]
        return found[-1] if found else None


def _repeats(new: Outgoing, kept: KeptMessage) -> bool:
    """Whether a message is known already, or is a hint that says what a waiting one will say."""
    old = kept.message
    same_hint = new.hint and old.hint and (new.chat, new.text) == (old.chat, old.text)
    return new.key == old.key or (same_hint and kept.fate in _OPEN)


def _blotted_update(update: Incoming) -> Incoming:
    return replace(update, about={}, fault=None)


def _done(kept: KeptMessage, fate: Fate, at: datetime) -> KeptMessage:
    blotted = replace(kept.message, text="", buttons=(), recipe={})
    return replace(kept, fate=fate, message=blotted, done_at=at)


def _is_before(at: datetime | None, before: datetime) -> bool:
    return at is not None and at < before
