"""Answers that arrive piece by piece and still tell at their end what they took."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable

from commcoach.coaching.language_model import Answered, Ask

_PIECE = 4


class AnswerStream:
    """The pieces of an answer; `answered` is the whole of it, once all have come.

    Made of a generator that gives the pieces and then, as its last, the `Answered`.
    """

    def __init__(self, pieces: AsyncGenerator[str | Answered, None]) -> None:
        self.answered: Answered | None = None
        self._pieces = pieces

    def __aiter__(self) -> AnswerStream:
        return self

    async def __anext__(self) -> str:
        piece = await anext(self._pieces)
        while isinstance(piece, Answered):
            self.answered = piece
            piece = await anext(self._pieces)
        return piece

    async def aclose(self) -> None:
        """Hear no more of it."""
        await self._pieces.aclose()


async def in_pieces(
    answer: Callable[[Ask], Awaitable[Answered]], ask: Ask
) -> AsyncGenerator[str | Answered, None]:
    """A whole answer as a stream would bring it, in pieces of 4 characters."""
    answered = await answer(ask)
    for begin in range(0, len(answered.text), _PIECE):
        yield answered.text[begin : begin + _PIECE]
    yield answered
