"""The sheet for a retranslation test: written, filled in, spoilt, read back."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from zipfile import ZipFile

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from commcoach.domain.language import Language
from commcoach.domain.retranslation import deal, judge
from commcoach.domain.rubric import Criterion
from commcoach.presentation.rubric_pages.sorting_report import sorting_report
from commcoach.presentation.rubric_pages.sorting_sheet import (
    HEADER_ROW,
    in_words,
    read_sheet,
    sorting_sheet,
)
from commcoach.presentation.wording import Wording
from tests.shipped import library

ZH = Wording(Language.ZH)
FIRST = HEADER_ROW + 1
Spoil = Callable[[Worksheet], None]


def criterion() -> Criterion:
    return library().criteria["open_question"]


CARDS = deal(criterion(), Language.ZH)


def filled(spoil: Spoil = lambda _sheet: None, words: Wording = ZH, examples: int = 0) -> bytes:
    cards = deal(criterion(), words.language, examples)
    book = load_workbook(BytesIO(sorting_sheet(criterion(), cards, words)))
    sheet = book.worksheets[0]
    for row, card in enumerate(cards, start=FIRST):
        sheet.cell(row, 1).value = card.level
    spoil(sheet)
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def read(raw: bytes) -> tuple[dict[int, int], list[tuple[str, str]]]:
    """Levels given by level meant; kinds and cells of problems."""
    decks = [deal(criterion(), one, number) for one in Language for number in range(4)]
    levels, problems = read_sheet(raw, criterion(), decks)
    assert not (levels and problems)
    for problem in problems:
        assert in_words(problem, ZH)
    given = {card.level: level for card, level in levels.items()}
    return given, [(problem.kind, problem.cell) for problem in problems]


def test_a_filled_sheet_is_read_back() -> None:
    assert read(filled()) == ({level: level for level in range(5)}, [])


def test_a_sheet_in_english_with_examples_is_read_without_being_told_so() -> None:
    levels, problems = read(filled(words=Wording(Language.EN), examples=3))
    assert problems == []
    assert levels == {level: level for level in range(5)}


def test_the_sheet_offers_the_levels_and_nothing_shows_which_is_right() -> None:
    raw = sorting_sheet(criterion(), CARDS, ZH)
    sheet = load_workbook(BytesIO(raw)).worksheets[0]
    (choice,) = sheet.data_validations.dataValidation
    assert choice.formula1 == '"0,1,2,3,4"'
    assert str(choice.sqref) == "A5:A9"
    assert [sheet.cell(row, 1).value for row in range(FIRST, FIRST + 5)] == [None] * 5
    assert not sheet.cell(FIRST, 1).protection.locked
    assert sheet.protection.sheet
    assert "反效果" in str(sheet.cell(3, 2).value)


def test_numbers_kept_as_text_or_with_a_decimal_point_are_levels() -> None:
    def spoil(sheet: Worksheet) -> None:
        for row, card in enumerate(CARDS, start=FIRST):
            sheet.cell(row, 1).value = f" {card.level} " if row % 2 else float(card.level)

    assert read(filled(spoil)) == ({level: level for level in range(5)}, [])


@pytest.mark.parametrize("given", [5, -1, 2.5, "three", "=1+1", True, "33333"])
def test_what_is_no_level_is_refused(given: str | float) -> None:
    def spoil(sheet: Worksheet) -> None:
        sheet["A6"] = given

    assert read(filled(spoil)) == ({}, [("not_a_level", "A6")])


def test_everything_wrong_with_the_rows_is_named_at_once() -> None:
    def spoil(sheet: Worksheet) -> None:
        sheet["A5"] = None
        sheet["B6"] = "Something else"
        sheet["C7"] = "no-such"
        sheet["C8"] = sheet["C9"].value
        sheet["B8"] = sheet["B9"].value

    _, problems = read(filled(spoil))
    assert sorted(problems) == [
        ("blank", "A5"),
        ("changed", "B6"),
        ("doubled", "C9"),
        ("missing", ""),
        ("missing", ""),
        ("unknown", "C7"),
    ]


def test_a_deleted_row_is_missed() -> None:
    assert read(filled(lambda sheet: sheet.delete_rows(FIRST))) == ({}, [("missing", "")])


def test_wrong_headers_and_merged_cells_are_named_together() -> None:
    def spoil(sheet: Worksheet) -> None:
        sheet["A4"] = "Score"
        sheet.merge_cells("A6:A7")

    assert read(filled(spoil)) == ({}, [("header", "A4"), ("merged", "A6:A7")])


def test_the_sheet_of_another_criterion_is_one_problem_and_not_one_a_row() -> None:
    other = library().criteria["paraphrase_check"]
    raw = sorting_sheet(other, deal(other, Language.ZH), ZH)
    assert read(raw) == ({}, [("stale", "")])


def test_what_is_no_workbook_is_refused() -> None:
    zipped = BytesIO()
    with ZipFile(zipped, "w") as archive:
        archive.writestr("some.txt", "words")
    for raw in (b"", b"level,text", zipped.getvalue(), filled()[:500]):
        assert read(raw) == ({}, [("not_xlsx", "")])
    assert read(b"x" * 3_000_000) == ({}, [("not_ours", "")])


def test_a_damaged_workbook_is_refused_wherever_the_damage_is() -> None:
    whole = ZipFile(BytesIO(filled()))
    for victim in ("xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/styles.xml"):
        damaged = BytesIO()
        with ZipFile(damaged, "w") as archive:
            for name in whole.namelist():
                content = whole.read(name)
                archive.writestr(name, content[: len(content) // 2] if name == victim else content)
        assert read(damaged.getvalue()) == ({}, [("not_xlsx", "")])


def test_an_empty_workbook_lacks_the_headers() -> None:
    file = BytesIO()
    Workbook().save(file)
    assert {kind for kind, _ in read(file.getvalue())[1]} == {"header"}


def test_the_report_names_the_boundary_question_to_sharpen() -> None:
    levels = {card: 3 if card.level == 2 else card.level for card in CARDS}
    shown = [line.label + line.text for line in sorting_report(criterion(), judge([levels]), ZH)]
    assert "表述归对的比例：80 %（4/5，95 % 区间 38–96 %）" in shown
    assert "  2  0 %（0/1，95 % 区间 0–79 %）" in shown
    question = next(one.question.zh for one in criterion().boundaries if one.lower == 2)
    assert any("2 级和 3 级分不清" in line and str(question) in line for line in shown)
    assert any("人数太少" in line for line in shown)


def test_the_report_of_three_who_sorted_all_right_needs_no_advice() -> None:
    levels = {card: card.level for card in CARDS}
    text = "\n".join(line.text for line in sorting_report(criterion(), judge([levels] * 3), ZH))
    assert "全部归对" in text
    assert "15/15" in text
    assert "人数太少" not in text
