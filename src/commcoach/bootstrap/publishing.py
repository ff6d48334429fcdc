"""Publishing content: looked at as a whole, then in force for new sessions; and calibrating it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from commcoach.bootstrap.background import in_background
from commcoach.bootstrap.content import RUBRICS, SCENARIOS, content_root
from commcoach.bootstrap.in_force import UNLOADABLE, content_in_force
from commcoach.bootstrap.keeping import library_of, now, record_release
from commcoach.bootstrap.models import Models
from commcoach.bootstrap.practising import embedded_scorer
from commcoach.bootstrap.rubric_testing import EmbeddedEngine, ModelEngine
from commcoach.coaching.calibrating import Fitting, fit_links, keep_links, to_be_fitted
from commcoach.coaching.house import House
from commcoach.coaching.publishing import Changes, Checked, Published, changes_by, publish
from commcoach.coaching.releasing import Release
from commcoach.coaching.rubric_testing import Advance, Engine, trial
from commcoach.coaching.scorer import EngineName
from commcoach.coaching.self_testing import run_self_tests
from commcoach.domain.case_scores import CaseScore, FloorVerdict, floor_verdict
from commcoach.domain.library import Library
from commcoach.domain.problems import ContentRefused
from commcoach.settings import Settings

AT_ONCE = 8
"""Replies that a model is shown side by side, at most."""


class ContentChanged(Exception):
    """The files were changed while they were read."""


class UnknownCriteria(Exception):
    """The release in force has no such criteria."""

    def __init__(self, given: Sequence[str], known: Sequence[str]) -> None:
        super().__init__(self.__doc__)
        self.given = given
        self.known = known


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants to publish: a content folder, under a name, looked at by an engine.

    With `only_look` nothing is kept.
    """

    root: Path
    by: str
    note: str = ""
    with_model: bool = False
    only_look: bool = False


@dataclass(frozen=True, slots=True)
class Watch:
    """Is told how many steps scoring the graded cases will take, and of each one done."""

    begin: Callable[[int], None] = lambda _: None
    advance: Advance = lambda _: None


QUIET = Watch()


async def publish_content(
    settings: Settings, house: House, wish: Wish, watch: Watch = QUIET
) -> Checked:
    """Look at a content folder as a whole and, if nothing stands in the way, put it in force.

    What is looked at is a copy: files that are saved meanwhile are not in it. Raises
    `ContentMissing`, `ContentChanged`, or `ModelMisconfigured` if there is no model to look with.
    """
    with TemporaryDirectory(prefix="commcoach-") as copy:
        copied = partial(_copied, settings, wish, Path(copy))
        try:
            library, release, contents = await in_background(copied)
        except ContentRefused as error:
            return Checked(problems=error.problems)
        newest = await house.publications.newest()
        if newest is not None and newest.release == release.id:
            return Checked(release.id, library=library, in_force=newest)
        own = settings.model_copy(update={"content": Path(copy)})
        found = await _looked_at(own, house, library, wish.with_model, watch)
        before = await _shipped_before(settings, house)
        otherwise = before.hashes if before is not None else {}
        changes = await changes_by(house.publishing(), release.parts, otherwise)
    checked = replace(found, changes=changes)
    if checked.refused or wish.only_look:
        return checked
    if before is not None:
        # So that it can be gone back to, and an upgrade of the program can be told from it.
        await record_release(settings, house, before, content_root(None))
    await house.releases.record(release, contents)
    if checked.engine is not None:
        at = release.recorded_at
        await keep_links(house.calibrations, release.id, checked.engine, checked.fittings, at)
    published = await publish(
        house.publishing(), release.id, wish.by, release.recorded_at, wish.note
    )
    return replace(checked, published=published)


def _copied(
    settings: Settings, wish: Wish, folder: Path
) -> tuple[Library, Release, dict[str, bytes]]:
    """The content as it is at this moment, copied into a folder and read from there."""
    from commcoach.content import loading
    from commcoach.content.releasing import release_of, restore

    cache = settings.cache_dir / "content"
    library = loading.load_library(wish.root, (RUBRICS, SCENARIOS), cache)
    release, contents = release_of(library, wish.root, now())
    restore({path: contents[digest] for path, digest in release.files.items()}, folder)
    if loading.load_library(folder, (RUBRICS, SCENARIOS), cache).release != library.release:
        raise ContentChanged
    return library, replace(release, author=wish.by, note=wish.note), contents


async def _shipped_before(settings: Settings, house: House) -> Library | None:
    """The shipped content, which is in force until something is published; `None` after that."""
    from commcoach.content import loading

    if await house.publications.newest() is not None:
        return None
    root = content_root(None)
    cache = settings.cache_dir / "content"
    try:
        return await in_background(partial(loading.load_library, root, (RUBRICS, SCENARIOS), cache))
    except UNLOADABLE:
        return None


# -- what is looked at ----------------------------------------------------------------------


async def _looked_at(
    settings: Settings, house: House, library: Library, with_model: bool, watch: Watch
) -> Checked:
    criteria = tuple(library.criteria)
    with_floor = [id for id in criteria if library.criteria[id].floor is not None]
    fitted = to_be_fitted(library, criteria)
    embedded = embedded_scorer(settings, library, criteria)
    await in_background(embedded.prepare)
    self_tests = await run_self_tests(embedded, library.criteria.values(), library.gates.values())
    async with _engine(settings, house, library, with_model) as engine:
        tested = [id for id in criteria if id in {*with_floor, *fitted}]
        scores, stopped = await _scored(settings, engine, library, tested, watch)
        name = engine.name
    floors: tuple[FloorVerdict, ...] = ()
    fittings: tuple[Fitting, ...] = ()
    # A part of the cases says nothing about how well all of them are scored.
    if not stopped:
        floors = tuple(floor_verdict(library.criteria[id], scores[id]) for id in with_floor)
        fittings = await in_background(partial(fit_links, library, criteria, scores))
    return Checked(
        release=library.release,
        engine=name,
        self_tests=self_tests,
        floors=floors,
        fittings=fittings,
        stopped=stopped,
        library=library,
    )


async def _scored(
    settings: Settings, engine: Engine, library: Library, criteria: Sequence[str], watch: Watch
) -> tuple[Mapping[str, tuple[CaseScore, ...]], str]:
    """The graded cases scored, and why that ended before its time, if it did."""
    graded = [sum(bool(case.levels_of(id)) for id in criteria) for case in library.cases]
    watch.begin(sum(graded) if engine.learns else sum(map(bool, graded)))
    local = (settings.model_provider_scorer or settings.model_provider) == "local"
    places = settings.model_parallel if local else settings.model_at_once
    at_once = 1 if engine.learns else min(AT_ONCE, places)
    done = await trial(engine, library, criteria, advance=watch.advance, at_once=at_once)
    return done.scores, done.stopped


@asynccontextmanager
async def _engine(
    settings: Settings, house: House, library: Library, with_model: bool
) -> AsyncIterator[Engine]:
    """An engine to test; the prompts of a model are those of the settings' content folder."""
    if not with_model:
        yield EmbeddedEngine(library)
        return
    models = Models(settings, house.calls)
    try:
        embedded = embedded_scorer(settings, library, tuple(library.criteria))
        await in_background(embedded.prepare)
        yield ModelEngine(models.careful_scorer(embedded, library, samples=1))
    finally:
        await models.aclose()


# -- what is in force already ---------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Calibrated:
    """The links that were fitted for the release in force; none are kept if it was `stopped`."""

    library: Library
    engine: EngineName
    fittings: tuple[Fitting, ...]
    stopped: str = ""


async def calibrate_in_force(
    settings: Settings,
    house: House,
    criteria: Sequence[str] | None,
    with_model: bool,
    watch: Watch = QUIET,
) -> Calibrated:
    """Fit the links of some criteria, or of all, for the release in force, and keep them.

    Raises `UnknownCriteria`, or `ModelMisconfigured` if there is no model to fit them for.
    """
    in_force = await content_in_force(settings, house)
    library = in_force.library
    chosen = tuple(criteria or library.criteria)
    unknown = [id for id in chosen if id not in library.criteria]
    if unknown:
        raise UnknownCriteria(unknown, tuple(library.criteria))
    own = settings.model_copy(update={"content": in_force.root})
    async with _engine(own, house, library, with_model) as engine:
        fitted = to_be_fitted(library, chosen)
        scores, stopped = await _scored(own, engine, library, fitted, watch)
        name = engine.name
    if stopped:
        return Calibrated(library, name, (), stopped)
    fittings = await in_background(partial(fit_links, library, chosen, scores))
    await keep_links(house.calibrations, library.release, name, fittings, now())
    return Calibrated(library, name, fittings)


async def roll_back(
    settings: Settings, house: House, release: str, by: str, note: str
) -> tuple[Published, Changes]:
    """Put an older release in force anew, and what that changes.

    Raises `UnknownRelease`, or `ContentRefused` if this version of the program cannot read it.
    """
    await library_of(settings, house, release)
    kept = await house.releases.get(release)
    parts = kept.parts if kept is not None else {}
    changes = await changes_by(house.publishing(), parts, {})
    done = await publish(house.publishing(), release, by, now(), note, rolled_back=True)
    return done, changes if done.anew else Changes()
