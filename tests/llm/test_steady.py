"""A steady model: in time, again if it may help, within bounds, on record."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import UTC
from typing import Any

import pytest
from llmock.pytest_plugin import LLMock

from commcoach.coaching.language_model import (
    AnswerCutOff,
    Answered,
    AnswerUnusable,
    Ask,
    BudgetSpent,
    ModelFailed,
    ModelMisconfigured,
    ModelUnavailable,
    Usage,
)
from commcoach.coaching.records import ModelCall
from commcoach.llm.breaker import Resting
from commcoach.llm.budget import Budget, Ledger, Prices
from commcoach.llm.openai_model import OpenAIModel
from commcoach.llm.requests import request_hash
from commcoach.llm.steady import GIVEN_UP, Limits, SteadyModel
from commcoach.llm.streams import AnswerStream
from commcoach.llm.stub import Script, StubModel
from commcoach.store.memory_records import InMemoryModelCalls
from tests.llm.asks import WORDS, heard
from tests.llm.clock import Clock

MINE = replace(WORDS, session="s1", learner="a", release="r1")


class Service:
    """A stub made steady, with its records and its time."""

    def __init__(self, script: Script, budget: Budget | None = None, **limits: Any) -> None:
        self.clock = Clock()
        self.calls = InMemoryModelCalls()
        self.stub = StubModel(script)
        ledger = Ledger(self.calls, self.clock.now, UTC, budget or Budget())
        self.model = SteadyModel(
            self.stub, ledger, Limits(**limits), Prices(2.0, 8.0, 0.5), self.clock, self.clock.sleep
        )

    @property
    def errors(self) -> list[str]:
        """How the calls went."""
        return [one.error for one in self.calls.calls]


async def never(_: Ask) -> str:
    """An answer that does not come."""
    await asyncio.Event().wait()
    return ""


async def test_an_answer_passes_through_and_its_call_is_recorded() -> None:
    whole = Answered("好。", None, Usage(1000, 100, 600), 0.4, "big-1")
    service = Service([whole])
    assert await service.model.ask(MINE) is whole
    assert service.calls.calls == [
        ModelCall(
            at=service.clock.now(),
            job="voice",
            provider="stub",
            model="stub",
            release="r1",
            prompt_hash=request_hash(MINE),
            prompt_tokens=1000,
            completion_tokens=100,
            latency=0.0,
            cached_tokens=600,
            cost=0.0019,
            session="s1",
            learner="a",
        )
    ]


async def test_what_may_pass_is_tried_again_with_growing_pauses() -> None:
    service = Service([ModelUnavailable(), ModelUnavailable(), "好。"])
    assert (await service.model.ask(WORDS)).text == "好。"
    first, second = service.clock.pauses
    assert 0.5 <= first <= 1.0 <= second <= 1.5
    assert service.errors == ["ModelUnavailable", "ModelUnavailable", ""]


async def test_pauses_are_spread_by_chance() -> None:
    pauses = set()
    for _ in range(5):
        service = Service([ModelUnavailable(), "好。"])
        await service.model.ask(WORDS)
        pauses.update(service.clock.pauses)
    assert len(pauses) == 5


async def test_the_last_failure_is_raised_when_enough_was_tried() -> None:
    service = Service([ModelUnavailable("1"), ModelUnavailable("2")], attempts=2)
    with pytest.raises(ModelUnavailable) as failed:
        await service.model.ask(WORDS)
    assert failed.value.said == "2"


@pytest.mark.parametrize("failure", [ModelMisconfigured(), AnswerUnusable()])
async def test_what_will_not_pass_is_not_tried_again(failure: ModelFailed) -> None:
    service = Service([failure, "好。"])
    with pytest.raises(type(failure)):
        await service.model.ask(WORDS)
    assert service.clock.pauses == []


async def test_a_server_that_asks_for_time_is_given_it() -> None:
    service = Service([ModelUnavailable(retry_after=4), "好。"])
    await service.model.ask(WORDS)
    [pause] = service.clock.pauses
    assert 4 < pause <= 5


async def test_a_server_that_asks_for_more_time_than_there_is_is_not_waited_for() -> None:
    service = Service([ModelUnavailable(retry_after=20), "好。"], timeout=20)
    with pytest.raises(ModelUnavailable):
        await service.model.ask(WORDS)
    assert service.clock.pauses == []


async def test_an_answer_that_does_not_come_is_given_up_in_time() -> None:
    service = Service(never, timeout=0.02, attempts=1)
    with pytest.raises(ModelUnavailable) as failed:
        await service.model.ask(WORDS)
    assert failed.value.said == "no answer in time"
    assert service.errors == ["ModelUnavailable"]


async def test_an_unusable_answer_is_recorded_with_its_price() -> None:
    unusable = AnswerUnusable()
    unusable.usage = Usage(1000, 100)
    service = Service([unusable])
    with pytest.raises(AnswerUnusable):
        await service.model.ask(WORDS)
    [call] = service.calls.calls
    assert (call.prompt_tokens, call.completion_tokens) == (1000, 100)
    assert call.cost == pytest.approx(0.0028)
    assert call.error == "AnswerUnusable"


async def test_usage_is_estimated_where_the_server_tells_none() -> None:
    service = Service([Answered("您先说", None, Usage(), 0.1, "m")])
    await service.model.ask(WORDS)
    [call] = service.calls.calls
    assert call.prompt_tokens == len(WORDS.messages[0].text + WORDS.messages[1].text) // 4 + 1
    assert call.completion_tokens == 3


LATE = ModelUnavailable("no answer in time", worked=True)


@pytest.mark.parametrize("failure", [AnswerUnusable(), AnswerCutOff(), LATE])
async def test_an_answer_that_is_no_good_costs_what_was_asked_where_the_server_tells_none(
    failure: ModelFailed,
) -> None:
    service = Service([failure], Budget(tokens_a_day=10), attempts=1)
    with pytest.raises(type(failure)):
        await service.model.ask(WORDS)
    [call] = service.calls.calls
    assert (call.prompt_tokens, call.completion_tokens) == (12, 0)
    with pytest.raises(BudgetSpent):
        await service.model.ask(WORDS)


@pytest.mark.parametrize("failure", [ModelUnavailable("503: no"), ModelMisconfigured("401: no")])
async def test_a_server_that_refuses_to_begin_costs_nothing(failure: ModelFailed) -> None:
    service = Service([failure], attempts=1)
    with pytest.raises(type(failure)):
        await service.model.ask(WORDS)
    assert service.calls.calls[0].prompt_tokens == 0


async def test_a_budget_that_is_spent_meanwhile_stops_the_next_attempt() -> None:
    service = Service([LATE, "好。"], Budget(tokens_a_day=10))
    with pytest.raises(BudgetSpent):
        await service.model.ask(WORDS)
    assert len(service.stub.asks) == 1


async def test_an_ask_with_little_patience_is_given_up_when_that_is_over() -> None:
    service = Service(never, timeout=60)
    with pytest.raises(ModelUnavailable):
        await service.model.ask(replace(WORDS, patience=0.02))
    with pytest.raises(ModelUnavailable):
        await heard(service.model, replace(WORDS, patience=0.02))


async def test_patience_makes_no_model_slower_than_it_is_set() -> None:
    service = Service(never, timeout=0.02)
    with pytest.raises(ModelUnavailable):
        await service.model.ask(replace(WORDS, patience=60.0))


async def test_without_prices_a_call_has_no_cost() -> None:
    calls = InMemoryModelCalls()
    model = SteadyModel(StubModel(["好。"]), Ledger(calls, Clock().now, UTC))
    await model.ask(WORDS)
    assert calls.calls[0].cost is None


async def test_a_call_that_nobody_waits_for_is_recorded() -> None:
    asked = asyncio.Event()

    async def never_but_tell(ask: Ask) -> str:
        asked.set()
        return await never(ask)

    service = Service(never_but_tell)
    asking = asyncio.create_task(service.model.ask(WORDS))
    await asked.wait()
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert service.errors == [GIVEN_UP]
    assert service.calls.calls[0].prompt_tokens > 0


async def test_no_more_than_so_many_are_with_the_model_at_once() -> None:
    inside = most = 0

    async def answer(_: Ask) -> str:
        nonlocal inside, most
        inside += 1
        most = max(most, inside)
        await asyncio.sleep(0)
        inside -= 1
        return "好。"

    service = Service(answer, at_once=3)
    await asyncio.gather(*(service.model.ask(WORDS) for _ in range(10)))
    assert most == 3


async def test_waiting_for_a_place_ends_in_time_and_is_no_call() -> None:
    service = Service(never, at_once=1, timeout=0.02, attempts=1)
    outcomes = await asyncio.gather(
        service.model.ask(WORDS), service.model.ask(WORDS), return_exceptions=True
    )
    assert [type(one) for one in outcomes] == [ModelUnavailable, ModelUnavailable]
    assert len(service.errors) == 1


async def test_a_model_that_keeps_failing_is_left_in_peace_and_tried_again_later() -> None:
    service = Service([ModelUnavailable()] * 2 + ["好。"], attempts=1, failures=2, rest=30)
    for _ in range(2):
        with pytest.raises(ModelUnavailable):
            await service.model.ask(WORDS)
    with pytest.raises(Resting):
        await service.model.ask(WORDS)
    assert len(service.errors) == len(service.stub.asks) == 2
    service.clock.seconds += 30
    assert (await service.model.ask(WORDS)).text == "好。"


async def test_the_breaker_ends_the_attempts_of_one_ask_too() -> None:
    service = Service([ModelUnavailable()] * 3, failures=1)
    with pytest.raises(Resting):
        await service.model.ask(WORDS)
    assert len(service.stub.asks) == 1


async def test_a_spent_budget_stops_the_call_before_it_is_made() -> None:
    service = Service(["好。", "好。"], Budget(tokens_a_learner=10))
    await service.model.ask(MINE)
    with pytest.raises(BudgetSpent) as spent:
        await service.model.ask(MINE)
    assert spent.value.whose == "learner"
    with pytest.raises(BudgetSpent):
        await heard(service.model, MINE)
    assert len(service.stub.asks) == 1


async def test_a_stream_passes_through_and_is_recorded() -> None:
    service = Service(["您先说说看吧。"])
    stream = service.model.stream(MINE)
    assert isinstance(stream, AnswerStream)
    assert [piece async for piece in stream] == ["您先说说", "看吧。"]
    assert stream.answered is not None
    assert service.errors == [""]
    assert service.calls.calls[0].completion_tokens == 7


async def test_a_stream_is_tried_again_before_its_first_piece() -> None:
    service = Service([ModelUnavailable(), "好。"])
    assert await heard(service.model) == ["好。"]
    assert service.errors == ["ModelUnavailable", ""]


class Breaking(StubModel):
    """A model whose streams end badly, or not at all."""

    def __init__(self, then: Callable[[], Awaitable[None]]) -> None:
        super().__init__()
        self._then = then

    async def stream(self, ask: Ask) -> AsyncIterator[str]:
        self.asks.append(ask)
        yield "您先"
        await self._then()


async def fail() -> None:
    raise ModelUnavailable("broken")


async def hang() -> None:
    await asyncio.Event().wait()


@pytest.mark.parametrize("then", [fail, hang])
async def test_a_stream_that_breaks_is_not_begun_again(then: Callable[[], Awaitable[None]]) -> None:
    calls = InMemoryModelCalls()
    broken = Breaking(then)
    model = SteadyModel(broken, Ledger(calls, Clock().now, UTC), Limits(timeout=0.02))
    with pytest.raises(ModelUnavailable):
        await heard(model)
    assert len(broken.asks) == 1
    [call] = calls.calls
    assert call.error == "ModelUnavailable"
    assert (call.prompt_tokens, call.completion_tokens) == (12, 2)


async def test_a_stream_that_nobody_hears_to_its_end_gives_its_place_back() -> None:
    service = Service(["您先说说看吧。", "好。"], at_once=1)
    stream = service.model.stream(WORDS)
    assert isinstance(stream, AnswerStream)
    await anext(stream)
    await stream.aclose()
    assert await heard(service.model) == ["好。"]
    assert service.errors == [GIVEN_UP, ""]


async def test_who_listens_slowly_loses_nothing() -> None:
    service = Service(["您先说说看吧。"], timeout=5)
    words = ""
    async for piece in service.model.stream(WORDS):
        words += piece
        service.clock.seconds += 60
    assert words == "您先说说看吧。"


async def test_an_independent_server_finds_no_fault_with_the_retries(llmock: LLMock) -> None:
    async def hurried(seconds: float) -> None:
        await asyncio.sleep(seconds / 5)

    llmock.rate_limit(times=1, retry_after=0.1)
    llmock.fail(503, retry_after=0.1)
    openai = OpenAIModel("gpt-4o-mini", llmock.base_url(), timeout=5)
    calls = InMemoryModelCalls()
    ledger = Ledger(calls, Clock().now, UTC)
    model = SteadyModel(openai, ledger, Limits(timeout=10), sleep=hurried)
    assert (await model.ask(WORDS)).text
    await model.aclose()
    llmock.assert_resilient()
    assert [one.error for one in calls.calls] == ["ModelUnavailable", "ModelUnavailable", ""]


async def test_a_model_that_hangs_is_left_in_peace_also_if_whoever_asks_is_in_a_hurry() -> None:
    async def hang(ask: Ask) -> str:
        service.clock.seconds += 8
        return await never(ask)

    service = Service(hang, timeout=20, failures=2)
    for _ in range(2):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.01):
                await service.model.ask(WORDS)
    with pytest.raises(Resting):
        await service.model.ask(WORDS)
    assert len(service.stub.asks) == 2
