"""A grading sheet given out, what graders do to it, and what is taken from it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from commcoach import bootstrap
from commcoach.coaching.casework import Fault, Sheet
from commcoach.coaching.grade_import import Taken, Terms, take_in
from commcoach.domain.cases import Grade, GradedCase, Said
from commcoach.domain.language import Language
from commcoach.domain.problems import Problem
from commcoach.presentation.grading import fault_line, sheet_labels
from commcoach.presentation.wording import Wording
from commcoach.sheets.reading import WorkbookFile
from commcoach.sheets.writing import write_sheet
from tests.shipped import library

ZH = Wording(Language.ZH)
ID = "open_question"
CRITERIA = library().criteria
CASES = tuple(
    GradedCase(
        f"case-{number}",
        (Said("", f"您到底管不管？{number}"),),
        f"您先说说最急的是哪一处？{number}",
        (Grade("author", "author", {ID: number % 5}),),
        Language.ZH,
        "night_piling",
    )
    for number in range(1, 7)
)


def write(place: Path, sheet: Sheet) -> None:
    write_sheet(place, sheet, sheet_labels([CRITERIA[one.criterion] for one in sheet.columns], ZH))


def change(place: Path, how: Callable[[Worksheet], Any]) -> None:
    """Let a grader do something to the first sheet, and save it."""
    book = load_workbook(place)
    how(book.worksheets[0])
    book.save(place)


def fill(place: Path, values: dict[str, Any]) -> None:
    def put(sheet: Worksheet) -> None:
        for cell, value in values.items():
            sheet[cell].value = value

    change(place, put)


def read(place: Path, terms: Terms | None = None) -> Taken:
    book = WorkbookFile(place, tuple(CRITERIA))
    return take_in(book, CASES, CRITERIA, terms or Terms(), bootstrap.mask)


def told(taken: Taken) -> list[str]:
    """The faults as the author reads them."""
    return [fault_line(fault, "sheet.xlsx", ZH) for fault in taken.faults]


def kinds(taken: Taken) -> list[tuple[str, str]]:
    assert not any(isinstance(one, Problem) for one in taken.faults)
    return [(one.kind, one.place) for one in taken.faults if isinstance(one, Fault)]
