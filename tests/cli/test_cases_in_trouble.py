"""Imports that meet: each other, a kill, a file that somebody saves, names that are alike."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from commcoach import bootstrap
from commcoach.coaching import grade_import
from commcoach.coaching.casework import RawRow
from commcoach.content.loading import find_problems
from commcoach.swapped_files import JOURNAL
from tests.casework_content import own_content
from tests.cli.conftest import Cli
from tests.cli.own_cases import cases, snapshot
from tests.shipped import CACHE

ID = "open_question"
KILLED = """
import os, signal, sys
from pathlib import Path
from commcoach.cli import main

replace = Path.replace
def once(self, target):
    done = replace(self, target)
    if str(target).endswith(".jsonl"):
        os.kill(os.getpid(), signal.SIGKILL)
    return done
Path.replace = once
main.run()
"""


@pytest.fixture
def own(tmp_path: Path) -> Path:
    return own_content(tmp_path / "mine")


def grades(own: Path, place: Path, by: str) -> Path:
    """A file with a grade for a case of each file, and a new case."""
    found = cases(own)
    ids = ("night_piling-zh-001", "night_piling-more-zh-001")
    rows = [{"id": id, "reply": found[id]["reply"], "levels": {ID: 2}} for id in ids]
    rows.append({"id": f"new-{by}", "reply": "您先说最急的。", "levels": {ID: 3}})
    place.write_text("\n".join(json.dumps(row) for row in rows), "utf-8")
    return place


def graded_by(own: Path, by: str) -> int:
    return sum(one["by"] == by for row in cases(own).values() for one in row["grades"])


def test_an_import_waits_for_nobody_but_says_that_another_goes_on(
    cli: Cli, own: Path, tmp_path: Path
) -> None:
    place = grades(own, tmp_path / "a.jsonl", "甲")
    before = snapshot(own)
    with bootstrap.sole_import(own):
        result = cli("cases", "import", place, "--by", "甲", "--new-cases", "--content", own)
        assert result.code == 1
        assert result.err == "另一个程序正在往这个内容文件夹里导入评分。请等它做完，再试一次。\n"
    assert snapshot(own) == before
    assert cli("cases", "import", place, "--by", "甲", "--new-cases", "--content", own).code == 0
    assert graded_by(own, "甲") == 3


@pytest.mark.slow
def test_of_imports_at_once_none_loses_a_grade(own: Path, tmp_path: Path) -> None:
    names = ("甲", "乙", "丙")
    command = (sys.executable, "-m", "commcoach", "cases", "import")
    open_ = {by: grades(own, tmp_path / f"{index}.jsonl", by) for index, by in enumerate(names)}
    for _ in range(10):
        running = {
            by: subprocess.Popen(
                [*command, place, "--by", by, "--new-cases", "--content", own],
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                env={**os.environ, "COMMCOACH_CACHE_DIR": str(CACHE)},
            )
            for by, place in open_.items()
        }
        for by, one in running.items():
            _, said = one.communicate(timeout=120)
            if one.returncode == 0:
                open_.pop(by)
            else:
                assert "另一个程序正在" in said.decode(), said.decode()
        if not open_:
            break
    assert not open_
    assert [graded_by(own, by) for by in names] == [3, 3, 3]
    assert find_problems(own) == ()


@pytest.mark.slow
def test_an_import_killed_half_way_is_whole_when_the_content_is_read_again(
    cli: Cli, own: Path, tmp_path: Path
) -> None:
    place = grades(own, tmp_path / "a.jsonl", "甲")
    died = subprocess.run(
        [
            *(sys.executable, "-c", KILLED, "cases", "import", place),
            *("--by", "甲", "--new-cases", "--content", own),
        ],
        check=False,
        capture_output=True,
        env={**os.environ, "COMMCOACH_CACHE_DIR": str(CACHE)},
    )
    assert died.returncode == -signal.SIGKILL, died.stderr
    assert JOURNAL in snapshot(own)
    assert graded_by(own, "甲") == 1  # a half: no reader may see this
    assert cli("rubric", "check", own).code == 0
    assert graded_by(own, "甲") == 3
    assert not [name for name in snapshot(own) if name.startswith(".swap-")]


def test_what_an_earlier_import_left_unreadable_stops_everybody(
    cli: Cli, own: Path, tmp_path: Path
) -> None:
    place = grades(own, tmp_path / "a.jsonl", "甲")
    (own / "rubrics" / "cases" / JOURNAL).write_bytes(b"{")
    before = snapshot(own)
    assert [one.code for one in find_problems(own)] == ["half_import"]
    result = cli("cases", "import", place, "--by", "甲", "--new-cases", "--content", own)
    assert result.code == 1
    assert "上一次导入没有做完" in result.err
    assert snapshot(own).items() >= before.items()


def test_what_somebody_edited_after_a_kill_is_named_by_the_check(own: Path) -> None:
    (own / "rubrics" / "cases" / "night_piling.jsonl.edited").write_bytes(b"{}")
    (problem,) = find_problems(own)
    assert (problem.code, problem.path) == (
        "not_read",
        "rubrics/cases/night_piling.jsonl.edited",
    )


@pytest.mark.parametrize("kind", ["jsonl", "xlsx"])
def test_a_file_saved_while_it_is_read_is_refused_even_with_its_size_and_time(
    cli: Cli, own: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    place = tmp_path / f"a.{kind}"
    export = ("cases", "export", place, "--criterion", ID, "--content", own)
    assert cli(*export).code == 0
    before = snapshot(own)

    take = grade_import._Desk.take

    def meanwhile(desk: Any, row: RawRow) -> None:
        if not desk.first:
            stat, raw = place.stat(), place.read_bytes()
            place.write_bytes(raw[:-1] + bytes([raw[-1] ^ 1]))
            os.utime(place, ns=(stat.st_atime_ns, stat.st_mtime_ns))
        take(desk, row)

    monkeypatch.setattr(grade_import._Desk, "take", meanwhile)
    result = cli("cases", "import", place, "--content", own)
    assert result.code == 2
    assert "文件在读的时候变了" in result.err
    assert snapshot(own) == before


@pytest.mark.parametrize("names", [("王老师", "王老师"), ("Li", " Li ")])
def test_two_graders_of_one_name_are_not_made_one_column(
    cli: Cli, own: Path, tmp_path: Path, names: tuple[str, str]
) -> None:
    place = tmp_path / "a.xlsx"
    asked = [part for name in names for part in ("--grader", name)]
    result = cli("cases", "export", place, "--criterion", ID, *asked, "--content", own)
    assert result.code == 2
    assert result.err.startswith(f"“{names[0]}”写了两次。")
    assert not place.exists()


def test_a_name_that_cannot_stand_in_a_header_is_one_sentence(
    cli: Cli, own: Path, tmp_path: Path
) -> None:
    place = tmp_path / "a.xlsx"
    result = cli(
        "cases", "export", place, "--criterion", ID, "--grader", "王\x07", "--content", own
    )
    assert result.code == 2
    assert result.err == (
        "评分人“王\\x07”不能用作列头：名字里有换行或看不见的字符。请换一个名字。\n"
    )
    assert not place.exists()


def test_levels_with_what_they_are_called_are_taken_from_a_sheet(
    cli: Cli, own: Path, tmp_path: Path
) -> None:
    place = tmp_path / "a.xlsx"
    asked = ("--criterion", ID, "--scenario", "night_piling", "--language", "zh", "--blind")
    assert cli("cases", "export", place, *asked, "--content", own).code == 0
    book = load_workbook(place)
    anchors = [str(row[0]) for row in book.worksheets[1].iter_rows(values_only=True)]
    named = next(text for text in anchors if text.startswith("3 "))
    for number, level in enumerate(("2级", "1 分", named), start=2):
        book.worksheets[0].cell(number, 6).value = level
    book.save(place)
    result = cli("cases", "import", place, "--by", "王老师", "--content", own)
    assert result.code == 0, result.err
    given = [one for row in cases(own).values() for one in row["grades"] if one["by"] == "王老师"]
    assert [one["levels"] for one in given] == [{ID: 2}, {ID: 1}, {ID: 3}]


def test_whoever_gets_a_sheet_with_grades_in_it_is_told(
    cli: Cli, own: Path, tmp_path: Path
) -> None:
    seen = cli("cases", "export", tmp_path / "a.xlsx", "--criterion", ID, "--content", own)
    assert "表里能看到已有的评分" in seen.out
    blind = cli(
        "cases", "export", tmp_path / "b.xlsx", "--criterion", ID, "--blind", "--content", own
    )
    assert "表里能看到已有的评分" not in blind.out


def bad_rows(own: Path) -> Iterator[tuple[str, str]]:
    """Lines of a file, each with a mistake of its own, and what is said of it."""
    reply = json.dumps(cases(own)["night_piling-zh-001"]["reply"])
    yield f'{{"id": "night_piling-zh-001", "reply": {reply}, "levels": {{"{ID}": 9}}}}', "9 级"
    yield f'{{"id": "night_piling-zh-001", "reply": {reply}}}', "第 1 行已经有了"
    yield '{"id": "a", "id": "b", "reply": "c"}', "id"
    yield "{“id”: “d”, “reply”: “e”}", "弯引号"
    yield '{"id": "f", "reply": "g\th"}', "制表符"
    yield '{"id": "i"}', "reply"
    yield f'{{"id": "night_piling-zh-002", "reply": "改过", "levels": {{"{ID}": 1}}}}', "改过"
    yield '{"id": "j", "reply": "k", "colour": "red"}', "colour"
    yield '{"id": "l", "reply": "\\ud800"}', ""
    yield '{"id": "m", "reply": "n", "levels": {"kindness": 1}}', "m"


def test_everything_wrong_with_a_file_of_lines_is_named_at_once(
    cli: Cli, own: Path, tmp_path: Path
) -> None:
    place, rows = tmp_path / "a.jsonl", list(bad_rows(own))
    place.write_text("\ufeff" + "\n".join(row for row, _ in rows), "utf-8")
    before = snapshot(own)
    result = cli("cases", "import", place, "--by", "甲", "--content", own)
    assert result.code == 2
    said = {
        number: line
        for line in result.err.splitlines()
        for number in range(1, len(rows) + 1)
        if line.startswith(f"a.jsonl:{number}:")
    }
    assert sorted(said) == list(range(1, len(rows) + 1)), result.err
    for number, (_, word) in enumerate(rows, start=1):
        assert word in said[number]
    assert snapshot(own) == before
