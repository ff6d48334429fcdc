"""A hundred thousand cases: in and out in a time that grows with the rows alone."""

from __future__ import annotations

import json
from pathlib import Path
from time import process_time

import pytest

from commcoach import bootstrap
from commcoach.coaching.casework import grading_sheet
from commcoach.coaching.grade_import import Terms
from commcoach.domain.language import Language
from commcoach.domain.library import Library
from commcoach.presentation.grading import sheet_labels
from commcoach.presentation.wording import Wording
from commcoach.settings import Settings
from tests.casework_content import own_content

ID = "open_question"
SLACK = 3
"""How much more a row may cost among ten times as many; squares would cost ten times as much."""


def lines(place: Path, number: int) -> Path:
    """So many new cases with a grade each."""
    with place.open("w", encoding="utf-8") as file:
        for index in range(number):
            row = {
                "id": f"big-{index}",
                "context": f"第{index // 10}次了，桩机怎么还没停？",
                "reply": f"您先说说最急的是哪一处？我记下{index}。",
                "lang": "zh",
                "grades": [{"by": "甲", "kind": "human", "levels": {ID: index % 5}}],
            }
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
    return place


def take_in_lines(root: Path, number: int) -> tuple[float, Library]:
    """The seconds that an import of so many new cases takes, and the content with them."""
    own = own_content(root)
    place = lines(root / "big.jsonl", number)
    library = bootstrap.load_library(_settings(own), (bootstrap.RUBRICS,))
    begun = process_time()
    with bootstrap.sole_import(own):
        taken = bootstrap.read_grades(place, library.cases, library, Terms(new_cases=True))
        assert taken.faults == ()
        assert bootstrap.keep_grades(own, "big", taken) is not None
    spent = process_time() - begun
    assert len(taken.cases) == number
    return spent, bootstrap.load_library(_settings(own), (bootstrap.RUBRICS,))


def _settings(own: Path) -> Settings:
    return Settings(content=own)


def there_and_back(root: Path, library: Library, number: int) -> float:
    """The seconds that a workbook of so many rows takes to be written and read again."""
    place = root / f"{number}.xlsx"
    criterion = library.criteria[ID]
    cases = [case for case in library.cases if case.id.startswith("big-")][:number]
    begun = process_time()
    sheet = grading_sheet(cases, (ID,), ("王老师",))
    bootstrap.write_grading_sheet(place, sheet, sheet_labels([criterion], Wording(Language.ZH)))
    taken = bootstrap.read_grades(place, library.cases, library, Terms())
    assert (taken.faults, taken.rows, taken.unchanged) == ((), number, number)
    return process_time() - begun


@pytest.mark.slow
def test_a_hundred_thousand_cases_cost_a_row_no_more_than_ten_thousand(tmp_path: Path) -> None:
    few, _ = take_in_lines(tmp_path / "few", 10_000)
    many, library = take_in_lines(tmp_path / "many", 100_000)
    assert many < SLACK * 10 * few
    small, large = (there_and_back(tmp_path, library, number) for number in (2_000, 20_000))
    assert large < SLACK * 10 * small
