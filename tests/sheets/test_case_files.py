"""Grades added to the files of cases: all or nothing, and nothing else touched."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from commcoach.domain.cases import Grade, GradedCase, Said
from commcoach.domain.language import Language
from commcoach.sheets.case_files import add_grades, case_row, write_cases
from commcoach.swapped_files import FilesChanged

NEW = (Grade("王老师", "human", {"open_question": 3}),)
ROW = '{"id":"a",  "reply": "好", "grades": [{"by": "x", "kind": "human", "levels": {"k": 1}}]}'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "one.jsonl").write_text(f'{ROW}\n\n{{"id": "b",   "reply": "行"}}\n', "utf-8")
    (tmp_path / "two.jsonl").write_bytes(b'\xef\xbb\xbf{"id": "c", "reply": "no"}\r\n')
    return tmp_path


def rows(place: Path) -> list[dict[str, object]]:
    text = place.read_text(encoding="utf-8-sig")
    return [json.loads(line) for line in text.splitlines() if line.strip()]


def test_a_grade_is_added_to_its_case_and_other_lines_stay_as_they_are(folder: Path) -> None:
    written = add_grades(folder, "n", {"b": NEW}, ())
    assert written == [folder / "one.jsonl"]
    lines = (folder / "one.jsonl").read_text(encoding="utf-8").split("\n")
    assert lines[0] == ROW
    assert lines[1] == ""
    assert json.loads(lines[2])["grades"] == [
        {"by": "王老师", "kind": "human", "levels": {"open_question": 3}}
    ]
    assert lines[3] == ""


def test_more_levels_of_a_grader_join_those_that_are_there(folder: Path) -> None:
    add_grades(folder, "n", {"a": (Grade("x", "human", {"k": 2, "m": None}),)}, ())
    assert rows(folder / "one.jsonl")[0]["grades"] == [
        {"by": "x", "kind": "human", "levels": {"k": 2, "m": None}}
    ]


def test_a_blind_grade_names_its_drawing_until_the_level_is_given_anew(folder: Path) -> None:
    blind = Grade("x", "human", {"k": 2}, {"k": 0.5}, {"k": "d1"})
    add_grades(folder, "n", {"a": (blind,)}, ())
    marks = {"blind": {"k": 0.5}, "drawing": {"k": "d1"}}
    assert rows(folder / "one.jsonl")[0]["grades"] == [
        {"by": "x", "kind": "human", "levels": {"k": 2}, **marks}
    ]
    case = GradedCase("z", (), "好", (blind,), source="correction")
    assert case_row(case)["grades"][0]["drawing"] == {"k": "d1"}
    assert case_row(case)["source"] == "correction"
    add_grades(folder, "n", {"a": (Grade("x", "human", {"k": 1}),)}, ())
    assert rows(folder / "one.jsonl")[0]["grades"] == [
        {"by": "x", "kind": "human", "levels": {"k": 1}}
    ]


def test_a_byte_order_mark_and_line_ends_are_kept(folder: Path) -> None:
    add_grades(folder, "n", {"c": NEW}, ())
    raw = (folder / "two.jsonl").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf{")
    assert raw.endswith(b"}\r\n")


def test_new_cases_get_a_file_of_their_own_under_a_free_name(folder: Path) -> None:
    case = GradedCase("d", (Said("", "问"),), "答", NEW, Language.ZH)
    first = add_grades(folder, "导入 第一批!", {}, (case,))
    second = add_grades(folder, "导入 第一批!", {}, (case,))
    assert [place.name for place in (*first, *second)] == [
        "导入_第一批.jsonl",
        "导入_第一批-2.jsonl",
    ]
    assert rows(first[0])[0]["context"] == "问"


def test_nothing_is_written_if_a_case_is_gone(folder: Path) -> None:
    before = {place.name: place.read_bytes() for place in folder.iterdir()}
    with pytest.raises(FilesChanged):
        add_grades(folder, "n", {"a": NEW, "gone": NEW}, ())
    assert {place.name: place.read_bytes() for place in folder.iterdir()} == before


@pytest.mark.parametrize("trouble", [OSError(28, "No space left on device"), KeyboardInterrupt()])
@pytest.mark.parametrize("is_done", [False, True])
def test_nothing_is_half_written_if_a_file_cannot_take_its_place(
    folder: Path, monkeypatch: pytest.MonkeyPatch, trouble: BaseException, is_done: bool
) -> None:
    before = {place.name: place.read_bytes() for place in folder.iterdir()}
    replace = Path.replace

    troubles = [trouble]

    def fail(self: Path, target: Path) -> Path:
        if Path(target).name != "two.jsonl" or not troubles:
            return replace(self, target)
        if is_done:
            replace(self, target)
        raise troubles.pop()

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(type(trouble)):
        add_grades(folder, "n", {"a": NEW, "c": NEW}, ())
    assert {place.name: place.read_bytes() for place in folder.iterdir()} == before


def test_cases_are_written_so_that_they_read_back_the_same(tmp_path: Path) -> None:
    case = GradedCase(
        "d", (Said("甲", "问"), Said("", "再问")), "答", NEW, Language.EN, "night_piling"
    )
    place = tmp_path / "cases.jsonl"
    write_cases(place, (case,))
    assert rows(place) == [case_row(case)]
    assert case_row(case)["context"] == [
        {"speaker": "甲", "text": "问"},
        {"speaker": "", "text": "再问"},
    ]
    with pytest.raises(FileExistsError):
        write_cases(place, ())
