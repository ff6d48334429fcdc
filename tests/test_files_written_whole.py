"""A new file is there whole or not at all, and never in the place of another."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from commcoach.swapped_files import write_whole


def everything(folder: Path) -> dict[str, bytes]:
    return {place.name: place.read_bytes() for place in folder.iterdir()}


def test_an_interruption_never_costs_the_only_copy_of_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace = Path.replace

    def refuse(*_: object) -> None:
        raise OSError(95, "Operation not supported")

    def interrupt(self: Path, place: Path) -> Path:
        replace(self, place)
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "link", refuse)
    monkeypatch.setattr(Path, "replace", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_whole(tmp_path / "new", b"1")
    assert everything(tmp_path) == {"new": b"1"}


def test_a_new_file_is_written_whole_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "new"
    write_whole(place, b"1")
    with pytest.raises(FileExistsError):
        write_whole(place, b"2")

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        write_whole(tmp_path / "other", b"3")
    assert everything(tmp_path) == {"new": b"1"}


@pytest.mark.parametrize("has_second_names", [True, False])
def test_a_new_file_is_never_written_over_one_that_appeared_meanwhile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, has_second_names: bool
) -> None:
    place, sync, link = tmp_path / "new", os.fsync, os.link

    def appear(handle: int) -> None:
        place.write_bytes(b"somebody's")
        sync(handle)

    def refuse(*_: object) -> None:
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(os, "link", link if has_second_names else refuse)
    write_whole(tmp_path / "first", b"1")
    monkeypatch.setattr(os, "fsync", appear)
    with pytest.raises(FileExistsError):
        write_whole(place, b"2")
    assert everything(tmp_path) == {"first": b"1", "new": b"somebody's"}
