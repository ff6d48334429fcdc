"""Publishing content: looked at as a whole, then in force for new sessions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from commcoach.bootstrap.background import in_background
from commcoach.bootstrap.calibrating import QUIET, Examined, Watch, examination, examined
from commcoach.bootstrap.content import RUBRICS, SCENARIOS, content_root
from commcoach.bootstrap.in_force import UNLOADABLE
from commcoach.bootstrap.keeping import library_of, now, record_release
from commcoach.bootstrap.practising import embedded_scorer
from commcoach.coaching.calibrating import Examination
from commcoach.coaching.checking import Checked
from commcoach.coaching.house import House
from commcoach.coaching.losses import losses_by
from commcoach.coaching.publishing import (
    Changes,
    Publication,
    Published,
    changes_by,
    history,
    number_after,
    publish,
)
from commcoach.coaching.releasing import Release
from commcoach.coaching.self_testing import run_self_tests
from commcoach.coaching.trust_lost import trust_lost
from commcoach.domain.library import Library
from commcoach.domain.problems import ContentRefused
from commcoach.settings import Settings


class ContentChanged(Exception):
    """The files were changed while they were read."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants to publish: a content folder, under a name, looked at by an engine.

    Attributes:
        remove: Whether criteria, gates, scenarios and cases in force that are not in the folder
            may go, and floors, graded cases and blind grades of those that stay.
        undo: Whether later changes that are not in the folder may be undone.
        only_look: Nothing is kept, and nobody is asked whether something may go.
    """

    root: Path
    by: str
    note: str = ""
    with_model: bool = False
    remove: bool = False
    undo: bool = False
    only_look: bool = False


async def publish_content(
    settings: Settings, house: House, wish: Wish, watch: Watch = QUIET
) -> Checked:
    """Look at a content folder as a whole and, if nothing stands in the way, put it in force.

    What is looked at is a copy: files that are saved meanwhile are not in it. What somebody else
    puts in force meanwhile stays in force. Raises `ContentMissing`, `ContentChanged`, or
    `ModelMisconfigured` if there is no model to look with.
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
        before = await _before(settings, house, newest)
        checked = await _compared(house, wish, watch, release, library, before)
        if checked.declined:
            return checked
        own = settings.model_copy(update={"content": Path(copy)})
        # A model is not paid for what is refused anyway; whoever only looks wants to see it all.
        unpaid = wish.with_model and bool(checked.losses) and not wish.only_look
        checked = await _self_tested(own, replace(checked, unpaid=unpaid), library)
        if unpaid:
            return checked
        checked, found = await _looked_at(own, house, checked, library, wish.with_model, watch)
    if checked.refused or wish.only_look:
        return checked
    if newest is None and before is not None:
        # So that it can be gone back to, and an upgrade of the program can be told from it.
        await record_release(settings, house, before, content_root(None))
    await house.releases.record(release, contents)
    kept = examination(release.id, found, wish.by)
    publication = Publication(number_after(newest), release.id, now(), wish.by, wish.note)
    if await house.publications.add(publication, kept):
        return replace(checked, published=publication)
    return await _overtaken(house, checked, kept)


async def _overtaken(house: House, checked: Checked, kept: Examination) -> Checked:
    """Somebody else published meanwhile: perhaps the very same."""
    newest = await house.publications.newest()
    if newest is not None and newest.release == checked.release:
        await house.calibrations.add(kept)  # it is about what is in force, whoever put it there
        return replace(checked, in_force=newest)
    told = await history(house.publishing())
    return replace(checked, overtaken=told[0])


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


async def _before(settings: Settings, house: House, newest: Publication | None) -> Library | None:
    """What is in force: the newest publication, before the first one the shipped content.

    `None` if it cannot be read.
    """
    from commcoach.content import loading

    cache = settings.cache_dir / "content"
    needs = (RUBRICS, SCENARIOS)
    try:
        if newest is not None:
            return await library_of(settings, house, newest.release)
        root = content_root(None)
        return await in_background(partial(loading.load_library, root, needs, cache))
    except UNLOADABLE:
        return None


# -- what is looked at ----------------------------------------------------------------------


async def _compared(
    house: House,
    wish: Wish,
    watch: Watch,
    release: Release,
    library: Library,
    before: Library | None,
) -> Checked:
    """What the content changes, and what would be lost that nobody has given up."""
    otherwise: Mapping[str, str] = before.hashes if before is not None else {}
    publishing = house.publishing()
    found = await losses_by(publishing, release.parts, otherwise, wish.by)
    if before is not None:
        found += trust_lost(before, library)
    lost = tuple(one for one in found if not (wish.remove if one.removed else wish.undo))
    checked = Checked(
        release.id,
        changes=await changes_by(publishing, release.parts, otherwise),
        losses=lost,
        library=library,
        before=before,
    )
    if not lost or wish.only_look or watch.give_up is None:
        return checked
    if watch.give_up(lost, before, library):
        return replace(checked, losses=())
    return replace(checked, declined=True)


async def _self_tested(settings: Settings, checked: Checked, library: Library) -> Checked:
    embedded = embedded_scorer(settings, library, tuple(library.criteria))
    await in_background(embedded.prepare)
    failed = await run_self_tests(embedded, library.criteria.values(), library.gates.values())
    return replace(checked, self_tests=failed)


async def _looked_at(
    settings: Settings,
    house: House,
    checked: Checked,
    library: Library,
    with_model: bool,
    watch: Watch,
) -> tuple[Checked, Examined]:
    criteria = tuple(library.criteria)
    found = await examined(settings, house, library, criteria, with_model, watch)
    checked = replace(
        checked,
        engine=found.engine,
        floors=found.floors,
        moved=found.moved,
        fittings=found.fittings,
        left_out=found.left_out,
        stopped=found.stopped,
        declined=found.declined,
    )
    return checked, found


# -- what was in force before ---------------------------------------------------------------


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
