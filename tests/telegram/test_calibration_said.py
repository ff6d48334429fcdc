"""A learner is told of every level whether it is calibrated, by the verdict on who gave it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from commcoach.coaching.calibrating import Examination
from commcoach.coaching.releasing import Release
from commcoach.domain.case_scores import FloorVerdict
from commcoach.domain.language import Language
from commcoach.presentation import charts
from commcoach.presentation.wording import Wording
from commcoach.telegram.attachments import Attachments
from commcoach.telegram.taps import Verb
from tests.builders import NOON
from tests.shipped import library
from tests.telegram.world import World

ASKED = "先听听您那边的情况，这周的纪要是卡在哪里了？"
ALL = tuple(library().criteria)


async def calibrated(world: World, criteria: tuple[str, ...], release: str | None = None) -> None:
    """Keep what an examination of a release said of these criteria."""
    release = release or world.coach.library.release
    stores = world.stores
    if release not in stores.releases.releases:
        await stores.releases.record(Release(release, {}, {}, NOON), {})
    verdicts = tuple(
        FloorVerdict(id, binds=True, graded=62, reached=True, scored=60) for id in criteria
    )
    engine = world.coach.scorer.engine
    examination = Examination(release, engine, NOON, "陈", verdicts=verdicts)
    await stores.calibrations.add(examination)


async def screens(world: World) -> dict[str, str]:
    """What the bot says after a reply, and when the practice is over."""
    await world.practise(ASKED)
    (why,) = await world.live(world.tap(Verb.WHY))
    found = {"why": why.text}
    *_, debrief = await world.live(world.text("/finish"))
    found["debrief"] = debrief.text
    *_, each = await world.live(world.tap(Verb.EACH))
    found["each"] = each.text
    (about,) = await world.live(world.text("/about"))
    found["about"] = about.text
    (details,) = await world.live(world.tap_data("details"))
    found["details"] = details.text
    return found


async def test_where_all_is_calibrated_the_bot_says_so_with_the_number_of_cases() -> None:
    world = World()
    await calibrated(world, ALL)
    for name, said in (await screens(world)).items():
        assert "已对照人工评分校准" in said, name
        assert "未经专家校准" not in said, name
        assert name in ("about", "details") or "每项标准至少 62 条案例" in said, name


async def test_where_some_is_calibrated_the_bot_names_it() -> None:
    world = World()
    await calibrated(world, ("open_question",))
    said = await screens(world)
    named = f"{library().criteria['open_question'].title.zh}（62 条案例）；其余未经专家校准"
    assert named in said["why"]
    assert named in said["debrief"]
    for name in ("about", "details"):
        assert f"1 项评分标准已对照人工评分校准，其余 {len(ALL) - 1} 项" in said[name]


async def test_a_verdict_on_another_release_calibrates_nothing_here() -> None:
    world = World()
    await calibrated(world, ALL, "another")
    for name, said in (await screens(world)).items():
        assert "已对照人工评分校准" not in said, name
        assert "未经专家校准" in said, name


async def test_levels_of_a_stand_in_are_not_calibrated_by_the_verdict_on_the_model() -> None:
    world = World()
    await calibrated(world, ALL)
    await world.practise(ASKED)
    session = world.session
    (turn,) = session.turns
    assert turn.card is not None
    assert turn.card.by == world.coach.scorer.engine
    other = replace(turn.card, stand_in="budget", by=replace(turn.card.by, version="other"))
    world.stores.sessions.sessions[session.id] = replace(
        session, turns=(replace(turn, card=other),)
    )
    (why,) = await world.live(world.tap(Verb.WHY))
    assert "未经专家校准" in why.text


async def test_the_picture_is_drawn_with_what_is_calibrated(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = World()
    await calibrated(world, ALL)
    await screens(world)
    drawn: list[str] = []
    real = charts._footer  # the words below the picture, before they are drawn

    def footer(*given: object) -> str:
        drawn.append(real(*given))  # type: ignore[arg-type]  # handed on as they are
        return drawn[-1]

    monkeypatch.setattr(charts, "_footer", footer)
    (message,) = await world.live(world.text("/progress"))
    made = Attachments(world.desk.house, world.desk.coaches, Wording(Language.ZH).zone)
    assert await made.render(message) is not None
    assert "图中的标准都已对照人工评分校准" in drawn[0]
