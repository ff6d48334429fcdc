from __future__ import annotations

import stat
import sys
from pathlib import Path

import pytest

from commcoach.content import locating
from commcoach.content.loading import load_library
from commcoach.content.locating import content_root, copy_content, root_of
from commcoach.domain.problems import FolderNotEmpty
from tests.content.builders import CRITERION, SCENARIO, write_content


@pytest.fixture
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small packaged content folder."""
    folder = write_content(tmp_path / "shipped")
    monkeypatch.setattr(locating, "PACKAGED", folder)
    return folder


@pytest.mark.parametrize(
    "inside", ["", "rubrics", "rubrics/listening", CRITERION, "scenarios", SCENARIO]
)
def test_the_root_of_any_file_or_folder_is_found(inside: str, tmp_path: Path) -> None:
    write_content(tmp_path)
    assert root_of(tmp_path / inside).resolve() == tmp_path.resolve()


def test_the_root_of_a_relative_path_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_content(tmp_path)
    monkeypatch.chdir(tmp_path / "rubrics" / "listening")
    assert root_of(Path("rubric.yaml")).resolve() == tmp_path.resolve()
    monkeypatch.chdir(tmp_path)
    assert root_of(Path()).resolve() == tmp_path.resolve()


def test_a_folder_without_content_is_its_own_root(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "file.yaml").touch()
    assert root_of(tmp_path / "empty") == tmp_path / "empty"
    assert root_of(tmp_path / "file.yaml") == tmp_path


def test_a_chosen_folder_replaces_the_shipped_one_as_a_whole(tmp_path: Path) -> None:
    assert content_root(tmp_path / "mine") == tmp_path / "mine"


def test_packaged_content_is_preferred_to_the_checkout(shipped: Path) -> None:
    assert content_root() == shipped


def test_the_checkout_is_used_where_nothing_is_packaged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locating, "PACKAGED", tmp_path / "nothing")
    assert (content_root() / "rubrics").is_dir()


@pytest.mark.usefixtures("shipped")
def test_a_copy_holds_the_same_content(tmp_path: Path) -> None:
    target = tmp_path / "deep" / "mine"
    written = copy_content(target)
    assert written == sorted(path for path in target.rglob("*") if path.is_file())
    assert load_library(target) == load_library(content_root())


def test_the_copy_of_the_checkout_has_the_schemas_where_editors_look(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locating, "PACKAGED", tmp_path / "nothing")
    names = {
        path.relative_to(tmp_path / "mine").as_posix() for path in copy_content(tmp_path / "mine")
    }
    assert "rubrics/criterion.schema.json" in names
    assert "scenarios/scenario.schema.json" in names


def test_hidden_files_are_not_copied(shipped: Path, tmp_path: Path) -> None:
    (shipped / "rubrics" / ".DS_Store").touch()
    assert not [path for path in copy_content(tmp_path / "mine") if path.name.startswith(".")]


@pytest.mark.skipif(sys.platform == "win32", reason="permissions work otherwise there")
def test_a_copy_of_read_only_content_can_be_written_to(shipped: Path, tmp_path: Path) -> None:
    everything = [shipped, *shipped.rglob("*")]
    for path in everything:
        path.chmod(0o555 if path.is_dir() else 0o444)
    try:
        copy_content(tmp_path / "mine")
    finally:
        for path in everything:
            path.chmod(0o755)
    for path in (tmp_path / "mine").rglob("*"):
        assert path.stat().st_mode & stat.S_IWUSR, path


@pytest.mark.parametrize("folder", ["rubrics", "scenarios"])
@pytest.mark.usefixtures("shipped")
def test_a_copy_never_overwrites(folder: str, tmp_path: Path) -> None:
    mine = tmp_path / "mine" / folder / "mine.yaml"
    mine.parent.mkdir(parents=True)
    mine.write_text("my own work")
    with pytest.raises(FolderNotEmpty):
        copy_content(tmp_path / "mine")
    assert [path for path in (tmp_path / "mine").rglob("*") if path.is_file()] == [mine]
    assert mine.read_text() == "my own work"


@pytest.mark.usefixtures("shipped")
def test_a_copy_may_go_beside_other_files(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "README").write_text("mine")
    assert copy_content(tmp_path / "mine")
    assert (tmp_path / "mine" / "README").read_text() == "mine"


@pytest.mark.usefixtures("shipped")
def test_a_file_where_the_folder_should_be_is_an_os_error(tmp_path: Path) -> None:
    (tmp_path / "mine").touch()
    with pytest.raises(OSError, match="mine"):
        copy_content(tmp_path / "mine")
