"""A raw update to what is kept of it: understood, cut down, and masked."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import replace
from enum import StrEnum
from typing import Any

from telegram import CallbackQuery, Chat, ChatMember, Message, MessageOriginUser, Update
from telegram.constants import ChatType

from commcoach.coaching.admission import Mask
from commcoach.coaching.mail import Incoming

_BEYOND = 2**63
"""The first number that is too large for a database."""


class Kind(StrEnum):
    """What an update is about."""

    TEXT = "text"
    EDITED = "edited"
    TAP = "tap"
    UNSUITABLE = "unsuitable"
    GROUP = "group"
    MEMBERSHIP = "membership"


UNSUITABLE = (
    "voice",
    "audio",
    "video",
    "video_note",
    "photo",
    "sticker",
    "animation",
    "location",
    "document",
    "contact",
    "poll",
)
"""What a message may hold instead of text; anything else counts as `other`."""


def keep_of(raw: Mapping[str, Any], bot: int, mask: Mask) -> Incoming | None:
    """What is kept of an update; `None` if it has no id, so that it cannot be kept at all.

    Only what practice needs is taken over: no names, no pictures. An update that cannot be
    understood keeps its ids and the class of the error.
    """
    number = raw.get("update_id")
    if not isinstance(number, int) or isinstance(number, bool):
        return None
    try:
        understood = _keepable(_understood(Update.de_json(dict(raw), None), bot, mask))
        # What this update brings into being is named after chance that is kept with it: the same
        # if it is worked on again, and nothing that could be guessed or come up a second time.
        return replace(understood, about={**understood.about, "chance": uuid.uuid4().hex})
    except Exception as error:  # noqa: BLE001  # whatever is wrong with one update stops nobody else
        return Incoming(bot, number, _chat_in(raw), "", fault=type(error).__name__)


def _chat_in(raw: Mapping[str, Any]) -> int | None:
    """The chat of an update that could not be understood, if it can be seen."""
    for part in raw.values():
        if isinstance(part, dict):
            chat = part.get("chat")
            if isinstance(chat, dict) and isinstance(chat.get("id"), int):
                return int(chat["id"]) if abs(chat["id"]) < _BEYOND else None
    return None


class NotKeepable(ValueError):
    """The update holds what no database takes, and would keep all others of its batch out."""


def _keepable(update: Incoming) -> Incoming:
    """The same update; `NotKeepable`, or an encoding error for half a character."""
    if update.chat is not None and abs(update.chat) >= _BEYOND:
        raise NotKeepable
    words = "".join(one for one in update.about.values() if isinstance(one, str))
    if b"\0" in words.encode():
        raise NotKeepable
    return update


class NotForUs(ValueError):
    """The update is of a kind that was not asked for."""


def _understood(update: Update, bot: int, mask: Mask) -> Incoming:
    if update.callback_query is not None:
        return _tap(update.update_id, bot, update.callback_query)
    if update.my_chat_member is not None:
        member = update.my_chat_member
        wanted = member.new_chat_member.status not in (ChatMember.BANNED, ChatMember.LEFT)
        private = member.chat.type == ChatType.PRIVATE
        about = {"wanted": wanted, "private": private}
        return Incoming(bot, update.update_id, member.chat.id, Kind.MEMBERSHIP, about)
    message = update.message or update.edited_message
    if message is None:
        raise NotForUs
    edited = update.edited_message is not None
    return _message(update.update_id, bot, message, edited, mask)


def _tap(number: int, bot: int, query: CallbackQuery) -> Incoming:
    message = query.message
    chat = message.chat if message is not None else None
    about = {
        "query": query.id,
        "data": query.data or "",
        "message": message.message_id if message is not None else None,
        "client": query.from_user.language_code or "",
        "private": _private(chat),
    }
    return Incoming(bot, number, chat.id if chat else query.from_user.id, Kind.TAP, about)


def _message(number: int, bot: int, message: Message, edited: bool, mask: Mask) -> Incoming:
    sender = message.from_user
    about: dict[str, object] = {
        "message": message.message_id,
        "client": (sender.language_code if sender is not None else None) or "",
    }
    if not _private(message.chat):
        added = any(one.id == bot for one in message.new_chat_members)
        # Who came and who left, a new title, a picture: none of it is meant for the bot.
        about["addressed"] = not edited and (added or message.text is not None)
        return Incoming(bot, number, message.chat.id, Kind.GROUP, about)
    if message.text is None:
        what = next((name for name in UNSUITABLE if getattr(message, name, None)), "other")
        return Incoming(bot, number, message.chat.id, Kind.UNSUITABLE, {**about, "what": what})
    if message.forward_origin is not None and not _own_words(message):
        forwarded = {**about, "what": "forwarded"}
        return Incoming(bot, number, message.chat.id, Kind.UNSUITABLE, forwarded)
    masked = mask(message.text)
    about |= {"text": masked.text, "masked": list(masked.found)}
    return Incoming(bot, number, message.chat.id, Kind.EDITED if edited else Kind.TEXT, about)


def _private(chat: Chat | None) -> bool:
    return chat is None or chat.type == ChatType.PRIVATE


def _own_words(message: Message) -> bool:
    """Whether a forwarded message is the sender's own."""
    origin = message.forward_origin
    return isinstance(origin, MessageOriginUser) and origin.sender_user == message.from_user
