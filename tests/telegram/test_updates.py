"""What is kept of an update."""

from __future__ import annotations

import json
from typing import Any

import pytest

from commcoach.coaching.mail import Incoming
from commcoach.masking import mask
from commcoach.telegram.updates import Kind, keep_of

SENDER = {
    "id": 7,
    "is_bot": False,
    "first_name": "张小红",
    "username": "zxh",
    "language_code": "zh-hans",
}
PRIVATE = {"id": 7, "type": "private", "first_name": "张小红"}


def message(**more: Any) -> dict[str, Any]:
    return {"message_id": 11, "date": 1_790_000_000, "chat": PRIVATE, "from": SENDER, **more}


def kept(update: dict[str, Any]) -> Incoming:
    incoming = keep_of({"update_id": 5, **update}, 99, mask)
    assert incoming is not None
    return incoming


def test_a_text_is_kept_without_names_and_with_personal_data_blotted_out() -> None:
    incoming = kept({"message": message(text="我的电话是13812345678，请回电。")})
    assert (incoming.id, incoming.chat, incoming.kind) == ("99-5", 7, Kind.TEXT)
    assert "13812345678" not in str(incoming.about["text"])
    assert incoming.about["masked"] == ["phone"]
    assert "张小红" not in json.dumps(dict(incoming.about), ensure_ascii=False)


def test_an_edit_is_told_from_a_new_message() -> None:
    assert kept({"edited_message": message(text="改了", edit_date=1)}).kind == Kind.EDITED


@pytest.mark.parametrize("what", ["voice", "sticker", "location", "story", "dice"])
def test_of_anything_else_than_text_only_the_kind_is_kept(what: str) -> None:
    samples: dict[str, Any] = {
        "voice": {"file_id": "f", "file_unique_id": "u", "duration": 1},
        "sticker": {
            "file_id": "f",
            "file_unique_id": "u",
            "type": "regular",
            "width": 1,
            "height": 1,
            "is_animated": False,
            "is_video": False,
        },
        "location": {"longitude": 1.5, "latitude": 2.5},
        "story": {"chat": PRIVATE, "id": 3},
        "dice": {"emoji": "🎲", "value": 3},
    }
    incoming = kept({"message": message(**{what: samples[what]})})
    known = what if what in ("voice", "sticker", "location") else "other"
    assert (incoming.kind, incoming.about["what"]) == (Kind.UNSUITABLE, known)


def test_a_forwarded_text_is_not_kept() -> None:
    origin = {"type": "hidden_user", "date": 1, "sender_user_name": "别人"}
    incoming = kept({"message": message(text="别人说的", forward_origin=origin)})
    assert (incoming.kind, incoming.about["what"]) == (Kind.UNSUITABLE, "forwarded")
    assert "别人说的" not in str(incoming.about)


def test_of_a_group_no_words_are_kept() -> None:
    group = {"id": -3, "type": "group", "title": "办公室"}
    incoming = kept({"message": {**message(text="闲聊"), "chat": group}})
    assert (incoming.chat, incoming.kind) == (-3, Kind.GROUP)
    assert "闲聊" not in str(incoming.about)


def test_a_tap_is_kept_with_its_data() -> None:
    query = {
        "id": "q",
        "from": SENDER,
        "chat_instance": "c",
        "data": "agree",
        "message": message(text="x"),
    }
    incoming = kept({"callback_query": query})
    assert (incoming.chat, incoming.kind, incoming.about["data"]) == (7, Kind.TAP, "agree")


@pytest.mark.parametrize(
    "poison",
    [
        {"message": {"chat": "oops"}},
        {"message": {"message_id": 1, "chat": {"id": 7, "type": "private"}, "date": "soon"}},
        {"message": message(text=["not", "a", "text"])},
        {"callback_query": {"id": 1}},
        {"channel_post": {}},
        {"something_new": {"secret": "words"}},
        {},
    ],
)
def test_an_update_that_cannot_be_understood_keeps_its_ids_and_the_error(
    poison: dict[str, Any],
) -> None:
    incoming = kept(poison)
    assert incoming.update == 5
    assert incoming.fault
    assert incoming.about == {}
    assert "words" not in incoming.fault


def test_the_chat_of_a_poison_update_is_kept_where_it_can_be_seen() -> None:
    assert kept({"message": {"chat": {"id": 7}}}).chat == 7


@pytest.mark.parametrize("number", [None, "5", 1.5, True])
def test_without_a_number_an_update_cannot_be_kept(number: object) -> None:
    assert keep_of({"update_id": number, "message": message(text="x")}, 99, mask) is None
