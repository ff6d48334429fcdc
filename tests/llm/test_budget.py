"""Budgets: what is spent today, by all and by each."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from commcoach.coaching.language_model import BudgetSpent, Usage
from commcoach.coaching.records import ModelCall
from commcoach.coaching.storage import DatabaseUnusable
from commcoach.llm.budget import Budget, Ledger, Prices
from commcoach.store.memory_records import InMemoryModelCalls
from tests.llm.clock import Clock

SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def clock() -> Clock:
    """The time: four in the afternoon in Shanghai."""
    return Clock()


@pytest.fixture
def calls() -> InMemoryModelCalls:
    """What is kept."""
    return InMemoryModelCalls()


@pytest.fixture
def call(clock: Clock) -> ModelCall:
    """A call of 100 tokens and 0.5 in money."""
    return ModelCall(
        clock.now(), "voice", "stub", "m", "r", "h", 80, 20, 0.1, cost=0.5, learner="a"
    )


class Books:
    """A ledger, and whether there is still something in it."""

    def __init__(self, calls: InMemoryModelCalls, clock: Clock, budget: Budget) -> None:
        self.ledger = Ledger(calls, clock.now, SHANGHAI, budget)

    async def spent(self, learner: str | None = "a") -> str | None:
        """Whose budget is spent."""
        try:
            await self.ledger.check(learner)
        except BudgetSpent as spent:
            return spent.whose
        return None


def test_cached_tokens_have_a_price_of_their_own() -> None:
    usage = Usage(prompt=1_000_000, completion=100_000, cached=750_000)
    assert Prices(2.0, 8.0, 0.4).cost(usage) == pytest.approx(0.5 + 0.3 + 0.8)
    assert Prices(2.0, 8.0).cost(usage) == pytest.approx(2.0 + 0.8)


@pytest.mark.parametrize(
    ("budget", "whose"),
    [
        (Budget(), None),
        (Budget(tokens_a_day=201, money_a_day=1.1), None),
        (Budget(tokens_a_day=200), "day"),
        (Budget(money_a_day=1.0), "day"),
        (Budget(tokens_a_learner=200), "learner"),
        (Budget(money_a_learner=1.0), "learner"),
        (Budget(tokens_a_day=0), "day"),
    ],
)
async def test_a_budget_is_spent_when_its_sum_is_reached(
    budget: Budget, whose: str | None, calls: InMemoryModelCalls, clock: Clock, call: ModelCall
) -> None:
    books = Books(calls, clock, budget)
    await books.ledger.record(call)
    await books.ledger.record(call)
    assert await books.spent() == whose


async def test_what_one_learner_spends_is_no_matter_of_another(
    calls: InMemoryModelCalls, clock: Clock, call: ModelCall
) -> None:
    books = Books(calls, clock, Budget(tokens_a_learner=100))
    await books.ledger.record(call)
    assert await books.spent("a") == "learner"
    assert await books.spent("b") is None
    assert await books.spent(None) is None


async def test_earlier_calls_of_the_day_count_after_a_restart(
    calls: InMemoryModelCalls, clock: Clock, call: ModelCall
) -> None:
    midnight = datetime(2026, 11, 10, tzinfo=SHANGHAI)
    await calls.record(replace(call, at=midnight - timedelta(seconds=1)))
    assert await Books(calls, clock, Budget(tokens_a_day=100)).spent() is None
    await calls.record(replace(call, at=midnight))
    assert await Books(calls, clock, Budget(tokens_a_day=100)).spent() == "day"


async def test_a_new_day_has_a_new_budget(
    calls: InMemoryModelCalls, clock: Clock, call: ModelCall
) -> None:
    books = Books(calls, clock, Budget(tokens_a_day=100))
    await books.ledger.record(call)
    clock.seconds = timedelta(hours=8).total_seconds() - 1
    assert await books.spent() == "day"
    clock.seconds += 1
    assert await books.spent() is None


async def test_what_other_processes_spend_is_seen_within_a_minute(
    calls: InMemoryModelCalls, clock: Clock, call: ModelCall
) -> None:
    books = Books(calls, clock, Budget(tokens_a_day=100))
    assert await books.spent() is None
    await calls.record(call)
    clock.seconds = 60
    assert await books.spent() == "day"


class Broken(InMemoryModelCalls):
    """A database that cannot be used."""

    async def record(self, call: ModelCall) -> None:
        raise DatabaseUnusable("here")

    async def since(self, moment: datetime, learner: str | None = None) -> list[ModelCall]:
        raise DatabaseUnusable("here")


async def test_a_database_in_trouble_stops_no_call_and_what_is_spent_meanwhile_counts(
    clock: Clock, call: ModelCall
) -> None:
    books = Books(Broken(), clock, Budget(tokens_a_day=100))
    assert await books.spent() is None
    await books.ledger.record(call)
    assert await books.spent() == "day"
