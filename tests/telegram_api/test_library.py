"""The server as python-telegram-bot sees it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from telegram import (
    Bot,
    BotCommand,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputFile,
    LinkPreviewOptions,
)
from telegram.error import BadRequest, Forbidden, InvalidToken, RetryAfter, TimedOut
from telegram.request import HTTPXRequest

from tests.telegram_api import faults
from tests.telegram_api.people import Person
from tests.telegram_api.server import FakeTelegram
from tests.telegram_api.test_rules import png


@pytest.fixture
async def bot(api: FakeTelegram) -> AsyncIterator[Bot]:
    """A bot of the library that talks to the server."""
    async with Bot(api.token, base_url=f"{api.url}/bot") as running:
        yield running


async def test_a_message_with_buttons_is_sent_edited_and_tapped(
    api: FakeTelegram, anna: Person, bot: Bot
) -> None:
    markup = InlineKeyboardMarkup([[InlineKeyboardButton("好", callback_data="ok:1")]])
    sent = await bot.send_message(
        anna.id,
        "<b>您好</b>",
        parse_mode="HTML",
        reply_markup=markup,
        link_preview_options=LinkPreviewOptions(is_disabled=True),
    )
    assert (sent.text, sent.message_id, sent.text_html) == ("您好", anna.last.id, "<b>您好</b>")
    query = anna.taps("好")
    [update] = await bot.get_updates(timeout=1)
    assert update.callback_query is not None
    assert update.callback_query.data == "ok:1"
    await update.callback_query.answer("知道了", show_alert=True)
    assert api.callback_answers[query].text == "知道了"
    await bot.edit_message_text("再见", anna.id, sent.message_id)
    assert (anna.last.text, anna.last.labels) == ("再见", [])
    await bot.edit_message_reply_markup(anna.id, sent.message_id, reply_markup=markup)
    assert anna.last.labels == ["好"]
    await bot.delete_message(anna.id, sent.message_id)
    assert anna.screen == []
    assert api.violations == []


async def test_files_are_uploaded(api: FakeTelegram, anna: Person, bot: Bot) -> None:
    sent = await bot.send_photo(anna.id, png(640, 480), caption="进步", filename="p.png")
    assert (sent.photo[0].width, sent.caption) == (640, "进步")
    await bot.send_document(anna.id, InputFile(b"{}", filename="我的数据.json"))
    assert anna.last.file is not None
    assert (anna.last.file.name, anna.last.file.content) == ("我的数据.json", b"{}")
    await bot.send_photo(anna.id, sent.photo[0].file_id)
    assert len(anna.screen) == 3
    assert api.violations == []


async def test_everything_else_a_bot_says_about_itself_passes(
    api: FakeTelegram, anna: Person, bot: Bot
) -> None:
    assert (await bot.get_me()).username == "coach_test_bot"
    await bot.set_my_commands([BotCommand("help", "帮助")], language_code="zh")
    assert await bot.get_my_commands(language_code="zh") == (BotCommand("help", "帮助"),)
    await bot.set_my_description("Practise")
    await bot.set_my_short_description("Practise", language_code="en")
    await bot.send_chat_action(anna.id, "typing")
    await bot.delete_webhook()
    assert (await bot.get_webhook_info()).url == ""
    assert api.violations == []


async def test_errors_become_those_of_the_library(
    api: FakeTelegram, anna: Person, bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(BadRequest, match="Can't parse entities"):
        await bot.send_message(anna.id, "<p>", parse_mode="HTML")
    await bot.send_message(anna.id, "x")
    with pytest.raises(BadRequest, match="Message is not modified"):
        await bot.edit_message_text("x", anna.id, anna.last.id)
    with pytest.raises(BadRequest, match="Chat not found"):
        await bot.send_message(99, "x")
    anna.blocks()
    with pytest.raises(Forbidden, match="bot was blocked by the user"):
        await bot.send_message(anna.id, "x")
    anna.unblocks()
    # The library warns as long as one has not chosen in which form it tells the time.
    monkeypatch.setenv("PTB_TIMEDELTA", "1")
    api.inject(faults.too_many(2), method="sendMessage")
    with pytest.raises(RetryAfter) as refused:
        await bot.send_message(anna.id, "x")
    assert refused.value.retry_after == timedelta(seconds=2)
    assert len(api.violations) == 2


async def test_a_wrong_token_is_an_invalid_token(api: FakeTelegram) -> None:
    with pytest.raises(InvalidToken):
        async with Bot("1:x", base_url=f"{api.url}/bot"):
            pass


async def test_an_answer_that_never_comes_is_a_time_out(api: FakeTelegram, anna: Person) -> None:
    patience = HTTPXRequest(read_timeout=0.1)
    async with Bot(api.token, base_url=f"{api.url}/bot", request=patience) as bot:
        api.inject(faults.HANG_AFTER, method="sendMessage")
        with pytest.raises(TimedOut):
            await bot.send_message(anna.id, "x")
    assert [one.text for one in api.deliveries(anna)] == ["x"]
