"""Releases: the files of a library, and the same library made of them again."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from commcoach import bootstrap
from commcoach.coaching.house import House
from commcoach.coaching.releasing import ReleaseChanged, UnknownRelease
from commcoach.content.loading import load_library
from commcoach.content.locating import CHECKOUT
from commcoach.content.releasing import release_of, restore
from commcoach.settings import Settings
from tests.builders import NOON
from tests.shipped import CACHE, library
from tests.telegram.world import Writes, empty


def house() -> House:
    return empty().house(Writes())


def settings(folder: Path) -> Settings:
    """A folder of its own for restored releases; what was parsed before is not parsed again."""
    parsed = folder / "cache" / "content"
    if not parsed.exists():
        parsed.parent.mkdir(parents=True, exist_ok=True)
        (CACHE / "content").mkdir(parents=True, exist_ok=True)
        parsed.symlink_to(CACHE / "content")
    return Settings(data_dir=folder / "data", cache_dir=folder / "cache", content=CHECKOUT)


def by_path(folder: Path) -> dict[str, bytes]:
    """The bytes of a release's files by their path."""
    release, contents = release_of(library(), folder, NOON)
    return {path: contents[digest] for path, digest in release.files.items()}


def files_below(folder: Path) -> dict[str, bytes]:
    found = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def test_a_release_names_its_library_its_parts_and_every_file_by_hash() -> None:
    release, contents = release_of(library(), CHECKOUT, NOON)
    assert (release.id, release.recorded_at) == (library().release, NOON)
    assert release.parts == library().hashes
    assert "scenarios/late_minutes_peer.yaml" in release.files
    assert set(release.files.values()) == set(contents)
    assert all(hashlib.sha256(content).hexdigest() == name for name, content in contents.items())
    assert not [path for path in release.files if path.endswith(".json")]


def test_a_restored_release_is_the_same_library(tmp_path: Path) -> None:
    restore(by_path(CHECKOUT), tmp_path)
    again = load_library(tmp_path, cache=CACHE / "content")
    assert again.release == library().release
    assert again == library()
    assert release_of(again, tmp_path, NOON) == release_of(library(), CHECKOUT, NOON)


def test_restoring_mends_what_was_changed_and_leaves_what_is_right(tmp_path: Path) -> None:
    contents = {"rubrics/a/x.yaml": b"x", "scenarios/y.yaml": b"y"}
    restore(contents, tmp_path)
    untouched = tmp_path / "scenarios" / "y.yaml"
    before = untouched.stat().st_mtime_ns
    (tmp_path / "rubrics" / "a" / "x.yaml").write_bytes(b"tampered with")
    (tmp_path / "rubrics" / "a" / "stray.yaml").write_bytes(b"never recorded")
    restore(contents, tmp_path)
    assert files_below(tmp_path) == contents
    assert untouched.stat().st_mtime_ns == before


async def test_the_content_of_a_session_is_found_again_by_its_release(tmp_path: Path) -> None:
    kept = house()
    await bootstrap.record_release(settings(tmp_path), kept, library())
    found = await bootstrap.library_of(settings(tmp_path), kept, library().release)
    assert found == library()


async def test_a_release_is_recorded_once(tmp_path: Path) -> None:
    kept = house()
    for _ in range(2):
        await bootstrap.record_release(settings(tmp_path), kept, library())
    assert [one.id for one in await kept.releases.all()] == [library().release]


async def test_an_older_release_stays_as_it_was_when_the_content_changes(tmp_path: Path) -> None:
    kept = house()
    await bootstrap.record_release(settings(tmp_path), kept, library())
    edited = tmp_path / "content"
    for folder in ("rubrics", "scenarios"):
        shutil.copytree(CHECKOUT / folder, edited / folder)
    scenario = edited / "scenarios" / "late_minutes_peer.yaml"
    scenario.write_text(
        scenario.read_text(encoding="utf-8").replace("奶茶", "咖啡"), encoding="utf-8"
    )
    newer = load_library(edited, cache=CACHE / "content")
    assert newer.release != library().release
    release, contents = release_of(newer, edited, NOON)
    await kept.releases.record(release, contents)
    for one in (library(), newer):
        assert await bootstrap.library_of(settings(tmp_path), kept, one.release) == one


async def test_a_restored_folder_that_was_tampered_with_is_mended_before_it_is_read(
    tmp_path: Path,
) -> None:
    kept = house()
    await bootstrap.record_release(settings(tmp_path), kept, library())
    await bootstrap.library_of(settings(tmp_path), kept, library().release)
    folder = tmp_path / "cache" / "releases" / library().release
    for path in folder.glob("scenarios/*.yaml"):
        path.write_text("nonsense", encoding="utf-8")
    assert await bootstrap.library_of(settings(tmp_path), kept, library().release) == library()


def test_a_file_that_cannot_be_restored_is_not_passed_over(tmp_path: Path) -> None:
    (tmp_path / "scenarios").write_bytes(b"in the way of a folder")
    with pytest.raises(OSError, match="scenarios"):
        restore({"scenarios": b"in the way of a folder", "scenarios/y.yaml": b"y"}, tmp_path)


async def test_a_restored_release_has_no_cases_that_were_not_recorded(tmp_path: Path) -> None:
    kept = house()
    await bootstrap.record_release(settings(tmp_path), kept, library())
    folder = tmp_path / "cache" / "releases" / library().release / "rubrics" / "cases"
    folder.mkdir(parents=True)
    (folder / "stray.jsonl").write_text('{"id": "stray", "reply": "x", "grades": []}\n', "utf-8")
    assert await bootstrap.library_of(settings(tmp_path), kept, library().release) == library()


async def test_bytes_that_are_not_those_recorded_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = house()
    await bootstrap.record_release(settings(tmp_path), kept, library())
    contents = await kept.releases.contents(library().release)
    contents["scenarios/late_minutes_peer.yaml"] += b"# one line more\n"

    async def damaged(self: object, id: str) -> dict[str, bytes]:
        return contents

    monkeypatch.setattr(type(kept.releases), "contents", damaged)
    with pytest.raises(ReleaseChanged) as changed:
        await bootstrap.library_of(settings(tmp_path), kept, library().release)
    assert changed.value.release == library().release


def lose_cases(folder: Path) -> None:
    next((folder / "rubrics" / "cases").glob("*.jsonl")).unlink()


def add_cases(folder: Path) -> None:
    row = '{"id": "stray", "reply": "x", "levels": {"open_question": 1}}\n'
    (folder / "rubrics" / "cases" / "stray.jsonl").write_text(row, "utf-8")


@pytest.mark.parametrize("change", [lose_cases, add_cases])
async def test_another_library_is_never_taken_for_the_release_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: Callable[[Path], None]
) -> None:
    kept = house()
    await bootstrap.record_release(settings(tmp_path), kept, library())

    def then_changed(contents: dict[str, bytes], folder: Path) -> None:
        restore(contents, folder)
        change(folder)

    monkeypatch.setattr("commcoach.content.releasing.restore", then_changed)
    with pytest.raises(ReleaseChanged):
        await bootstrap.library_of(settings(tmp_path), kept, library().release)


async def test_a_release_recorded_before_prompts_were_part_of_it_can_be_read(
    tmp_path: Path,
) -> None:
    kept = house()
    release, contents = release_of(library(), CHECKOUT, NOON)
    files = {name: one for name, one in release.files.items() if not name.startswith("prompts")}
    await kept.releases.record(replace(release, id="before", files=files), contents)
    found = await bootstrap.library_of(settings(tmp_path), kept, "before")
    assert found.criteria == library().criteria


async def test_content_that_was_never_recorded_is_not_guessed(tmp_path: Path) -> None:
    with pytest.raises(UnknownRelease) as missing:
        await bootstrap.library_of(settings(tmp_path), house(), "feedfacecafe")
    assert missing.value.release == "feedfacecafe"


async def test_each_session_goes_on_with_the_content_it_began_with(tmp_path: Path) -> None:
    kept = house()
    await bootstrap.record_release(settings(tmp_path), kept, library())
    newest = bootstrap.wire_practice(settings(tmp_path), library(), kept.sessions)
    coaches = bootstrap.Coaches(settings(tmp_path), kept, newest)
    assert await coaches.of(library().release) is newest
    with pytest.raises(UnknownRelease):
        await coaches.of("feedfacecafe")
