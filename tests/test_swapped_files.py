"""Several files take their places together: whatever goes wrong, and whenever the program dies."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from commcoach import swapped_files
from commcoach.swapped_files import (
    JOURNAL,
    LOCK,
    FilesChanged,
    JournalUnreadable,
    SwapUnderWay,
    SwapUnfinished,
    settle,
    sole_writer,
    swap,
)

OLD = {"one.jsonl": b"old 1\n", "two.jsonl": b"old 2\n"}
NEW = {"one.jsonl": b"new 1\n", "two.jsonl": b"new 2\n", "three.jsonl": b"new 3\n"}
KILLED = """
import os, signal, sys
from pathlib import Path
from commcoach.swapped_files import sole_writer, swap

folder, steps = Path(sys.argv[1]), int(sys.argv[2])

def counted(owner, name):
    done = getattr(owner, name)
    def step(*given, **named):
        global steps
        if steps == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        steps -= 1
        return done(*given, **named)
    setattr(owner, name, step)

for owner, name in ((Path, "replace"), (Path, "unlink"), (os, "fsync")):
    counted(owner, name)
before = {folder / name: (folder / name).read_bytes() for name in ("one.jsonl", "two.jsonl")}
before[folder / "three.jsonl"] = None
after = {folder / f"{name}.jsonl": f"new {number}\\n".encode()
         for number, name in enumerate(("one", "two", "three"), start=1)}
with sole_writer(folder):
    swap(folder, before, after)
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "cases"
    made.mkdir()
    for name, content in OLD.items():
        (made / name).write_bytes(content)
    return made


def everything(folder: Path) -> dict[str, bytes]:
    """What lies in the folder, but for the lock, which stays."""
    return {place.name: place.read_bytes() for place in folder.iterdir() if place.name != LOCK}


def cut_off(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A swap of which only the journal stands."""
    with monkeypatch.context() as patched:
        patched.setattr(swapped_files, "_carry_out", lambda _folder: None)
        take_places(folder)


def take_places(folder: Path) -> None:
    before = {folder / name: OLD.get(name) for name in NEW}
    with sole_writer(folder):
        swap(folder, before, {folder / name: content for name, content in NEW.items()})


def test_all_files_take_their_places_and_nothing_is_left_behind(folder: Path) -> None:
    take_places(folder)
    assert everything(folder) == NEW


@pytest.mark.slow
def test_a_kill_at_any_step_leaves_all_or_nothing_after_the_next_look(folder: Path) -> None:
    seen = set()
    for steps in range(60):
        for place in folder.iterdir():
            place.unlink()
        for name, content in OLD.items():
            (folder / name).write_bytes(content)
        died = subprocess.run([sys.executable, "-c", KILLED, folder, str(steps)], check=False)
        assert settle(folder)
        left = {name: raw for name, raw in everything(folder).items() if name[0] != "."}
        assert left in (OLD, NEW), f"killed at step {steps}"
        assert JOURNAL not in everything(folder)
        seen.add((died.returncode, left == NEW))
        if died.returncode == 0:
            break
    assert seen == {(-signal.SIGKILL, False), (-signal.SIGKILL, True), (0, True)}


@pytest.mark.parametrize("trouble", [OSError(28, "No space left on device"), KeyboardInterrupt()])
@pytest.mark.parametrize("is_done", [False, True])
@pytest.mark.parametrize("target", [JOURNAL, *NEW])
def test_a_failure_leaves_everything_as_it_was(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    trouble: BaseException,
    is_done: bool,
    target: str,
) -> None:
    replace, troubles = Path.replace, [trouble]

    def fail(self: Path, place: Path) -> Path:
        if Path(place).name != target or not troubles:
            return replace(self, place)
        if is_done:
            replace(self, place)
        raise troubles.pop()

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(type(trouble)):
        take_places(folder)
    assert everything(folder) == OLD


def test_a_way_back_that_is_cut_off_is_gone_to_its_end_with_the_next_look(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace = Path.replace

    def fail(self: Path, place: Path) -> Path:
        # The new contents of the first file find their place; nothing does after that.
        if Path(place).name in NEW and (folder / "one.jsonl").read_bytes() != OLD["one.jsonl"]:
            raise OSError(13, "Permission denied")
        return replace(self, place)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", fail)
        with pytest.raises(PermissionError):
            take_places(folder)
        assert not settle(folder)
    assert settle(folder)
    assert everything(folder) == OLD


def test_a_file_that_cannot_be_moved_does_not_stop_the_way_back_of_the_others(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace = Path.replace

    def fail(self: Path, place: Path) -> Path:
        if Path(place).name == "two.jsonl":
            raise OSError(13, "Permission denied")
        return replace(self, place)

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(PermissionError):
        take_places(folder)
    assert everything(folder) == OLD


def test_a_disk_that_fills_up_after_the_journal_stands_does_not_cut_off_the_way_back(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    carry_out, draft = swapped_files._carry_out, swapped_files._draft
    full = OSError(28, "No space left on device")
    troubles = [full]

    def fail(place: Path) -> None:
        if (place / JOURNAL).exists() and troubles:
            raise troubles.pop()
        carry_out(place)

    def no_room(place: Path, content: bytes) -> Path:
        if not troubles:
            raise full
        return draft(place, content)

    monkeypatch.setattr(swapped_files, "_carry_out", fail)
    monkeypatch.setattr(swapped_files, "_draft", no_room)
    with pytest.raises(OSError, match="No space left"):
        take_places(folder)
    assert settle(folder)
    assert everything(folder) == OLD


def test_files_that_can_neither_go_on_nor_back_are_told_of_and_take_their_places_later(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        lost: list[Path] = []
        replace = Path.replace

        def fail(self: Path, place: Path) -> Path:
            if lost or Path(place).name == "two.jsonl":
                lost.append(place)
                raise OSError(5, "Input/output error")
            return replace(self, place)

        patched.setattr(Path, "replace", fail)
        with pytest.raises(SwapUnfinished):
            take_places(folder)
    assert settle(folder)
    assert everything(folder) == NEW


def test_a_file_that_changed_since_it_was_read_is_not_written_over(folder: Path) -> None:
    (folder / "two.jsonl").write_bytes(b"somebody's\n")
    with pytest.raises(FilesChanged):
        take_places(folder)
    assert everything(folder) == OLD | {"two.jsonl": b"somebody's\n"}


def test_what_was_edited_between_a_kill_and_the_next_look_is_kept_beside(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cut_off(folder, monkeypatch)
    (folder / "two.jsonl").write_bytes(b"edited\n")
    assert settle(folder)
    assert everything(folder) == NEW | {"two.jsonl.edited": b"edited\n"}


def test_a_file_that_somebody_wrote_meanwhile_is_kept_beside_on_the_way_back_too(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace = Path.replace

    def fail(self: Path, place: Path) -> Path:
        if Path(place).name == "three.jsonl":
            place.write_bytes(b"somebody's\n")
            raise OSError(13, "Permission denied")
        return replace(self, place)

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(PermissionError):
        take_places(folder)
    assert everything(folder) == OLD | {"three.jsonl.edited": b"somebody's\n"}


@pytest.mark.parametrize("is_done", [False, True])
def test_an_interruption_is_told_only_where_it_stopped_something(
    folder: Path, monkeypatch: pytest.MonkeyPatch, is_done: bool
) -> None:
    unlink = Path.unlink
    steps = 0
    while True:
        for place in folder.iterdir():
            place.unlink()
        for name, content in OLD.items():
            (folder / name).write_bytes(content)
        left = steps

        def interrupt(self: Path, *, missing_ok: bool = False) -> None:
            nonlocal left
            left -= 1
            if left != -1 or is_done:
                unlink(self, missing_ok=missing_ok)
            if left == -1:
                raise KeyboardInterrupt

        with monkeypatch.context() as patched:
            patched.setattr(Path, "unlink", interrupt)
            try:
                take_places(folder)
                wanted = NEW
            except KeyboardInterrupt:
                wanted = OLD
        found = everything(folder)
        assert {name: raw for name, raw in found.items() if name[0] != "."} == wanted, steps
        if left >= 0:
            break
        steps += 1
    assert steps >= 1


def test_what_was_kept_beside_is_not_written_over_the_next_time(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "two.jsonl.edited").write_bytes(b"edited before\n")
    cut_off(folder, monkeypatch)
    (folder / "two.jsonl").write_bytes(b"edited\n")
    assert settle(folder)
    kept = {"two.jsonl.edited": b"edited before\n", "two.jsonl.edited-2": b"edited\n"}
    assert everything(folder) == NEW | kept


def test_a_file_that_was_renamed_after_a_kill_does_not_stop_the_others(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cut_off(folder, monkeypatch)
    (folder / "one.jsonl").rename(folder / "one-old.jsonl")
    assert settle(folder)
    assert everything(folder) == NEW | {"one-old.jsonl": OLD["one.jsonl"]}


def test_the_drafts_of_others_are_left_alone(folder: Path) -> None:
    others = {".mine.swap": b"1", ".new-x.draft": b"2", "swap-x.draft": b"3"}
    for name, content in others.items():
        (folder / name).write_bytes(content)
    (folder / ".swap-left.draft").write_bytes(b"by a program that was killed")
    (folder / ".a1b2c3_4.swap").write_bytes(b"by one of before")
    take_places(folder)
    assert everything(folder) == NEW | others


@pytest.mark.parametrize(
    "journal",
    [
        b"{",
        b"[1]",
        b"\xff",
        json.dumps([{"place": "../../x", "draft": None, "known": []}]).encode(),
        json.dumps([{"place": "one.jsonl", "draft": "../x", "known": []}]).encode(),
        json.dumps([{"place": 1, "draft": None, "known": []}]).encode(),
    ],
)
def test_a_journal_that_is_none_of_ours_is_never_followed(folder: Path, journal: bytes) -> None:
    (folder / JOURNAL).write_bytes(journal)
    assert not settle(folder)
    with pytest.raises(JournalUnreadable):
        take_places(folder)
    assert everything(folder) == OLD | {JOURNAL: journal}


def test_only_one_writer_at_a_time(folder: Path) -> None:
    with sole_writer(folder), pytest.raises(SwapUnderWay), sole_writer(folder):
        pass  # pragma: no cover  # never reached
    with sole_writer(folder):
        pass


def test_the_lock_keeps_its_name_so_that_all_who_wait_wait_for_the_same(folder: Path) -> None:
    with sole_writer(folder):
        held = (folder / LOCK).stat().st_ino
    with sole_writer(folder):
        assert (folder / LOCK).stat().st_ino == held


def test_a_reader_waits_for_a_swap_that_is_under_way(folder: Path) -> None:
    (folder / JOURNAL).write_bytes(b"[]")
    with sole_writer(folder):
        (folder / JOURNAL).write_bytes(b"[]")
        assert not settle(folder, patience=0.01)
    assert settle(folder)
