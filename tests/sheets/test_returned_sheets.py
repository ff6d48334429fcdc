"""Everything that may have happened to a grading sheet until it came back."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from commcoach import bootstrap
from commcoach.coaching.casework import (
    Column,
    Fault,
    Sheet,
    SheetRow,
    check_of,
    grading_sheet,
)
from commcoach.coaching.grade_import import Terms, take_in
from commcoach.domain.cases import Grade
from commcoach.domain.language import Language
from commcoach.presentation.grading import FAULTS, fault_line
from commcoach.presentation.wording import Wording
from commcoach.sheets.reading import WorkbookFile, is_workbook
from tests.sheets.grading_sheets import (
    CASES,
    CRITERIA,
    ID,
    change,
    fill,
    kinds,
    read,
    told,
    write,
)


def test_every_bad_level_is_named_with_its_cell(place: Path) -> None:
    bad = (7, "良好", 3.5, date(2026, 3, 4), True, -1)
    fill(place, {f"G{row}": value for row, value in enumerate(bad, start=2)})
    assert kinds(taken := read(place)) == [
        ("out_of_range", "评分表!G2"),
        ("not_a_level", "评分表!G3"),
        ("half_level", "评分表!G4"),
        ("date", "评分表!G5"),
        ("not_a_level", "评分表!G6"),
        ("out_of_range", "评分表!G7"),
    ]
    assert told(taken)[0] == "评分表!G2: 7 级不存在。请填 0–4 中的一个数，或 n/a。"
    assert told(taken)[3].startswith("评分表!G5: Excel 把这里变成了日期")


def test_everything_wrong_with_a_sheet_is_named_at_once(place: Path) -> None:
    def spoil(sheet: Worksheet) -> None:
        sheet["F1"].value = "我的想法"
        sheet["G2"].value, sheet["G3"].value, sheet["G4"].value = 9, "=1+2", "好"
        sheet["E5"].value = "别的话"
        sheet["A6"].value = sheet["A5"].value
        sheet.delete_rows(7)
        sheet.merge_cells("J2:J3")

    change(place, spoil)
    assert kinds(read(place)) == [
        ("bad_header", "评分表!F1"),
        ("out_of_range", "评分表!G2"),
        ("merged", "评分表!J2:J3"),
        ("uncomputed", "评分表!G3"),
        ("not_a_level", "评分表!G4"),
        ("changed_text", "评分表!E5"),
        ("doubled_row", "评分表!A6"),
    ]


def test_half_levels_are_taken_as_means_of_several(place: Path) -> None:
    fill(place, {"G2": 3.5})
    taken = read(place, Terms(kind="import"))
    assert taken.faults == ()
    assert taken.grades["case-1"] == (Grade("王老师", "import", {ID: 3.5}),)


def test_a_grade_for_changed_words_is_refused(place: Path) -> None:
    fill(place, {"E2": "别的话", "D3": "别的上文", "I4": "abcdefgh", "G2": 1, "G3": 1, "G4": 1})
    assert kinds(read(place)) == [
        ("changed_text", "评分表!E2"),
        ("changed_text", "评分表!D3"),
        ("changed_check", "评分表!I4"),
    ]


def test_an_authors_own_rows_may_come_again_from_a_second_grader(place: Path) -> None:
    fill(place, {"A8": "my-1", "D8": "电话13912345678", "E8": "我自己的回复", "G8": 2})
    first = read(place, Terms(new_cases=True))
    kept = take_in(
        WorkbookFile(place, tuple(CRITERIA)),
        (*CASES, *first.cases),
        CRITERIA,
        Terms(new_cases=True),
        bootstrap.mask,
    )
    assert kept.faults == ()
    assert kept.unchanged == len(CASES) + 1
    fill(place, {"I8": check_of("电话13912345678", "我自己的回复")})
    again = WorkbookFile(place, tuple(CRITERIA))
    assert take_in(again, (*CASES, *first.cases), CRITERIA, Terms(), bootstrap.mask).faults == ()


def test_other_words_under_an_id_that_is_taken_are_called_so(place: Path) -> None:
    fill(place, {"D2": "别的上文", "E2": "别的话", "I2": None, "G2": 1})
    assert kinds(taken := read(place, Terms(new_cases=True))) == [("id_taken", "评分表!A2")]
    assert "请换一个编号" in told(taken)[0]
    assert [kind for kind, _ in kinds(read(place))] == ["changed_text", "changed_text"]


def test_a_sheet_older_than_the_case_is_told_apart_from_a_changed_one(place: Path) -> None:
    fill(place, {"E2": "早先的话", "I2": check_of("您到底管不管？1", "早先的话"), "G2": 1})
    assert kinds(read(place)) == [("older_text", "评分表!E2")]


def test_spaces_and_line_ends_that_a_program_changed_do_not_count(place: Path) -> None:
    fill(place, {"E2": f" {CASES[0].reply}\r\n", "G2": 1})
    assert read(place).faults == ()


def test_rows_that_are_not_ours_are_refused_unless_they_are_meant(place: Path) -> None:
    new = {"A8": "my-1", "D8": "上文", "E8": "我自己的回复", "G8": 2}
    fill(place, new)
    assert kinds(read(place)) == [("unknown_row", "评分表!A8")]
    fill(place, {"G1": f"开放式提问\n{ID}"})
    assert kinds(read(place)) == [("unknown_row", "评分表!A8"), ("no_name", "评分表!G8")]
    taken = read(place, Terms(by="王老师", new_cases=True))
    assert taken.faults == ()
    (case,) = taken.cases
    assert (case.id, case.reply, case.grades) == (
        "my-1",
        "我自己的回复",
        (Grade("王老师", "human", {ID: 2}),),
    )


def test_a_new_case_is_kept_without_personal_data_and_an_old_one_as_it_is(place: Path) -> None:
    new = {"A8": "my-1", "D8": "我的电话13912345678", "E8": "13912345678，记下了。", "G8": 2}
    fill(place, {"G2": 3, **new})
    taken = read(place, Terms(new_cases=True))
    assert taken.faults == ()
    (case,) = taken.cases
    assert "13912345678" not in f"{case.context}{case.reply}"
    assert case.reply.endswith("，记下了。")
    assert (taken.masked, read(place, Terms()).masked) == (1, 0)
    assert taken.grades[CASES[0].id] == (Grade("王老师", "human", {ID: 3}),)


def test_a_new_row_must_make_a_case_that_the_content_takes(place: Path) -> None:
    fill(
        place,
        {
            "A8": "a",
            "B8": "fr",
            "E8": "回复",
            "G8": 1,
            "A9": "b",
            "C9": "Not An Id",
            "E9": "回复",
            "G9": 1,
            "A10": "c",
            "G10": 1,
        },
    )
    assert kinds(read(place, Terms(new_cases=True))) == [
        ("bad_language", "评分表!B8"),
        ("unknown_scenario", "评分表!C9"),
        ("no_reply", "评分表!E10"),
    ]


def test_doubled_and_missing_ids_are_named(place: Path) -> None:
    fill(place, {"A3": "case-1", "A4": None, "G4": 2})
    assert kinds(read(place)) == [("doubled_row", "评分表!A3"), ("no_id", "评分表!A4")]


def test_merged_cells_are_named(place: Path) -> None:
    fill(place, {"G2": 3})
    change(place, lambda sheet: sheet.merge_cells("G3:G4"))
    assert kinds(read(place)) == [("merged", "评分表!G3:G4")]


def test_a_formula_without_a_value_is_named(place: Path) -> None:
    fill(place, {"G2": "=1+2", "G3": 2})
    assert kinds(read(place)) == [("uncomputed", "评分表!G2")]


def test_what_is_wrong_is_told_from_top_to_bottom_and_such_a_row_is_not_called_blank(
    place: Path,
) -> None:
    fill(place, {"G2": 9, "F3": None, "F4": None, "G4": "=1+2"})
    taken = read(place)
    assert kinds(taken) == [("out_of_range", "评分表!G2"), ("uncomputed", "评分表!G4")]
    assert taken.blank == (3,)


def test_a_formula_with_its_value_counts_as_the_value(place: Path) -> None:
    fill(place, {"G2": "=1+2"})
    rezip(
        place,
        lambda raw: (
            raw.replace(b"<f>1+2</f><v></v>", b"<f>1+2</f><v>3</v>")
            .replace(b"<f>1+2</f><v />", b"<f>1+2</f><v>3</v>")
            .replace(b"<f>1+2</f><v/>", b"<f>1+2</f><v>3</v>")
        ),
    )
    taken = read(place)
    assert taken.faults == ()
    assert taken.grades["case-1"] == (Grade("王老师", "human", {ID: 3}),)


def rezip(place: Path, how: Callable[[bytes], bytes]) -> None:
    with zipfile.ZipFile(place) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(place, "w") as archive:
        for name, raw in parts.items():
            archive.writestr(name, how(raw))


@pytest.mark.parametrize(
    ("cell", "text", "kind"),
    [
        ("G1", "打分", "bad_header"),
        ("G1", "开放式提问\nopen_questions @王老师", "bad_header_near"),
        ("E1", "回答", "bad_header"),
        ("G1", "开放式提问\nopen_question @author", "doubled_grader"),
        ("H1", "回复 reply", "doubled_column"),
    ],
)
def test_a_changed_header_is_named_with_its_cell(
    place: Path, cell: str, text: str, kind: str
) -> None:
    fill(place, {cell: text})
    assert (kind, f"评分表!{cell}") in kinds(read(place))


def test_a_missing_column_is_named(place: Path) -> None:
    change(place, lambda sheet: sheet.delete_cols(9))
    (fault,) = read(place).faults
    assert isinstance(fault, Fault)
    assert (fault.kind, fault.details) == ("missing_columns", {"names": ("check",)})


def test_a_header_that_was_moved_down_is_found(place: Path) -> None:
    fill(place, {"G2": 3})
    change(place, lambda sheet: sheet.insert_rows(1, 2))
    taken = read(place)
    assert taken.faults == ()
    assert taken.levels == 1


def test_a_grader_is_not_taken_twice_unless_corrections_are_meant(tmp_path: Path) -> None:
    place = tmp_path / "nameless.xlsx"
    write(place, grading_sheet(CASES, (ID,), blind=True))
    fill(place, {"F2": 3, "F3": 2})
    assert kinds(read(place)) == [("no_name", "评分表!F2")]
    assert read(place, Terms(by="李老师")).levels == 2
    again = read(place, Terms(by="author"))
    assert kinds(again) == [("graded_already", "")]
    assert "已经给 2 条回复评过 open_question" in told(again)[0]
    assert read(place, Terms(by="author", replace=True)).faults == ()


def test_a_name_that_stands_in_the_sheet_already_is_refused(tmp_path: Path) -> None:
    place = tmp_path / "same.xlsx"
    write(place, Sheet((Column(ID, "甲"), Column(ID)), [SheetRow("case-1", "", "")]))
    assert ("same_name", "评分表!G1") in kinds(read(place, Terms(by="甲")))


def test_a_sheet_without_levels_or_rows_is_said_to_be_so(tmp_path: Path) -> None:
    empty, blank = tmp_path / "empty.xlsx", tmp_path / "blank.xlsx"
    write(empty, grading_sheet((), (ID,)))
    write(blank, grading_sheet(CASES, (ID,), ("甲",), blind=True))
    assert kinds(read(empty)) == [("no_rows", "")]
    assert kinds(read(blank)) == [("no_levels", "")]


def test_a_file_that_changes_while_it_is_read_is_one_sentence(place: Path) -> None:
    book = WorkbookFile(place, tuple(CRITERIA))
    fill(place, {"G2": 9, "G3": "x"})
    taken = take_in(book, CASES, CRITERIA, Terms(), bootstrap.mask)
    assert told(taken)[0] == "sheet.xlsx: 文件在读的时候变了。请在 Excel 里存好并关闭，再试一次。"


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old_workbook"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            "locked",
        ),
        (b"PK\x03\x04" + b"\0" * 400, "broken"),
        (b"id,reply\n1,2\n", "not_a_workbook"),
        (b"", "not_a_workbook"),
    ],
)
def test_what_is_no_sound_workbook_is_told_apart(tmp_path: Path, raw: bytes, kind: str) -> None:
    place = tmp_path / "sheet.xlsx"
    place.write_bytes(raw)
    assert is_workbook(place)
    assert kinds(read(place)) == [(kind, "")]


def test_a_torn_workbook_is_broken(place: Path) -> None:
    place.write_bytes(place.read_bytes()[:-2000])
    assert kinds(read(place)) == [("broken", "")]


def test_a_workbook_with_a_damaged_part_is_broken(place: Path) -> None:
    rezip(place, lambda raw: raw[: len(raw) // 2])
    assert kinds(read(place)) == [("broken", "")]


def test_another_workbook_is_not_taken_for_ours(tmp_path: Path) -> None:

    place = tmp_path / "other.xlsx"
    book = Workbook()
    book.active["A1"] = "预算"  # type: ignore[index]  # a new workbook has a sheet
    book.save(place)
    assert kinds(read(place)) == [("no_header", "")]


def test_every_fault_can_be_put_into_words_of_both_languages() -> None:
    for kind in FAULTS:
        details = dict.fromkeys(
            (
                "given",
                "near",
                "id",
                "other",
                "by",
                "number",
                "criterion",
                "levels",
                "name",
                "names",
                "ids",
                "graders",
            ),
            "x",
        )
        for language in Language:
            line = fault_line(Fault(kind, "评分表!A1", details), "f", Wording(language))
            assert line.startswith("评分表!A1: ")
            assert "{" not in line


def test_a_check_is_letters_and_differs_with_the_words() -> None:
    assert check_of("a", "b").isalpha()
    assert check_of("a", "b") != check_of("a", "c")
    assert check_of("a", "b") == check_of("a ", "\n b")
