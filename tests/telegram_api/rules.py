"""Telegram's limits on what a bot sends, beyond the shape of its parameters."""

from __future__ import annotations

import re

from tests.telegram_api.images import size_of
from tests.telegram_api.markup import Formatted, parse_html, trimmed, units
from tests.telegram_api.refusals import Json, Note, Refused, bad
from tests.telegram_api.shapes import Upload

LONGEST_TEXT = 4096
LONGEST_CAPTION = 1024
LONGEST_CALLBACK_ANSWER = 200
MOST_ENTITIES = 100
LARGEST_PHOTO = 10 * 1024 * 1024
LARGEST_DOCUMENT = 50 * 1024 * 1024
MOST_BUTTONS = 100
MOST_COMMANDS = 100

_COMMAND = re.compile(r"[a-z0-9_]{1,32}")
_LANGUAGE = re.compile(r"([a-z]{2})?")
_BUTTON_LOOKS = {"text", "icon_custom_emoji_id", "style"}
_STYLES = {None, "danger", "success", "primary"}
_BUTTON_URL = re.compile(r"(https?|tg)://\S+")
_SCOPES = {
    "default",
    "all_private_chats",
    "all_group_chats",
    "all_chat_administrators",
    "chat",
    "chat_administrators",
    "chat_member",
}
_NOT_PLAYED = {
    "allow_paid_broadcast",
    "business_connection_id",
    "direct_messages_topic_id",
    "inline_message_id",
    "message_thread_id",
    "suggested_post_parameters",
}


def check_played(params: Json, note: Note) -> None:
    """Take down parameters that are real and mean nothing here."""
    for name in sorted(_NOT_PLAYED & params.keys()):
        note(f"{name} is not played by this fake")


def check_text(params: Json, note: Note) -> Formatted:
    """The text of a message.

    Raises:
        Refused: it is empty, too long, or its markup is wrong.
    """
    shown = _formatted(params, "text", "entities", note)
    if not shown.text:
        raise bad("message text is empty")
    if units(shown.text) > LONGEST_TEXT:
        raise bad("message is too long")
    return shown


def check_caption(params: Json, note: Note) -> Formatted:
    """The caption of a file.

    Raises:
        Refused: it is too long, or its markup is wrong.
    """
    shown = _formatted(params, "caption", "caption_entities", note)
    if units(shown.text) > LONGEST_CAPTION:
        raise bad("message caption is too long")
    return shown


def _formatted(params: Json, name: str, entities: str, note: Note) -> Formatted:
    source = params.get(name, "")
    mode = params.get("parse_mode", "")
    if mode.lower() == "html":
        if entities in params:
            note(f"{entities} is ignored beside parse_mode")
        shown = parse_html(source, note)
    elif mode:
        raise bad("unsupported parse_mode")
    else:
        shown = Formatted(source, tuple(params.get(entities, ())))
        if any(one["offset"] + one["length"] > units(source) for one in shown.entities):
            raise bad("entity ends after the end of the text")
    if len(shown.entities) > MOST_ENTITIES:
        note(f"{name} has {len(shown.entities)} entities, only {MOST_ENTITIES} are shown")
    return trimmed(shown)


def check_buttons(markup: Json | None, note: Note) -> None:
    """The buttons of an inline keyboard.

    Raises:
        Refused: a button has no text, no action or wrong data, or there are too many.
    """
    rows = (markup or {}).get("inline_keyboard", [])
    if sum(map(len, rows)) > MOST_BUTTONS:
        raise bad("REPLY_MARKUP_TOO_LONG")
    for row in rows:
        if not row:
            note("a row of buttons is empty")
        for button in row:
            _check_button(button, note)


def _check_button(button: Json, note: Note) -> None:
    label = str(button["text"])
    if not label.strip():
        raise bad("inline keyboard button text must be non-empty")
    actions = sorted(button.keys() - _BUTTON_LOOKS)
    if not actions:
        raise bad(
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"
        )
    if len(actions) > 1:
        note(f"button {label!r} has more than one action: {', '.join(actions)}")
    if button.get("style") not in _STYLES:
        note(f"button {label!r} has an unknown style: {button['style']}")
    data = button.get("callback_data")
    if data is not None and not 1 <= len(str(data).encode()) <= 64:
        raise bad("BUTTON_DATA_INVALID")
    url = button.get("url")
    if url is not None and not _BUTTON_URL.fullmatch(str(url)):
        raise bad(f"inline keyboard button URL '{url}' is invalid: Wrong HTTP URL")


def check_commands(commands: list[Json]) -> None:
    """The commands of a menu.

    Raises:
        Refused: there are too many, or a name or description is wrong.
    """
    if len(commands) > MOST_COMMANDS:
        raise bad("BOT_COMMANDS_TOO_MUCH")
    names = [one["command"] for one in commands]
    if len(set(names)) < len(names) or not all(map(_COMMAND.fullmatch, names)):
        raise bad("BOT_COMMAND_INVALID")
    if not all(1 <= units(one["description"]) <= 256 for one in commands):
        raise bad("BOT_COMMAND_DESCRIPTION_INVALID")


def check_language(code: str) -> str:
    """A two-letter language code, or the empty one for all other languages.

    Raises:
        Refused: it is neither.
    """
    if not _LANGUAGE.fullmatch(code):
        raise bad("invalid language code specified")
    return code


def check_scope(scope: Json) -> None:
    """The kind of scope of a menu of commands.

    Raises:
        Refused: there is no such kind.
    """
    if scope["type"] not in _SCOPES:
        raise bad("can't parse BotCommandScope: Unknown type specified")


def check_photo(photo: Upload) -> tuple[int, int]:
    """Width and height in pixels of a photo.

    Raises:
        Refused: it is too large, too long or too wide, or no picture.
    """
    size = len(photo.content)
    if not size:
        raise bad("file must be non-empty")
    if size > LARGEST_PHOTO:
        raise bad(
            f"file of size {size} bytes is too big for a photo; "
            f"the maximum size is {LARGEST_PHOTO} bytes"
        )
    measured = size_of(photo.content)
    if measured is None:
        raise bad("IMAGE_PROCESS_FAILED")
    width, height = sorted(measured)
    if not width or width + height > 10_000 or height > 20 * width:
        raise bad("PHOTO_INVALID_DIMENSIONS")
    return measured


def check_document(document: Upload) -> None:
    """A file of any kind.

    Raises:
        Refused: it is empty or too large.
    """
    if not document.content:
        raise bad("file must be non-empty")
    if len(document.content) > LARGEST_DOCUMENT:
        raise Refused("Request Entity Too Large", 413)
