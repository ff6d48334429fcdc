"""A chain of models: the next one when one fails."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
import structlog.testing

from commcoach.coaching.language_model import (
    AnswerRefused,
    Ask,
    BudgetSpent,
    ModelFailed,
    ModelMisconfigured,
    ModelUnavailable,
)
from commcoach.llm.chain import ChainModel
from commcoach.llm.streams import AnswerStream
from commcoach.llm.stub import StubModel
from tests.llm.asks import WORDS, heard
from tests.llm.clock import Clock


async def test_the_first_model_answers_and_the_second_is_left_alone() -> None:
    second = StubModel()
    model = ChainModel([StubModel(["一"], "big"), second])
    assert (await model.ask(WORDS)).text == "一"
    assert await heard(ChainModel([StubModel(["一"]), second])) == ["一"]
    assert second.asks == []
    assert (model.provider, model.name) == ("stub", "big")


@pytest.mark.parametrize(
    "failure",
    [ModelUnavailable(), ModelMisconfigured(), AnswerRefused()],
)
async def test_the_second_answers_when_the_first_fails(failure: ModelFailed) -> None:
    assert (await ChainModel([StubModel([failure]), StubModel(["二"])]).ask(WORDS)).text == "二"
    assert await heard(ChainModel([StubModel([failure]), StubModel(["二"])])) == ["二"]


async def test_the_last_failure_is_raised_when_all_fail() -> None:
    model = ChainModel([StubModel([ModelUnavailable()] * 2), StubModel([AnswerRefused()] * 2)])
    with pytest.raises(AnswerRefused):
        await model.ask(WORDS)
    with pytest.raises(AnswerRefused):
        await heard(model)


async def test_a_stream_tells_the_whole_at_its_end() -> None:
    stream = ChainModel([StubModel([ModelUnavailable()]), StubModel(["二"], "b")]).stream(WORDS)
    assert isinstance(stream, AnswerStream)
    assert [piece async for piece in stream] == ["二"]
    assert stream.answered is not None
    assert stream.answered.model == "b"


async def test_an_answer_of_the_second_model_says_by_whom_it_is() -> None:
    model = ChainModel(
        [StubModel(["一"] + [ModelUnavailable()] * 2, "a"), StubModel(["二"] * 2, "b")]
    )
    assert [(await model.ask(WORDS)).by for _ in range(2)] == ["", "b"]
    stream = model.stream(WORDS)
    assert isinstance(stream, AnswerStream)
    assert [piece async for piece in stream] == ["二"]
    assert stream.answered is not None
    assert stream.answered.by == "b"


async def test_a_spent_budget_is_spent_for_the_second_model_too() -> None:
    second = StubModel(["二"] * 2)
    model = ChainModel([StubModel([BudgetSpent("day")] * 2), second])
    with pytest.raises(BudgetSpent):
        await model.ask(WORDS)
    with pytest.raises(BudgetSpent):
        await heard(model)
    assert second.asks == []


async def test_the_first_has_half_of_the_patience_and_the_second_what_is_left() -> None:
    clock = Clock()

    def fail(_: Ask) -> ModelUnavailable:
        clock.seconds += 3
        return ModelUnavailable()

    first, second = StubModel(fail), StubModel(["二"] * 2)
    await ChainModel([first, second], clock).ask(replace(WORDS, patience=20.0))
    assert [first.asks[0].patience, second.asks[0].patience] == [10.0, 17.0]
    await ChainModel([first, second], clock).ask(WORDS)
    assert [first.asks[1].patience, second.asks[1].patience] == [None, None]


async def test_a_stream_that_does_not_begin_leaves_the_second_its_time() -> None:
    async def never(_: Ask) -> str:
        await asyncio.Event().wait()
        return ""

    ask = replace(WORDS, patience=0.04)
    assert await heard(ChainModel([StubModel(never), StubModel(["二"])]), ask) == ["二"]


async def test_a_stream_that_has_begun_has_all_the_time_that_is_left() -> None:
    first = StubModel(["一"])
    await heard(ChainModel([first, StubModel()], Clock()), replace(WORDS, patience=20.0))
    assert first.asks[0].patience == 20.0


async def test_the_log_tells_nothing_that_a_server_said() -> None:
    failure = ModelMisconfigured("400: 您先说说看")
    failure.status = 400
    with structlog.testing.capture_logs() as logged:
        await ChainModel([StubModel([failure]), StubModel(["二"])]).ask(WORDS)
    assert logged == [
        {
            "event": "next_model",
            "log_level": "warning",
            "failed": "stub:stub",
            "job": "voice",
            "failure": "ModelMisconfigured",
            "status": 400,
        }
    ]


async def test_a_chain_needs_a_model() -> None:
    with pytest.raises(ModelMisconfigured):
        ChainModel([])
