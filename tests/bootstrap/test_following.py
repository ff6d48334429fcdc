"""What is in force, and how a running process follows it."""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from commcoach import bootstrap
from commcoach.coaching.calibrated_scorer import CalibratedScorer
from commcoach.coaching.calibrating import Examination, Fitting
from commcoach.coaching.house import House
from commcoach.coaching.publishing import Publication, publish
from commcoach.coaching.releasing import Release
from commcoach.coaching.storage import DatabaseLocked
from commcoach.content.locating import CHECKOUT
from commcoach.domain.chance import NotEstimable, Reason
from commcoach.domain.link_choice import Figures, LinkChoice
from commcoach.domain.linking import LinearLink, LinkKind
from commcoach.domain.score import EngineName
from commcoach.settings import Settings
from tests.builders import NOON
from tests.shipped import CACHE, library, scorer
from tests.telegram.world import Writes, empty

NONE = NotEstimable(Reason.NO_SPREAD, 44)
CHOICE = LinkChoice(
    LinkKind.LINEAR,
    LinearLink(0.5, 0, 0, 4),
    44,
    Figures(NONE, NONE, NONE),
    Figures(NONE, NONE, NONE),
    NONE,
    graders_differ_more=None,
)


def examined(release: str, engine: EngineName, *choices: LinkChoice) -> Examination:
    fittings = tuple(Fitting("open_question", 44, one) for one in choices)
    return Examination(release, engine, NOON, "陈", fittings)


async def coaches_of(settings: Settings, house: House) -> bootstrap.Coaches:
    return await bootstrap.open_coaches(settings, house)


async def put_in_force(house: House, root: Path, by: str = "陈") -> str:
    """Publish a folder without looking at it."""
    from commcoach.content.loading import load_library
    from commcoach.content.releasing import release_of

    own = load_library(root, cache=CACHE / "content")
    release, contents = release_of(own, root, NOON)
    await house.releases.record(release, contents)
    await publish(house.publishing(), release.id, by, NOON)
    return release.id


async def test_before_any_publication_the_folder_is_in_force(
    settings: Settings, house: House
) -> None:
    in_force = await bootstrap.content_in_force(settings, house)
    assert (in_force.publication, in_force.root) == (None, CHECKOUT)
    assert await house.releases.get(library().release) is not None


async def test_once_something_is_published_it_is_in_force_and_the_folder_is_not(
    settings: Settings, house: House, edited: Path
) -> None:
    release = await put_in_force(house, edited)
    in_force = await bootstrap.content_in_force(settings, house)
    assert in_force.library.release == release
    assert in_force.publication == Publication(1, release, NOON, "陈")
    assert in_force.root != edited


async def test_a_folder_that_was_named_stays_in_force(
    settings: Settings, house: House, edited: Path
) -> None:
    await put_in_force(house, edited)
    in_force = await bootstrap.content_in_force(settings, house, pinned=True)
    assert (in_force.library, in_force.publication) == (library(), None)


async def test_content_that_was_never_in_force_is_pointed_at(
    settings: Settings, house: House, edited: Path
) -> None:
    await put_in_force(house, edited)
    assert (await bootstrap.content_in_force(settings, house)).unpublished == CHECKOUT
    await bootstrap.record_release(settings, house, library())
    assert (await bootstrap.content_in_force(settings, house)).unpublished is None


async def test_a_running_process_takes_a_new_release_for_new_sessions_alone(
    settings: Settings, house: House, edited: Path
) -> None:
    coaches = await coaches_of(settings, house)
    before = coaches.newest
    release = await put_in_force(house, edited)
    assert coaches.newest is before
    await coaches.look()
    assert coaches.newest.library.release == release
    assert coaches.in_force is not None
    assert coaches.in_force.publication == Publication(1, release, NOON, "陈")
    assert await coaches.of(before.library.release) is before
    assert await coaches.of(release) is coaches.newest


async def test_a_running_process_follows_by_itself(
    settings: Settings, house: House, edited: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    coaches = await coaches_of(settings, house)
    look, taken = coaches.look, asyncio.Event()

    async def looking() -> None:
        await look()
        if coaches.newest.library.release == release:
            taken.set()

    monkeypatch.setattr(coaches, "look", looking)
    release = await put_in_force(house, edited)
    following = asyncio.create_task(coaches.follow(every=0.01))
    async with asyncio.timeout(30):
        await taken.wait()
    following.cancel()


async def test_a_process_on_a_named_folder_does_not_follow(settings: Settings) -> None:
    guarded = empty().house(Writes())
    coaches = await bootstrap.open_coaches(settings, guarded, pinned=True)
    async with asyncio.timeout(1):
        await coaches.follow(every=0)


async def test_sessions_in_progress_do_not_wait_while_a_release_is_made_ready(
    settings: Settings, house: House, edited: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    coaches = await coaches_of(settings, house)
    before = coaches.newest
    await put_in_force(house, edited)
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def slow(kept: House, coach: Any) -> Any:
        begun.set()
        await go_on.wait()
        return coach

    monkeypatch.setattr("commcoach.bootstrap.practising.calibrated_practice", slow)
    looking = asyncio.create_task(coaches.look())
    await begun.wait()
    async with asyncio.timeout(1):
        assert await coaches.of(before.library.release) is before
    assert coaches.newest is before
    go_on.set()
    await looking
    assert coaches.newest is not before


async def broken(house: House) -> Publication:
    """A publication whose files nobody can read."""
    content = b"\t: nonsense"
    digest = hashlib.sha256(content).hexdigest()
    files = {"rubrics/a/rubric.yaml": digest, "scenarios/x.yaml": digest}
    await house.releases.record(Release("broken", {}, files, NOON), {digest: content})
    return (await publish(house.publishing(), "broken", "陈", NOON)).publication


async def test_a_broken_release_is_logged_once_and_the_old_one_stays(
    settings: Settings, house: House
) -> None:
    coaches = await coaches_of(settings, house)
    await broken(house)
    with capture_logs() as logs:
        await coaches.look()
        await coaches.look()
    assert [one["event"] for one in logs] == ["release_not_loaded"]
    assert (logs[0]["release"], logs[0]["reason"]) == ("broken", "ContentRefused")
    assert coaches.newest.library == library()


async def test_after_a_broken_release_a_sound_one_is_taken(
    settings: Settings, house: House, edited: Path
) -> None:
    coaches = await coaches_of(settings, house)
    await broken(house)
    await coaches.look()
    release = await put_in_force(house, edited)
    await coaches.look()
    assert coaches.newest.library.release == release


async def test_a_process_that_starts_on_a_broken_release_uses_the_one_before(
    settings: Settings, house: House, edited: Path
) -> None:
    release = await put_in_force(house, edited)
    await broken(house)
    assert (await bootstrap.content_in_force(settings, house)).library.release == release


async def test_with_nothing_but_a_broken_release_the_folder_serves(
    settings: Settings, house: House
) -> None:
    await broken(house)
    coaches = await coaches_of(settings, house)
    assert coaches.newest.library == library()


async def test_a_database_that_is_away_is_asked_again(
    settings: Settings, house: House, edited: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    coaches = await coaches_of(settings, house)
    release = await put_in_force(house, edited)

    async def away(self: object, id: str) -> None:
        raise DatabaseLocked("memory")

    with monkeypatch.context() as patch:
        patch.setattr(type(house.releases), "contents", away)
        await coaches.look()
    assert coaches.newest.library == library()
    await coaches.look()
    assert coaches.newest.library.release == release


@pytest.mark.parametrize("trouble", [OSError(28, "No space left on device"), MemoryError()])
async def test_a_passing_trouble_is_logged_once_and_the_release_is_tried_again(
    settings: Settings,
    house: House,
    edited: Path,
    monkeypatch: pytest.MonkeyPatch,
    trouble: Exception,
) -> None:
    coaches = await coaches_of(settings, house)
    release = await put_in_force(house, edited)

    async def fail(*_: object) -> None:
        raise trouble

    with monkeypatch.context() as patch, capture_logs() as logs:
        patch.setattr("commcoach.bootstrap.practising.published_library", fail)
        await coaches.look()
        await coaches.look()
    assert [one["event"] for one in logs] == ["release_not_loaded"]
    assert coaches.newest.library == library()
    await coaches.look()
    assert coaches.newest.library.release == release


async def test_going_back_is_taken_over_like_any_publication(
    settings: Settings, house: House, edited: Path
) -> None:
    coaches = await coaches_of(settings, house)
    first = coaches.newest
    await put_in_force(house, edited)
    await coaches.look()
    await bootstrap.roll_back(settings, house, library().release, "王", "")
    await coaches.look()
    assert coaches.newest is first


async def test_links_of_the_release_and_engine_in_force_are_wired_in(
    settings: Settings, house: House
) -> None:
    await bootstrap.record_release(settings, house, library())
    engine = scorer().engine
    release = library().release
    await house.calibrations.add(examined(release, engine, CHOICE))
    coaches = await coaches_of(settings, house)
    assert isinstance(coaches.newest.scorer, CalibratedScorer)
    assert coaches.newest.scorer.links == {"open_question": CHOICE.link}


async def test_a_running_process_takes_the_links_of_a_newer_examination(
    settings: Settings, house: House
) -> None:
    coaches = await coaches_of(settings, house)
    before, release = coaches.newest, library().release
    await coaches.look()
    assert coaches.newest is before
    await house.calibrations.add(examined(release, scorer().engine, CHOICE))
    await coaches.look()
    assert isinstance(coaches.newest.scorer, CalibratedScorer)
    assert coaches.newest.scorer.links == {"open_question": CHOICE.link}
    assert await coaches.of(release) is coaches.newest
    none = Examination(release, scorer().engine, NOON, "陈", (Fitting("open_question", 3, NONE),))
    await house.calibrations.add(none)
    await coaches.look()
    assert coaches.newest.scorer is before.scorer


async def test_an_examination_by_another_engine_changes_nothing(
    settings: Settings, house: House
) -> None:
    coaches = await coaches_of(settings, house)
    before = coaches.newest
    await house.calibrations.add(
        examined(library().release, EngineName("model", "v1", "some-model"), CHOICE)
    )
    await coaches.look()
    assert coaches.newest is before


async def test_a_release_examined_while_it_was_not_in_force_comes_with_its_links(
    settings: Settings, house: House, edited: Path
) -> None:
    coaches = await coaches_of(settings, house)
    await put_in_force(house, edited)
    await coaches.look()
    await house.calibrations.add(examined(library().release, scorer().engine, CHOICE))
    await bootstrap.roll_back(settings, house, library().release, "王", "")
    await coaches.look()
    assert coaches.newest.library == library()
    assert isinstance(coaches.newest.scorer, CalibratedScorer)


async def test_links_that_cannot_be_read_are_tried_again(
    settings: Settings, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    coaches = await coaches_of(settings, house)
    await house.calibrations.add(examined(library().release, scorer().engine, CHOICE))

    async def away(*_: object) -> None:
        raise DatabaseLocked("memory")

    with monkeypatch.context() as patch:
        patch.setattr(type(house.calibrations), "of", away)
        await coaches.look()
    assert not isinstance(coaches.newest.scorer, CalibratedScorer)
    await coaches.look()
    assert isinstance(coaches.newest.scorer, CalibratedScorer)


async def test_a_release_taken_over_has_its_own_examinations_looked_at_anew(
    settings: Settings, house: House, edited: Path
) -> None:
    """The release in force and the one before were each examined once: the number tells nothing."""
    coaches = await coaches_of(settings, house)
    engine = scorer().engine
    release = await put_in_force(house, edited)
    await house.calibrations.add(examined(release, engine, CHOICE))
    await coaches.look()
    assert isinstance(coaches.newest.scorer, CalibratedScorer)
    await house.calibrations.add(examined(library().release, engine, CHOICE))
    await bootstrap.roll_back(settings, house, library().release, "王", "")
    await coaches.look()
    assert coaches.newest.library == library()
    assert isinstance(coaches.newest.scorer, CalibratedScorer)
    assert await coaches.of(library().release) is coaches.newest


async def test_an_examination_that_is_added_while_links_are_read_is_seen_the_next_time(
    settings: Settings, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    coaches = await coaches_of(settings, house)
    release, engine = library().release, scorer().engine
    later = replace(CHOICE, link=LinearLink(0.25, 1, 0, 4))
    await house.calibrations.add(examined(release, engine, CHOICE))
    read = type(house.calibrations).of

    async def read_and_add(kept: Any, *about: Any) -> Any:
        links = await read(kept, *about)
        await house.calibrations.add(examined(release, engine, later))
        return links

    with monkeypatch.context() as patch:
        patch.setattr(type(house.calibrations), "of", read_and_add)
        await coaches.look()
    assert isinstance(coaches.newest.scorer, CalibratedScorer)
    assert coaches.newest.scorer.links == {"open_question": CHOICE.link}
    await coaches.look()
    assert coaches.newest.scorer.links == {"open_question": later.link}


async def test_newer_links_reach_sessions_in_progress_of_the_release_in_force_alone(
    settings: Settings, house: House, edited: Path
) -> None:
    coaches = await coaches_of(settings, house)
    before = coaches.newest
    release = await put_in_force(house, edited)
    await coaches.look()
    await house.calibrations.add(examined(release, scorer().engine, CHOICE))
    await coaches.look()
    assert await coaches.of(release) is coaches.newest
    assert isinstance(coaches.newest.scorer, CalibratedScorer)
    assert await coaches.of(coaches.newest.library.release) is coaches.newest
    assert await coaches.of(before.library.release) is before
