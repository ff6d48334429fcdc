"""What is kept: the database behind its ports, and the releases in it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from commcoach.bootstrap.content import RUBRICS, SCENARIOS, content_root
from commcoach.coaching.house import House
from commcoach.coaching.keeping import Terms
from commcoach.coaching.releasing import TRIED, UnknownRelease
from commcoach.domain.library import Library
from commcoach.settings import Settings


def now() -> datetime:
    """The time, in UTC."""
    return datetime.now(UTC)


def has_database(settings: Settings) -> bool:
    """Whether there is a database already; opening one makes it."""
    return bool(settings.database_url) or (settings.data_dir / "commcoach.db").is_file()


@asynccontextmanager
async def open_house(settings: Settings, sole_bot: bool = False) -> AsyncIterator[House]:
    """The database, with its tables up to date; as the `sole_bot` on it, or not as a bot.

    Raises a `DatabaseUnusable`: `AnotherBotRuns` if a second bot is started.
    """
    from commcoach.store.calibrations import SqlCalibrations
    from commcoach.store.engine import open_database
    from commcoach.store.exclusive import only_one_bot
    from commcoach.store.keeping import SqlKeeping
    from commcoach.store.mail import SqlChats, SqlInbox, SqlOutbox
    from commcoach.store.people import SqlPeople
    from commcoach.store.publications import SqlPublications
    from commcoach.store.records import SqlAudit, SqlModelCalls
    from commcoach.store.releases import SqlReleases
    from commcoach.store.reviews import SqlReviews
    from commcoach.store.sessions import SqlSessions

    database = await open_database(settings.database())
    try:
        async with only_one_bot(database) if sole_bot else nullcontext():
            yield House(
                place=database.place,
                now=now,
                sessions=SqlSessions(database),
                people=SqlPeople(database),
                reviews=SqlReviews(database),
                audit=SqlAudit(database),
                calls=SqlModelCalls(database),
                releases=SqlReleases(database),
                publications=SqlPublications(database),
                calibrations=SqlCalibrations(database),
                keeping=SqlKeeping(database),
                inbox=SqlInbox(database),
                outbox=SqlOutbox(database),
                chats=SqlChats(database),
            )
    finally:
        await database.aclose()


async def record_release(
    settings: Settings, house: House, library: Library, root: Path | None = None, author: str = ""
) -> None:
    """Keep a library, so that sessions bound to it can always be read again.

    `root` is the folder it was read from, if not that of the settings.
    """
    from commcoach.content.releasing import release_of

    known = await house.releases.get(library.release)
    if known is None or (known.author == TRIED != author):
        folder = root or content_root(settings.content)
        release, contents = await asyncio.to_thread(release_of, library, folder, now())
        await house.releases.record(replace(release, author=author), contents)


def release_folder(settings: Settings, release: str) -> Path:
    """Where the content of a release is put together again."""
    return settings.cache_dir / "releases" / release


async def library_of(settings: Settings, house: House, release: str) -> Library:
    """The content that a session is bound to.

    Raises `UnknownRelease` if it was never recorded, `ReleaseChanged` if what can be had is not
    what was recorded, `OSError` if it cannot be put together.
    """
    from commcoach.content import loading
    from commcoach.content.releasing import check_contents, check_restored, restore

    manifest = await house.releases.get(release)
    contents = await house.releases.contents(release)
    if manifest is None or not contents:
        raise UnknownRelease(release)
    await asyncio.to_thread(check_contents, manifest, contents)
    folder = release_folder(settings, release)
    await asyncio.to_thread(restore, contents, folder)
    library = await asyncio.to_thread(
        loading.load_library, folder, (RUBRICS, SCENARIOS), settings.cache_dir / "content"
    )
    # Another version of the program may give the same files another name; that is no change.
    if library.release != release:
        await asyncio.to_thread(check_restored, manifest, folder)
    return library


def terms(settings: Settings) -> Terms:
    """How long things are kept."""
    return Terms(settings.keep_words_days, settings.keep_levels_days, settings.backup_days)
