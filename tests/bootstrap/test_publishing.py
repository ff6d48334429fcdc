"""Publishing a folder, and what a running process makes of it."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from commcoach import bootstrap
from commcoach.coaching.calibrated_scorer import CalibratedScorer
from commcoach.coaching.calibrating import Calibration
from commcoach.coaching.house import House
from commcoach.coaching.publishing import Checked, Publication, publish
from commcoach.coaching.releasing import Release
from commcoach.coaching.storage import DatabaseLocked
from commcoach.content.locating import CHECKOUT
from commcoach.domain.chance import NotEstimable, Reason
from commcoach.domain.linking import Figures, LinearLink, LinkChoice, LinkKind
from commcoach.domain.problems import ContentMissing
from commcoach.settings import Settings
from tests.builders import NOON
from tests.human_grades import change_text, copied_content, grade_by_people
from tests.shipped import CACHE, library, scorer
from tests.telegram.world import Writes, empty

SCENARIO = "scenarios/late_minutes_peer.yaml"
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


@pytest.fixture
def house() -> House:
    """The doubles of everything that is kept."""
    return empty().house(Writes())


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings with a data folder of their own and the shipped content."""
    return Settings(data_dir=tmp_path / "data", cache_dir=CACHE)


@pytest.fixture
def edited(tmp_path: Path) -> Path:
    """The shipped content with other words in one scenario."""
    root = copied_content(tmp_path / "edited")
    change_text(root, SCENARIO, "奶茶", "咖啡")
    return root


async def published(settings: Settings, house: House, root: Path, by: str = "陈") -> Checked:
    return await bootstrap.publish_content(settings, house, bootstrap.Wish(root, by, "备注"))


async def test_a_folder_is_published_with_author_and_note_and_all_its_bytes(
    settings: Settings, house: House, edited: Path
) -> None:
    done = await published(settings, house, edited)
    assert done.published is not None
    assert (done.published.publication.by, done.published.publication.note) == ("陈", "备注")
    release = await house.releases.get(done.release)
    assert release is not None
    assert (release.author, release.note) == ("陈", "备注")
    kept = await house.releases.contents(done.release)
    assert kept[SCENARIO] == (edited / SCENARIO).read_bytes()
    assert done.changes.changed == ("scenario:late_minutes_peer",)


async def test_what_was_in_force_before_the_first_publication_can_be_gone_back_to(
    settings: Settings, house: House, edited: Path
) -> None:
    await published(settings, house, edited)
    done, changes = await bootstrap.roll_back(settings, house, library().release, "王", "")
    assert done.publication.rolled_back
    assert changes.changed == ("scenario:late_minutes_peer",)
    in_force = await bootstrap.content_in_force(settings, house)
    assert in_force.library == library()


async def test_the_same_content_is_not_published_twice(
    settings: Settings, house: House, edited: Path
) -> None:
    first = await published(settings, house, edited)
    again = await published(settings, house, edited, by="王")
    assert first.published is not None
    assert again.in_force == first.published.publication
    assert len(await house.publications.all()) == 1


async def test_to_look_only_keeps_nothing(settings: Settings, house: House, edited: Path) -> None:
    wish = bootstrap.Wish(edited, "陈", only_look=True)
    done = await bootstrap.publish_content(settings, house, wish)
    assert (done.refused, done.published) == (False, None)
    assert await house.publications.newest() is None
    assert await house.releases.get(done.release) is None


async def test_all_problems_of_all_files_refuse_at_once(
    settings: Settings, house: House, edited: Path
) -> None:
    change_text(edited, SCENARIO, "number:", "nummer:")
    change_text(edited, "rubrics/listening/open_question.yaml", "absence_up_to:", "absence:")
    done = await published(settings, house, edited)
    assert done.refused
    assert {one.path for one in done.problems} >= {
        SCENARIO,
        "rubrics/listening/open_question.yaml",
    }
    assert await house.publications.newest() is None


async def test_a_folder_without_rubrics_is_no_content(
    settings: Settings, house: House, tmp_path: Path
) -> None:
    with pytest.raises(ContentMissing):
        await published(settings, house, tmp_path)


def with_stub(settings: Settings, folder: Path) -> Settings:
    """The settings with a model that gives every reply the lowest level without any proof."""
    verdict: dict[str, Any] = {"open_question": {"quotes": [], "applicable": True, "level": 0}}
    script = folder / "script.json"
    script.write_text(json.dumps({"scorer": [{**verdict, "gates": []}]}), encoding="utf-8")
    return settings.model_copy(update={"model_provider": "stub", "model": str(script)})


async def test_a_floor_that_binds_and_its_self_tests_refuse_together(
    settings: Settings, house: House, edited: Path, tmp_path: Path
) -> None:
    grade_by_people(edited, "open_question", 45, graders=2)
    path = edited / "rubrics/listening/open_question.yaml"
    text = path.read_text(encoding="utf-8").replace("    expect: 3\n", "    expect: 0\n")
    floor = "floor: {kappa: 0.6, min_cases: 40, graders: 2}\n"
    path.write_text(f"{text}{floor}", encoding="utf-8")
    wish = bootstrap.Wish(edited, "陈", with_model=True)
    steps: list[int] = []
    watch = bootstrap.Watch(begin=steps.append, advance=steps.append)
    done = await bootstrap.publish_content(with_stub(settings, tmp_path), house, wish, watch)
    assert [(one.criterion, one.graded) for one in done.failed_floors] == [("open_question", 45)]
    assert [one.criterion for one in done.binding_self_tests] == ["open_question"]
    assert sum(steps) == 2 * steps[0]
    assert (done.refused, done.published) == (True, None)
    assert await house.publications.newest() is None
    assert await house.releases.get(done.release) is None


# -- running processes ----------------------------------------------------------------------


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
    files = {"rubrics/a/rubric.yaml": "f1", "scenarios/x.yaml": "f1"}
    await house.releases.record(Release("broken", {}, files, NOON), {"f1": b"\t: nonsense"})
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
    link = Calibration(library().release, engine, "open_question", CHOICE, NOON)
    await house.calibrations.replace(link.release, engine, ["open_question"], [link])
    coaches = await coaches_of(settings, house)
    assert isinstance(coaches.newest.scorer, CalibratedScorer)
    assert coaches.newest.scorer.links == {"open_question": CHOICE.link}
    other = replace(link, engine=replace(engine, version="0"))
    assert await house.calibrations.of(link.release, other.engine) == {}


async def test_criteria_that_few_people_graded_stay_uncalibrated(
    settings: Settings, house: House
) -> None:
    done = await bootstrap.calibrate_in_force(settings, house, ["open_question"], with_model=False)
    (fitting,) = done.fittings
    assert isinstance(fitting.result, NotEstimable)
    with pytest.raises(bootstrap.UnknownCriteria) as unknown:
        await bootstrap.calibrate_in_force(settings, house, ["no_such"], with_model=False)
    assert unknown.value.given == ["no_such"]
