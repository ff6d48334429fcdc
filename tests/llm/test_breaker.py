"""The circuit breaker: peace after failures, then one trial."""

from __future__ import annotations

import asyncio

import pytest

from commcoach.coaching.language_model import (
    AnswerUnusable,
    ModelFailed,
    ModelMisconfigured,
    ModelUnavailable,
)
from commcoach.llm.breaker import CircuitBreaker, Resting
from tests.llm.clock import Clock


@pytest.fixture
def clock() -> Clock:
    """The time."""
    return Clock()


@pytest.fixture
def breaker(clock: Clock) -> CircuitBreaker:
    """A breaker that opens after 2 failures for 30 seconds."""
    return CircuitBreaker(2, 30, clock)


def fail(breaker: CircuitBreaker, failure: BaseException) -> None:
    """A call that fails."""
    with pytest.raises(type(failure)), breaker.watch():
        raise failure


def succeed(breaker: CircuitBreaker) -> None:
    """A call that works."""
    with breaker.watch():
        pass


@pytest.mark.parametrize("failure", [ModelUnavailable, ModelMisconfigured])
def test_after_failures_in_a_row_no_call_goes_through(
    failure: type[ModelFailed], breaker: CircuitBreaker, clock: Clock
) -> None:
    fail(breaker, failure())
    fail(breaker, failure())
    clock.seconds = 10
    with pytest.raises(Resting) as resting, breaker.watch():
        pytest.fail("a call went through")
    assert resting.value.retry_after == 20


def test_a_success_between_failures_keeps_it_closed(breaker: CircuitBreaker) -> None:
    for _ in range(3):
        fail(breaker, ModelUnavailable())
        succeed(breaker)
    succeed(breaker)


def test_an_unusable_answer_shows_that_the_model_is_there(breaker: CircuitBreaker) -> None:
    for _ in range(3):
        fail(breaker, ModelUnavailable())
        fail(breaker, AnswerUnusable())
    succeed(breaker)


def test_after_the_rest_one_trial_that_works_lets_all_through(
    breaker: CircuitBreaker, clock: Clock
) -> None:
    fail(breaker, ModelUnavailable())
    fail(breaker, ModelUnavailable())
    clock.seconds = 30
    with breaker.watch():
        fail(breaker, Resting())
    succeed(breaker)
    fail(breaker, ModelUnavailable())
    succeed(breaker)


def test_a_trial_that_fails_begins_another_rest(breaker: CircuitBreaker, clock: Clock) -> None:
    fail(breaker, ModelUnavailable())
    fail(breaker, ModelUnavailable())
    clock.seconds = 30
    fail(breaker, ModelUnavailable())
    clock.seconds = 59
    fail(breaker, Resting())
    clock.seconds = 60
    succeed(breaker)


def test_a_trial_that_was_given_up_leaves_room_for_another(
    breaker: CircuitBreaker, clock: Clock
) -> None:
    fail(breaker, ModelUnavailable())
    fail(breaker, ModelUnavailable())
    clock.seconds = 30
    fail(breaker, asyncio.CancelledError())
    succeed(breaker)


def give_up(breaker: CircuitBreaker, clock: Clock, seconds: float) -> None:
    """A call that nobody waits for any more after so many seconds."""
    with breaker.watch():
        clock.seconds += seconds
        raise asyncio.CancelledError


def test_a_call_given_up_after_a_long_wait_is_a_failure(clock: Clock) -> None:
    breaker = CircuitBreaker(1, 30, clock, long=5)
    for seconds in (4.9, 5.0):
        with pytest.raises(asyncio.CancelledError):
            give_up(breaker, clock, seconds)
    with pytest.raises(Resting), breaker.watch():
        pytest.fail("a call went through")
