"""Learning many criteria ahead of a batch, in two processes."""

from __future__ import annotations

import gc
import os
from collections.abc import Sequence
from concurrent.futures import BrokenExecutor
from contextlib import suppress
from pathlib import Path

from commcoach.domain.library import Library
from commcoach.settings import Settings
from commcoach.worker_processes import worker_processes

_AT_ONCE = 2
_FEWEST = 8
"""Criteria to learn from which on this is sooner, though each process imports the libraries."""


def learned_models(settings: Settings) -> Path:
    """The folder in which the embedded scorer keeps what it has learned; may be deleted."""
    return settings.cache_dir / "models"


def learn_ahead(settings: Settings, library: Library, criteria: Sequence[str]) -> None:
    """Put into the cache what the embedded scorer would else learn one after another.

    For commands that have no threads yet. With sentence embeddings, on one core, and where few
    are left to learn or processes cannot be had, nothing is done: the scorer learns by itself.
    """
    from commcoach.embedded.models import is_kept

    if settings.embeddings_provider != "none" or (os.cpu_count() or 1) < _AT_ONCE:
        return
    cache = learned_models(settings)
    missing = [id for id in criteria if not is_kept(library.criteria[id], library, cache)]
    if len(missing) < _FEWEST:
        return
    # Neighbours stay together: criteria of a module are graded in the same cases.
    half = (len(missing) + 1) // _AT_ONCE
    with (
        suppress(BrokenExecutor, OSError),
        worker_processes(_AT_ONCE, _begin, library, cache) as pool,
    ):
        list(pool.map(_learn, (missing[:half], missing[half:])))


_held: tuple[Library, Path] | None = None


def _begin(library: Library, cache: Path) -> None:
    global _held  # noqa: PLW0603  # a worker process holds the library for all its criteria
    _held = library, cache
    # It lives for seconds: to look for garbage would take a tenth of them.
    gc.disable()


def _learn(criteria: Sequence[str]) -> None:
    from commcoach.embedded.models import model_for
    from commcoach.embedded.training import Looks

    if _held is None:
        raise RuntimeError("a worker process was not begun")
    library, cache = _held
    looks = Looks(library.moves)
    for id in criteria:
        model_for(library.criteria[id], library, cache, looks=looks)
