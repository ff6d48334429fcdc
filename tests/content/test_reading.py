"""Reading a content folder while grades are being imported into it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from commcoach import swapped_files
from commcoach.content import reading
from commcoach.swapped_files import JOURNAL, sole_writer, swap

FILES = ("a.jsonl", "b.jsonl")
OLD, NEW = b'{"v": "old"}\n', b'{"v": "new"}\n'


@pytest.fixture
def cases(tmp_path: Path) -> Path:
    """A folder of cases with two files."""
    folder = tmp_path / "rubrics" / "cases"
    folder.mkdir(parents=True)
    for name in FILES:
        (folder / name).write_bytes(OLD)
    return folder


def import_half(cases: Path) -> None:
    """An import that is cut off when one file of two has taken its place."""
    places = [cases / name for name in FILES]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(swapped_files, "_carry_out", lambda _folder: None)
        with sole_writer(cases):
            swap(cases, dict.fromkeys(places, OLD), dict.fromkeys(places, NEW))
    first = json.loads((cases / JOURNAL).read_bytes())[0]
    (cases / first["draft"]).replace(cases / first["place"])


@pytest.mark.parametrize("look", ["_stamps", "_bytes"])
def test_an_import_that_is_cut_off_just_before_the_files_are_read_is_ended_and_read_anew(
    cases: Path, monkeypatch: pytest.MonkeyPatch, look: str
) -> None:
    really, imports = getattr(reading, look), [import_half]

    def cut_in(root: Path) -> object:
        if imports:
            imports.pop()(cases)
        return really(root)

    monkeypatch.setattr(reading, look, cut_in)
    taken = reading.snapshot(cases.parent.parent)
    assert set(taken.files.values()) == {NEW}
    assert taken.problems == ()


def test_an_import_that_never_comes_to_its_end_is_named(
    cases: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    really = reading._stamps

    def another(root: Path) -> object:
        if not (cases / JOURNAL).exists():
            for name in FILES:
                (cases / name).write_bytes(OLD)
            import_half(cases)
        return really(root)

    monkeypatch.setattr(reading, "_stamps", another)
    taken = reading.snapshot(cases.parent.parent)
    assert [(one.path, one.code) for one in taken.problems] == [("rubrics/cases", "half_import")]
