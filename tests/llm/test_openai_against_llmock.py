"""The provider `openai` against an independent server that breaks on demand."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from llmock.pytest_plugin import LLMock

from commcoach.coaching.language_model import (
    AnswerCutOff,
    AnswerUnusable,
    ModelFailed,
    ModelMisconfigured,
    ModelUnavailable,
)
from commcoach.llm.openai_model import OpenAIModel
from tests.llm.asks import LEVEL, WORDS, heard


@pytest.fixture
async def model(llmock: LLMock) -> AsyncIterator[OpenAIModel]:
    """A model of llmock's."""
    opened = OpenAIModel("gpt-4o-mini", llmock.base_url(), "sk-of-a-test", timeout=5)
    yield opened
    await opened.aclose()


async def test_words_objects_and_streams_are_answered(llmock: LLMock, model: OpenAIModel) -> None:
    answered = await model.ask(WORDS)
    assert answered.text
    assert answered.usage.prompt > 0
    assert (await model.ask(LEVEL)).data is not None
    assert "".join(await heard(model))
    llmock.assert_resilient(strict=True)


async def test_a_request_is_sent_once(llmock: LLMock, model: OpenAIModel) -> None:
    llmock.rate_limit(times=2, retry_after=0.5)
    with pytest.raises(ModelUnavailable) as failed:
        await model.ask(WORDS)
    assert failed.value.retry_after == 0.5
    assert len(llmock.requests) == 1


@pytest.mark.parametrize(
    ("status", "failure"),
    [
        (401, ModelMisconfigured),
        (403, ModelMisconfigured),
        (404, ModelMisconfigured),
        (500, ModelUnavailable),
        (529, ModelUnavailable),
    ],
)
async def test_errors_have_their_names(
    status: int, failure: type[ModelFailed], llmock: LLMock, model: OpenAIModel
) -> None:
    llmock.fail(status)
    with pytest.raises(failure):
        await model.ask(WORDS)


async def test_a_prompt_that_is_too_long_is_no_misconfiguration(
    llmock: LLMock, model: OpenAIModel
) -> None:
    llmock.context_overflow()
    with pytest.raises(AnswerUnusable):
        await model.ask(WORDS)


async def test_an_object_off_schema_is_unusable(llmock: LLMock, model: OpenAIModel) -> None:
    llmock.reply('{"level": 9}', times=2)
    with pytest.raises(AnswerUnusable):
        await model.ask(LEVEL)


async def test_broken_streams_are_noticed(llmock: LLMock, model: OpenAIModel) -> None:
    llmock.truncate(after_chunks=2)
    with pytest.raises(AnswerCutOff):
        await heard(model)
    llmock.disconnect(after_chunks=2)
    with pytest.raises(ModelUnavailable):
        await heard(model)
    llmock.corrupt(after_chunks=2)
    with pytest.raises(ModelUnavailable):
        await heard(model)


async def test_a_stream_that_stalls_is_given_up(llmock: LLMock) -> None:
    impatient = OpenAIModel("gpt-4o-mini", llmock.base_url(), timeout=0.2)
    llmock.stall(after_chunks=2, seconds=3)
    with pytest.raises(ModelUnavailable):
        await heard(impatient)
    await impatient.aclose()


async def test_chances_are_asked_for_and_missed_without_harm(model: OpenAIModel) -> None:
    assert (await model.ask(replace(WORDS, logprobs=True))).text
