"""Publishing a folder: looked at as a whole, then in force."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from commcoach import bootstrap
from commcoach.coaching.batches import Estimate
from commcoach.coaching.checking import Checked
from commcoach.coaching.house import House
from commcoach.coaching.losses import Loss, losses_by
from commcoach.coaching.publishing import folders_before, publish
from commcoach.coaching.rubric_testing import Trial
from commcoach.content.loading import load_library
from commcoach.content.releasing import release_of
from commcoach.domain.case_scores import CaseScore, reference
from commcoach.domain.library import Library
from commcoach.domain.link_choice import LinkChoice
from commcoach.domain.problems import ContentMissing
from commcoach.domain.score import Scored
from commcoach.settings import Settings
from tests.builders import NOON
from tests.human_grades import change_text, copied_content, grade_by_people
from tests.shipped import CACHE, library, scorer

GATE = "rubrics/gates/gate_off_task.yaml"
EXPECT_0 = "    expect: 0\n"
SCENARIO = "scenarios/late_minutes_peer.yaml"


async def published(settings: Settings, house: House, root: Path, by: str = "陈") -> Checked:
    return await bootstrap.publish_content(settings, house, bootstrap.Wish(root, by, "备注"))


def with_floor(root: Path, kappa: float = 0.6) -> None:
    """A floor for one of the criteria."""
    path = root / "rubrics/listening/open_question.yaml"
    floor = f"floor: {{kappa: {kappa}, min_cases: 40, graders: 2}}\n"
    path.write_text(f"{path.read_text(encoding='utf-8')}{floor}", encoding="utf-8")


async def put_in_force(house: House, root: Path, by: str, at: datetime = NOON) -> None:
    """Publish a folder without looking at it."""
    own = load_library(root, cache=CACHE / "content")
    release, contents = release_of(own, root, NOON)
    await house.releases.record(release, contents)
    await publish(house.publishing(), release.id, by, at)


async def as_graded(
    engine: Any, own: Library, criteria: Sequence[str], *, padded: float = 0.0, **_: object
) -> Trial:
    """An engine that gives every case the mean of its grades, and its padded twin so much more."""
    scores: dict[str, tuple[CaseScore, ...]] = {}
    for id in criteria:
        each = []
        for case in own.cases:
            worth = reference(case, id)
            if worth is not None and worth.level is not None:
                score = Scored(id, round(worth.level), worth.level, ())
                twin = replace(score, expected=score.expected + padded)
                each.append(CaseScore(case, case.id, score, padded=twin))
        scores[id] = tuple(each)
    return Trial(engine.name, 0, scores)


async def test_a_folder_is_published_with_author_and_note_and_all_its_bytes(
    settings: Settings, house: House, edited: Path
) -> None:
    done = await published(settings, house, edited)
    assert done.published is not None
    assert (done.published.by, done.published.note) == ("陈", "备注")
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
    assert again.in_force == first.published
    assert len(await house.publications.all()) == 1


async def test_to_look_only_keeps_nothing(settings: Settings, house: House, edited: Path) -> None:
    wish = bootstrap.Wish(edited, "陈", only_look=True)
    done = await bootstrap.publish_content(settings, house, wish)
    assert (done.refused, done.published) == (False, None)
    assert await house.publications.newest() is None
    assert await house.releases.all() == []


async def test_links_and_verdicts_are_kept_with_the_publication(
    settings: Settings, house: House, edited: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("commcoach.bootstrap.calibrating.trial", as_graded)
    with_floor(edited)
    grade_by_people(edited, "open_question", 45, graders=2)
    done = await published(settings, house, edited)
    engine = scorer().engine
    (verdict,) = done.floors
    assert (verdict.graded, verdict.scored, verdict.is_calibrated) == (45, 45, True)
    kept = house.calibrations
    assert await kept.verdicts(done.release, engine) == {"open_question": verdict}
    linked = {one.criterion for one in done.fittings if isinstance(one.result, LinkChoice)}
    assert set(await kept.of(done.release, engine)) == linked == {"open_question"}
    assert await kept.number(done.release, engine) == 1


async def test_what_was_published_meanwhile_stays_in_force(
    settings: Settings, house: House, edited: Path
) -> None:
    await bootstrap.record_release(settings, house, library())

    async def publish_between() -> None:
        await publish(house.publishing(), library().release, "王", NOON, rolled_back=True)

    between = asyncio.run_coroutine_threadsafe
    loop = asyncio.get_running_loop()
    others: list[Any] = []

    def begin(_: int) -> None:
        others.append(between(publish_between(), loop))

    watch = bootstrap.Watch(begin=begin)
    done = await bootstrap.publish_content(settings, house, bootstrap.Wish(edited, "陈"), watch)
    assert (done.refused, done.published) == (True, None)
    assert done.overtaken is not None
    assert (done.overtaken.publication.by, done.overtaken.publication.rolled_back) == ("王", True)
    assert [one.by for one in await house.publications.all()] == ["王"]
    assert await house.calibrations.number(done.release, scorer().engine) == 0
    again = await published(settings, house, edited)
    assert again.published is not None
    assert again.published.number == 2


async def test_who_published_the_very_same_meanwhile_is_joined_by_what_this_look_found(
    settings: Settings, house: House, edited: Path
) -> None:
    loop = asyncio.get_running_loop()

    def begin(_: int) -> None:
        asyncio.run_coroutine_threadsafe(put_in_force(house, edited, "王"), loop)

    watch = bootstrap.Watch(begin=begin)
    done = await bootstrap.publish_content(settings, house, bootstrap.Wish(edited, "陈"), watch)
    assert (done.published, done.overtaken) == (None, None)
    assert done.in_force is not None
    assert (done.in_force.by, done.in_force.release) == ("王", done.release)
    assert await house.calibrations.number(done.release, scorer().engine) == 1


async def test_what_a_folder_lacks_does_not_go_unasked(
    settings: Settings, house: House, edited: Path
) -> None:
    (edited / GATE).unlink()
    done = await published(settings, house, edited)
    lost = Loss("gate:gate_off_task", removed=True)
    assert (done.refused, done.losses, done.published) == (True, (lost,), None)
    # Nothing else stands in the way, and all of it was looked at.
    assert done.engine is not None
    wish = bootstrap.Wish(edited, "陈", remove=True)
    assert (await bootstrap.publish_content(settings, house, wish)).published is not None


async def test_whoever_sits_there_is_asked_whether_it_may_go(
    settings: Settings, house: House, edited: Path
) -> None:
    (edited / GATE).unlink()
    asked: list[str] = []

    def refuse(lost: Sequence[Loss], before: Library | None, own: Library) -> bool:
        assert before == library()
        assert "gate_off_task" not in own.gates
        asked.extend(one.part for one in lost)
        return False

    wish = bootstrap.Wish(edited, "陈")
    refusing = bootstrap.Watch(give_up=refuse)
    done = await bootstrap.publish_content(settings, house, wish, refusing)
    assert (done.declined, done.published, done.engine) == (True, None, None)
    assert asked == ["gate:gate_off_task"]
    agreeing = bootstrap.Watch(give_up=lambda *_: True)
    done = await bootstrap.publish_content(settings, house, wish, agreeing)
    assert (done.losses, done.published is not None) == ((), True)


async def test_a_folder_that_is_older_than_somebodys_change_does_not_undo_it_unasked(
    settings: Settings, house: House, edited: Path, tmp_path: Path
) -> None:
    await published(settings, house, copied_content(tmp_path / "shipped"), by="李")
    theirs = await published(settings, house, edited, by="王")
    mine = copied_content(tmp_path / "mine")
    change_text(mine, "rubrics/listening/open_question.yaml", "version: 1", "version: 2")
    done = await published(settings, house, mine, by="陈")
    lost = Loss("scenario:late_minutes_peer", removed=False, since=theirs.published)
    assert (done.losses, done.published) == ((lost,), None)
    wish = bootstrap.Wish(mine, "陈", undo=True)
    assert (await bootstrap.publish_content(settings, house, wish)).published is not None


async def test_no_model_is_paid_that_is_not_agreed_to(
    settings: Settings, house: House, edited: Path, tmp_path: Path
) -> None:
    with_floor(edited)
    own, asked = with_stub(settings, tmp_path), []

    def agree(estimate: Estimate) -> bool:
        asked.append(estimate)
        return False

    watch = bootstrap.Watch(agree=agree)
    wish = bootstrap.Wish(edited, "陈", with_model=True)
    done = await bootstrap.publish_content(own, house, wish, watch)
    assert (done.declined, done.published) == (True, None)
    graded = sum(bool(case.levels_of("open_question")) for case in library().cases)
    assert asked[0].calls > graded  # the twins, too
    assert await house.calls.since(NOON) == []


async def test_a_loss_and_a_floor_that_a_model_misses_refuse_together(
    settings: Settings, house: House, edited: Path, tmp_path: Path
) -> None:
    with_floor(edited)
    grade_by_people(edited, "open_question", 45, graders=2)
    (edited / GATE).unlink()
    wish = bootstrap.Wish(edited, "陈", with_model=True, only_look=True)
    done = await bootstrap.publish_content(with_stub(settings, tmp_path), house, wish)
    assert [one.part for one in done.losses] == ["gate:gate_off_task"]
    assert [one.criterion for one in done.failed_floors] == ["open_question"]
    assert done.published is None


async def test_a_model_is_not_paid_for_what_losses_refuse_anyway(
    settings: Settings, house: House, edited: Path, tmp_path: Path
) -> None:
    with_floor(edited)
    grade_by_people(edited, "open_question", 45, graders=2)
    change_text(edited, "rubrics/listening/open_question.yaml", "    expect: 3\n", EXPECT_0)
    (edited / GATE).unlink()
    wish = bootstrap.Wish(edited, "陈", with_model=True)
    done = await bootstrap.publish_content(with_stub(settings, tmp_path), house, wish)
    assert await house.calls.since(NOON) == []
    assert [one.part for one in done.losses] == ["gate:gate_off_task"]
    assert [one.criterion for one in done.binding_self_tests] == ["open_question"]
    assert (done.unpaid, done.engine, done.published) == (True, None, None)


async def test_courtesies_that_move_a_level_refuse_where_the_floor_binds_and_else_warn(
    settings: Settings, house: House, edited: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("commcoach.bootstrap.calibrating.trial", partial(as_graded, padded=-0.3))
    with_floor(edited)
    grade_by_people(edited, "open_question", 45, graders=2)
    done = await published(settings, house, edited)
    assert [one.is_calibrated for one in done.floors] == [True]
    assert [(one.criterion, one.added) for one in done.binding_moved] == [("open_question", True)]
    assert (done.refused, done.published) == (True, None)
    change_text(edited, "rubrics/listening/open_question.yaml", "min_cases: 40", "min_cases: 50")
    done = await published(settings, house, edited)
    assert (len(done.moved_warnings), done.binding_moved) == (1, ())
    assert done.published is not None


async def test_floors_are_not_judged_on_a_part_of_the_cases(
    settings: Settings, house: House, edited: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_floor(edited)

    async def cut_short(engine: Any, own: object, criteria: Any, **_: object) -> Trial:
        return Trial(engine.name, 0, dict.fromkeys(criteria, ()), stopped="budget")

    monkeypatch.setattr("commcoach.bootstrap.calibrating.trial", cut_short)
    done = await published(settings, house, edited)
    assert (done.refused, done.stopped) == (True, "budget")
    assert (done.floors, done.fittings) == ((), ())


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
    # Told how many scores are ahead, then of each: the graded cases, twins not counted.
    graded = sum(bool(case.levels_of("open_question")) for case in library().cases)
    assert (steps[0], sum(steps[1:])) == (graded, graded)
    assert (done.refused, done.published) == (True, None)
    assert await house.publications.newest() is None
    assert await house.releases.get(done.release) is None


async def test_a_folder_that_was_only_tried_was_never_in_force(
    settings: Settings, house: House, edited: Path, tmp_path: Path
) -> None:
    tried = settings.model_copy(update={"content": edited})
    own = (await bootstrap.content_in_force(tried, house, pinned=True, tried=True)).library
    other = copied_content(tmp_path / "other")
    change_text(other, SCENARIO, "奶茶", "热茶")
    await put_in_force(house, other, "王", bootstrap.now())
    assert await folders_before(house.publishing()) == ()
    assert await losses_by(house.publishing(), own.hashes, {}, "陈") == ()


async def test_a_tried_folder_that_comes_in_force_later_can_be_gone_back_to(
    settings: Settings, house: House, edited: Path
) -> None:
    tried = settings.model_copy(update={"content": edited})
    own = (await bootstrap.content_in_force(tried, house, pinned=True, tried=True)).library
    await bootstrap.content_in_force(tried, house)
    await put_in_force(house, copied_content(edited.parent / "other"), "陈", bootstrap.now())
    (before,) = await folders_before(house.publishing())
    assert before.id == own.release
