"""Sentence embeddings by OpenAI's protocol: hosted services, Ollama, vLLM, LM Studio, llama.cpp."""

from __future__ import annotations

import weakref
from collections.abc import Sequence
from urllib.parse import urlsplit

import tenacity
from openai import OpenAI, OpenAIError
from pydantic import BaseModel, ValidationError

from commcoach.coaching.embedding import EmbeddingFailed
from commcoach.coaching.language_model import ModelFailed, ModelUnavailable
from commcoach.llm.addresses import bare, is_address
from commcoach.llm.breaker import CircuitBreaker
from commcoach.llm.echoes import Echoes
from commcoach.llm.server_errors import failure_of
from commcoach.model_settings import OPENAI

AT_ONCE = 10
"""Texts in a request: the least that well-known services allow."""
SECONDS = 5.0
"""For a request; a learner waits for it."""
FAILURES, REST = 3, 30.0
"""After so many failures in a row the service is left in peace for so many seconds."""
_PAUSE, _LONGEST_PAUSE = 0.2, 5.0


class _Vector(BaseModel):
    index: int
    embedding: list[float]


class _Answer(BaseModel):
    data: list[_Vector]


class EmbeddingService:
    """Asks a service for vectors, `AT_ONCE` texts at a time.

    `base_url` is what comes before `/embeddings`; `timeout` is in seconds, for a request. A request
    for a learner's reply is tried twice, one for content five times. The vectors are as long as the
    service makes them.

    Raises:
        EmbeddingFailed: the address is none, or the model has no name.
    """

    def __init__(
        self,
        name: str,
        base_url: str = OPENAI,
        api_key: str = "",
        timeout: float = SECONDS,
        breaker: CircuitBreaker | None = None,
    ) -> None:
        if not is_address(base_url):
            raise EmbeddingFailed(f"{bare(base_url)} is no address")
        if not name:
            raise EmbeddingFailed("the model has no name")
        self._model = name
        self._key = api_key
        self._address = bare(base_url)
        self._breaker = breaker or CircuitBreaker(FAILURES, REST)
        # The library refuses an empty key; servers without keys take any.
        self._client = OpenAI(
            base_url=base_url, api_key=api_key or "none", timeout=timeout, max_retries=0
        )
        # Its connections end with whoever holds this.
        weakref.finalize(self, self._client.close)

    @property
    def name(self) -> str:
        """The model and where it is: another service may mean another model by the same name."""
        return f"openai:{self._model}@{urlsplit(self._address).netloc}"

    def embed(self, texts: Sequence[str], *, keep: bool = False) -> list[list[float]]:
        """The vectors as they come, one for each text."""
        vectors: list[list[float]] = []
        try:
            for start in range(0, len(texts), AT_ONCE):
                vectors += self._tried(texts[start : start + AT_ONCE], 5 if keep else 2)
        except ModelFailed as failure:
            raise EmbeddingFailed(failure.said) from failure
        return vectors

    def _tried(self, texts: Sequence[str], times: int) -> list[list[float]]:
        with self._breaker.watch():
            for attempt in tenacity.Retrying(
                retry=tenacity.retry_if_exception_type(ModelUnavailable),
                stop=tenacity.stop_after_attempt(times),
                wait=_pause,
                reraise=True,
            ):
                with attempt:
                    return self._asked(texts)
        raise AssertionError("every attempt ends with vectors or an error")

    def _asked(self, texts: Sequence[str]) -> list[list[float]]:
        try:
            # As numbers: not every service knows the packed form that the library asks for.
            raw = self._client.embeddings.with_raw_response.create(
                model=self._model, input=list(texts), encoding_format="float"
            )
            answer = _Answer.model_validate_json(raw.text)
        except ValidationError as error:
            raise ModelUnavailable("malformed answer", worked=True) from error
        except (OpenAIError, ValueError) as error:
            raise failure_of(error, Echoes(self._key, "\n".join(texts))) from error
        found = {one.index: one.embedding for one in answer.data}
        if sorted(found) != list(range(len(texts))):
            raise ModelUnavailable("malformed answer: not a vector for each text", worked=True)
        return [found[index] for index in range(len(texts))]


def _pause(state: tenacity.RetryCallState) -> float:
    """Seconds until the next attempt: what the server asks for, within what can be waited for."""
    error = state.outcome.exception() if state.outcome is not None else None
    asked = error.retry_after if isinstance(error, ModelUnavailable) else None
    grown: float = _PAUSE * 2 ** (state.attempt_number - 1)
    return min(max(asked or 0.0, grown), _LONGEST_PAUSE)
