"""A grading sheet as a workbook: rows to grade, anchors, what to do; nothing runs as a formula."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from secrets import token_hex
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import TYPE_STRING
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from commcoach.coaching.casework import (
    CHECK,
    CONTEXT,
    ID,
    LANGUAGE,
    LONGEST_CELL,
    NOT_APPLICABLE,
    NOT_IN_CELLS,
    NOTE,
    REPLY,
    SCENARIO,
    Column,
    Labels,
    Sheet,
    SheetRow,
    UnusableName,
    check_of,
)
from commcoach.sheets.headers import column_header, fixed_header, read_header, told_rows
from commcoach.swapped_files import refuse_to_write_over

Page = Any
"""A sheet that is written row by row; its type does not know all that it can do."""

_WIDTHS = {
    ID: 16,
    LANGUAGE: 9,
    SCENARIO: 16,
    CONTEXT: 42,
    REPLY: 56,
    NOTE: 30,
    CHECK: 12,
}
_LEVEL_WIDTH = 20
_GUIDE_WIDTH = 110
_ANCHOR_WIDTHS = (26, 100)
_SPARE_ROWS = 1
"""A list of choices needs a row even where there is none to grade."""
_GREY, _YELLOW, _HEAD = "EDEBE4", "FFF4CC", "DCE6EE"
_LINE = Side(style="thin", color="CFCABD")


def write_sheet(place: Path, sheet: Sheet, labels: Labels) -> None:
    """Write a workbook where there is no file yet, row by row; `FileExistsError` if there is one.

    Raises `OSError` if it cannot be written, `UnusableName` if a grader's name cannot stand in a
    header; then there is none. It is written beside its place
    first: whoever stops the program leaves no half workbook there.
    """
    refuse_to_write_over(place)
    for column in sheet.columns:
        if read_header(column_header(column, "")) != column:
            raise UnusableName(column.by)
    draft = place.with_name(f".{token_hex(8)}.draft")
    try:
        book = Workbook(write_only=True)
        book.properties.keywords = told_rows(len(sheet.rows))
        _fill(book.create_sheet(labels.sheet), sheet, labels)
        _fill_anchors(book.create_sheet(labels.anchors_sheet), labels)
        _fill_guide(book.create_sheet(labels.guide_sheet), labels)
        book.save(draft)
        with draft.open("rb+") as file:
            os.fsync(file.fileno())
        refuse_to_write_over(place)
        draft.replace(place)
    finally:
        with suppress(OSError):
            draft.unlink(missing_ok=True)


class _Pen:
    """Writes cells of one look; styles are costly to make for each cell anew."""

    def __init__(
        self, page: Page, *, fill: str = "", bold: bool = False, middle: bool = False
    ) -> None:
        model: Any = WriteOnlyCell(page, value="")
        model.alignment = Alignment(
            vertical="top", horizontal="center" if middle else None, wrap_text=True
        )
        model.border = Border(bottom=_LINE, right=_LINE)
        # The mark of a leading apostrophe: it stays text also when somebody edits the cell.
        model.quotePrefix = True
        if fill:
            model.fill = PatternFill("solid", fgColor=fill)
        if bold:
            model.font = Font(bold=True)
        self._page = page
        self._style = model._style  # noqa: SLF001  # openpyxl has no other way to share a style

    def text(self, text: str) -> Any:
        """A cell that no program takes for a formula, an error or a number."""
        cell: Any = WriteOnlyCell(self._page, value="")
        cell._style = self._style  # noqa: SLF001  # as above
        if text:
            cell.value = "x"  # a value that begins with = would be made a formula here
            cell._value = NOT_IN_CELLS.sub("", text)[:LONGEST_CELL]  # noqa: SLF001
            cell.data_type = TYPE_STRING
        return cell

    def level(self, level: float | None) -> Any:
        """A cell with a level."""
        if level is None:
            return self.text(NOT_APPLICABLE)
        cell: Any = WriteOnlyCell(self._page, value=level)
        cell._style = self._style  # noqa: SLF001  # as above
        return cell


def _fill(page: Page, sheet: Sheet, labels: Labels) -> None:
    page.freeze_panes = "A2"
    page.page_setup.orientation = "landscape"
    page.page_setup.fitToHeight = 0
    page.sheet_properties.pageSetUpPr.fitToPage = True
    before, count = len(sheet.fixed), len(sheet.columns)
    names = (*sheet.fixed, *("" for _ in sheet.columns), NOTE, CHECK)
    for number, name in enumerate(names, start=1):
        width = _WIDTHS.get(name, _LEVEL_WIDTH)
        page.column_dimensions[get_column_letter(number)].width = width
    for number, column in enumerate(sheet.columns, start=before + 1):
        _add_choice(page, number, column, len(sheet.rows), labels)
    page.auto_filter.ref = f"A1:{get_column_letter(before + count + 2)}{len(sheet.rows) + 1}"
    head = _Pen(page, fill=_HEAD, bold=True)
    page.append(
        [
            *(head.text(fixed_header(name, labels.fixed[name])) for name in sheet.fixed),
            *(head.text(column_header(one, labels.titles[one.criterion])) for one in sheet.columns),
            *(head.text(fixed_header(name, labels.fixed[name])) for name in (NOTE, CHECK)),
        ]
    )
    text, reply = _Pen(page), _Pen(page, fill=_GREY)
    level = _Pen(page, fill=_YELLOW, middle=True)
    for row in sheet.rows:
        page.append(list(_cells(row, sheet, text, reply, level)))


def _cells(row: SheetRow, sheet: Sheet, text: _Pen, reply: _Pen, level: _Pen) -> Iterator[Any]:
    said = {
        ID: row.id,
        LANGUAGE: row.language,
        SCENARIO: row.scenario,
        CONTEXT: row.context,
        REPLY: row.reply,
    }
    for name in sheet.fixed:
        yield (reply if name == REPLY else text).text(said[name])
    for column in sheet.columns:
        yield level.level(row.levels[column]) if column in row.levels else level.text("")
    yield text.text("")
    yield reply.text(check_of(row.context, row.reply))


def _add_choice(page: Page, number: int, column: Column, rows: int, labels: Labels) -> None:
    choices = labels.choices[column.criterion]
    choice = DataValidation(
        type="list", formula1=f'"{",".join(choices)}"', allow_blank=True, showErrorMessage=True
    )
    choice.error = labels.choose
    letter = get_column_letter(number)
    choice.add(f"{letter}2:{letter}{max(rows, _SPARE_ROWS) + 1}")
    page.data_validations.append(choice)


def _fill_anchors(page: Page, labels: Labels) -> None:
    for number, width in enumerate(_ANCHOR_WIDTHS, start=1):
        page.column_dimensions[get_column_letter(number)].width = width
    _write_lines(page, labels.anchors)


def _fill_guide(page: Page, labels: Labels) -> None:
    page.column_dimensions["A"].width = _GUIDE_WIDTH
    _write_lines(page, [(False, (line,)) for line in labels.guide])


def _write_lines(page: Page, lines: Sequence[tuple[bool, Sequence[str]]]) -> None:
    plain, heading = _Pen(page), _Pen(page, fill=_HEAD, bold=True)
    for is_heading, texts in lines:
        page.append([(heading if is_heading else plain).text(text) for text in texts])
