"""The fake server's own eyes: requests that OpenAI would refuse are noticed."""

from __future__ import annotations

from typing import Any

import pytest

from tests.model_api.form import faults

RIGHT: dict[str, Any] = {
    "model": "small-1",
    "messages": [{"role": "user", "content": "Answer in JSON."}],
}
SCHEMA = {"name": "answer", "schema": {"type": "object"}}


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"temperature": 0, "seed": 1, "max_tokens": 5},
        {"logprobs": True, "top_logprobs": 5},
        {"stream": True, "stream_options": {"include_usage": True}},
        {"response_format": {"type": "json_object"}},
        {"response_format": {"type": "json_schema", "json_schema": SCHEMA}},
    ],
)
def test_a_request_in_order_has_no_faults(more: dict[str, Any]) -> None:
    assert list(faults(RIGHT | more)) == []


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"model": ""}, "model is missing"),
        ({"messages": []}, "messages is missing"),
        ({"messages": [{"role": "robot", "content": ""}]}, "wrong role or content"),
        ({"messages": [{"role": "user", "text": ""}]}, "has the fields"),
        ({"temperature": "0"}, "temperature is a str"),
        ({"temperature": 3}, "not between 0 and 2"),
        ({"seed": True}, "seed is a bool"),
        ({"session": "s"}, "no parameter"),
        ({"top_logprobs": 5}, "needs logprobs"),
        ({"logprobs": True, "top_logprobs": 30}, "not between 0 and 20"),
        ({"stream_options": {}}, "needs stream"),
        ({"max_tokens": 1, "max_completion_tokens": 1}, "exclude each other"),
        ({"max_tokens": 0}, "room for a token"),
        ({"response_format": {"type": "yaml"}}, "no response_format yaml"),
        ({"response_format": {"type": "json_schema", "json_schema": {}}}, "needs a name"),
        (
            {
                "messages": [{"role": "user", "content": "hello"}],
                "response_format": {"type": "json_object"},
            },
            "needs the word JSON",
        ),
    ],
)
def test_a_fault_is_named(wrong: dict[str, Any], said: str) -> None:
    assert said in "; ".join(faults(RIGHT | wrong))
