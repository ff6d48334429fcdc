"""Content beside what is published, and who scores by the settings without opening a model."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from commcoach import bootstrap
from commcoach.bootstrap.models import Models
from commcoach.coaching.calibrating import Examination
from commcoach.coaching.publishing import Publication
from commcoach.coaching.standing import ContentStanding
from commcoach.content.locating import CHECKOUT
from commcoach.content.releasing import release_of
from commcoach.domain.case_scores import FloorVerdict
from commcoach.domain.score import EngineName
from commcoach.settings import Settings
from commcoach.store.memory_records import InMemoryModelCalls
from tests.builders import NOON
from tests.shipped import CACHE, library, scorer

ID = "open_question"


def settings_of(folder: Path, **more: Any) -> Settings:
    return Settings(data_dir=folder / "data", cache_dir=CACHE, **more)


@pytest.fixture
def script(tmp_path: Path) -> str:
    """A stub that answers the scorer."""
    file = tmp_path / "script.json"
    file.write_text(json.dumps({"scorer": [{}]}), encoding="utf-8")
    return str(file)


@pytest.mark.parametrize("provider", ["stub", "openai", "recorded"])
def test_who_scores_has_the_same_name_before_and_after_a_model_is_opened(
    tmp_path: Path, script: str, provider: str
) -> None:
    chosen = {"model_provider": "stub" if provider == "stub" else "openai", "model": "a/small-1"}
    if provider == "stub":
        chosen["model"] = script
    if provider == "recorded":
        chosen["model_record"] = str(tmp_path / "record.jsonl")
    models = Models(settings_of(tmp_path, model_api_key="k", **chosen), InMemoryModelCalls())
    named = models.scorer_name(scorer().engine)
    assert named.name == "model"
    assert named == models.scorer(scorer(), library()).engine


def test_a_local_model_is_not_loaded_for_its_name(tmp_path: Path) -> None:
    chosen = settings_of(tmp_path, model_provider="local", model=str(tmp_path / "none.gguf"))
    models = Models(chosen, InMemoryModelCalls())
    assert models.scorer_name(scorer().engine).model == "none.gguf"


def test_without_a_model_the_embedded_engine_scores(tmp_path: Path) -> None:
    models = Models(settings_of(tmp_path), InMemoryModelCalls())
    assert bootstrap.scorer_named(settings_of(tmp_path), library(), models) == scorer().engine


async def test_to_look_makes_no_database(tmp_path: Path) -> None:
    settings = settings_of(tmp_path)
    assert await bootstrap.standing_of_content(settings, library()) == ContentStanding()
    assert not settings.data_dir.exists()


async def test_of_a_database_that_cannot_be_used_nothing_is_said(tmp_path: Path) -> None:
    settings = settings_of(tmp_path)
    settings.data_dir.mkdir()
    (settings.data_dir / "commcoach.db").write_text("no database" * 200, encoding="utf-8")
    found = await bootstrap.standing_of_content(settings, library())
    assert (found.is_known, found.publication, dict(found.cases)) == (False, None, {})


async def published(settings: Settings, engine: EngineName) -> None:
    """The shipped content in force, one criterion of it calibrated for an engine."""
    release, contents = release_of(library(), CHECKOUT, NOON)
    verdict = FloorVerdict(ID, binds=True, graded=62, reached=True, scored=60)
    async with bootstrap.open_house(settings) as house:
        await house.releases.record(release, contents)
        examination = Examination(release.id, engine, NOON, "陈", verdicts=(verdict,))
        await house.publications.add(Publication(1, release.id, NOON, "陈"), examination)


async def test_what_is_calibrated_is_told_for_who_scores_by_the_settings(
    tmp_path: Path, script: str
) -> None:
    alone, with_model = (
        settings_of(tmp_path),
        settings_of(tmp_path, model_provider="stub", model=script),
    )
    await published(alone, scorer().engine)
    assert (await bootstrap.standing_of_content(alone, library())).cases == {ID: 62}
    assert not (await bootstrap.standing_of_content(with_model, library())).cases
    version = bootstrap.Version("", library(), CHECKOUT)
    assert (await bootstrap.standing_of_version(alone, version, with_model=False)).cases
    assert not (await bootstrap.standing_of_version(with_model, version, with_model=True)).cases


async def test_a_model_is_told_by_its_own_verdict_with_the_prompts_in_force(
    tmp_path: Path, script: str
) -> None:
    settings = settings_of(tmp_path, model_provider="stub", model=script)
    models = Models(settings, InMemoryModelCalls())
    await published(settings, models.scorer_name(scorer().engine))
    assert (await bootstrap.standing_of_content(settings, library())).cases == {ID: 62}


async def test_a_changed_criterion_is_a_draft(tmp_path: Path) -> None:
    settings = settings_of(tmp_path)
    await published(settings, scorer().engine)
    own = replace(library(), hashes={**library().hashes, f"criterion:{ID}": "other"})
    found = await bootstrap.standing_of_content(settings, own)
    assert (found.drafts, dict(found.cases)) == (frozenset({ID}), {})


async def test_what_another_version_of_the_program_published_keeps_one_name(
    tmp_path: Path,
) -> None:
    settings = settings_of(tmp_path)
    theirs, contents = release_of(library(), CHECKOUT, NOON)
    old = replace(theirs, id="0123456789ab", parts=dict.fromkeys(theirs.parts, "old"))
    verdict = FloorVerdict(ID, binds=True, graded=62, reached=True, scored=60)
    async with bootstrap.open_house(settings) as house:
        await house.releases.record(old, contents)
        await house.publications.add(Publication(1, old.id, NOON, "陈"))
        wanted = await bootstrap.to_calibrate(settings, house, [ID])
        name = wanted.library.release
        assert name != old.id
        found = Examination(name, scorer().engine, NOON, "陈", verdicts=(verdict,))
        await house.calibrations.add(found)
    standing = await bootstrap.standing_of_content(settings, library())
    assert (standing.drafts, dict(standing.cases)) == (frozenset(), {ID: 62})
