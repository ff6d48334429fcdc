"""Examining a model: what it supports, and what mends it if it cannot be used."""

from __future__ import annotations

import socket
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest.mock import MagicMock

import pytest

from commcoach.coaching.examining import TRIAL, Examined, ModelPlace, ObjectForm, Trouble
from commcoach.coaching.language_model import Answered, BudgetSpent, ModelMisconfigured, Usage
from commcoach.llm.examining import ROOM, examine, fault_of
from commcoach.llm.openai_model import OpenAIModel
from commcoach.llm.providers import ModelChoice, open_model
from commcoach.llm.stub import StubModel
from tests.llm.conftest import Open
from tests.model_api import replies
from tests.model_api.replies import USAGE, Reply, failing
from tests.model_api.server import FakeModelServer

PLACE = ModelPlace("openai", "small-1", "http://127.0.0.1/v1")
CHANCES = {
    "content": [{"token": "您", "top_logprobs": [{"token": "您", "logprob": -0.1}]}],
}
HELLO, OBJECT = Reply("您好。"), Reply('{"level": 2}')


async def look_at(model: OpenAIModel, key: str = "") -> Examined:
    """The model, examined."""
    return await examine(PLACE, model, lambda: model.abilities.form.value, key=key)


async def trouble_with(model: OpenAIModel) -> Trouble:
    """Why it cannot be used."""
    found = await look_at(model)
    assert found.fault is not None
    assert not found.fine
    return found.fault.trouble


def usage(completion: int = 8, cached: int = 0) -> Mapping[str, Any]:
    """What a server reports."""
    return {**USAGE, "completion_tokens": completion} | (
        {"prompt_tokens_details": {"cached_tokens": cached}} if cached else {}
    )


# -- what it supports -----------------------------------------------------------------------


async def test_a_server_that_can_do_all_is_found_able(
    api: FakeModelServer, model: OpenAIModel
) -> None:
    api.usual = Reply("您好，请讲。", logprobs=CHANCES, usage=usage(cached=32))
    found = await look_at(model)
    assert found.fine
    assert found.latency is not None
    assert found.latency > 0
    assert found.supported is not None
    assert found.supported.objects is ObjectForm.STRICT
    assert found.supported.pieces == 2
    assert found.supported.logprobs
    assert found.supported.usage
    assert found.supported.cached
    assert found.supported.system
    assert found.supported.thinks is False


async def test_every_ability_is_found_by_a_real_ask(
    api: FakeModelServer, model: OpenAIModel
) -> None:
    await look_at(model)
    assert len(api.requests) == 7
    assert [one.get("stream") for one in api.requests].count(True) == 1
    assert api.formats.count("json_schema") == 1
    assert api.requests[-1]["messages"] == api.requests[-2]["messages"]


async def test_a_server_that_refuses_schemas_is_found_to_have_json_mode(
    api: FakeModelServer, model: OpenAIModel
) -> None:
    api.refuses = {"json_schema": "This response_format type is unavailable now"}
    found = await look_at(model)
    assert found.supported is not None
    assert found.supported.objects is ObjectForm.JSON


async def test_a_server_without_any_format_is_asked_by_the_prompt(
    api: FakeModelServer, model: OpenAIModel
) -> None:
    api.refuses = {"response_format": "response_format is not supported"}
    found = await look_at(model)
    assert found.supported is not None
    assert found.supported.objects is ObjectForm.PROMPT


async def test_a_model_that_gives_no_objects_is_not_fine(
    api: FakeModelServer, model: OpenAIModel
) -> None:
    api.usual_object = Reply("二级吧。")
    found = await look_at(model)
    assert found.supported is not None
    assert found.supported.objects is ObjectForm.NONE
    assert not found.fine


async def test_a_server_that_refuses_logprobs_is_fine_without(
    api: FakeModelServer, model: OpenAIModel
) -> None:
    api.refuses = {"logprobs": "logprobs is not supported by this model"}
    found = await look_at(model)
    assert found.supported is not None
    assert found.supported.logprobs is False
    assert found.fine


async def test_a_stream_that_is_cut_off_is_none(api: FakeModelServer, model: OpenAIModel) -> None:
    api.say(HELLO, OBJECT, replace(HELLO, finish=None))
    found = await look_at(model)
    assert found.supported is not None
    assert found.supported.pieces == 0


async def test_a_model_without_system_role_is_not_fine(
    api: FakeModelServer, model: OpenAIModel
) -> None:
    api.say(HELLO, OBJECT, HELLO, failing(400, "System role not supported"))
    found = await look_at(model)
    assert found.supported is not None
    assert found.supported.system is False
    assert not found.fine


async def test_a_server_that_reports_no_usage_leaves_open_whether_the_model_thinks(
    api: FakeModelServer, model: OpenAIModel
) -> None:
    api.usual, api.usual_object = replace(HELLO, usage=None), replace(OBJECT, usage=None)
    found = await look_at(model)
    assert found.supported is not None
    assert found.supported.usage is False
    assert found.supported.cached is False
    assert found.supported.thinks is None


@pytest.mark.parametrize(
    "said",
    [
        (replace(HELLO, usage=usage(completion=400)),),
        (HELLO, Reply('<think>warm</think>{"level": 2}')),
        (replace(HELLO, text="", finish="length"), HELLO),
    ],
    ids=["by its tokens", "aloud", "for longer than it may"],
)
async def test_a_model_that_thinks_is_found_out(
    said: tuple[Reply, ...], api: FakeModelServer, model: OpenAIModel
) -> None:
    api.say(*said)
    found = await look_at(model)
    assert found.supported is not None
    assert found.supported.thinks
    assert found.fine


async def test_what_a_busy_server_did_not_tell_is_not_called_missing(
    api: FakeModelServer, model: OpenAIModel
) -> None:
    api.say(HELLO, *[failing(429, "Slow down")] * 6)
    found = await look_at(model)
    assert found.fine
    assert found.supported is not None
    assert found.supported.objects is None
    assert found.supported.pieces is None
    assert found.supported.logprobs is None
    assert found.supported.cached is None
    assert found.supported.system is None


async def test_trials_are_called_so_and_have_room_to_think() -> None:
    stub = StubModel(lambda _: Answered("Hello.", {"level": 1}, Usage(9, 2), 0.1, "stub"))
    found = await examine(PLACE, stub, lambda: None, thinking=500)
    assert {ask.job for ask in stub.asks} == {TRIAL}
    assert {ask.most_tokens for ask in stub.asks} == {ROOM + 500}
    assert found.latency == 0.1
    assert found.supported is not None
    assert found.supported.objects is ObjectForm.SOME


# -- what is wrong --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reply", "trouble"),
    [
        (failing(401, "Incorrect API key provided"), Trouble.KEY),
        (failing(403, "Country not supported"), Trouble.KEY),
        (failing(402, "Insufficient Balance"), Trouble.UNPAID),
        (failing(429, "Too poor", code="insufficient_quota"), Trouble.UNPAID),
        (failing(404, "The model `small-1` does not exist"), Trouble.MODEL),
        (failing(400, "Model Not Exist"), Trouble.MODEL),
        (failing(400, "模型不存在，请检查模型代码。"), Trouble.MODEL),
        (failing(404, "404 page not found"), Trouble.PATH),
        (failing(405, "Method Not Allowed"), Trouble.PATH),
        (replies.HTML, Trouble.PATH),
        (replies.MALFORMED, Trouble.PATH),
        (failing(429, "Rate limit reached"), Trouble.BUSY),
        (failing(500, "Out of memory"), Trouble.SERVER),
        (failing(503, "Loading"), Trouble.SERVER),
        (replies.RESET, Trouble.ADDRESS),
        (failing(400, "max_output must be even"), Trouble.OTHER),
    ],
)
async def test_each_failure_of_a_server_has_its_own_cure(
    reply: Reply, trouble: Trouble, api: FakeModelServer, model: OpenAIModel
) -> None:
    api.say(reply)
    assert await trouble_with(model) is trouble
    assert len(api.requests) == 1


async def test_a_server_that_is_too_slow_is_told_from_one_that_is_not_there(
    api: FakeModelServer, opened: Open
) -> None:
    api.say(replies.HANG)
    assert await trouble_with(opened(timeout=0.1)) is Trouble.SLOW
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        closed = opened(base_url=f"http://127.0.0.1:{free.getsockname()[1]}/v1")
        assert await trouble_with(closed) is Trouble.ADDRESS


async def test_an_address_without_v1_is_a_wrong_path(api: FakeModelServer, opened: Open) -> None:
    assert await trouble_with(opened(base_url=api.url.removesuffix("/v1"))) is Trouble.PATH


async def test_answers_that_cannot_be_used_are_no_fault_of_the_settings(
    api: FakeModelServer, model: OpenAIModel
) -> None:
    api.say(Reply(""), Reply(""))
    assert await trouble_with(model) is Trouble.EMPTY


def refusal(choice: ModelChoice) -> Trouble:
    """Why a model cannot even be opened."""
    with pytest.raises(ModelMisconfigured) as raised:
        open_model(choice)
    return fault_of(raised.value).trouble


def test_what_is_missing_before_anything_is_asked_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert refusal(ModelChoice("openai", "", "http://127.0.0.1/v1")) is Trouble.NO_NAME
    assert refusal(ModelChoice("openai", "small-1", "127.0.0.1")) is Trouble.NO_ADDRESS
    assert refusal(ModelChoice("local")) is Trouble.NO_NAME
    no_file = ModelChoice("local", str(tmp_path / "none.gguf"))
    monkeypatch.setitem(sys.modules, "xllamacpp", ModuleType("xllamacpp"))
    assert refusal(no_file) is Trouble.FILE
    monkeypatch.setitem(sys.modules, "xllamacpp", None)
    assert refusal(no_file) is Trouble.PACKAGE


def test_a_file_that_is_no_model_is_told_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    unloadable = MagicMock()
    unloadable.Server.side_effect = RuntimeError
    monkeypatch.setitem(sys.modules, "xllamacpp", unloadable)
    (tmp_path / "letter.gguf").write_text("Dear colleague")
    assert refusal(ModelChoice("local", str(tmp_path / "letter.gguf"))) is Trouble.NOT_GGUF


def test_a_spent_budget_is_no_fault_of_the_model() -> None:
    assert fault_of(BudgetSpent("day")).trouble is Trouble.BUDGET


async def test_nothing_of_the_key_is_repeated_even_where_the_words_are_cut_off(
    api: FakeModelServer, opened: Open
) -> None:
    key = "sk-" + "0123456789abcdef" * 20
    api.key = "another"
    found = await look_at(opened(api_key=key), key)
    assert found.fault is not None
    assert found.fault.trouble is Trouble.KEY
    assert "01234" not in found.fault.said
