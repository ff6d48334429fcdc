"""A grading sheet as it is given out, and as it comes back filled in."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from commcoach.coaching.casework import (
    Column,
    Sheet,
    SheetRow,
    grading_sheet,
)
from commcoach.domain.cases import Grade
from tests.sheets.grading_sheets import (
    CASES,
    CRITERIA,
    ID,
    change,
    fill,
    read,
    write,
)


def test_a_sheet_has_a_row_for_each_reply_and_a_column_for_each_grader(place: Path) -> None:
    sheet = load_workbook(place).worksheets[0]
    assert [cell.value for cell in sheet[1]] == [
        "编号 id",
        "语言 language",
        "情景 scenario",
        "上文 context",
        "回复 reply",
        "开放式提问\nopen_question @author",
        "开放式提问\nopen_question @王老师",
        "备注 note",
        "校验码 check",
    ]
    assert [cell.value for cell in sheet[2]][:2] == ["case-1", "zh"]
    assert sheet["F2"].value == 1
    assert sheet["G2"].value is None
    assert sheet.max_row == len(CASES) + 1
    assert sheet.freeze_panes == "A2"


def test_levels_are_chosen_from_a_list_and_the_reply_is_shaded(place: Path) -> None:
    sheet = load_workbook(place).worksheets[0]
    lists = {str(one.sqref): one.formula1 for one in sheet.data_validations.dataValidation}
    assert lists["G2:G7"] == '"0,1,2,3,4,n/a"'
    assert sheet["E2"].fill.fgColor.rgb.endswith("EDEBE4")
    assert sheet["E2"].alignment.wrap_text


def test_the_other_sheets_hold_the_anchors_and_what_to_do_in_both_languages(place: Path) -> None:
    _, anchors, guide = load_workbook(place).worksheets
    texts = {cell for row in anchors.iter_rows(values_only=True) for cell in row}
    criterion = CRITERIA[ID]
    assert {level.anchor.zh for level in criterion.levels} <= texts
    assert {one.question.zh for one in criterion.boundaries} <= texts
    assert {one.when.zh for one in criterion.applies_when} <= texts
    lines = [str(row[0]) for row in guide.iter_rows(values_only=True)]
    assert any("黄色的格子" in line for line in lines)
    assert any("yellow cells" in line for line in lines)


def test_a_blind_sheet_has_nobodys_levels(tmp_path: Path) -> None:
    place = tmp_path / "blind.xlsx"
    write(place, grading_sheet(CASES, (ID,), blind=True))
    sheet = load_workbook(place).worksheets[0]
    assert [cell.value for cell in sheet[1]][5] == "开放式提问\nopen_question"
    assert all(sheet.cell(row, 6).value is None for row in range(2, 8))
    with zipfile.ZipFile(place) as archive:
        assert not any(b"author" in archive.read(name) for name in archive.namelist())


@pytest.mark.parametrize("text", ["=1+1", "+86 10", "-3", "@SUM(A1)", "#N/A", "=cmd|'/c calc'!A1"])
def test_what_looks_like_a_formula_is_text(tmp_path: Path, text: str) -> None:
    place = tmp_path / "odd.xlsx"
    write(place, Sheet((Column(ID, "甲"),), [SheetRow("a", text, text)]))
    sheet = load_workbook(place).worksheets[0]
    assert (sheet["E2"].value, sheet["E2"].data_type, sheet["E2"].quotePrefix) == (text, "s", True)
    assert sheet["I2"].value is None or sheet["I2"].data_type == "s"


def test_a_sheet_is_never_written_over(place: Path) -> None:
    before = place.read_bytes()
    with pytest.raises(FileExistsError):
        write(place, grading_sheet(CASES, (ID,)))
    assert place.read_bytes() == before


def test_a_sheet_appears_only_when_it_is_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "sheet.xlsx"
    seen: list[bool] = []
    save = Workbook.save

    def stopped(self: Workbook, draft: Path) -> None:
        save(self, draft)
        seen.append(place.exists())
        raise KeyboardInterrupt

    monkeypatch.setattr(Workbook, "save", stopped)
    with pytest.raises(KeyboardInterrupt):
        write(place, grading_sheet(CASES, [ID], ("王老师",)))
    assert seen == [False]
    assert list(tmp_path.iterdir()) == []


def test_what_is_filled_in_comes_back(place: Path) -> None:
    fill(place, {"G2": 3, "G3": "４", "G4": "n/a", "G5": " 不适用 ", "G6": 2.0})
    taken = read(place)
    assert taken.faults == ()
    assert taken.grades["case-1"] == (Grade("王老师", "human", {ID: 3}),)
    assert taken.grades["case-2"] == (Grade("王老师", "human", {ID: 4}),)
    assert taken.grades["case-3"] == (Grade("王老师", "human", {ID: None}),)
    assert taken.grades["case-4"] == (Grade("王老师", "human", {ID: None}),)
    assert taken.grades["case-5"] == (Grade("王老师", "human", {ID: 2}),)
    assert (taken.rows, taken.levels, taken.unchanged, taken.missing) == (6, 5, 6, 0)


def test_columns_may_be_moved_and_rows_sorted_and_notes_written(place: Path) -> None:
    def rearrange(sheet: Worksheet) -> None:
        rows = [list(row) for row in sheet.iter_rows(values_only=True)]
        head, *below = [[*row[5:], *row[:5]] for row in rows]
        for number, row in enumerate([head, *reversed(below)], start=1):
            for column, value in enumerate(row, start=1):
                sheet.cell(number, column).value = value
        sheet["B2"].value = 4
        sheet["C2"].value = "拿不准"

    change(place, rearrange)
    taken = read(place)
    assert taken.faults == ()
    assert taken.grades == {"case-6": (Grade("王老师", "human", {ID: 4}),)}


def test_a_partial_return_is_taken_and_what_is_missing_counted(place: Path) -> None:
    fill(place, {"G2": 3})
    change(place, lambda sheet: sheet.delete_rows(4, 3))
    taken = read(place)
    assert taken.faults == ()
    assert (taken.rows, taken.missing, taken.blank, taken.levels) == (3, 3, (), 1)
