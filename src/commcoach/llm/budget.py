"""What models may cost, and what they have cost today."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo

import structlog

from commcoach.coaching.language_model import BudgetSpent, Usage
from commcoach.coaching.records import ModelCall, ModelCalls, day_begins
from commcoach.coaching.storage import DatabaseUnusable

FRESH = timedelta(seconds=60)
"""How long sums are trusted that do not know of the calls of other processes."""

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Prices:
    """Prices of a million tokens in any currency, the same for all models and budgets.

    Cached tokens of the prompt cost as much as the others if no price is given.
    """

    prompt: float
    completion: float
    cached: float | None = None

    def cost(self, usage: Usage) -> float:
        """What a call costs."""
        cached = self.prompt if self.cached is None else self.cached
        fresh = max(usage.prompt - usage.cached, 0)
        return (
            fresh * self.prompt + usage.cached * cached + usage.completion * self.completion
        ) / 1_000_000


@dataclass(frozen=True, slots=True)
class Budget:
    """The most that may be spent in a day, by all and by each learner; `None`: without limit."""

    tokens_a_day: int | None = None
    money_a_day: float | None = None
    tokens_a_learner: int | None = None
    money_a_learner: float | None = None

    @property
    def limited(self) -> bool:
        """Whether there is a limit at all."""
        limits = (self.tokens_a_day, self.money_a_day, self.tokens_a_learner, self.money_a_learner)
        return any(one is not None for one in limits)


@dataclass(slots=True)
class _Sum:
    tokens: int = 0
    money: float = 0.0

    def add(self, call: ModelCall) -> None:
        self.tokens += call.prompt_tokens + call.completion_tokens
        self.money += call.cost or 0.0

    def reaches(self, tokens: int | None, money: float | None) -> bool:
        return (tokens is not None and self.tokens >= tokens) or (
            money is not None and self.money >= money
        )


@dataclass(slots=True)
class Ledger:
    """Records calls and checks them against a budget; days are those of `zone`.

    Shared by all models of a process. What other processes spend is seen within a minute. Calls
    under way are not counted, so a budget may be overdrawn by as many as run at once.
    """

    calls: ModelCalls
    now: Callable[[], datetime]
    zone: tzinfo
    budget: Budget = Budget()
    _all: _Sum = field(default_factory=_Sum)
    _learners: dict[str, _Sum] = field(default_factory=dict)
    _read_at: datetime | None = None
    _reading: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def check(self, learner: str | None) -> None:
        """Raise `BudgetSpent` if there is nothing left for a call on behalf of a learner."""
        if not self.budget.limited:
            return
        async with self._reading:
            await self._read_if_stale()
        if self._all.reaches(self.budget.tokens_a_day, self.budget.money_a_day):
            raise BudgetSpent("day")
        own = self._learners.get(learner or "", _Sum())
        if learner and own.reaches(self.budget.tokens_a_learner, self.budget.money_a_learner):
            raise BudgetSpent("learner")

    async def record(self, call: ModelCall) -> None:
        """Keep a call; an answer is not given up because its call cannot be recorded."""
        async with self._reading:
            self._add(call)
            try:
                await self.calls.record(call)
            except DatabaseUnusable as trouble:
                _log.warning("model_call_not_recorded", trouble=type(trouble).__name__)

    async def _read_if_stale(self) -> None:
        now = self.now()
        today = day_begins(now, self.zone)
        if self._read_at is not None and today <= self._read_at and now - self._read_at < FRESH:
            return
        try:
            calls = await self.calls.since(today)
        except DatabaseUnusable as trouble:
            _log.warning("model_calls_not_read", trouble=type(trouble).__name__)
            return
        self._read_at, self._all, self._learners = now, _Sum(), {}
        for call in calls:
            self._add(call)

    def _add(self, call: ModelCall) -> None:
        self._all.add(call)
        if call.learner:
            self._learners.setdefault(call.learner, _Sum()).add(call)
