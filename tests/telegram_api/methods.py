"""The methods that are played, on what Telegram remembers."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from tests.telegram_api import rules
from tests.telegram_api.markup import Formatted, units
from tests.telegram_api.refusals import Json, Note, Refused, bad
from tests.telegram_api.shapes import Upload
from tests.telegram_api.state import CallbackAnswer, Chat, Shown, World

SPEAKING = frozenset(
    {"sendMessage", "sendPhoto", "sendDocument", "editMessageText", "editMessageReplyMarkup"}
)
"""Methods that put something before people's eyes, to which limits on speed apply."""

_NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)
_ACTIONS = {
    "typing",
    "upload_photo",
    "record_video",
    "upload_video",
    "record_voice",
    "upload_voice",
    "upload_document",
    "choose_sticker",
    "find_location",
    "record_video_note",
    "upload_video_note",
}


@dataclass(frozen=True, slots=True)
class Request:
    """A request that fits the facts."""

    world: World
    params: Json
    note: Note

    def chat(self) -> Chat:
        """The chat it is about.

        Raises:
            Refused: the bot has never seen it, or may not write to it.
        """
        chat = self.world.chats.get(self.params["chat_id"])
        if chat is None or not chat.known:
            raise bad("chat not found")
        if chat.shut:
            raise Refused(chat.shut, 403, to_be_expected=True)
        return chat

    def shown(self, chat: Chat, what: str) -> Shown:
        """The message it is about.

        Raises:
            Refused: there is none.
        """
        shown = chat.shown.get(self.params.get("message_id", 0))
        if shown is None:
            raise bad(f"message to {what} not found")
        return shown


def get_me(request: Request) -> Json:
    """The bot itself."""
    return request.world.bot


def send_message(request: Request) -> Json:
    """Put a text into a chat."""
    chat = request.chat()
    text = rules.check_text(request.params, request.note)
    return _deliver(request, chat, _text_fields(text), request.params["text"], "text")


def send_photo(request: Request) -> Json:
    """Put a picture into a chat."""
    chat = request.chat()
    photo, file_id = _file(request, "photo")
    width, height = rules.check_photo(photo)
    size = {
        "file_id": file_id,
        "file_unique_id": f"unique-{file_id}",
        "width": width,
        "height": height,
        "file_size": len(photo.content),
    }
    caption = rules.check_caption(request.params, request.note)
    content = {"photo": [size]} | _caption_fields(caption)
    return _deliver(request, chat, content, request.params.get("caption", ""), "photo", photo)


def send_document(request: Request) -> Json:
    """Put a file into a chat."""
    chat = request.chat()
    document, file_id = _file(request, "document")
    rules.check_document(document)
    about = {
        "file_id": file_id,
        "file_unique_id": f"unique-{file_id}",
        "file_name": document.name,
        "file_size": len(document.content),
    }
    caption = rules.check_caption(request.params, request.note)
    content = {"document": about} | _caption_fields(caption)
    return _deliver(request, chat, content, request.params.get("caption", ""), "document", document)


def edit_message_text(request: Request) -> Json:
    """Replace a text and its buttons."""
    chat = request.chat()
    shown = _editable(request, chat)
    text = rules.check_text(request.params, request.note)
    if "text" not in shown.message:
        raise bad("there is no text in the message to edit")
    kept = {
        name: value
        for name, value in shown.message.items()
        if name not in ("text", "entities", "reply_markup", "edit_date")
    }
    earlier = (*shown.earlier, shown.text)
    changed = replace(shown, source=request.params["text"], earlier=earlier)
    return _change(request, chat, shown, changed, kept | _text_fields(text))


def edit_message_reply_markup(request: Request) -> Json:
    """Replace the buttons of a message."""
    chat = request.chat()
    shown = _editable(request, chat)
    kept = {
        name: value
        for name, value in shown.message.items()
        if name not in ("reply_markup", "edit_date")
    }
    return _change(request, chat, shown, shown, kept)


def delete_message(request: Request) -> bool:
    """Take a message away."""
    chat = request.chat()
    del chat.shown[request.shown(chat, "delete").id]
    return True


def send_chat_action(request: Request) -> bool:
    """Show that the bot is typing."""
    request.chat()
    if request.params["action"] not in _ACTIONS:
        raise bad("wrong parameter action in request")
    return True


def answer_callback_query(request: Request) -> bool:
    """Answer a tap."""
    query = request.params["callback_query_id"]
    world = request.world
    if query not in world.taps:
        raise Refused(
            "Bad Request: query is too old and response timeout expired or query ID is invalid",
            to_be_expected=query in world.expired_taps,
        )
    text = request.params.get("text", "")
    if units(text) > rules.LONGEST_CALLBACK_ANSWER:
        raise bad("MESSAGE_TOO_LONG")
    alert = request.params.get("show_alert", False)
    answer = CallbackAnswer(text, alert, request.params.get("url"))
    # The person sees the first answer; Telegram takes a second one without a word.
    world.callback_answers.setdefault(query, answer)
    return True


def leave_chat(request: Request) -> bool:
    """Leave a group."""
    chat = request.chat()
    if chat.is_private:
        raise bad("chat member status can't be changed in private chats")
    chat.shut = "Forbidden: bot is not a member of the group chat"
    request.world.membership(chat, request.world.bot_user, "member", "left")
    return True


def set_my_commands(request: Request) -> bool:
    """Set the menu of commands for a scope and a language."""
    key = _menu(request)
    commands = request.params["commands"]
    rules.check_commands(commands)
    request.world.commands[key] = commands
    return True


def get_my_commands(request: Request) -> list[Json]:
    """The menu of commands for exactly this scope and language."""
    return request.world.commands.get(_menu(request), [])


def delete_my_commands(request: Request) -> bool:
    """Take a menu of commands away."""
    request.world.commands.pop(_menu(request), None)
    return True


def send_message_draft(request: Request) -> bool:
    """Show a message that is not finished: in private chats only, under a number that is not 0."""
    chat = request.chat()
    if not chat.is_private or not request.params["draft_id"]:
        raise bad("DRAFT_INVALID")
    rules.check_text(request.params, request.note)
    return True


def set_my_description(request: Request) -> bool:
    """Set what an empty chat with the bot shows."""
    return _describe(request, request.world.descriptions, "description", 512)


def set_my_short_description(request: Request) -> bool:
    """Set what the bot's profile shows."""
    return _describe(request, request.world.short_descriptions, "short_description", 120)


def get_webhook_info(request: Request) -> Json:
    """There is never a webhook."""
    waiting = len(request.world.updates.pending)
    return {"url": "", "has_custom_certificate": False, "pending_update_count": waiting}


def delete_webhook(request: Request) -> bool:
    """There is never a webhook, but updates can be dropped with it."""
    if request.params.get("drop_pending_updates"):
        request.world.updates.drop()
    return True


PLAYED: Mapping[str, Callable[[Request], Any]] = {
    "answerCallbackQuery": answer_callback_query,
    "deleteMessage": delete_message,
    "deleteMyCommands": delete_my_commands,
    "deleteWebhook": delete_webhook,
    "editMessageReplyMarkup": edit_message_reply_markup,
    "editMessageText": edit_message_text,
    "getMe": get_me,
    "getMyCommands": get_my_commands,
    "getWebhookInfo": get_webhook_info,
    "leaveChat": leave_chat,
    "sendChatAction": send_chat_action,
    "sendDocument": send_document,
    "sendMessage": send_message,
    "sendPhoto": send_photo,
    "sendMessageDraft": send_message_draft,
    "setMyCommands": set_my_commands,
    "setMyDescription": set_my_description,
    "setMyShortDescription": set_my_short_description,
}
"""What is played, besides getUpdates, which waits."""


def _text_fields(text: Formatted) -> Json:
    return {"text": text.text} | ({"entities": list(text.entities)} if text.entities else {})


def _caption_fields(caption: Formatted) -> Json:
    if not caption.text:
        return {}
    entities = {"caption_entities": list(caption.entities)} if caption.entities else {}
    return {"caption": caption.text} | entities


def _file(request: Request, name: str) -> tuple[Upload, str]:
    """The file a request brings or names, and its id.

    Raises:
        Refused: it names a file that was never sent.
    """
    given = request.params[name]
    world = request.world
    if isinstance(given, Upload):
        file_id = f"file-{next(world.numbers)}"
        world.files[file_id] = given
        return given, file_id
    if given not in world.files:
        raise bad("wrong file identifier/HTTP URL specified")
    return world.files[given], given


def _deliver(
    request: Request, chat: Chat, content: Json, source: str, kind: str, file: Upload | None = None
) -> Json:
    params, world = request.params, request.world
    markup = params.get("reply_markup")
    rules.check_buttons(markup, request.note)
    content |= _reply(request, chat)
    if markup and "inline_keyboard" in markup:
        content["reply_markup"] = markup
    if params.get("protect_content"):
        content["has_protected_content"] = True
    message = {
        "message_id": next(chat.ids),
        "from": world.bot_user,
        "chat": chat.about,
        "date": world.now(),
    } | content
    shown = Shown(message, source, kind, file)
    chat.shown[shown.id] = shown
    chat.delivered.append(shown)
    return message


def _reply(request: Request, chat: Chat) -> Json:
    """The message that is replied to."""
    reply = request.params.get("reply_parameters")
    if reply is None:
        return {}
    to = chat.shown.get(reply["message_id"])
    if to is None:
        if reply.get("allow_sending_without_reply"):
            return {}
        raise bad("message to be replied not found")
    # A reply names its message without the message that one replied to.
    return {"reply_to_message": {k: v for k, v in to.message.items() if k != "reply_to_message"}}


def _editable(request: Request, chat: Chat) -> Shown:
    shown = request.shown(chat, "edit")
    if not shown.from_bot:
        raise bad("message can't be edited")
    return shown


def _change(request: Request, chat: Chat, shown: Shown, changed: Shown, content: Json) -> Json:
    """Put a changed message in place of the old one."""
    markup = request.params.get("reply_markup")
    rules.check_buttons(markup, request.note)
    if markup and markup["inline_keyboard"]:
        content["reply_markup"] = markup
    if content == {k: v for k, v in shown.message.items() if k != "edit_date"}:
        raise Refused(f"Bad Request: {_NOT_MODIFIED}", to_be_expected=True)
    content["edit_date"] = request.world.now()
    chat.shown[shown.id] = replace(changed, message=content)
    return content


def _menu(request: Request) -> tuple[str, str]:
    scope = request.params.get("scope", {"type": "default"})
    rules.check_scope(scope)
    language = rules.check_language(request.params.get("language_code", ""))
    return json.dumps(scope, sort_keys=True), language


def _describe(request: Request, kept: dict[str, str], name: str, longest: int) -> bool:
    text = request.params.get(name, "")
    if units(text) > longest:
        raise bad(f"{name} is too long")
    kept[rules.check_language(request.params.get("language_code", ""))] = text
    return True
