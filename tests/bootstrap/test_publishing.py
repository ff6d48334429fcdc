"""Publishing a folder: looked at as a whole, then in force."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from commcoach import bootstrap
from commcoach.coaching.house import House
from commcoach.coaching.publishing import Checked
from commcoach.coaching.rubric_testing import Trial
from commcoach.domain.problems import ContentMissing
from commcoach.settings import Settings
from tests.human_grades import change_text, grade_by_people
from tests.shipped import library

SCENARIO = "scenarios/late_minutes_peer.yaml"


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
    assert await house.releases.all() == []


async def test_floors_are_not_judged_on_a_part_of_the_cases(
    settings: Settings, house: House, edited: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = edited / "rubrics/listening/open_question.yaml"
    floor = "floor: {kappa: 0.6, min_cases: 40, graders: 2}\n"
    path.write_text(f"{path.read_text(encoding='utf-8')}{floor}", encoding="utf-8")

    async def cut_short(engine: Any, own: object, criteria: Any, **_: object) -> Trial:
        return Trial(engine.name, 0, dict.fromkeys(criteria, ()), stopped="budget")

    monkeypatch.setattr("commcoach.bootstrap.publishing.trial", cut_short)
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
    assert sum(steps) == 2 * steps[0]
    assert (done.refused, done.published) == (True, None)
    assert await house.publications.newest() is None
    assert await house.releases.get(done.release) is None
