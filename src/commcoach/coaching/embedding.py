"""What a model that turns sentences into vectors must be able to do, and how it may fail."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Protocol

WITHOUT_EMBEDDINGS = "embeddings"
"""Stands in a scorecard's `stand_in` where the embedding model gave no vectors for a reply."""


class EmbeddingFailed(Exception):
    """The embedding model gave no vectors.

    `said` are the particulars, without a word of the texts; `reason` names the kind of failure.
    """

    reason: ClassVar[str] = WITHOUT_EMBEDDINGS

    def __init__(self, said: str = "") -> None:
        super().__init__((self.__doc__ or "").partition("\n")[0])
        self.said = said


class Embedder(Protocol):
    """Sentences as points in a space where those of like meaning are near each other."""

    @property
    def name(self) -> str:
        """Provider and model; what was learned from vectors of one name is of no use to another."""
        ...

    def embed(self, texts: Sequence[str], *, keep: bool = False) -> Sequence[Sequence[float]]:
        """A vector of length 1 for each text, all of one dimension; blocks while it works.

        `keep` says that the texts are content, of which vectors may be kept on disk; of what
        learners write none ever is. Raises `EmbeddingFailed` for all texts together: there are no
        vectors of only some.
        """
        ...
