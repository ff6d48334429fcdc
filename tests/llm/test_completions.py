"""Completions as no server should send them: whatever comes, it is an answer or a named failure."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from commcoach.coaching.language_model import ModelFailed
from commcoach.llm.completions import Completion
from commcoach.llm.echoes import Echoes
from commcoach.llm.server_errors import failure_in_body
from tests.model_api.replies import Reply

TOKENS = {"content": [{"token": "2", "top_logprobs": [{"token": "1", "logprob": -1.5}]}]}
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(), inner, max_size=2),
    max_leaves=4,
)
PLACES = st.sampled_from(
    [
        ("choices",),
        ("choices", 0),
        ("choices", 0, "message"),
        ("choices", 0, "message", "content"),
        ("choices", 0, "message", "refusal"),
        ("choices", 0, "finish_reason"),
        ("choices", 0, "logprobs"),
        ("choices", 0, "logprobs", "content"),
        ("choices", 0, "logprobs", "content", 0),
        ("usage",),
        ("usage", "prompt_tokens"),
        ("usage", "prompt_tokens_details"),
        ("model",),
        ("error",),
    ]
)


@given(PLACES, ANYTHING)
def test_an_odd_value_anywhere_is_an_answer_or_a_named_failure(
    place: tuple[Any, ...], odd: object
) -> None:
    sent: Any = Reply("好。", logprobs=json.loads(json.dumps(TOKENS))).completion("m")
    sent["usage"] = dict(sent["usage"])
    *path, last = place
    inner = sent
    for step in path:
        inner = inner[step]
    inner[last] = odd
    try:
        completion = Completion.read(json.dumps(sent))
        if completion.error:
            raise failure_in_body(completion.error, Echoes())
        completion.tokens()
        completion.chances()
        assert isinstance(completion.text(), str)
    except ModelFailed:
        return


@given(st.text())
def test_an_odd_body_is_a_named_failure(body: str) -> None:
    try:
        Completion.read(body).text()
    except ModelFailed:
        return
