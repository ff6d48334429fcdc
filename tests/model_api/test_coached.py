"""What the fake server's good answers are made of: the prompts of the product, filled in."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # ships no types

from tests.model_api.coached import Work, answer, prompted, with_invented_quotes

REPLY = "您先说说这周卡在哪儿了，我记下来。"
TALK = f"【到现在为止的对话】\n康哥：又来催？\n学员：<reply-0a1b2c>{REPLY}</reply-0a1b2c>\n"
READER: dict[str, Any] = {
    "type": "object",
    "properties": {
        "moves": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "quote": {"type": "string"},
                    "move": {"type": "string", "enum": ["open_question"]},
                    "topic": {"type": "string", "enum": ["none", "delay"]},
                },
            },
        },
        "points": {"type": "array", "maxItems": 0, "items": {"type": "object"}},
    },
    "required": ["moves", "points"],
}
ENTRY = {
    "type": "object",
    "properties": {
        "quotes": {"type": "array", "items": {"type": "string"}},
        "applicable": {"type": "boolean"},
        "level": {"type": ["integer", "null"], "enum": [0, 1, 2, None]},
    },
}
SCORER = {"type": "object", "properties": {"open_question": ENTRY}, "required": ["open_question"]}


def request(schema: dict[str, Any] | None, growing: str = TALK) -> dict[str, Any]:
    """A request with these words."""
    messages = [
        {"role": "system", "content": "你演一个人。"},
        {"role": "user", "content": growing},
    ]
    form = {"type": "json_schema", "json_schema": {"name": "answer", "schema": schema}}
    return {"messages": messages} | ({} if schema is None else {"response_format": form})


@pytest.mark.parametrize(("schema", "work"), [(READER, Work.READ), (SCORER, Work.SCORE)])
def test_an_object_is_in_form_and_quotes_truly(schema: dict[str, Any], work: Work) -> None:
    asked = prompted(request(schema))
    assert (asked.work, asked.reply) == (work, REPLY)
    for seed in range(20):
        found = json.loads(answer(asked, random.Random(seed)))
        assert Draft202012Validator(schema).is_valid(found)
        quotes = [one["quote"] for one in found.get("moves", ())]
        quotes += [one for entry in found.values() if "quotes" in entry for one in entry["quotes"]]
        assert all(quote in REPLY for quote in quotes)


@pytest.mark.parametrize("schema", [READER, SCORER])
def test_invented_quotes_are_in_form_and_stand_nowhere(schema: dict[str, Any]) -> None:
    found = with_invented_quotes(prompted(request(schema)), random.Random(1))
    assert Draft202012Validator(schema).is_valid(json.loads(found))
    assert not any(part in found for part in ("卡在哪儿", "记下来"))


def test_what_has_to_be_told_is_told() -> None:
    asked = prompted(request(None, f"{TALK}\n要讲出来的事：表是周三晚上才给我的。\n"))
    assert asked.work is Work.SPEAK
    assert answer(asked, random.Random(1)) == "表是周三晚上才给我的。"


def test_no_line_is_said_twice() -> None:
    said = TALK
    for seed in range(10):
        line = answer(prompted(request(None, said)), random.Random(seed))
        assert line not in said
        said += f"康哥：{line}\n"
