"""The only place that wires adapters to ports.

Adapters are imported where they are wired, so that a command pays only for what it uses: the
database, scikit-learn and the parser each cost a good part of a second.
"""

from __future__ import annotations

import asyncio
import threading
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, nullcontext, suppress
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from commcoach.coaching.admission import Masked
from commcoach.coaching.debriefing import OutcomeJudge
from commcoach.coaching.house import House
from commcoach.coaching.keeping import Terms
from commcoach.coaching.mail import Answer, Carrier, Incoming
from commcoach.coaching.practice import Practice
from commcoach.coaching.releasing import UnknownRelease
from commcoach.coaching.scorer import Tally
from commcoach.coaching.sessions import Sessions
from commcoach.domain.library import Library
from commcoach.domain.problems import Problem
from commcoach.settings import Settings

if TYPE_CHECKING:
    from commcoach.dispatch.lanes import Lanes
    from commcoach.dispatch.postman import Postman
    from commcoach.embedded.scorer import EmbeddedScorer

RUBRICS = "rubrics"
SCENARIOS = "scenarios"

_T = TypeVar("_T")


def content_root(chosen: Path | None) -> Path:
    """The content folder in force."""
    from commcoach.content import locating

    return locating.content_root(chosen)


def content_root_of(path: Path) -> Path:
    """The content folder that a file or folder belongs to."""
    from commcoach.content import locating

    return locating.root_of(path)


def copy_content(target: Path) -> list[Path]:
    """A writable copy of the shipped content."""
    from commcoach.content import locating

    return locating.copy_content(target)


def find_problems(root: Path) -> tuple[Problem, ...]:
    """Everything that is wrong with a content folder."""
    from commcoach.content import loading

    return loading.find_problems(root)


def load_library(settings: Settings, needs: Sequence[str] = (RUBRICS, SCENARIOS)) -> Library:
    """The content in force, parsed or from the cache."""
    from commcoach.content import loading

    cache = settings.cache_dir / "content"
    return loading.load_library(content_root(settings.content), needs, cache)


def embedded_scorer(
    settings: Settings, library: Library, criteria: Sequence[str]
) -> EmbeddedScorer:
    """The embedded scorer for these criteria."""
    from commcoach.embedded.scorer import EmbeddedScorer

    return EmbeddedScorer(library, criteria, settings.cache_dir / "models")


def outcome_judge() -> OutcomeJudge:
    """Who decides the checklist items of an outcome."""
    from commcoach.embedded.outcome import CueOutcomeJudge

    return CueOutcomeJudge()


def now() -> datetime:
    """The time, in UTC."""
    return datetime.now(UTC)


@asynccontextmanager
async def open_house(settings: Settings, sole_bot: bool = False) -> AsyncIterator[House]:
    """The database, with its tables up to date; as the `sole_bot` on it, or not as a bot.

    Raises a `DatabaseUnusable`: `AnotherBotRuns` if a second bot is started.
    """
    from commcoach.store.engine import open_database
    from commcoach.store.exclusive import only_one_bot
    from commcoach.store.keeping import SqlKeeping
    from commcoach.store.mail import SqlChats, SqlInbox, SqlOutbox
    from commcoach.store.people import SqlPeople
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
                keeping=SqlKeeping(database),
                inbox=SqlInbox(database),
                outbox=SqlOutbox(database),
                chats=SqlChats(database),
            )
    finally:
        await database.aclose()


async def record_release(settings: Settings, house: House, library: Library) -> None:
    """Keep the content in force, so that sessions bound to it can always be read again."""
    from commcoach.content.releasing import release_of

    if await house.releases.get(library.release) is None:
        root = content_root(settings.content)
        release, contents = await asyncio.to_thread(release_of, library, root, now())
        await house.releases.record(release, contents)


async def library_of(settings: Settings, house: House, release: str) -> Library:
    """The content that a session is bound to; `UnknownRelease` if it was never recorded."""
    from commcoach.content import loading
    from commcoach.content.releasing import restore

    contents = await house.releases.contents(release)
    if not contents:
        raise UnknownRelease(release)
    folder = settings.cache_dir / "releases" / release
    await asyncio.to_thread(restore, contents, folder)
    return await asyncio.to_thread(
        loading.load_library, folder, (RUBRICS, SCENARIOS), settings.cache_dir / "content"
    )


class Coaches:
    """The practice use cases by release: each session goes on with the content it began with."""

    def __init__(self, settings: Settings, house: House, newest: Practice) -> None:
        self.newest = newest
        self._settings = settings
        self._house = house
        self._by_release = {newest.library.release: newest}
        self._loading = asyncio.Lock()

    async def of(self, release: str) -> Practice:
        """The practice for a session of this release; `UnknownRelease` if its content is gone."""
        async with self._loading:
            if release not in self._by_release:
                library = await library_of(self._settings, self._house, release)
                coach = wire_practice(self._settings, library, self._house.sessions)
                self._by_release[release] = replace(coach, patience=self.newest.patience)
            return self._by_release[release]


async def open_coaches(settings: Settings, house: House) -> Coaches:
    """The practice use cases on the content in force, ready to score."""
    library = await _in_background(partial(load_library, settings))
    await record_release(settings, house, library)
    coach = wire_practice(settings, library, house.sessions)
    await _in_background(coach.scorer.prepare)
    return Coaches(settings, house, replace(coach, patience=settings.score_patience))


async def _in_background(work: Callable[[], _T]) -> _T:
    """The result of work that takes seconds, and that the end of the program does not wait for."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[_T] = loop.create_future()

    def hand_over(put: Callable[[Any], None], value: object) -> None:
        def put_unless_given_up() -> None:
            if not future.done():
                put(value)

        with suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(put_unless_given_up)

    def run() -> None:
        try:
            result = work()
        except Exception as error:  # noqa: BLE001  # raised again where it is waited for
            hand_over(future.set_exception, error)
        else:
            hand_over(future.set_result, result)

    threading.Thread(target=run, daemon=True).start()
    return await future


def lanes(
    house: House,
    work: Callable[[Incoming], Awaitable[Answer]],
    apology: Callable[[Incoming], Awaitable[Answer]],
    settled: Callable[[int], None],
) -> Lanes:
    """One lane per chat, from the inbox."""
    from commcoach.dispatch.lanes import Lanes

    return Lanes(house.inbox, work, apology, settled, now)


def postman(house: House, carrier: Carrier) -> Postman:
    """Who delivers the outbox."""
    from commcoach.dispatch.postman import Postman

    return Postman(house.outbox, carrier, now)


def terms(settings: Settings) -> Terms:
    """How long things are kept."""
    return Terms(settings.keep_words_days, settings.keep_levels_days, settings.backup_days)


def mask(text: str) -> Masked:
    """A text without personal data."""
    from commcoach.masking import mask

    return mask(text)


def wire_practice(
    settings: Settings,
    library: Library,
    sessions: Sessions,
    criteria: Sequence[str] | None = None,
) -> Practice:
    """The practice use cases on the embedded engine, for some criteria or for all in use."""
    from commcoach.embedded.doorkeeper import EmbeddedDoorkeeper
    from commcoach.embedded.reader import CueReader
    from commcoach.embedded.voice import ScriptedVoice

    in_use = dict.fromkeys(id for one in library.scenarios.values() for id in one.weights)
    return Practice(
        library=library,
        sessions=sessions,
        reader=CueReader(),
        voice=ScriptedVoice(),
        scorer=embedded_scorer(settings, library, criteria or tuple(in_use)),
        judge=outcome_judge(),
        doorkeeper=EmbeddedDoorkeeper(library),
        mask=mask,
        now=now,
        new_id=lambda: uuid.uuid4().hex,
    )


def count_rows(rows_in: Path) -> int:
    """How many rows a batch has."""
    from commcoach.batch.rows import count_rows

    return count_rows(rows_in)


def holds_scores(path: Path) -> bool:
    """Whether a file is empty or was written by a batch."""
    from commcoach.batch.rows import holds_scores

    return holds_scores(path)


def score_batch(
    settings: Settings,
    library: Library,
    criteria: Sequence[str],
    rows_in: Path,
    scores_out: Path,
    jobs: int,
    advance: Callable[[int], None],
) -> Tally:
    """Score the rows of a file into a file, going on where an earlier run stopped."""
    from commcoach.batch import rows, running
    from commcoach.masking import mask

    make_scorer = partial(embedded_scorer, settings, library, tuple(criteria))
    hashes: Mapping[str, str] = library.criterion_hashes()
    job = running.Job(make_scorer, library.release, {id: hashes[id] for id in criteria})
    scorer = make_scorer()
    scorer.prepare()
    read = rows.read_rows(rows_in, tuple(criteria), library, mask)
    done = running.finished_rows(scores_out, job, scorer.engine)
    return running.run(read, job, scores_out, done, jobs, advance)
