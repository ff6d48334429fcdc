"""The sheets of a drawing: what comes back, and what is kept of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from commcoach.coaching.admission import Masked
from commcoach.coaching.blind_grading import Returned, ReturnedGrades, behind, gather
from commcoach.coaching.casework import check_of
from commcoach.coaching.drawing import Key, KeyRow
from commcoach.coaching.grade_import import Taken, Terms, take_in
from commcoach.domain.cases import Grade, GradedCase, Said
from commcoach.domain.score import EngineName
from tests.shipped import library

ID = "open_question"


def case(number: int) -> GradedCase:
    return GradedCase(f"case-{number}", (Said("", "问"),), f"答{number}", ())


def key(*levels: int | None, strata: dict[int | None, int] | None = None) -> Key:
    rows = tuple(
        KeyRow(f"R{index}", f"case-{index}", check_of("问", f"答{index}"), level, level)
        for index, level in enumerate(levels, start=1)
    )
    at = datetime(2026, 1, 2, tzinfo=UTC)
    engine = EngineName("embedded", "4")
    return Key(ID, "hash", "release", engine, at, 1, ("甲", "乙"), 9, strata or {}, rows)


def taken(by: str, **levels: int | None) -> Taken:
    grades = {code: (Grade(by, "human", {ID: level}),) for code, level in levels.items()}
    return Taken(grades, (), (), len(levels), (), len(levels), 0, None)


def test_a_case_whose_words_changed_is_no_longer_behind_its_row() -> None:
    made = key(1, 2)
    first, second = made.rows
    changed = GradedCase(first.case, (Said("", "问"),), "别的", ())
    kept = case(int(second.case.removeprefix("case-")))
    found, gone = behind(made, {first.case: changed, kept.id: kept})
    assert list(found) == [second.code]
    assert gone == [first.case]


def test_one_grader_has_one_sheet() -> None:
    sheets = [("a.xlsx", taken("甲", R1=1)), ("b.xlsx", taken("甲", R2=1))]
    ((name, fault),) = gather(key(1, 2), sheets, []).faults
    assert (name, getattr(fault, "kind", "")) == ("b.xlsx", "sheet_of_same")


def test_the_levels_of_all_graders_come_together_by_code() -> None:
    sheets = [("a.xlsx", taken("甲", R1=1, R2=None)), ("b.xlsx", taken("乙", R1=3))]
    returned = gather(key(1, 2), sheets, [])
    assert returned.levels == {"甲": {"R1": 1, "R2": None}, "乙": {"R1": 3}}


def kept(
    made: Key,
    cases: tuple[GradedCase, ...],
    levels: Mapping[str, Mapping[str, float | None]] | None = None,
) -> Taken:
    """What is kept of a drawing in which, for want of others, 甲 graded all rows and 乙 one."""
    levels = levels or {"甲": {row.code: 2.0 for row in made.rows}, "乙": {"R1": 3.0}}
    file = ReturnedGrades(made, Returned(levels, ()), {one.id: one for one in cases})
    criteria = library().criteria
    return take_in(file, cases, criteria, Terms(blind=True), lambda text: Masked(text, ()))


def after(cases: tuple[GradedCase, ...], taken: Taken) -> tuple[GradedCase, ...]:
    """The cases with what was kept."""
    return tuple(
        replace(
            case,
            grades=tuple(
                {one.by: one for one in (*case.grades, *taken.grades.get(case.id, ()))}.values()
            ),
        )
        for case in cases
    )


def weights(cases: tuple[GradedCase, ...]) -> list[dict[str, float]]:
    return [{grade.by: grade.blind[ID] for grade in case.grades} for case in cases]


def test_what_is_kept_says_that_it_was_graded_blind_and_what_it_stands_for() -> None:
    made = key(0, 0, 4, strata={0: 6, 4: 3})
    found = kept(made, tuple(map(case, range(1, 4)))).grades
    assert {grade.by: grade.blind for grade in found["case-1"]} == {
        "甲": {ID: 1.0},
        "乙": {ID: 1.0},
    }
    uneven = kept(key(0, 4, strata={0: 6, 4: 2}), tuple(map(case, range(1, 4)))).grades
    assert [uneven[f"case-{n}"][0].blind for n in (1, 2)] == [{ID: 1.5}, {ID: 0.5}]


def test_the_same_level_given_blind_is_marked_so() -> None:
    before = Grade("甲", "human", {ID: 2})
    cases = tuple(GradedCase(one.id, one.context, one.reply, (before,)) for one in [case(1)])
    found = kept(key(0), cases)
    assert found.faults == ()
    assert found.grades["case-1"][0] == Grade("甲", "human", {ID: 2}, {ID: 1.0}, {ID: key(0).id})


HALVES = key(0, 0, 4, 4, strata={0: 6, 4: 2})
FOUR = tuple(map(case, range(1, 5)))
FIRST = {"甲": {"R1": 2.0, "R2": None}}
ALL = {"甲": {**FIRST["甲"], "R3": 2.0, "R4": 2.0}}


@pytest.mark.parametrize("later", [ALL, {"甲": {"R3": 2.0, "R4": 2.0}}, {"乙": ALL["甲"]}])
def test_grades_that_come_in_parts_weigh_what_they_weigh_when_they_come_together(
    later: dict[str, dict[str, float | None]],
) -> None:
    first = after(FOUR, kept(HALVES, FOUR, FIRST))
    assert weights(first)[:2] == [{"甲": 1.0}, {"甲": 1.0}]
    second = kept(HALVES, first, later)
    assert (second.faults, second.reweighed, second.levels) == (
        (),
        2,
        sum(map(len, later.values())) - 2 * (later is ALL),
    )
    both = weights(after(first, second))
    assert [set(one.values()) for one in both] == [{1.5}, {1.5}, {0.5}, {0.5}]


def test_a_part_that_comes_again_changes_nothing() -> None:
    first = after(FOUR, kept(HALVES, FOUR, ALL))
    again = kept(HALVES, first, FIRST)
    assert (again.faults, again.grades, again.unchanged) == ((), {}, 2)


def overlapping() -> Key:
    """Another drawing for the same graders, by chance, made before the first one came back."""
    other = replace(key(0, 0, 4, 4), seed=2)
    return replace(other, rows=other.rows[2:])


def test_a_second_drawing_leaves_alone_what_the_first_one_weighs() -> None:
    first = after(FOUR, kept(HALVES, FOUR, ALL))
    for levels in ({"甲": {"R3": 2.0}}, {"乙": {"R3": 2.0, "R4": 2.0}}):
        second = kept(overlapping(), first, levels)
        assert (second.faults, second.reweighed) == ((), 0)
        both = weights(after(first, second))
        assert [one["甲"] for one in both] == [1.5, 1.5, 0.5, 0.5]
        assert {one["乙"] for one in both if "乙" in one} <= {1.0}
        again = kept(HALVES, after(first, second), ALL)
        assert (again.faults, again.reweighed, again.levels) == ((), 0, 0)


def test_grades_that_name_no_drawing_are_weighed_anew_by_that_of_their_graders() -> None:
    first = after(FOUR, kept(HALVES, FOUR, FIRST))
    old = tuple(
        replace(one, grades=tuple(replace(grade, drawing={}) for grade in one.grades))
        for one in first
    )
    assert kept(HALVES, old, ALL).reweighed == 2


@pytest.mark.parametrize("level", [1, 3])
def test_another_level_given_blind_takes_no_others_place_unasked(level: float) -> None:
    before = Grade("甲", "human", {ID: level})
    cases = (GradedCase("case-1", (Said("", "问"),), "答1", (before,)),)
    assert [getattr(one, "kind", "") for one in kept(key(0), cases).faults] == [
        "graded_already_drawn"
    ]
