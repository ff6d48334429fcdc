"""The facts of the Bot API, and requests read by them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.telegram_api.conftest import Ask
from tests.telegram_api.facts import facts
from tests.telegram_api.make_facts import facts_of
from tests.telegram_api.people import Person
from tests.telegram_api.server import FakeTelegram
from tests.telegram_api.shapes import Finding, nested


def test_the_facts_know_every_method_of_the_bot_api() -> None:
    assert facts().version == "Bot API 10.1"
    assert len(facts().methods) == 180
    assert facts().methods["sendMessage"]["chat_id"].required


def test_the_facts_stand_in_the_form_the_script_writes() -> None:
    spec = {
        "version": "Bot API 1",
        "methods": {
            "m": {"fields": [{"name": "p", "types": ["Integer", "String"], "required": True}]}
        },
        "types": {"T": {}, "U": {"subtypes": ["T"]}},
    }
    assert json.loads(facts_of(spec)) == {
        "version": "Bot API 1",
        "methods": {"m": {"p": "required Integer | String"}},
        "types": {"T": {}},
        "unions": {"U": ["T"]},
    }
    text = Path(__file__).with_name("facts.json").read_text(encoding="utf-8")
    assert json.dumps(json.loads(text), indent=1, ensure_ascii=False) + "\n" == text


async def test_the_server_keeps_to_the_facts_itself(
    api: FakeTelegram, anna: Person, ask: Ask
) -> None:
    for kind in [
        "animation",
        "audio",
        "contact",
        "dice",
        "document",
        "location",
        "photo",
        "poll",
        "sticker",
        "venue",
        "video",
        "video_note",
        "voice",
    ]:
        anna.sends(kind)
    said = anna.says("hello")
    anna.edits(said["message_id"], "/help me")
    anna.forwards("from elsewhere")
    keyboard = {"inline_keyboard": [[{"text": "Yes", "callback_data": "yes"}]]}
    await ask("sendMessage", chat_id=7, text="<b>x</b>", parse_mode="HTML", reply_markup=keyboard)
    anna.taps("Yes")
    api.group(-5, "Team", by=anna)
    anna.blocks()
    assert len(api.updates.pending) == 19
    found: list[Finding] = []
    for update in api.updates.pending:
        nested(update, ("Update",), "update", found)
    for shown in anna.screen:
        nested(shown.message, ("Message",), "message", found)
    nested(api.world.bot, ("User",), "bot", found)
    assert found == []


@pytest.mark.parametrize(
    ("params", "complaint"),
    [
        ({"colour": "red"}, "sendMessage to 7: there is no parameter colour"),
        (
            {"link_preview_options": {"disabled": True}},
            "sendMessage to 7: link_preview_options: LinkPreviewOptions has no field disabled",
        ),
        (
            {"message_thread_id": 3},
            "sendMessage to 7: message_thread_id is not played by this fake",
        ),
    ],
)
async def test_what_telegram_ignores_is_told(
    api: FakeTelegram, anna: Person, ask: Ask, params: dict[str, Any], complaint: str
) -> None:
    status, _ = await ask("sendMessage", chat_id=7, text="hi", **params)
    assert status == 200
    assert api.violations == [complaint]


@pytest.mark.parametrize(
    ("params", "why"),
    [
        ({"text": "hi"}, "chat_id is empty"),
        ({"chat_id": 7}, "message text is empty"),
        ({"chat_id": 7, "text": ""}, "message text is empty"),
        ({"chat_id": 7, "text": "hi", "disable_notification": "maybe"}, "can't parse disable_"),
        ({"chat_id": 7, "text": "hi", "reply_markup": "{"}, "can't parse reply_markup"),
        (
            {"chat_id": 7, "text": "hi", "reply_markup": {"inline_keyboard": [{}]}},
            "can't parse reply_markup.inline_keyboard: an array is expected",
        ),
        (
            {"chat_id": 7, "text": "hi", "reply_markup": {"inline_keyboard": [[{"url": "a"}]]}},
            "can't parse reply_markup.inline_keyboard: Can't find field \"text\"",
        ),
    ],
)
async def test_what_is_missing_or_misshapen_is_refused_and_told(
    api: FakeTelegram, anna: Person, ask: Ask, params: dict[str, Any], why: str
) -> None:
    status, body = await ask("sendMessage", **params)
    assert status == body["error_code"] == 400
    assert body["description"].startswith(f"Bad Request: {why}")
    assert len(api.violations) == 1
    assert anna.screen == []


@pytest.mark.parametrize("form", ["query", "urlencoded", "multipart", "json", "capitals"])
async def test_parameters_come_in_any_form_telegram_takes(
    api: FakeTelegram, anna: Person, form: str
) -> None:
    params = {
        "chat_id": "7",
        "text": "hi",
        "disable_notification": "True",
        "reply_markup": '{"inline_keyboard":[[{"text":"Yes","callback_data":"yes"}]]}',
    }
    url = f"{api.url}/bot{api.token}/sendMessage"
    async with aiohttp.ClientSession() as session:
        match form:
            case "query":
                answer = await session.get(url, params=params)
            case "urlencoded":
                answer = await session.post(url, data=params)
            case "multipart":
                parts = aiohttp.FormData(params, default_to_multipart=True)
                answer = await session.post(url, data=parts)
            case "json":
                answer = await session.post(url, json=params)
            case _:
                answer = await session.post(url.replace("sendM", "SENDm"), json=params)
        assert answer.status == 200
    assert anna.last.labels == ["Yes"]
    assert api.calls("sendMessage")[0].params["disable_notification"] is True
    assert api.violations == []


async def test_a_wrong_token_a_wrong_method_and_a_wrong_path_are_refused_and_told(
    api: FakeTelegram,
) -> None:
    async with aiohttp.ClientSession() as session:
        for path, status in (("bot1:x/getMe", 401), (f"bot{api.token}/getYou", 404), ("x", 404)):
            async with session.get(f"{api.url}/{path}") as answer:
                assert answer.status == status
                assert (await answer.json())["error_code"] == status
    assert len(api.violations) == 3


async def test_a_real_method_that_is_not_played_is_told(api: FakeTelegram, ask: Ask) -> None:
    status, _ = await ask("getForumTopicIconStickers")
    assert status == 400
    assert api.violations == [
        "getForumTopicIconStickers: Bad Request: this fake does not play the method"
    ]
