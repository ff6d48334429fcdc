"""The provider `openai` over HTTP: what is sent, and what is made of every answer."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from commcoach.coaching.language_model import (
    AnswerCutOff,
    AnswerRefused,
    AnswerUnusable,
    Message,
    ModelFailed,
    ModelMisconfigured,
    ModelUnavailable,
    TokenChance,
    Usage,
)
from commcoach.llm.openai_model import OpenAIModel
from tests.llm.asks import LEVEL, SCHEMA, WORDS, heard
from tests.llm.conftest import Open
from tests.model_api.replies import HANG, HTML, MALFORMED, RESET, Reply, failing, raw
from tests.model_api.server import FakeModelServer


async def test_words_come_with_usage_latency_and_the_name_of_the_model(
    api: FakeModelServer, model: OpenAIModel
) -> None:
    answered = await model.ask(replace(WORDS, temperature=0.7, most_tokens=90, seed=4))
    assert (answered.text, answered.data) == ("您先说说看。", None)
    assert answered.usage == Usage(40, 8, 0)
    assert answered.model == "small-1"
    assert 0 < answered.latency < 5
    assert api.requests == [
        {
            "model": "small-1",
            "messages": [
                {"role": "system", "content": "You are a colleague."},
                {"role": "user", "content": "Say hello in three words."},
            ],
            "max_tokens": 90,
            "temperature": 0.7,
            "seed": 4,
        }
    ]


async def test_an_object_is_asked_for_by_its_schema(
    api: FakeModelServer, model: OpenAIModel
) -> None:
    assert (await model.ask(LEVEL)).data == {"level": 2}
    described = {"name": "answer", "schema": SCHEMA, "strict": True}
    assert api.requests[0]["response_format"] == {
        "type": "json_schema",
        "json_schema": described,
    }


@pytest.mark.parametrize(
    "usage",
    [
        {"prompt_tokens_details": {"cached_tokens": 32}},
        {"prompt_tokens_details": None, "prompt_cache_hit_tokens": 32},
        {"cached_tokens": 32},
    ],
)
async def test_cached_tokens_are_counted_by_whatever_name(
    usage: dict[str, object], api: FakeModelServer, model: OpenAIModel
) -> None:
    api.say(Reply("好。", usage={"prompt_tokens": 40, "completion_tokens": 8} | usage))
    assert (await model.ask(WORDS)).usage == Usage(40, 8, 32)


async def test_an_answer_without_usage_is_an_answer(
    api: FakeModelServer, model: OpenAIModel
) -> None:
    api.say(Reply("好。", usage=None))
    assert (await model.ask(WORDS)).usage == Usage()


async def test_logprobs_are_read(api: FakeModelServer, model: OpenAIModel) -> None:
    tokens = [{"token": "2", "logprob": -0.2, "top_logprobs": [{"token": "1", "logprob": -1.5}]}]
    api.say(Reply('{"level": 2}', logprobs={"content": tokens}))
    answered = await model.ask(replace(LEVEL, logprobs=True))
    assert answered.chances == (TokenChance("2", {"1": -1.5}),)
    assert api.requests[0]["top_logprobs"] == 5


@pytest.mark.parametrize(
    "reply",
    [
        Reply("<think>He may want {}.</think>\n好。"),
        Reply("He may want {}.</think>好。"),
        Reply("好。", {"reasoning_content": "He may want {}."}),
        Reply(None, {"content": [{"type": "thinking"}, {"type": "text", "text": "好。"}]}),
    ],
)
async def test_thoughts_are_left_out(
    reply: Reply, api: FakeModelServer, model: OpenAIModel
) -> None:
    api.say(reply)
    assert (await model.ask(WORDS)).text == "好。"


async def test_thoughts_before_an_object_are_left_out(
    api: FakeModelServer, model: OpenAIModel
) -> None:
    api.say('<think>{"level": 4}?</think>```json\n{"level": 1}\n```')
    assert (await model.ask(LEVEL)).data == {"level": 1}


BODY_ERROR = {"choices": None, "error": {"code": 429, "message": "upstream is busy"}}


@pytest.mark.parametrize(
    ("reply", "failure"),
    [
        (failing(401, "Incorrect API key"), ModelMisconfigured),
        (failing(402, "Insufficient Balance"), ModelMisconfigured),
        (failing(403, "Country not supported"), ModelMisconfigured),
        (failing(404, "The model `small-1` does not exist"), ModelMisconfigured),
        (failing(400, "Model Not Exist"), ModelMisconfigured),
        (failing(429, "You exceeded it", code="insufficient_quota"), ModelMisconfigured),
        (failing(429, "Slow down"), ModelUnavailable),
        (failing(408, "Too slow"), ModelUnavailable),
        (failing(500, "Oh"), ModelUnavailable),
        (failing(503, "Overloaded"), ModelUnavailable),
        (Reply(status=502, body="<html>Bad Gateway</html>"), ModelUnavailable),
        (failing(400, "Too long", code="context_length_exceeded"), AnswerUnusable),
        (failing(400, "Filtered", code="content_filter"), AnswerRefused),
        (failing(400, "内容可能包含敏感信息", code="1301"), AnswerRefused),
        (HTML, ModelUnavailable),
        (MALFORMED, ModelUnavailable),
        (raw(""), ModelUnavailable),
        (raw("null"), ModelUnavailable),
        (raw([]), ModelUnavailable),
        (RESET, ModelUnavailable),
        (raw(BODY_ERROR), ModelUnavailable),
        (raw({"error": {"code": "401", "message": "no"}}), ModelMisconfigured),
        (raw({"error": "out of memory"}), ModelUnavailable),
        (raw({"choices": None}), AnswerUnusable),
        (raw({"choices": []}), AnswerUnusable),
        (raw({"choices": [{"message": None}]}), AnswerUnusable),
        (Reply(""), AnswerUnusable),
        (Reply(None), AnswerUnusable),
        (Reply("<think>Hm.</think>"), AnswerUnusable),
        (Reply(None, finish="tool_calls"), AnswerUnusable),
        (Reply('{"line": "您先说"}'), AnswerUnusable),
        (Reply("您先说", finish="length"), AnswerCutOff),
        (Reply("您先说", finish=None), AnswerCutOff),
        (Reply(None, {"refusal": "I cannot help with that."}), AnswerRefused),
        (Reply("", finish="content_filter"), AnswerRefused),
    ],
)
async def test_every_failure_has_its_name(
    reply: Reply, failure: type[ModelFailed], api: FakeModelServer, model: OpenAIModel
) -> None:
    api.say(reply)
    with pytest.raises(ModelFailed) as failed:
        await model.ask(WORDS)
    assert type(failed.value) is failure
    assert len(api.requests) == 1


async def test_a_server_that_hangs_is_given_up(api: FakeModelServer, opened: Open) -> None:
    api.say(HANG)
    with pytest.raises(ModelUnavailable):
        await opened(timeout=0.05).ask(WORDS)


async def test_a_server_that_is_not_there_is_unavailable(opened: Open) -> None:
    with pytest.raises(ModelUnavailable):
        await opened(base_url="http://127.0.0.1:9/v1").ask(WORDS)


@pytest.mark.parametrize("url", ["", "example.com/v1", "ftp://example.com", "http://"])
def test_an_address_that_is_none_is_refused_at_once(url: str) -> None:
    with pytest.raises(ModelMisconfigured):
        OpenAIModel("small-1", url)


def test_a_model_without_a_name_is_refused_at_once() -> None:
    with pytest.raises(ModelMisconfigured):
        OpenAIModel("", "http://127.0.0.1/v1")


async def test_a_web_page_asks_for_a_look_at_the_address(
    api: FakeModelServer, model: OpenAIModel
) -> None:
    api.say(HTML)
    with pytest.raises(ModelUnavailable) as failed:
        await model.ask(WORDS)
    assert "is the address right" in failed.value.said


async def test_a_wrong_key_is_not_repeated(opened: Open) -> None:
    with pytest.raises(ModelMisconfigured) as failed:
        await opened(api_key="sk-secret").ask(WORDS)
    assert "Incorrect API key provided: …" in failed.value.said


async def test_a_key_is_taken_out_before_words_are_cut_off(
    api: FakeModelServer, opened: Open
) -> None:
    for before in range(150, 200, 7):
        api.say(failing(400, "x" * before + f" {api.key} is odd"))
        with pytest.raises(ModelMisconfigured) as failed:
            await opened().ask(WORDS)
        assert "sk-" not in failed.value.said


@pytest.mark.parametrize("stream", [False, True])
async def test_what_a_server_repeats_of_the_prompt_is_left_out(
    stream: bool, api: FakeModelServer, model: OpenAIModel
) -> None:
    words = "我是王某某，\n我爱人在“妇幼保健院”住院。"
    ask = replace(WORDS, messages=(Message("user", words),))
    api.brain = lambda request: failing(400, f"invalid input: {json.dumps(request['messages'])}")
    with pytest.raises(ModelMisconfigured) as failed:
        await (heard(model, ask) if stream else model.ask(ask))
    assert "invalid input" in failed.value.said
    assert "\\u" not in failed.value.said
    assert not set(words) - set("\n，。“”") & set(failed.value.said)


@pytest.mark.parametrize(
    "url", ["me:geheim@models.example", "ftp://me:geheim@models.example/v1?key=geheim", "http://[g"]
)
def test_what_is_no_address_is_told_without_password_and_key(url: str) -> None:
    with pytest.raises(ModelMisconfigured) as failed:
        OpenAIModel("small-1", url)
    assert failed.value.said.endswith("is no address")
    assert "geheim" not in failed.value.said


async def test_a_server_without_keys_is_asked_without_one(
    api: FakeModelServer, opened: Open
) -> None:
    api.key = "none"
    assert (await opened(api_key="").ask(WORDS)).text == "您先说说看。"


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry_after": "7"}, 7),
        ({"retry_after_ms": "1500", "retry_after": "2"}, 1.5),
        (
            {
                "date": "Tue, 10 Nov 2026 08:00:00 GMT",
                "retry_after": "Tue, 10 Nov 2026 08:00:09 GMT",
            },
            9,
        ),
        ({"retry_after": "soon"}, None),
        ({"retry_after": "inf"}, None),
        ({"retry_after": "-3"}, 0),
    ],
)
async def test_a_busy_server_tells_when_to_come_back(
    headers: dict[str, str], seconds: float | None, api: FakeModelServer, model: OpenAIModel
) -> None:
    api.say(failing(429, "Slow down", **headers))
    with pytest.raises(ModelUnavailable) as failed:
        await model.ask(WORDS)
    assert failed.value.retry_after == seconds


async def test_an_unusable_answer_tells_what_it_took(
    api: FakeModelServer, model: OpenAIModel
) -> None:
    api.say(Reply("", usage={"prompt_tokens": 40, "completion_tokens": 900}))
    with pytest.raises(AnswerUnusable) as failed:
        await model.ask(WORDS)
    assert failed.value.usage == Usage(40, 900)


async def test_failures_tell_no_words_of_prompt_or_answer(
    api: FakeModelServer, model: OpenAIModel
) -> None:
    api.say(json.dumps({"level": "秘密"}), json.dumps({"level": "秘密"}))
    with pytest.raises(AnswerUnusable) as failed:
        await model.ask(LEVEL)
    assert "秘密" not in f"{failed.value} {failed.value.said}"
