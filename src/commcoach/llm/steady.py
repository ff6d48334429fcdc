"""Makes a model fit for service: in time, again if it may help, within bounds, on record."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

import tenacity

from commcoach.coaching.language_model import (
    Answered,
    Ask,
    LanguageModel,
    ModelFailed,
    ModelUnavailable,
    Usage,
)
from commcoach.coaching.records import ModelCall
from commcoach.llm.breaker import CircuitBreaker, Resting
from commcoach.llm.budget import Ledger, Prices
from commcoach.llm.requests import request_hash
from commcoach.llm.streams import AnswerStream

FIRST_PAUSE = 0.5
LONGEST_PAUSE = 8.0
GIVEN_UP = "given_up"
"""The error of a call whose answer nobody waited for."""

_BYTES_A_TOKEN = 4
_LONG = 0.25
"""The share of the time-out after which a call that is given up has failed; a job of a turn has no
more than its own share to wait."""

Sleep = Callable[[float], Awaitable[None]]

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Limits:
    """`timeout` is how many seconds an ask may wait, for its turn, answers and pauses together.

    An ask with less patience waits no longer than that. It is tried `attempts` times at most; of
    all asks `at_once` are with the model. After `failures` in a row the model is left in peace for
    `rest` seconds.
    """

    timeout: float = 20.0
    attempts: int = 3
    at_once: int = 8
    failures: int = 5
    rest: float = 30.0


class _Wait:
    """The seconds that are left to wait."""

    def __init__(self, left: float, clock: Callable[[], float]) -> None:
        self.left = left
        self._clock = clock

    @asynccontextmanager
    async def limit(self) -> AsyncIterator[None]:
        """Give up what lasts too long, as a `ModelUnavailable`."""
        began = self._clock()
        try:
            async with asyncio.timeout(max(self.left, 0.0)):
                yield
        except TimeoutError:
            raise ModelUnavailable("no answer in time", worked=True) from None
        finally:
            self.left -= self._clock() - began


class SteadyModel:
    """Asks a model with time-out, retries, concurrency limit, circuit breaker, budget and record.

    Only `ModelUnavailable` is tried again, with growing pauses spread by chance and never before
    the time that the server asks for; if that is too late, at once not at all. A stream is tried
    again only before its first piece. Every attempt is checked against the budget, and is a call in
    the ledger. Where a server tells no usage, a token is taken for 4 bytes, also if the answer was
    no good or never came to its end. `clock` gives seconds, `sleep` waits for them.
    """

    def __init__(
        self,
        model: LanguageModel,
        ledger: Ledger,
        limits: Limits = Limits(),
        prices: Prices | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._model = model
        self._ledger = ledger
        self._limits = limits
        self._prices = prices
        self._clock = clock
        self._sleep = sleep
        long = limits.timeout * _LONG
        self._breaker = CircuitBreaker(limits.failures, limits.rest, clock, long)
        self._places = asyncio.Semaphore(limits.at_once)
        self._recording: set[asyncio.Task[None]] = set()

    @property
    def provider(self) -> str:
        """The name of the model's provider."""
        return self._model.provider

    @property
    def name(self) -> str:
        """The name of the model."""
        return self._model.name

    async def ask(self, ask: Ask) -> Answered:
        """One answer; `BudgetSpent` if there may be none today."""
        wait = self._wait(ask)

        async def attempt() -> Answered:
            async with self._call(ask, wait) as call:
                async with wait.limit():
                    call.answered = await self._model.ask(ask)
                return call.answered

        return await self._retry(wait, attempt)

    def stream(self, ask: Ask) -> AsyncIterator[str]:
        """The answer piece by piece; the time of whoever hears them does not count."""
        return AnswerStream(self._pieces(ask))

    async def aclose(self) -> None:
        """Finish the records, and give back what the model holds."""
        await asyncio.gather(*self._recording)
        await self._model.aclose()

    async def _pieces(self, ask: Ask) -> AsyncGenerator[str | Answered, None]:
        wait = self._wait(ask)

        async def begin() -> tuple[AsyncExitStack, _Call, AsyncIterator[str], str | None]:
            async with AsyncExitStack() as stack:
                call = await stack.enter_async_context(self._call(ask, wait))
                stream = self._model.stream(ask)
                if isinstance(stream, AnswerStream):
                    stack.push_async_callback(stream.aclose)
                async with wait.limit():
                    first = await anext(stream, None)
                return stack.pop_all(), call, stream, first

        under_way, call, stream, piece = await self._retry(wait, begin)
        async with under_way:
            while piece is not None:
                call.heard += piece
                yield piece
                async with wait.limit():
                    piece = await anext(stream, None)
            whole = stream.answered if isinstance(stream, AnswerStream) else None
            whole = whole or Answered(call.heard, None, Usage(), 0.0, self.name)
            call.answered = whole
        yield whole

    def _wait(self, ask: Ask) -> _Wait:
        most = self._limits.timeout
        return _Wait(most if ask.patience is None else min(most, ask.patience), self._clock)

    @asynccontextmanager
    async def _call(self, ask: Ask, wait: _Wait) -> AsyncIterator[_Call]:
        """One attempt: a look at budget and breaker, a place, and a record of how it went."""
        await self._ledger.check(ask.learner)
        async with AsyncExitStack() as stack:
            async with wait.limit():
                await stack.enter_async_context(self._places)
            stack.enter_context(self._breaker.watch())
            call = _Call(ask, self._ledger.now())
            began = self._clock()
            try:
                yield call
            except ModelFailed as failure:
                call.failure = failure
                raise
            finally:
                record = self._ledger.record(self._recorded(call, self._clock() - began))
                task = asyncio.create_task(record)
                self._recording.add(task)
                task.add_done_callback(self._recording.discard)
                # Who is in a hurry may leave; the record is finished all the same.
                await asyncio.shield(task)

    def _recorded(self, call: _Call, latency: float) -> ModelCall:
        ask, usage = call.ask, call.usage()
        return ModelCall(
            at=call.at,
            job=ask.job,
            provider=self.provider,
            model=self.name,
            release=ask.release,
            prompt_hash=request_hash(ask),
            prompt_tokens=usage.prompt,
            completion_tokens=usage.completion,
            latency=latency,
            cached_tokens=usage.cached,
            cost=self._prices.cost(usage) if self._prices is not None else None,
            error=call.error(),
            session=ask.session,
            learner=ask.learner,
        )

    async def _retry(self, wait: _Wait, attempt: Callable[[], Awaitable[_T]]) -> _T:
        growing = tenacity.wait_exponential(FIRST_PAUSE, LONGEST_PAUSE)
        spread = growing + tenacity.wait_random(0, FIRST_PAUSE)

        def pause(state: tenacity.RetryCallState) -> float:
            error = state.outcome.exception() if state.outcome is not None else None
            asked_for = error.retry_after if isinstance(error, ModelUnavailable) else None
            return (asked_for or 0.0) + spread(state)

        def enough(state: tenacity.RetryCallState) -> bool:
            late = state.upcoming_sleep >= wait.left
            return late or state.attempt_number >= self._limits.attempts

        async def sleep(seconds: float) -> None:
            wait.left -= seconds
            await self._sleep(seconds)

        retrying = tenacity.AsyncRetrying(
            sleep=sleep,
            wait=pause,
            stop=enough,
            retry=tenacity.retry_if_exception(_may_pass),
            reraise=True,
        )
        result: _T = await retrying(attempt)
        return result


@dataclass(slots=True)
class _Call:
    """One call under way."""

    ask: Ask
    at: datetime
    heard: str = ""
    answered: Answered | None = None
    failure: ModelFailed | None = None

    def error(self) -> str:
        """What went wrong; empty if nothing did."""
        if self.failure is not None:
            return type(self.failure).__name__
        return "" if self.answered is not None else GIVEN_UP

    def usage(self) -> Usage:
        """What it took, if need be by estimate; a server that refused to begin took nothing."""
        failure, text = self.failure, self.heard
        told = failure.usage if failure is not None else Usage()
        if failure is None and self.answered is not None:
            told, text = self.answered.usage, self.answered.text
        if told != Usage() or (failure is not None and not failure.worked and not text):
            return told
        prompt = "".join(one.text for one in self.ask.messages)
        return Usage(_tokens(prompt), _tokens(text))


def _tokens(text: str) -> int:
    return -(-len(text.encode()) // _BYTES_A_TOKEN)


def _may_pass(error: BaseException) -> bool:
    return isinstance(error, ModelUnavailable) and not isinstance(error, Resting)
