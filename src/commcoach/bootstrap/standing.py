"""How content at hand stands beside what is published, for the engine that the settings name."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Protocol

import structlog

from commcoach.bootstrap.in_force import UNLOADABLE
from commcoach.bootstrap.keeping import has_database, library_of, open_house, release_folder
from commcoach.bootstrap.models import Models
from commcoach.bootstrap.practising import embedded_scorer
from commcoach.coaching.house import House
from commcoach.coaching.language_model import ModelFailed
from commcoach.coaching.publishing import Publication
from commcoach.coaching.standing import (
    UNPUBLISHED,
    ContentStanding,
    beside_published,
    calibrated_criteria,
)
from commcoach.coaching.storage import DatabaseUnusable
from commcoach.domain.library import Library
from commcoach.domain.score import EngineName
from commcoach.settings import Settings

log = structlog.get_logger()

Naming = Callable[[House, Path], Awaitable[EngineName]]
"""Says who scores, by the folder of what is in force; raises what opening a model raises."""


class Version(Protocol):
    """One version of the content, and the folder it was read from."""

    @property
    def library(self) -> Library:
        """The content."""
        ...

    @property
    def root(self) -> Path:
        """The folder."""
        ...


def scorer_named(
    settings: Settings, library: Library, models: Models, root: Path | None = None
) -> EngineName:
    """Who scores by the settings, with the prompts of a folder; no model is opened for it."""
    return models.scorer_name(embedded_scorer(settings, library, ()).engine, root)


async def standing_of_content(settings: Settings, library: Library) -> ContentStanding:
    """How the criteria of a library stand beside those in force.

    Calibrated are those that are so for whoever scores in practice, on the release in force.
    """

    async def in_practice(house: House, root: Path) -> EngineName:
        models = Models(settings, house.calls)
        try:
            # A model is known by its prompts too: those of the release, as practice has them.
            return scorer_named(settings, library, models, root)
        finally:
            await models.aclose()

    return await _beside(settings, library, in_practice)


async def standing_of_trial(
    settings: Settings, library: Library, engine: EngineName
) -> ContentStanding:
    """The same for levels that an engine gave by this very library.

    Who has other graded cases to learn from is another scorer: of that nothing is known.
    """

    async def tried(_house: House, _root: Path) -> EngineName:
        return engine

    return await _beside(settings, library, tried, with_cases=True)


async def standing_of_version(
    settings: Settings, version: Version, with_model: bool
) -> ContentStanding:
    """The same for what the embedded engine or the model would give by a version."""

    async def named(house: House, _root: Path) -> EngineName:
        if not with_model:
            return embedded_scorer(settings, version.library, ()).engine
        models = Models(settings, house.calls)
        try:
            return scorer_named(settings, version.library, models, version.root)
        finally:
            await models.aclose()

    return await _beside(settings, version.library, named, with_cases=True)


async def _beside(
    settings: Settings, library: Library, named: Naming, with_cases: bool = False
) -> ContentStanding:
    """Nothing is calibrated without a database; one that cannot be used is logged."""
    if not has_database(settings):
        return UNPUBLISHED
    try:
        async with open_house(settings) as house:
            newest = await house.publications.newest()
            release = await house.releases.get(newest.release) if newest is not None else None
            if newest is None or release is None:
                return UNPUBLISHED
            in_force = await _in_force(settings, house, newest.release)
            if in_force is None:
                return beside_published(library.hashes, newest, release.parts, {}, with_cases)
            cases = await _calibrated(settings, house, newest, in_force.release, named)
            return beside_published(library.hashes, newest, in_force.hashes, cases, with_cases)
    except DatabaseUnusable as error:
        log.warning("verdicts_not_read", reason=type(error).__name__)
        return ContentStanding(is_known=False)


async def _in_force(settings: Settings, house: House, release: str) -> Library | None:
    """What is published, by the names and hashes of this version of the program.

    Another version may have given it others; verdicts are kept, and sessions bound, by these.
    """
    try:
        return await library_of(settings, house, release)
    except UNLOADABLE as error:
        log.warning("published_not_read", release=release, reason=type(error).__name__)
        return None


async def _calibrated(
    settings: Settings, house: House, newest: Publication, release: str, named: Naming
) -> dict[str, int]:
    try:
        engine = await named(house, release_folder(settings, newest.release))
    except (ModelFailed, *UNLOADABLE) as error:
        log.warning("scorer_not_named", reason=type(error).__name__)
        return {}
    return await calibrated_criteria(house.calibrations, release, engine)
