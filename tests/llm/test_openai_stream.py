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
    ThoughtsHeard,
    Usage,
)
from commcoach.llm.openai_model import OpenAIModel
from commcoach.llm.streams import AnswerStream
from tests.llm.asks import WORDS, heard
from tests.llm.conftest import Open
from tests.model_api.replies import HANG, HTML, Reply, Trouble, failing
from tests.model_api.server import FakeModelServer


async def test_pieces_come_as_they_are_said_and_the_whole_at_the_end(model: OpenAIModel) -> None:
    await model.ask(WORDS)
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


UNOPENED = Reply("He is angry.</think>您先说说看。")


async def test_a_model_is_not_heard_as_it_speaks_before_it_has_answered_once_without_thoughts(
    api: FakeModelServer, opened: Open
) -> None:
    assert await heard(opened()) == ["您先说说看。"]
    assert await heard(opened()) == ["您先说", "说看。"]


async def test_thoughts_that_nobody_opened_are_never_heard(
    api: FakeModelServer, opened: Open
) -> None:
    api.usual = UNOPENED
    assert await heard(opened()) == ["您先说说看。"]
    api.usual = Reply("He is angry.", finish="length")
    with pytest.raises(AnswerCutOff):
        await anext(opened().stream(WORDS))


async def test_who_begins_to_think_amid_the_words_is_not_heard_as_he_speaks_any_more(
    api: FakeModelServer, opened: Open
) -> None:
    await opened().ask(WORDS)
    api.usual = UNOPENED
    with pytest.raises(ThoughtsHeard):
        await heard(opened())
    assert await heard(opened()) == ["您先说说看。"]
    api.usual = Reply("您先说说看。")
    await opened().ask(WORDS)
    assert await heard(opened()) == ["您先说说看。"]


async def test_a_stream_that_breaks_off_tells_that_the_model_was_at_work(
    api: FakeModelServer, model: OpenAIModel
) -> None:
    api.say(Reply("您先说说看", finish=None, trouble=Trouble.RESET), failing(503, "no"))
    worked = []
    for _ in range(2):
        with pytest.raises(ModelUnavailable) as failed:
            await heard(model)
        worked.append(failed.value.worked)
    assert worked == [True, False]


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
