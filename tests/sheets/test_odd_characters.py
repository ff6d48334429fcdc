"""Characters and names that a workbook, or the header of one, cannot simply hold."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import load_workbook

from commcoach import bootstrap
from commcoach.coaching.casework import (
    Column,
    Sheet,
    SheetRow,
    UnusableName,
    check_of,
    folded,
    grading_sheet,
)
from commcoach.coaching.grade_import import Taken, Terms, take_in
from commcoach.domain.cases import Grade, GradedCase, Said
from commcoach.domain.language import Language
from commcoach.presentation.grading import sheet_labels
from commcoach.presentation.wording import Wording
from commcoach.sheets.headers import column_header, read_header
from commcoach.sheets.reading import WorkbookFile
from commcoach.sheets.writing import write_sheet
from tests.shipped import library

ID = "open_question"
CRITERION = library().criteria[ID]
HIDDEN = ("\ufffe", "\uffff", "\ud800", "\udfff", "\x00", "\x0b", "\x1f")
ODD = (*HIDDEN, "_x0041_", "_x000D_", "_xd800_", "_xffff_", "\U0001f600", "\u2028")


def write(place: Path, sheet: Sheet) -> None:
    write_sheet(place, sheet, sheet_labels([CRITERION], Wording(Language.ZH)))


def read(place: Path, case: GradedCase) -> Taken:
    book = WorkbookFile(place, (ID,))
    return take_in(book, [case], {ID: CRITERION}, Terms(), bootstrap.mask)


@pytest.mark.parametrize("odd", ODD, ids=ascii)
def test_a_reply_with_any_character_goes_out_and_comes_back(tmp_path: Path, odd: str) -> None:
    place = tmp_path / "sheet.xlsx"
    said = f"您先{odd}说。"
    case = GradedCase("a", (Said("", said),), said, (), Language.ZH)
    write(place, grading_sheet([case], (ID,), ("王老师",)))
    book = load_workbook(place)
    book.worksheets[0]["F2"].value = 3
    book.save(place)
    taken = read(place, case)
    assert taken.faults == ()
    assert taken.grades["a"] == (Grade("王老师", "human", {ID: 3}),)


def test_what_a_program_makes_of_an_escape_is_still_the_same_text() -> None:
    assert folded("a_x0041_b") == "aAb"
    assert check_of("", "a_x0041_b") == check_of("", "aAb")
    assert check_of("", "_x0041_") != check_of("", "_x0042_")


@pytest.mark.parametrize(
    "name", ["Li note", "王 id", "id", "reply", "check", "a@b.cn", "@", "Context", "3", "n/a"]
)
def test_a_grader_with_the_name_of_a_column_is_still_a_grader(name: str) -> None:
    column = Column(ID, name)
    assert read_header(column_header(column, "开放式提问")) == column


@pytest.mark.parametrize("name", ["王\n老师", "a\u2028b", " 王老师", "王\x07", "Li\r\nnote"])
def test_a_name_that_no_header_holds_is_refused_before_anything_is_written(
    tmp_path: Path, name: str
) -> None:
    place = tmp_path / "sheet.xlsx"
    with pytest.raises(UnusableName) as refused:
        write(place, Sheet((Column(ID, name),), [SheetRow("a", "", "好")]))
    assert refused.value.name == name
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("header", ["备注 note", "note", "编号 ID", "回复\nreply"])
def test_fixed_columns_are_known_by_their_last_word(header: str) -> None:
    assert read_header(header) == header.rsplit(maxsplit=1)[-1].lower()
