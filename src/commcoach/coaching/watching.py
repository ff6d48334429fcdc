"""Seeing how a model does with a piece of work, beyond what comes of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from commcoach.coaching.language_model import (
    Answered,
    AnswerUnusable,
    Ask,
    LanguageModel,
    ModelFailed,
)


@dataclass(slots=True)
class Seen:
    """How often a model was asked for each job, how often it answered, and how it failed.

    What is spoken in pieces counts as asked for alone.
    """

    asks: Counter[str] = field(default_factory=Counter)
    answers: int = 0
    failures: list[ModelFailed] = field(default_factory=list)


_watching: ContextVar[Seen | None] = ContextVar("watching", default=None)


@contextmanager
def watching() -> Iterator[Seen]:
    """What is seen of watched models inside, in tasks begun there too."""
    seen = Seen()
    token = _watching.set(seen)
    try:
        yield seen
    finally:
        _watching.reset(token)


class WatchedModel:
    """A model that can be watched."""

    def __init__(self, model: LanguageModel) -> None:
        self._model = model

    @property
    def provider(self) -> str:
        """The name of the model's provider."""
        return self._model.provider

    @property
    def name(self) -> str:
        """The name of the model."""
        return self._model.name

    async def ask(self, ask: Ask) -> Answered:
        """One answer."""
        seen = _watching.get() or Seen()
        seen.asks[ask.job] += 1
        try:
            answered = await self._model.ask(ask)
        except ModelFailed as failure:
            # Words that cannot be used are an answer all the same.
            seen.answers += isinstance(failure, AnswerUnusable)
            seen.failures.append(failure)
            raise
        seen.answers += 1
        return answered

    def stream(self, ask: Ask) -> AsyncIterator[str]:
        """The answer piece by piece."""
        if (seen := _watching.get()) is not None:
            seen.asks[ask.job] += 1
        return self._model.stream(ask)

    async def aclose(self) -> None:
        """Give back what the model holds."""
        await self._model.aclose()
