"""Several models in place of one: the next is asked when one fails."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator, Sequence
from dataclasses import replace

import structlog

from commcoach.coaching.language_model import (
    Answered,
    Ask,
    BudgetSpent,
    LanguageModel,
    ModelFailed,
    ModelMisconfigured,
    ModelUnavailable,
)
from commcoach.llm.streams import AnswerStream

_log = structlog.get_logger(__name__)


class ChainModel:
    """Asks the first model, if it fails the second, and so on; the last one's failure is raised.

    The patience of an ask is shared: of two models the first has half of it, the second what is
    left. A stream changes over only before its first piece, nobody hears two beginnings; once it
    has begun it has all the time that is left. A spent budget is spent for all. `clock` gives
    seconds.
    """

    def __init__(
        self, models: Sequence[LanguageModel], clock: Callable[[], float] = time.monotonic
    ) -> None:
        if not models:
            raise ModelMisconfigured("no model is chosen")
        self._models = tuple(models)
        self._clock = clock

    @property
    def provider(self) -> str:
        """The provider of the first model."""
        return self._models[0].provider

    @property
    def name(self) -> str:
        """The name of the first model."""
        return self._models[0].name

    async def ask(self, ask: Ask) -> Answered:
        """The answer of the first model that gives one; `by` names it if it is another."""
        for model, _, part in self._turns(ask):
            try:
                answered = await model.ask(replace(ask, patience=part))
            except BudgetSpent:
                raise
            except ModelFailed as failure:
                if model is self._models[-1]:
                    raise
                _note(model, ask, failure)
                continue
            return self._signed(answered, model)
        raise AssertionError("the last model answers or raises")

    def stream(self, ask: Ask) -> AsyncIterator[str]:
        """The pieces of the first model that gives one."""
        return AnswerStream(self._pieces(ask))

    async def aclose(self) -> None:
        """Give back what the models hold."""
        for model in self._models:
            await model.aclose()

    async def _pieces(self, ask: Ask) -> AsyncGenerator[str | Answered, None]:
        for model, left, part in self._turns(ask):
            stream = model.stream(replace(ask, patience=left))
            begun = False
            try:
                piece = await _first(stream, part)
                while piece is not None:
                    begun = True
                    yield piece
                    piece = await anext(stream, None)
            except BudgetSpent:
                raise
            except ModelFailed as failure:
                if begun or model is self._models[-1]:
                    raise
                _note(model, ask, failure)
                continue
            finally:
                if isinstance(stream, AnswerStream):
                    await stream.aclose()
            if isinstance(stream, AnswerStream) and stream.answered is not None:
                yield self._signed(stream.answered, model)
            return

    def _turns(self, ask: Ask) -> Iterator[tuple[LanguageModel, float | None, float | None]]:
        """Each model, the seconds left when it is asked, and its part of them."""
        began = self._clock()
        for number, model in enumerate(self._models):
            left = None
            if ask.patience is not None:
                left = max(ask.patience - (self._clock() - began), 0.0)
            yield model, left, None if left is None else left / (len(self._models) - number)

    def _signed(self, answered: Answered, model: LanguageModel) -> Answered:
        return answered if model is self._models[0] else replace(answered, by=model.name)


async def _first(stream: AsyncIterator[str], within: float | None) -> str | None:
    try:
        async with asyncio.timeout(within):
            return await anext(stream, None)
    except TimeoutError:
        raise ModelUnavailable("no word in time", worked=True) from None


def _note(model: LanguageModel, ask: Ask, failure: ModelFailed) -> None:
    _log.warning(
        "next_model",
        failed=f"{model.provider}:{model.name}",
        job=ask.job,
        failure=type(failure).__name__,
        status=failure.status,
    )
