"""What a model server's errors mean."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from openai import (
    APIConnectionError,
    APIError,
    APIStatusError,
    APITimeoutError,
)

from commcoach.coaching.language_model import (
    AnswerRefused,
    AnswerUnusable,
    ModelFailed,
    ModelMisconfigured,
    ModelUnavailable,
)
from commcoach.llm.echoes import Echoes

_MAY_PASS = {408, 409, 425, 429}
_UNPAID = ("insufficient_quota", "insufficient balance", "exceeded_current_quota")
# Azure; OpenAI; Aliyun; Zhipu.
_REFUSED = ("content_filter", "content_policy", "data_inspection", "敏感")
_LONGEST = 200
# What the openai library's own library calls a server that nothing could be sent to.
_BEFORE_THE_PROMPT = {"ConnectError", "ConnectTimeout", "PoolTimeout"}
_TOO_LONG = ("context_length", "context length", "context size", "too long", "上下文", "超长")


def failure_of(error: Exception, echoes: Echoes) -> ModelFailed:
    """The failure that an error of the library means; others than `APIError` are malformed data.

    What the server says echoes what it was sent: that is left out.
    """
    if isinstance(error, APIConnectionError):
        cause = type(error.__cause__).__name__
        late = isinstance(error, APITimeoutError)
        said = "no answer in time" if late else f"no connection: {cause}"
        return ModelUnavailable(said, worked=cause not in _BEFORE_THE_PROMPT)
    if isinstance(error, APIStatusError):
        wait = _seconds_to_wait(error.response.headers)
        return failure_of_status(error.status_code, complaint(error), echoes, wait)
    if isinstance(error, APIError):  # an event in a stream
        return failure_in_body(error.body or error.message, echoes)
    return ModelUnavailable("malformed answer", worked=True)


def failure_in_body(error: object, echoes: Echoes) -> ModelFailed:
    """The failure in an error object that came with status 200."""
    code = error.get("code") if isinstance(error, Mapping) else None
    try:
        status = int(str(code))
    except ValueError:
        status = 503
    return failure_of_status(status if 400 <= status < 600 else 503, str(error), echoes)


def failure_of_status(
    status: int, said: str, echoes: Echoes, retry_after: float | None = None
) -> ModelFailed:
    """The failure that an HTTP status and the words with it mean."""
    told = f"{status}: {echoes.without(said)[:_LONGEST]}"
    failure = _meant(status, said, told, retry_after)
    failure.status = status
    return failure


def _meant(status: int, said: str, told: str, retry_after: float | None) -> ModelFailed:
    searched = said.lower()
    if any(word in searched for word in _UNPAID):
        return ModelMisconfigured(told)
    if status in _MAY_PASS or status >= 500:
        return ModelUnavailable(told, retry_after)
    if status in (401, 402, 404):
        return ModelMisconfigured(told)
    if any(word in searched for word in _REFUSED):
        return AnswerRefused(str(status))
    if any(word in searched for word in _TOO_LONG):
        return AnswerUnusable("the prompt is too long for the model")
    return ModelMisconfigured(told)


def complaint(error: APIStatusError) -> str:
    """Everything that a server said about its refusal: words, code and parameter."""
    return str(error.body or error.message)


def _seconds_to_wait(headers: Mapping[str, str]) -> float | None:
    """How long a server asks to wait, by `retry-after-ms` or `retry-after`."""
    for name, in_a_second in (("retry-after-ms", 1000), ("retry-after", 1)):
        try:
            seconds = float(headers.get(name, "")) / in_a_second
        except ValueError:
            continue
        return max(seconds, 0.0) if math.isfinite(seconds) else None
    try:
        until = parsedate_to_datetime(headers.get("retry-after", ""))
        # By the server's own clock, if it tells it.
        told = headers.get("date")
        now = parsedate_to_datetime(told) if told else datetime.now(UTC)
        return max((until - now).total_seconds(), 0.0)
    except (ValueError, TypeError):
        return None
