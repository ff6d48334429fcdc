"""Testing a rubric with the engines there are: the embedded one, and models."""

from __future__ import annotations

import asyncio
import os
from collections.abc import MutableSequence, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from multiprocessing.sharedctypes import RawArray

from commcoach.bootstrap.background import in_background
from commcoach.bootstrap.embedding import embedder
from commcoach.bootstrap.keeping import now, open_house
from commcoach.bootstrap.models import Models
from commcoach.bootstrap.practising import embedded_scorer
from commcoach.coaching.embedding import Embedder
from commcoach.coaching.rubric_testing import (
    FOLDS,
    Advance,
    EngineReport,
    Trial,
    Twins,
    bill_of,
    joined,
    reported,
    trial,
)
from commcoach.coaching.scorer import Scorer
from commcoach.domain.library import Library
from commcoach.domain.score import EngineName
from commcoach.settings import Settings
from commcoach.worker_processes import worker_processes

MODEL_TWINS = Twins(40)
"""A model is paid by the call: it is shown the twins of these many replies."""
_AT_ONCE = 8
"""Replies that a model is shown side by side."""
_LOOK_EVERY = 0.2
"""Seconds between two looks at how far the worker processes are."""


class EmbeddedEngine:
    """The embedded engine, fitted anew on every library; nothing of it is kept on disk.

    With the embeddings that are set, if there are any: what is measured is what will score.
    `EmbeddingFailed` where they are lacking, as half of the cases without them would be no measure.
    """

    learns = True

    def __init__(self, library: Library, embed: Embedder | None = None) -> None:
        from commcoach.embedded.scorer import EmbeddedScorer

        self._embed = embed
        self.name: EngineName = EmbeddedScorer(library, (), embed=embed).engine

    async def scorer(self, library: Library) -> Scorer:
        """A scorer for the criteria of this library."""
        from commcoach.embedded.scorer import EmbeddedScorer

        scorer = EmbeddedScorer(library, tuple(library.criteria), embed=self._embed)
        await in_background(scorer.prepare)
        return scorer


@dataclass(frozen=True, slots=True)
class ModelEngine:
    """A model, which learns from nothing: its prompt shows anchors and boundaries alone."""

    prompted: Scorer
    learns: bool = False

    @property
    def name(self) -> EngineName:
        """The model."""
        return self.prompted.engine

    async def scorer(self, library: Library) -> Scorer:
        """The same for every library: what it is asked is the library's that it was made with."""
        del library
        return self.prompted


async def try_embedded(
    settings: Settings, library: Library, criteria: Sequence[str], advance: Advance
) -> EngineReport:
    """How the embedded engine does by cross-validation, in as many processes as there are cores."""
    graded = {id: sum(bool(case.levels_of(id)) for case in library.cases) for id in criteria}
    cores = min(len(criteria), os.cpu_count() or 1)
    # The largest first, so that no core is left with it at the end.
    order = sorted(criteria, key=lambda id: -graded[id])
    loop = asyncio.get_running_loop()
    found: dict[str, EngineReport] = {}
    made, told = RawArray("i", len(order)), 0

    def tell() -> None:
        nonlocal told
        number = sum(made)
        advance(number - told)
        told = number

    async def tell_again_and_again() -> None:
        while True:
            await asyncio.sleep(_LOOK_EVERY)
            tell()

    async def one(pool: ProcessPoolExecutor, place: int, id: str) -> None:
        found[id] = await loop.run_in_executor(pool, _try_one, place, id)

    with worker_processes(cores, _begin, settings, library, made) as pool:
        telling = asyncio.create_task(tell_again_and_again())
        try:
            await asyncio.gather(*(one(pool, place, id) for place, id in enumerate(order)))
        finally:
            telling.cancel()
    tell()
    return EngineReport(
        joined([found[id].trial for id in criteria]),
        {id: found[id].reports[id] for id in criteria},
    )


async def try_model(
    settings: Settings, library: Library, criteria: Sequence[str], advance: Advance
) -> EngineReport:
    """How the model that is set for scoring does, with what it took.

    Raises `ModelMisconfigured` if no model is set, or one that cannot be opened.
    """
    async with open_house(settings) as house:
        models = Models(settings, house.calls)
        try:
            embedded = embedded_scorer(settings, library, criteria)
            await in_background(embedded.prepare)
            engine = ModelEngine(models.careful_scorer(embedded, library, samples=1))
            began = now()
            done = await trial(
                engine,
                library,
                criteria,
                FOLDS,
                advance,
                at_once=model_at_once(settings),
                twins=MODEL_TWINS,
            )
        finally:
            await models.aclose()
        done = replace(done, bill=bill_of(await house.calls.since(began)))
        return await in_background(lambda: reported(done, library))


def with_model(settings: Settings, name: str) -> Settings:
    """The settings with another model for scoring, at the same provider."""
    return settings.model_copy(update={"model_scorer": name})


_held: tuple[Settings, Library, MutableSequence[int]] | None = None


def _begin(settings: Settings, library: Library, made: MutableSequence[int]) -> None:
    global _held  # noqa: PLW0603  # a worker process holds the library for all its criteria
    _held = settings, library, made


def _try_one(place: int, criterion: str) -> EngineReport:
    """Test one criterion; the number of scores made so far is kept at its place."""
    if _held is None:
        raise RuntimeError("the worker was not started")
    settings, library, made = _held

    def advance(number: int) -> None:
        made[place] += number  # nobody else writes there, so that it takes no lock

    engine = EmbeddedEngine(library, embedder(settings))
    done: Trial = asyncio.run(trial(engine, library, (criterion,), advance=advance, twins=Twins()))
    return reported(done, library)


def model_at_once(settings: Settings) -> int:
    """No more than the model takes: what waits for its turn would run out of time."""
    local = (settings.model_provider_scorer or settings.model_provider) == "local"
    return min(_AT_ONCE, settings.model_parallel if local else settings.model_at_once)
