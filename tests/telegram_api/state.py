"""What Telegram remembers: chats with their messages, callback queries, commands, files."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.telegram_api.bell import Bell
from tests.telegram_api.refusals import Json
from tests.telegram_api.shapes import Upload
from tests.telegram_api.updates import UpdateQueue


@dataclass(frozen=True, slots=True)
class Shown:
    """A message as it stands in a chat."""

    message: Json
    source: str = ""
    """The text or caption as the bot sent it, with its tags."""
    kind: str = "text"
    file: Upload | None = None
    earlier: tuple[str, ...] = ()
    """What the text was before each edit, oldest first."""

    @property
    def id(self) -> int:
        """Its number in the chat."""
        return int(self.message["message_id"])

    @property
    def text(self) -> str:
        """The text or caption, without tags."""
        return str(self.message.get("text", self.message.get("caption", "")))

    @property
    def html(self) -> str:
        """The text or caption as the bot sent it."""
        return self.source

    @property
    def from_bot(self) -> bool:
        """Whether the bot wrote it."""
        return bool(self.message["from"]["is_bot"])

    @property
    def edited(self) -> bool:
        """Whether its text was changed after it was sent."""
        return bool(self.earlier)

    @property
    def buttons(self) -> list[list[Json]]:
        """The rows of its inline keyboard."""
        rows: list[list[Json]] = self.message.get("reply_markup", {}).get("inline_keyboard", [])
        return rows

    @property
    def labels(self) -> list[str]:
        """What stands on its buttons, row by row."""
        return [button["text"] for row in self.buttons for button in row]

    def button(self, label_or_data: str) -> Json | None:
        """Its button with this label or this callback data."""
        for row in self.buttons:
            for one in row:
                if label_or_data in (one["text"], one.get("callback_data")):
                    return one
        return None


@dataclass(slots=True)
class Chat:
    """A chat, private or group; the bot may write to it when it is `known` and not `shut`."""

    id: int
    about: Json
    known: bool = False
    shut: str = ""
    """Why the bot may not write any more, as Telegram words it."""
    shown: dict[int, Shown] = field(default_factory=dict)
    delivered: list[Shown] = field(default_factory=list)
    """Every new message of the bot as it was on arrival, also doubles and what was deleted."""
    ids: Any = field(default_factory=lambda: itertools.count(1))

    @property
    def is_private(self) -> bool:
        """Whether it is the chat of the bot with one person."""
        return bool(self.about["type"] == "private")


@dataclass(frozen=True, slots=True)
class CallbackAnswer:
    """What the person who tapped was shown."""

    text: str
    show_alert: bool
    url: str | None


@dataclass(slots=True)
class World:
    """All that Telegram remembers about one bot."""

    bot: Json
    updates: UpdateQueue
    bell: Bell
    clock: Callable[[], float] = time.time
    chats: dict[int, Chat] = field(default_factory=dict)
    taps: dict[str, int] = field(default_factory=dict)
    """The chat of each callback query that may still be answered."""
    expired_taps: set[str] = field(default_factory=set)
    callback_answers: dict[str, CallbackAnswer] = field(default_factory=dict)
    commands: dict[tuple[str, str], list[Json]] = field(default_factory=dict)
    descriptions: dict[str, str] = field(default_factory=dict)
    short_descriptions: dict[str, str] = field(default_factory=dict)
    files: dict[str, Upload] = field(default_factory=dict)
    numbers: Any = field(default_factory=lambda: itertools.count(1))

    def now(self) -> int:
        """The time in whole seconds since 1970, as dates are given."""
        return int(self.clock())

    def member(self, status: str) -> Json:
        """The bot as a member of a chat."""
        more = {"until_date": 0} if status == "kicked" else {}
        return {"status": status, "user": self.bot_user} | more

    @property
    def bot_user(self) -> Json:
        """The bot as messages name it."""
        return {name: self.bot[name] for name in ("id", "is_bot", "first_name", "username")}

    def membership(self, chat: Chat, by: Json, old: str, new: str) -> None:
        """Tell the bot that its own place in a chat changed."""
        self.updates.push(
            "my_chat_member",
            {
                "chat": chat.about,
                "from": by,
                "date": self.now(),
                "old_chat_member": self.member(old),
                "new_chat_member": self.member(new),
            },
        )
        self.bell.ring()

    def receive(self, chat: Chat, by: Json, content: Json, kind: str) -> Json:
        """Put a person's message into a chat and queue its update; gives the message."""
        message = {
            "message_id": next(chat.ids),
            "from": by,
            "chat": chat.about,
            "date": self.now(),
        } | content
        chat.known = True
        chat.shown[message["message_id"]] = Shown(message, message.get("text", ""), kind)
        self.updates.push("message", message)
        self.bell.ring()
        return message
