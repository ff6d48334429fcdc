"""Drawing for graders: codes, strata, the key that maps rows back, sheets that come back."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

import pytest

from commcoach.coaching.blind_grading import MADE_BY, Key, behind, draw, gather, key_text, read_key
from commcoach.coaching.grade_import import Taken
from commcoach.coaching.scorer import EngineName
from commcoach.domain.cases import Grade, GradedCase, Said
from commcoach.domain.score import CriterionScore, NotApplicable, Scored, Unscored

ID = "open_question"


def case(number: int) -> GradedCase:
    return GradedCase(f"case-{number}", (Said("", "问"),), f"答{number}", ())


def scored(*levels: int | None) -> list[tuple[GradedCase, CriterionScore]]:
    return [
        (case(number), NotApplicable(ID) if level is None else Scored(ID, level, level + 0.1, ()))
        for number, level in enumerate(levels)
    ]


def key(*levels: int | None) -> Key:
    rows = draw(scored(*levels), 100, by_level=False, seed=1)
    at = datetime(2026, 1, 2, tzinfo=UTC)
    return Key(ID, "hash", "release", EngineName("embedded", "4"), at, 1, ("甲", "乙"), rows)


def taken(by: str, **levels: int | None) -> Taken:
    grades = {code: (Grade(by, "human", {ID: level}),) for code, level in levels.items()}
    return Taken(grades, (), (), len(levels), 0, len(levels), 0, None)


def test_a_key_reads_back_as_it_was_written() -> None:
    made = key(0, 1, None, 4)
    assert read_key(key_text(made)) == made


@pytest.mark.parametrize(
    "text",
    ["", "{}", "[]", "null", '{"made_by": "x"}', f'{{"made_by": "{MADE_BY}"}}'],
)
def test_another_file_is_no_key(text: str) -> None:
    assert read_key(text) is None


def test_every_level_has_its_turn_and_rare_ones_are_all_there() -> None:
    pool = scored(*([0] * 50), *([1] * 50), 3, 3, None)
    rows = draw(pool, 13, by_level=True, seed=5)
    assert Counter(row.level for row in rows) == {0: 5, 1: 5, 3: 2, None: 1}


def test_codes_follow_neither_the_cases_nor_the_levels() -> None:
    rows = draw(scored(*([0] * 20), *([4] * 20)), 40, by_level=True, seed=5)
    assert [row.code for row in rows][:2] == ["R01", "R02"]
    assert [row.case for row in rows] != sorted(row.case for row in rows)
    levels = [row.level for row in rows]
    assert levels not in (sorted(levels, key=str), [0, 4] * 20, [4, 0] * 20)


def test_a_text_that_stands_in_two_cases_is_drawn_once() -> None:
    twin = GradedCase("twin", (Said("", "问"),), "答0 ", ())
    assert len(draw([*scored(1), (twin, Scored(ID, 1, 1.0, ()))], 10, by_level=False, seed=1)) == 1


def test_what_could_not_be_scored_has_no_level() -> None:
    (row,) = draw([(case(1), Unscored(ID))], 1, by_level=True, seed=1)
    assert (row.level, row.expected) == (None, None)


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
