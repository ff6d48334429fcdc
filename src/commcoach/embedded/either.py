"""The embedded scorer with an embedding model, and without it where that gives no vectors."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import replace

from commcoach.coaching.embedding import WITHOUT_EMBEDDINGS, EmbeddingFailed
from commcoach.coaching.scorer import ScoringTask
from commcoach.domain.score import EngineName, Scorecard
from commcoach.embedded.scorer import EmbeddedScorer


class EitherScorer:
    """Scores a reply by what was learned with vectors, or the whole of it by what was without.

    Its scorecard says when it was the latter. Where there were no vectors to learn from, that is
    always so, and `engine` is the one without them.
    """

    def __init__(self, with_vectors: EmbeddedScorer, without: EmbeddedScorer) -> None:
        self._with: EmbeddedScorer | None = with_vectors
        self._without = without

    def prepare(self) -> None:
        """Learn all criteria both ways now."""
        self._without.prepare()
        if self._with is not None:
            try:
                self._with.prepare()
            except EmbeddingFailed:
                self._with = None

    @property
    def engine(self) -> EngineName:
        """The engine with embeddings, as long as it could be learned."""
        return (self._with or self._without).engine

    async def score(self, task: ScoringTask) -> Scorecard:
        """The scorecard of one reply; others are not kept waiting for its vectors."""
        return await asyncio.to_thread(self.score_now, task)

    def score_now(self, task: ScoringTask) -> Scorecard:
        """The same without an event loop, for batches."""
        if self._with is not None:
            with suppress(EmbeddingFailed):
                return replace(self._with.score_now(task), by=self._with.engine)
        card = self._without.score_now(task)
        return replace(card, stand_in=WITHOUT_EMBEDDINGS, by=self._without.engine)
