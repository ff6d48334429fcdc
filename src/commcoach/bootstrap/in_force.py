"""Which content is in force: the newest publication, and before the first one the folder."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path

import structlog

from commcoach.bootstrap.background import in_background
from commcoach.bootstrap.content import content_root, load_library
from commcoach.bootstrap.keeping import (
    has_database,
    library_of,
    open_house,
    record_release,
    release_folder,
)
from commcoach.coaching.calibrating import links_for
from commcoach.coaching.house import House
from commcoach.coaching.publishing import Publication
from commcoach.coaching.releasing import TRIED, UnknownRelease
from commcoach.coaching.storage import DatabaseUnusable
from commcoach.domain.library import Library
from commcoach.domain.linking import Link
from commcoach.domain.problems import ContentMissing, ContentRefused
from commcoach.domain.score import EngineName
from commcoach.settings import Settings

log = structlog.get_logger()

UNLOADABLE = (ContentMissing, ContentRefused, UnknownRelease, OSError, LookupError, ValueError)
"""What comes of a release that this version of the program cannot work with."""


@dataclass(frozen=True, slots=True)
class InForce:
    """The content for new sessions, and the folder it was read from.

    `publication` is `None` if nothing was published, or a folder was named. `unpublished` is the
    folder whose content has never been in force, as after an upgrade of the program.
    """

    library: Library
    root: Path
    publication: Publication | None = None
    unpublished: Path | None = None


async def content_in_force(
    settings: Settings, house: House, pinned: bool = False, tried: bool = False
) -> InForce:
    """The content for new sessions, recorded so that they can always be read again.

    A release that cannot be loaded is logged, and the one before it takes its place. With `pinned`
    it is the content folder of the settings, whatever is published; if one person alone practises
    on it, it is only `tried`: in force for nobody else, and nothing to go back to.
    """
    published = [] if pinned else await house.publications.all()
    refused = set()
    for publication in published:
        if publication.release in refused:
            continue
        try:
            library = await published_library(settings, house, publication)
        except UNLOADABLE as error:
            log_unloadable(publication, error)
            refused.add(publication.release)
            continue
        root = release_folder(settings, publication.release)
        return InForce(library, root, publication, await _unpublished(settings, house))
    library = await in_background(partial(load_library, settings))
    await record_release(settings, house, library, author=TRIED if tried else "")
    return InForce(library, content_root(settings.content))


async def published_library(settings: Settings, house: House, publication: Publication) -> Library:
    """The content of a publication; one of `UNLOADABLE` if it cannot be had."""
    library = await library_of(settings, house, publication.release)
    # Another version of the program may give the same content another name.
    root = release_folder(settings, publication.release)
    await record_release(settings, house, library, root)
    return library


async def links_kept(settings: Settings, release: str, engine: EngineName) -> dict[str, Link]:
    """The calibration links for an engine on a release, if a database is there to hold any.

    Scoring does without it: a database that cannot be used is logged.
    """
    if not has_database(settings):
        return {}
    try:
        async with open_house(settings) as house:
            return await links_for(house.calibrations, release, engine)
    except DatabaseUnusable as error:
        log.warning("links_not_read", reason=type(error).__name__)
        return {}


def log_unloadable(publication: Publication, error: Exception) -> None:
    """Write down that a release is not taken over, and why."""
    problems = error.problems if isinstance(error, ContentRefused) else ()
    log.error(
        "release_not_loaded",
        release=publication.release,
        by=publication.by,
        reason=type(error).__name__,
        problems=[f"{one.path}:{one.line} {one.code}" for one in problems[:5]],
    )


async def _unpublished(settings: Settings, house: House) -> Path | None:
    """The content folder of the settings, if what it holds was never in force."""
    try:
        library = await in_background(partial(load_library, settings))
    except UNLOADABLE:
        return None
    known = await house.releases.get(library.release)
    is_known = known is not None and known.author != TRIED
    return None if is_known else content_root(settings.content)
