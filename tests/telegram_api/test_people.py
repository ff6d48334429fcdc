"""People: what the bot learns of what they do, and what they see of the bot."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.telegram_api.conftest import Ask
from tests.telegram_api.people import Person
from tests.telegram_api.server import FakeTelegram

YES = {
    "inline_keyboard": [[{"text": "Yes", "callback_data": "y"}, {"text": "No", "url": "tg://a"}]]
}


def newest(api: FakeTelegram, kind: str) -> Any:
    """The newest update, which is of this kind."""
    return api.updates.pending[-1][kind]


def test_a_message_names_its_sender_and_chat(api: FakeTelegram, anna: Person) -> None:
    first, second = anna.says("您好"), anna.says("/practice now")
    assert newest(api, "message") == second
    assert second["message_id"] == first["message_id"] + 1
    assert first["chat"] == {"id": 7, "first_name": "安娜", "type": "private"}
    assert first["from"]["language_code"] == "zh-hans"
    assert second["entities"] == [{"type": "bot_command", "offset": 0, "length": 9}]


def test_a_start_carries_the_payload_of_its_link(api: FakeTelegram, anna: Person) -> None:
    assert anna.starts("team-7")["text"] == "/start team-7"
    with pytest.raises(ValueError, match="payload"):
        anna.starts("two words")


def test_an_edit_comes_as_edited_message(api: FakeTelegram, anna: Person) -> None:
    said = anna.says("one")
    anna.edits(said["message_id"], "two")
    edited = newest(api, "edited_message")
    assert (edited["message_id"], edited["text"]) == (said["message_id"], "two")
    assert edited["edit_date"] >= edited["date"]


@pytest.mark.parametrize("kind", ["voice", "photo", "sticker", "location", "video_note", "poll"])
def test_people_send_more_than_text(api: FakeTelegram, anna: Person, kind: str) -> None:
    anna.sends(kind)
    assert kind in newest(api, "message")
    assert "text" not in newest(api, "message")


def test_a_forwarded_message_tells_its_origin(api: FakeTelegram, anna: Person) -> None:
    anna.forwards("a joke")
    assert newest(api, "message")["forward_origin"]["type"] == "hidden_user"


async def test_a_tap_finds_the_newest_message_with_the_button(
    api: FakeTelegram, anna: Person, ask: Ask
) -> None:
    for text in ("one", "two"):
        await ask("sendMessage", chat_id=7, text=text, reply_markup=YES)
    query = anna.taps("Yes")
    tap = newest(api, "callback_query")
    assert (tap["id"], tap["data"], tap["message"]["text"]) == (query, "y", "two")
    anna.taps("y", anna.screen[0])
    assert newest(api, "callback_query")["message"]["text"] == "one"
    with pytest.raises(AssertionError, match="sends nothing"):
        anna.taps("No")
    with pytest.raises(AssertionError, match="no button 'Maybe'"):
        anna.taps("Maybe")


async def test_a_person_who_blocks_is_not_reached_and_nothing_is_amiss(
    api: FakeTelegram, anna: Person, ask: Ask
) -> None:
    anna.blocks()
    change = newest(api, "my_chat_member")
    assert change["new_chat_member"]["status"] == "kicked"
    status, body = await ask("sendMessage", chat_id=7, text="x")
    assert (status, body["description"]) == (403, "Forbidden: bot was blocked by the user")
    with pytest.raises(AssertionError, match="blocked"):
        anna.says("hello?")
    anna.unblocks()
    assert newest(api, "my_chat_member")["new_chat_member"]["status"] == "member"
    assert (await ask("sendMessage", chat_id=7, text="x"))[0] == 200
    assert api.violations == []


async def test_a_person_who_never_wrote_is_unknown(api: FakeTelegram, ask: Ask) -> None:
    api.person(9, "Cy")
    _, body = await ask("sendMessage", chat_id=9, text="x")
    assert body["description"] == "Bad Request: chat not found"


async def test_a_group_counts_its_own_messages(api: FakeTelegram, anna: Person, ask: Ask) -> None:
    group = api.group(-5, "Team", by=anna)
    assert newest(api, "my_chat_member")["chat"]["type"] == "group"
    assert anna.says("hi", chat=group)["message_id"] == 1
    await ask("sendMessage", chat_id=-5, text="x")
    assert anna.screen == []
    assert len(api.deliveries(group)) == 1
    assert (await ask("leaveChat", chat_id=-5))[0] == 200
    assert (await ask("sendMessage", chat_id=-5, text="x"))[0] == 403


async def test_each_message_is_heard_once(api: FakeTelegram, anna: Person, ask: Ask) -> None:
    hearing = asyncio.create_task(anna.hears(2))
    for text in ("one", "two", "three"):
        await ask("sendMessage", chat_id=7, text=text)
    assert [one.text for one in await hearing] == ["one", "two"]
    assert anna.unheard == 1
    assert [one.text for one in await anna.hears()] == ["three"]
    with pytest.raises(AssertionError, match="1 messages awaited"):
        await anna.hears(within=0.01)
    await ask("sendMessage", chat_id=7, text="four")
    anna.stops_listening()
    assert anna.unheard == 0


async def test_an_edit_is_seen(api: FakeTelegram, anna: Person, ask: Ask) -> None:
    await ask("sendMessage", chat_id=7, text="wait")
    seeing = asyncio.create_task(anna.sees(lambda shown: shown.text == "done"))
    await ask("editMessageText", chat_id=7, message_id=2, text="<b>done</b>", parse_mode="HTML")
    seen = await seeing
    assert (seen.html, seen.edited, seen.id) == ("<b>done</b>", True, 2)
    with pytest.raises(AssertionError, match="not seen"):
        await anna.sees(lambda shown: shown.text == "never", within=0.01)


async def test_waiting_in_vain_tells_what_happened_instead(api: FakeTelegram, ask: Ask) -> None:
    await ask("getMe")
    with pytest.raises(AssertionError, match="getMe 200"):
        await api.until(lambda: False, within=0.01)
