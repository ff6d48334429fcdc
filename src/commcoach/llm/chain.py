"""Several models in place of one: the next is asked when one fails."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Sequence

import structlog

from commcoach.coaching.language_model import (
    Answered,
    Ask,
    LanguageModel,
    ModelFailed,
    ModelMisconfigured,
)
from commcoach.llm.streams import AnswerStream

_log = structlog.get_logger(__name__)


class ChainModel:
    """Asks the first model, if it fails the second, and so on; the last one's failure is raised.

    A stream changes over only before its first piece: nobody hears two beginnings.
    """

    def __init__(self, models: Sequence[LanguageModel]) -> None:
        if not models:
            raise ModelMisconfigured("no model is chosen")
        self._models = tuple(models)

    @property
    def provider(self) -> str:
        """The provider of the first model."""
        return self._models[0].provider

    @property
    def name(self) -> str:
        """The name of the first model."""
        return self._models[0].name

    async def ask(self, ask: Ask) -> Answered:
        """The answer of the first model that gives one."""
        *others, last = self._models
        for model in others:
            try:
                return await model.ask(ask)
            except ModelFailed as failure:
                _note(model, ask, failure)
        return await last.ask(ask)

    def stream(self, ask: Ask) -> AsyncIterator[str]:
        """The pieces of the first model that gives one."""
        return AnswerStream(self._pieces(ask))

    async def aclose(self) -> None:
        """Give back what the models hold."""
        for model in self._models:
            await model.aclose()

    async def _pieces(self, ask: Ask) -> AsyncGenerator[str | Answered, None]:
        for model in self._models:
            stream = model.stream(ask)
            begun = False
            try:
                async for piece in stream:
                    begun = True
                    yield piece
            except ModelFailed as failure:
                if begun or model is self._models[-1]:
                    raise
                _note(model, ask, failure)
                continue
            finally:
                if isinstance(stream, AnswerStream):
                    await stream.aclose()
            if isinstance(stream, AnswerStream) and stream.answered is not None:
                yield stream.answered
            return


def _note(model: LanguageModel, ask: Ask, failure: ModelFailed) -> None:
    _log.warning(
        "next_model",
        failed=f"{model.provider}:{model.name}",
        job=ask.job,
        failure=type(failure).__name__,
        said=failure.said,
    )
