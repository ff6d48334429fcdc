"""The provider `openai`, piece by piece."""

from __future__ import annotations

import pytest

from commcoach.coaching.language_model import (
    AnswerCutOff,
    AnswerRefused,
    AnswerUnusable,
    ModelFailed,
    ModelMisconfigured,
    ModelUnavailable,
    Usage,
)
from commcoach.llm.openai_model import OpenAIModel
from commcoach.llm.streams import AnswerStream
from tests.llm.asks import WORDS, heard
from tests.llm.conftest import Open
from tests.model_api.replies import HANG, HTML, Reply, Trouble, failing
from tests.model_api.server import FakeModelServer


async def test_pieces_come_as_they_are_said_and_the_whole_at_the_end(model: OpenAIModel) -> None:
    stream = model.stream(WORDS)
    assert isinstance(stream, AnswerStream)
    assert [piece async for piece in stream] == ["您先说", "说看。"]
    assert stream.answered is not None
    assert stream.answered.text == "您先说说看。"
    assert stream.answered.usage == Usage(40, 8)
    assert stream.answered.latency > 0


async def test_thoughts_are_not_heard(api: FakeModelServer, model: OpenAIModel) -> None:
    api.say("<think>Is he angry?</think>\n\n您先说。")
    assert "".join(await heard(model)) == "您先说。"


async def test_a_server_that_gives_no_usage_for_streams_is_asked_without(
    api: FakeModelServer, model: OpenAIModel
) -> None:
    api.refuses = {"stream_options": "Unrecognized request argument: stream_options"}
    assert "".join(await heard(model)) == "您先说说看。"
    await heard(model)
    assert len(api.requests) == 3


@pytest.mark.parametrize(
    ("reply", "failure"),
    [
        (Reply("您先说说看", finish=None), AnswerCutOff),
        (Reply("您先说说看", finish="length"), AnswerCutOff),
        (Reply("您先说说看", finish="content_filter"), AnswerRefused),
        (Reply("您先", {"refusal": "I cannot."}, finish=None), AnswerRefused),
        (Reply("您先说说看", finish=None, trouble=Trouble.RESET), ModelUnavailable),
        (Reply("您先说说看", finish=None, events=('{"id": "chatcm',)), ModelUnavailable),
        (Reply("您先说说看", finish=None, events=('{"choices": 7}',)), ModelUnavailable),
        (
            Reply("您先说说看", finish=None, events=('{"error": {"message": "x"}}',)),
            ModelUnavailable,
        ),
        (Reply(""), AnswerUnusable),
        (Reply("<think>Hm.</think>"), AnswerUnusable),
        (Reply('{"line": "您先说"}'), AnswerUnusable),
        (Reply("He is angry.</think>您先说。"), AnswerUnusable),
        (HTML, AnswerCutOff),
        (failing(401, "no"), ModelMisconfigured),
        (failing(503, "no"), ModelUnavailable),
    ],
)
async def test_every_failure_has_its_name(
    reply: Reply, failure: type[ModelFailed], api: FakeModelServer, model: OpenAIModel
) -> None:
    api.say(reply)
    with pytest.raises(ModelFailed) as failed:
        await heard(model)
    assert type(failed.value) is failure


async def test_a_server_that_hangs_is_given_up(api: FakeModelServer, opened: Open) -> None:
    api.say(HANG)
    with pytest.raises(ModelUnavailable):
        await heard(opened(timeout=0.05))


async def test_who_hears_no_more_hangs_up(api: FakeModelServer, model: OpenAIModel) -> None:
    api.say(Reply("您先说说看。" * 100))
    stream = model.stream(WORDS)
    assert isinstance(stream, AnswerStream)
    await anext(stream)
    await stream.aclose()
    assert [piece async for piece in stream] == []
