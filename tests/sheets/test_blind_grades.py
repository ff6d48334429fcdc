"""What came from a drawing stays marked as graded blind, in the files and through them."""

from __future__ import annotations

import json
from pathlib import Path

from commcoach.bootstrap.case_exchange import read_grades
from commcoach.coaching.grade_import import Taken, Terms
from commcoach.content.assembly import graded_case
from commcoach.content.shapes.case import CaseShape
from commcoach.domain.cases import Grade, GradedCase, Said
from commcoach.sheets.case_files import add_grades, case_row
from tests.shipped import library

ID, OTHER = "open_question", "paraphrase_check"
BLIND = Grade("甲", "human", {ID: 3}, {ID: 0.5})


def case(*grades: Grade) -> GradedCase:
    return GradedCase("own-1", (Said("", "问"),), "答", grades)


def written(tmp_path: Path, *grades: Grade, before: Grade = BLIND) -> list[Grade]:
    """The grades of a case in a file to which these are added."""
    place = tmp_path / "cases.jsonl"
    place.write_text(json.dumps(case_row(case(before))) + "\n", "utf-8")
    add_grades(tmp_path, "cases", {"own-1": grades}, ())
    row = json.loads(place.read_text("utf-8"))
    return list(graded_case(CaseShape.model_validate(row)).grades)


def test_a_case_reads_back_as_it_was_written() -> None:
    one = case(BLIND, Grade("乙", "human", {ID: 1}))
    assert "blind" not in case_row(one)["grades"][1]
    assert graded_case(CaseShape.model_validate(case_row(one))) == one


def test_a_level_that_takes_the_place_of_a_blind_one_is_not_blind(tmp_path: Path) -> None:
    (found,) = written(tmp_path, Grade("甲", "human", {ID: 2, OTHER: 1}))
    assert found == Grade("甲", "human", {ID: 2, OTHER: 1})


def test_a_blind_level_joins_others_that_are_not(tmp_path: Path) -> None:
    (found,) = written(tmp_path, BLIND, before=Grade("甲", "human", {OTHER: 1}))
    assert found == Grade("甲", "human", {OTHER: 1, ID: 3}, {ID: 0.5})
    (both,) = written(tmp_path, Grade("甲", "human", {OTHER: 1}, {OTHER: 1.0}))
    assert both.blind == {ID: 0.5, OTHER: 1.0}


def taken_in(tmp_path: Path, *before: Grade) -> Taken:
    """What is taken in of a file that calls a level of 甲 blind, and not one of 乙."""
    place = tmp_path / "lines.jsonl"
    row = case_row(case(BLIND, Grade("乙", "human", {ID: 1})))
    place.write_text(json.dumps(row) + "\n", "utf-8")
    return read_grades(place, [case(*before)], library(), Terms())


def test_a_file_cannot_make_grades_blind_by_calling_them_so(tmp_path: Path) -> None:
    taken = taken_in(tmp_path)
    assert taken.faults == ()
    assert {one.by: one.blind for one in taken.grades["own-1"]} == {"甲": {}, "乙": {}}
    assert taken.unmarked == 1
    seen = taken_in(tmp_path, Grade("甲", "human", {ID: 3}), Grade("乙", "human", {ID: 1}))
    assert (seen.grades, seen.unmarked) == ({}, 1)


def test_a_mark_that_a_drawing_made_outlives_the_import_of_a_copy(tmp_path: Path) -> None:
    taken = taken_in(tmp_path, BLIND)
    assert [one.by for one in taken.grades["own-1"]] == ["乙"]
    assert (taken.unmarked, taken.unchanged) == (0, 1)
