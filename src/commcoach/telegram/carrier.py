"""Delivery through the Bot API: what was asked of Telegram, and what became of it."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

import aiohttp
import structlog
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, InputFile, LinkPreviewOptions
from telegram.constants import ChatAction, ParseMode
from telegram.error import BadRequest, ChatMigrated, Forbidden, RetryAfter, TelegramError

from commcoach.coaching.mail import (
    Arrived,
    Blocked,
    Button,
    Delivery,
    FateUnknown,
    Kind,
    Outgoing,
    Refused,
    TryLater,
)
from commcoach.coaching.storage import DatabaseUnusable
from commcoach.telegram.attachments import Attachment
from commcoach.telegram.ending import ended

log = structlog.get_logger()

PAUSE = 1.0
"""Seconds to wait after a connection that never came about."""

_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
_UNCHANGED = "message is not modified"
_LOST = ("message to edit not found", "message can't be edited", "message_id_invalid")

_REASONS = (
    "can't parse entities",
    "message is too long",
    "caption is too long",
    "message text is empty",
    "chat not found",
    "button_data_invalid",
    "photo_invalid_dimensions",
)

Render = Callable[[Outgoing], Awaitable[Attachment | None]]


class BotCarrier:
    """Sends through one bot; `render` makes what a photo or a document shows."""

    def __init__(self, bot: Bot, render: Render) -> None:
        self._bot = bot
        self._render = render

    async def carry(self, message: Outgoing, replaces: int | None) -> Delivery:
        """Deliver one message; an edit `replaces` the message delivered under that id."""
        try:
            if message.kind in (Kind.PHOTO, Kind.DOCUMENT):
                shown = await self._made(message)
                if isinstance(shown, Refused):
                    return shown
                return Arrived(await self._send_file(message, shown))
            return Arrived(await self._send(message, replaces))
        except RetryAfter as error:
            return TryLater(_seconds(error))
        except Forbidden:
            return Blocked()
        except BadRequest as error:
            return await self._after_refusal(message, error)
        except ChatMigrated:
            return Refused("chat_migrated")
        except TelegramError as error:
            return TryLater(PAUSE) if never_left(error) else FateUnknown()

    async def _made(self, message: Outgoing) -> Attachment | Refused:
        """What a message shows; nothing has been sent yet, so a failure is no unknown fate."""
        try:
            shown = await self._render(message)
        except DatabaseUnusable:
            raise
        except Exception as error:  # noqa: BLE001  # whatever is wrong, it will be wrong again
            log.error("attachment_not_made", key=message.key, error=type(error).__name__)
            return Refused("cannot_be_made")
        return shown if shown is not None else Refused("nothing_to_show")

    async def reachable(self, chat: int) -> bool:
        """Whether the way to a chat is open: the sign of typing passes by itself."""
        try:
            await self._bot.send_chat_action(chat, ChatAction.TYPING)
        except (RetryAfter, Forbidden, BadRequest):
            return True  # Telegram has answered; what it thinks of the chat, the sending will tell.
        except TelegramError:
            return False
        return True

    async def _after_refusal(self, message: Outgoing, error: BadRequest) -> Delivery:
        said = error.message.lower()
        if _UNCHANGED in said:
            return Arrived()
        if message.kind is Kind.EDIT and any(lost in said for lost in _LOST):
            return await self.carry(message, None)
        log.error("telegram_refused", key=message.key, reason=_reason(said))
        return Refused("bad_request")

    async def _send(self, message: Outgoing, replaces: int | None) -> int:
        keyboard = _keyboard(message.buttons)
        if message.kind is Kind.EDIT and replaces is not None:
            await self._bot.edit_message_text(
                message.text,
                message.chat,
                replaces,
                parse_mode=ParseMode.HTML,
                reply_markup=keyboard,
                link_preview_options=_NO_PREVIEW,
            )
            return replaces
        sent = await self._bot.send_message(
            message.chat,
            message.text,
            parse_mode=ParseMode.HTML,
            reply_markup=keyboard,
            link_preview_options=_NO_PREVIEW,
        )
        return sent.message_id

    async def _send_file(self, message: Outgoing, shown: Attachment) -> int:
        file = InputFile(shown.content, filename=shown.name)
        send = self._bot.send_photo if message.kind is Kind.PHOTO else self._bot.send_document
        sent = await send(
            message.chat,
            file,
            caption=message.text,
            parse_mode=ParseMode.HTML,
            reply_markup=_keyboard(message.buttons),
        )
        return sent.message_id


def _reason(said: str) -> str:
    """Why Telegram refused, in words of ours: its own may quote what was sent."""
    return next((known for known in _REASONS if known in said), "other")


def never_left(error: BaseException) -> bool:
    """Whether the request certainly did not reach Telegram: no connection came about.

    Told by aiohttp's own error: its wrapper also calls a connection that broke after sending a
    failed connection attempt.
    """
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, aiohttp.ClientConnectorError | aiohttp.ConnectionTimeoutError):
            return True
        seen = seen.__cause__ or seen.__context__
    return False


def _seconds(error: RetryAfter) -> float:
    wait = error.retry_after
    return float(wait) if isinstance(wait, int | float) else wait.total_seconds()


def _keyboard(rows: tuple[tuple[Button, ...], ...]) -> InlineKeyboardMarkup | None:
    if not rows:
        return None
    return InlineKeyboardMarkup(
        [
            [InlineKeyboardButton(one.text, callback_data=one.data, url=one.url) for one in row]
            for row in rows
        ]
    )


DRAFT_EVERY = 1.0
"""Seconds between two drafts in a chat; more often Telegram does not take them."""

DRAFTED_A_SECOND = 2
"""Messages that begin to be drafted within a second: Telegram takes 30 calls, and replies first."""


class BotSigns:
    """Small signs, sent at once and forgotten: typing, drafts, the end of a button's spinning."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot
        self.going: set[asyncio.Task[None]] = set()
        self._drafted: dict[int, float] = {}
        self._begun: deque[float] = deque()

    def typing(self, chat: int) -> None:
        """Show that an answer is on its way."""
        self._send(self._bot.send_chat_action(chat, ChatAction.TYPING))

    def heard(self, query: str) -> None:
        """Let a tapped button stop spinning."""
        self._send(self._bot.answer_callback_query(query))

    def may_draft(self) -> bool:
        """Whether another message may be shown while it grows; asked once for each."""
        now = asyncio.get_running_loop().time()
        while self._begun and now - self._begun[0] >= 1.0:
            self._begun.popleft()
        if len(self._begun) >= DRAFTED_A_SECOND:
            return False
        self._begun.append(now)
        return True

    def draft(self, chat: int, number: int, text: str) -> None:
        """Show a message that is not finished; one a second, and none in groups."""
        now = asyncio.get_running_loop().time()
        if chat < 0 or now - self._drafted.get(chat, -DRAFT_EVERY) < DRAFT_EVERY:
            return
        self._drafted = {id: at for id, at in self._drafted.items() if now - at < DRAFT_EVERY}
        self._drafted[chat] = now
        draft = self._bot.send_message_draft(chat, number, text, parse_mode=ParseMode.HTML)
        self._send(draft)

    def _send(self, call: Awaitable[bool]) -> None:
        task = asyncio.ensure_future(_quietly(call))
        self.going.add(task)
        task.add_done_callback(self.going.discard)

    async def aclose(self) -> None:
        """Give up on signs that are still on their way."""
        await ended(self.going)


async def _quietly(call: Awaitable[bool]) -> None:
    try:
        await call
    except TelegramError as error:
        log.debug("sign_not_sent", error=type(error).__name__)
