"""What servers repeat of what they were sent is left out of their errors."""

from __future__ import annotations

import json

import pytest

from commcoach.llm.echoes import Echoes

PROMPT = "You are a colleague.\n我跑了三趟了，没人管。 seed"


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("the model does not exist", "the model does not exist"),
        ("input='我跑了三趟了' is odd", "input='…' is odd"),
        (f"odd: {PROMPT}", "odd: …"),
        (f"odd: {json.dumps(PROMPT)}", "odd: …"),
        (f"odd: {json.dumps(PROMPT, ensure_ascii=False)}", "odd: …"),
        (str({"odd": json.dumps(PROMPT)}), "{'odd': '…'}"),
        ("unknown: seed", "unknown: seed"),
        ("key sk-1 of sk-1", "key … of …"),
    ],
)
def test_key_and_prompt_are_left_out_and_nothing_else(said: str, left: str) -> None:
    assert Echoes("sk-1", PROMPT).without(said) == left


def test_without_key_and_prompt_nothing_is_left_out() -> None:
    assert Echoes().without("Incorrect API key provided") == "Incorrect API key provided"


def test_a_long_error_is_cut_off_behind_its_key() -> None:
    said = Echoes("sk-of-a-test").without("x" * 599 + "sk-of-a-test" + "x")
    assert said == "x" * 599 + "…"
