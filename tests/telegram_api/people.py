"""People who write to the bot, tap its buttons and read what it says."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from tests.telegram_api.markup import units
from tests.telegram_api.refusals import Json
from tests.telegram_api.samples import sample
from tests.telegram_api.state import Chat, Shown, World

_COMMAND = re.compile(r"(?<![\w/<>])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{5,32})?")
_PAYLOAD = re.compile(r"[A-Za-z0-9_-]{1,64}")
_BLOCKED = "Forbidden: bot was blocked by the user"


def text_content(text: str) -> Json:
    """The fields of a message with a text as Telegram sends it, commands marked."""
    shown = text.strip()
    if not 1 <= units(shown) <= 4096:
        raise ValueError("people's messages have 1 to 4096 UTF-16 code units")
    commands = [
        {
            "type": "bot_command",
            "offset": units(shown[: one.start()]),
            "length": units(one.group()),
        }
        for one in _COMMAND.finditer(shown)
    ]
    return {"text": shown} | ({"entities": commands} if commands else {})


@dataclass(slots=True)
class Person:
    """Somebody with a private chat with the bot."""

    world: World
    about: Json
    chat: Chat
    _heard: int = field(default=0, repr=False)

    @property
    def id(self) -> int:
        """The number of the person, and of the private chat."""
        return self.chat.id

    def says(self, text: str, *, chat: Chat | None = None, reply_to: int | None = None) -> Json:
        """Send a text, to the bot or into a group; gives the message."""
        where = chat or self.chat
        content = text_content(text)
        if reply_to is not None:
            content["reply_to_message"] = where.shown[reply_to].message
        return self._send(content, "text", where)

    def starts(self, payload: str | None = None) -> Json:
        """Press START, having come by a deep link with this payload or without one."""
        if payload is not None and not _PAYLOAD.fullmatch(payload):
            raise ValueError("a payload has 1 to 64 letters, digits, _ and -")
        return self.says("/start" if payload is None else f"/start {payload}")

    def sends(self, kind: str, *, caption: str = "", chat: Chat | None = None) -> Json:
        """Send something that is no text: voice, photo, sticker, location, document, poll, …"""
        content = sample(kind) | ({"caption": caption} if caption else {})
        return self._send(content, kind, chat or self.chat)

    def forwards(self, text: str, *, chat: Chat | None = None) -> Json:
        """Pass on what somebody else wrote."""
        origin = {
            "type": "hidden_user",
            "date": self.world.now() - 3600,
            "sender_user_name": "Somebody",
        }
        return self._send(text_content(text) | {"forward_origin": origin}, "text", chat)

    def edits(self, message_id: int, text: str, *, chat: Chat | None = None) -> Json:
        """Change a message of one's own; gives it as it is now."""
        where = chat or self.chat
        shown = where.shown[message_id]
        if shown.message["from"]["id"] != self.about["id"]:
            raise ValueError("people edit their own messages only")
        kept = {k: v for k, v in shown.message.items() if k not in ("text", "entities")}
        message = kept | text_content(text) | {"edit_date": self.world.now()}
        where.shown[message_id] = replace(
            shown, message=message, source=text, earlier=(*shown.earlier, shown.text)
        )
        self.world.updates.push("edited_message", message)
        self.world.bell.ring()
        return message

    def taps(
        self, label_or_data: str, message: Shown | int | None = None, *, chat: Chat | None = None
    ) -> str:
        """Tap the button with this label or callback data; gives the id of the callback query.

        Looks at the newest message that has such a button, or at `message`, also as it was before
        an edit if a `Shown` of then is given.
        """
        where = chat or self.chat
        shown, button = self._button(label_or_data, message, where)
        if "callback_data" not in button:
            raise AssertionError(f"{label_or_data!r} sends nothing to the bot: {button}")
        query = f"query-{next(self.world.numbers)}"
        self.world.taps[query] = where.id
        content = {
            "id": query,
            "from": self.about,
            "message": shown.message,
            "chat_instance": str(where.id * 7919),
            "data": button["callback_data"],
        }
        self.world.updates.push("callback_query", content)
        self.world.bell.ring()
        return query

    def blocks(self) -> None:
        """Block the bot."""
        self.chat.shut = _BLOCKED
        self.world.membership(self.chat, self.about, "member", "kicked")

    def unblocks(self) -> None:
        """Let the bot write again."""
        self.chat.shut = ""
        self.world.membership(self.chat, self.about, "kicked", "member")

    @property
    def screen(self) -> list[Shown]:
        """What the bot's messages in the private chat look like now, oldest first."""
        return [shown for shown in self.chat.shown.values() if shown.from_bot]

    @property
    def last(self) -> Shown:
        """The bot's newest message as it is now."""
        return self.screen[-1]

    async def hears(self, n: int = 1, within: float = 10.0) -> list[Shown]:
        """Wait for the next `n` new messages of the bot in the private chat, as they arrived.

        Each message is heard once; edits are not heard, see `sees`.

        Raises:
            AssertionError: they did not arrive within so many seconds.
        """
        wanted = self._heard + n
        delivered = self.chat.delivered
        if not await self.world.bell.until(lambda: len(delivered) >= wanted, within):
            heard = [one.text[:60] for one in delivered[self._heard :]]
            raise AssertionError(f"{n} messages awaited for {within} s, heard {heard}")
        heard_now = delivered[self._heard : wanted]
        self._heard = wanted
        return heard_now

    @property
    def unheard(self) -> int:
        """How many messages have arrived that `hears` has not given."""
        return len(self.chat.delivered) - self._heard

    def stops_listening(self) -> None:
        """Let `hears` wait for what arrives from now on."""
        self._heard = len(self.chat.delivered)

    async def sees(self, true: Callable[[Shown], bool], within: float = 10.0) -> Shown:
        """Wait until a message of the bot is like this, by edits too; gives the newest such one.

        Raises:
            AssertionError: none was within so many seconds.
        """

        def found() -> list[Shown]:
            return [shown for shown in self.screen if true(shown)]

        if not await self.world.bell.until(lambda: bool(found()), within):
            seen = [shown.text[:60] for shown in self.screen]
            raise AssertionError(f"not seen within {within} s; on the screen: {seen}")
        return found()[-1]

    def _send(self, content: Json, kind: str, chat: Chat | None) -> Json:
        where = chat or self.chat
        if where.shut:
            raise AssertionError(f"nobody writes into this chat: {where.shut}")
        return self.world.receive(where, self.about, content, kind)

    @staticmethod
    def _button(wanted: str, message: Shown | int | None, chat: Chat) -> tuple[Shown, Json]:
        if message is None:
            candidates = list(reversed(chat.shown.values()))
        else:
            candidates = [chat.shown[message] if isinstance(message, int) else message]
        for shown in candidates:
            button = shown.button(wanted)
            if button is not None:
                return shown, button
        offered = [shown.labels for shown in candidates if shown.labels]
        raise AssertionError(f"no button {wanted!r} among {offered}")
