"""What is seen of a model at work, and by whom."""

from __future__ import annotations

import asyncio
from collections import Counter

import pytest

from commcoach.coaching.language_model import AnswerUnusable, Ask, ModelFailed, ModelUnavailable
from commcoach.coaching.watching import WatchedModel, watching
from commcoach.llm.stub import StubModel

ASK = Ask("scorer", ())


async def test_asks_answers_and_failures_are_seen() -> None:
    model = WatchedModel(StubModel(["yes", AnswerUnusable("off schema"), ModelUnavailable("down")]))
    with watching() as seen:
        await model.ask(ASK)
        for _ in range(2):
            with pytest.raises(ModelFailed):
                await model.ask(ASK)
    assert seen.asks == Counter({"scorer": 3})
    assert seen.answers == 2  # what cannot be used is an answer all the same
    assert [one.reason for one in seen.failures] == ["unusable", "unavailable"]


async def test_a_streamed_answer_counts_as_asked_for() -> None:
    model = WatchedModel(StubModel(["Hello."]))
    with watching() as seen:
        pieces = [piece async for piece in model.stream(Ask("voice", ()))]
    assert "".join(pieces) == "Hello."
    assert seen.asks == Counter({"voice": 1})


async def test_each_piece_of_work_sees_its_own_asks_and_those_of_tasks_it_began() -> None:
    model = WatchedModel(StubModel(lambda _: "yes"))

    async def work(asks: int) -> int:
        with watching() as seen:
            await asyncio.gather(*(model.ask(ASK) for _ in range(asks)))
        return seen.asks["scorer"]

    assert await asyncio.gather(*map(work, (1, 2, 3))) == [1, 2, 3]
    await model.ask(ASK)  # with nobody watching
