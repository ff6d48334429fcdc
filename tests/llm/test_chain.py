"""A chain of models: the next one when one fails."""

from __future__ import annotations

import pytest

from commcoach.coaching.language_model import (
    AnswerRefused,
    BudgetSpent,
    ModelFailed,
    ModelMisconfigured,
    ModelUnavailable,
)
from commcoach.llm.chain import ChainModel
from commcoach.llm.streams import AnswerStream
from commcoach.llm.stub import StubModel
from tests.llm.asks import WORDS, heard


async def test_the_first_model_answers_and_the_second_is_left_alone() -> None:
    second = StubModel()
    model = ChainModel([StubModel(["一"], "big"), second])
    assert (await model.ask(WORDS)).text == "一"
    assert await heard(ChainModel([StubModel(["一"]), second])) == ["一"]
    assert second.asks == []
    assert (model.provider, model.name) == ("stub", "big")


@pytest.mark.parametrize(
    "failure",
    [ModelUnavailable(), ModelMisconfigured(), AnswerRefused(), BudgetSpent("day")],
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


async def test_a_chain_needs_a_model() -> None:
    with pytest.raises(ModelMisconfigured):
        ChainModel([])
