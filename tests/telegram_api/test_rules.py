"""What a bot may send: limits, errors as Telegram words them, and what stays in the chats."""

from __future__ import annotations

import io
from typing import Any

import aiohttp
import pytest

from tests.telegram_api.conftest import Ask
from tests.telegram_api.images import size_of
from tests.telegram_api.people import Person
from tests.telegram_api.rules import LARGEST_PHOTO
from tests.telegram_api.server import FakeTelegram


def png(width: int, height: int, size: int = 64) -> bytes:
    """The first bytes of a PNG, filled up."""
    head = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + width.to_bytes(4, "big")
    return (head + height.to_bytes(4, "big")).ljust(size, b"\0")


def keyboard(**button: Any) -> dict[str, Any]:
    """An inline keyboard of one button."""
    return {"inline_keyboard": [[button]]}


@pytest.mark.parametrize(
    ("params", "why"),
    [
        ({"text": "😀" * 2049}, "message is too long"),
        ({"text": " \n"}, "message text is empty"),
        ({"text": "<b></b>", "parse_mode": "HTML"}, "message text is empty"),
        ({"text": "x", "parse_mode": "BBCode"}, "unsupported parse_mode"),
        ({"text": "<p>", "parse_mode": "html"}, "can't parse entities: Unsupported start tag"),
        ({"text": "x", "reply_markup": keyboard(text="a")}, "can't parse inline keyboard button"),
        ({"text": "x", "reply_markup": keyboard(text=" ", callback_data="a")}, "inline keyboard"),
        (
            {"text": "x", "reply_markup": keyboard(text="a", callback_data="中" * 22)},
            "BUTTON_DATA_INVALID",
        ),
        (
            {"text": "x", "reply_markup": keyboard(text="a", callback_data="")},
            "BUTTON_DATA_INVALID",
        ),
        (
            {"text": "x", "reply_markup": keyboard(text="a", url="b c")},
            "inline keyboard button URL",
        ),
        ({"text": "x", "reply_parameters": {"message_id": 99}}, "message to be replied not found"),
        ({"text": "x", "chat_id": 8}, "chat not found"),
        ({"text": "x", "chat_id": "@somebody"}, "chat not found"),
    ],
)
async def test_a_message_against_the_rules_is_refused_and_told(
    api: FakeTelegram, anna: Person, ask: Ask, params: dict[str, Any], why: str
) -> None:
    status, body = await ask("sendMessage", **({"chat_id": 7} | params))
    assert (status, body["ok"]) == (400, False)
    assert body["description"].startswith(f"Bad Request: {why}")
    assert len(api.violations) == 1
    assert anna.screen == []


@pytest.mark.parametrize(
    "params",
    [
        {"text": "😀" * 2048},
        {"text": f"<b>{'x' * 4096}</b>", "parse_mode": "HTML"},
        {"text": "x", "reply_markup": keyboard(text="a", callback_data="中" * 21)},
        {"text": "x", "reply_parameters": {"message_id": 1}},
        {"text": "x", "reply_parameters": {"message_id": 9, "allow_sending_without_reply": True}},
        {"text": "R&D", "link_preview_options": {"is_disabled": True}},
    ],
)
async def test_a_message_at_the_limit_passes(
    api: FakeTelegram, anna: Person, ask: Ask, params: dict[str, Any]
) -> None:
    assert (await ask("sendMessage", chat_id=7, **params))[0] == 200
    assert api.violations == []


@pytest.mark.parametrize(
    "params",
    [
        {"text": "<b>x</b> " * 101, "parse_mode": "HTML"},
        {"text": "x", "reply_markup": keyboard(text="a", callback_data="b", url="https://a.b")},
        {"text": "x", "reply_markup": keyboard(text="a", callback_data="b", style="pink")},
        {"text": "x", "reply_markup": {"inline_keyboard": [[]]}},
    ],
)
async def test_what_would_show_otherwise_than_meant_is_told(
    api: FakeTelegram, anna: Person, ask: Ask, params: dict[str, Any]
) -> None:
    assert (await ask("sendMessage", chat_id=7, **params))[0] == 200
    assert len(api.violations) == 1


async def test_an_edit_replaces_text_and_buttons(api: FakeTelegram, anna: Person, ask: Ask) -> None:
    markup = keyboard(text="a", callback_data="b")
    await ask("sendMessage", chat_id=7, text="one", reply_markup=markup)
    number = anna.last.id
    status, body = await ask("editMessageText", chat_id=7, message_id=number, text="two")
    assert (status, body["result"]["text"]) == (200, "two")
    assert (anna.last.text, anna.last.labels, anna.last.earlier) == ("two", [], ("one",))
    await ask("editMessageReplyMarkup", chat_id=7, message_id=number, reply_markup=markup)
    assert anna.last.labels == ["a"]
    assert [one.text for one in api.deliveries(7)] == ["one"]
    assert api.violations == []


async def test_an_edit_that_changes_nothing_is_refused_but_no_violation(
    api: FakeTelegram, anna: Person, ask: Ask
) -> None:
    await ask("sendMessage", chat_id=7, text="one")
    await ask("editMessageText", chat_id=7, message_id=2, text="two")
    status, body = await ask("editMessageText", chat_id=7, message_id=2, text=" two ")
    assert status == 400
    assert body["description"].startswith("Bad Request: message is not modified: ")
    assert (await ask("editMessageReplyMarkup", chat_id=7, message_id=2))[0] == 400
    assert api.violations == []


@pytest.mark.parametrize(
    ("method", "number", "why"),
    [
        ("editMessageText", 99, "message to edit not found"),
        ("editMessageText", 1, "message can't be edited"),
        ("deleteMessage", 99, "message to delete not found"),
    ],
)
async def test_a_message_that_is_not_the_bots_cannot_be_edited(
    api: FakeTelegram, anna: Person, ask: Ask, method: str, number: int, why: str
) -> None:
    more = {"text": "x"} if method == "editMessageText" else {}
    status, body = await ask(method, chat_id=7, message_id=number, **more)
    assert (status, body["description"]) == (400, f"Bad Request: {why}")
    assert len(api.violations) == 1


async def test_a_deleted_message_is_gone_from_the_screen(
    api: FakeTelegram, anna: Person, ask: Ask
) -> None:
    await ask("sendMessage", chat_id=7, text="one")
    assert (await ask("deleteMessage", chat_id=7, message_id=2))[1]["result"] is True
    assert anna.screen == []
    assert len(api.deliveries(anna)) == 1


@pytest.mark.parametrize(
    ("method", "content", "why"),
    [
        ("sendPhoto", png(640, 480, LARGEST_PHOTO + 1), "file of size"),
        ("sendPhoto", png(9000, 1001), "PHOTO_INVALID_DIMENSIONS"),
        ("sendPhoto", png(10, 201), "PHOTO_INVALID_DIMENSIONS"),
        ("sendPhoto", b"GIF89a", "IMAGE_PROCESS_FAILED"),
        ("sendPhoto", b"", "file must be non-empty"),
        ("sendDocument", b"", "file must be non-empty"),
        ("sendPhoto", png(640, 480, LARGEST_PHOTO), None),
        ("sendDocument", b"anything", None),
    ],
)
async def test_files_are_measured_and_kept(
    api: FakeTelegram, anna: Person, method: str, content: bytes, why: str | None
) -> None:
    name = "photo" if method == "sendPhoto" else "document"
    texts = {"chat_id": "7", "caption": "<b>x</b>", "parse_mode": "HTML"}
    form = aiohttp.FormData(texts, quote_fields=False)
    form.add_field(name, io.BytesIO(content), filename="进步.png")
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{api.url}/bot{api.token}/{method}", data=form) as answer,
    ):
        body = await answer.json()
    if why:
        assert body["description"].startswith(f"Bad Request: {why}")
        assert len(api.violations) == 1
    else:
        assert (anna.last.kind, anna.last.text) == (name, "x")
        assert anna.last.file is not None
        assert (anna.last.file.name, anna.last.file.content) == ("进步.png", content)
        assert api.violations == []


async def test_a_file_may_be_attached_and_sent_again_by_its_id(
    api: FakeTelegram, anna: Person, ask: Ask
) -> None:
    form = aiohttp.FormData({"chat_id": "7", "document": "attach://part"})
    form.add_field("part", b"anything", filename="a.txt")
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{api.url}/bot{api.token}/sendDocument", data=form) as answer,
    ):
        file_id = (await answer.json())["result"]["document"]["file_id"]
    assert (await ask("sendDocument", chat_id=7, document=file_id))[0] == 200
    assert [one.file.content for one in anna.screen if one.file] == [b"anything"] * 2
    assert api.violations == []
    assert (await ask("sendDocument", chat_id=7, document="file-99"))[0] == 400


async def test_a_caption_has_1024_units_at_most(api: FakeTelegram, anna: Person, ask: Ask) -> None:
    form = aiohttp.FormData({"chat_id": "7", "caption": "x" * 1025})
    form.add_field("document", b"anything", filename="a.txt")
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{api.url}/bot{api.token}/sendDocument", data=form) as answer,
    ):
        assert (await answer.json())["description"] == "Bad Request: message caption is too long"


def test_the_size_of_a_jpeg_is_read() -> None:
    other = b"\xff\xe0\x00\x04ab"
    frame = b"\xff\xc0\x00\x11\x08\x00\x20\x00\x30"
    assert size_of(b"\xff\xd8" + other + frame) == (48, 32)


async def test_a_tap_is_answered_within_200_units(
    api: FakeTelegram, anna: Person, ask: Ask
) -> None:
    await ask(
        "sendMessage", chat_id=7, text="x", reply_markup=keyboard(text="a", callback_data="b")
    )
    query = anna.taps("a")
    assert (await ask("answerCallbackQuery", callback_query_id=query, text="x" * 201))[0] == 400
    assert (await ask("answerCallbackQuery", callback_query_id="1", text="x"))[0] == 400
    assert len(api.violations) == 2
    assert (await ask("answerCallbackQuery", callback_query_id=query, text="x" * 200))[0] == 200
    assert api.callback_answers[query].text == "x" * 200


async def test_a_tap_that_is_too_old_is_refused_but_no_violation(
    api: FakeTelegram, anna: Person, ask: Ask
) -> None:
    await ask(
        "sendMessage", chat_id=7, text="x", reply_markup=keyboard(text="a", callback_data="b")
    )
    query = anna.taps("b")
    api.expire_callbacks()
    status, body = await ask("answerCallbackQuery", callback_query_id=query)
    assert status == 400
    assert "query is too old" in body["description"]
    assert api.violations == []


async def test_commands_are_kept_by_scope_and_language(api: FakeTelegram, ask: Ask) -> None:
    menu = [{"command": "practice", "description": "练习"}]
    await ask("setMyCommands", commands=menu, language_code="zh")
    scope = {"type": "all_private_chats"}
    await ask("setMyCommands", commands=[], scope=scope)
    assert (await ask("getMyCommands", language_code="zh"))[1]["result"] == menu
    assert (await ask("getMyCommands"))[1]["result"] == []
    assert api.commands("zh") == {"practice": "练习"}
    await ask("deleteMyCommands", language_code="zh")
    assert api.commands("zh") == {}
    assert api.violations == []


@pytest.mark.parametrize(
    "params",
    [
        {"commands": [{"command": "Practice", "description": "x"}]},
        {"commands": [{"command": "a", "description": ""}]},
        {"commands": [{"command": "a", "description": "x" * 257}]},
        {"commands": [{"command": f"a{n}", "description": "x"} for n in range(101)]},
        {"commands": [{"command": "a"}]},
        {"commands": [], "language_code": "zh-hans"},
        {"commands": [], "scope": {"type": "everybody"}},
    ],
)
async def test_a_menu_against_the_rules_is_refused_and_told(
    api: FakeTelegram, ask: Ask, params: dict[str, Any]
) -> None:
    assert (await ask("setMyCommands", **params))[0] == 400
    assert len(api.violations) == 1


async def test_the_bot_describes_itself(api: FakeTelegram, ask: Ask) -> None:
    await ask("setMyDescription", description="练习对话", language_code="zh")
    await ask("setMyShortDescription", short_description="Practise")
    assert api.world.descriptions == {"zh": "练习对话"}
    assert api.world.short_descriptions == {"": "Practise"}
    assert (await ask("setMyShortDescription", short_description="x" * 121))[0] == 400


async def test_there_is_no_webhook(api: FakeTelegram, anna: Person, ask: Ask) -> None:
    anna.says("x")
    info = (await ask("getWebhookInfo"))[1]["result"]
    assert (info["url"], info["pending_update_count"]) == ("", 1)
    await ask("deleteWebhook", drop_pending_updates=True)
    assert api.updates.pending == ()


async def test_only_known_actions_are_shown(api: FakeTelegram, anna: Person, ask: Ask) -> None:
    assert (await ask("sendChatAction", chat_id=7, action="typing"))[0] == 200
    assert (await ask("sendChatAction", chat_id=7, action="thinking"))[0] == 400


async def test_a_draft_has_a_number_and_a_text_that_could_be_sent(
    api: FakeTelegram, anna: Person, ask: Ask
) -> None:
    anna.says("x")
    for number, text, code in ((1, "hello", 200), (0, "hello", 400), (1, "<b>hello", 400)):
        sent = await ask(
            "sendMessageDraft", chat_id=7, draft_id=number, text=text, parse_mode="HTML"
        )
        assert sent[0] == code
