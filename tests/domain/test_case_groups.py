"""Which cases are kin: by their ids, only where the library has both languages of them."""

from __future__ import annotations

from dataclasses import replace
from time import perf_counter

import pytest

from commcoach.domain.case_groups import folds_of, groups_of, origin_of
from commcoach.domain.cases import GradedCase, Said
from tests.shipped import library


def case(id: str, context: str = "", reply: str = "") -> GradedCase:
    return GradedCase(id, (Said("", context or f"上文 {id}"),), reply or f"回复 {id}", ())


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("night-zh-1", "night-en-1"),
        ("zh-1", "en-1"),
        ("zh", "en"),
        ("a-zh-b-en-1", "a-en-b-en-1"),
    ],
)
def test_a_case_and_the_same_id_in_the_other_language_are_kin(first: str, second: str) -> None:
    ids = {first, second}
    assert len({origin_of(case(one), ids) for one in ids}) == 1


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("shift-en-1", "shift-1"),
        ("shift-en-1", "shift-zh-2"),
        ("shift-1", "shift-2"),
        ("zhen-1", "en-1"),
        ("a-zh-b-zh", "a-en-b-en"),
    ],
)
def test_ids_that_only_look_alike_are_not(first: str, second: str) -> None:
    ids = {first, second}
    assert {origin_of(case(one), ids) for one in ids} == ids


def test_a_pair_of_languages_is_never_taken_for_a_third_case() -> None:
    ids = {"x-zh-1", "x-en-1", "x-1", "x--1"}
    groups = groups_of(replace(library(), cases=tuple(map(case, sorted(ids)))))
    assert groups["x-zh-1"] == groups["x-en-1"]
    assert len(set(groups.values())) == 3


def test_folding_a_hundred_thousand_cases_is_no_wait() -> None:
    many = tuple(
        case(f"case-{('zh', 'en')[number % 2]}-{number // 2}", f"上文 {number // 40}")
        for number in range(100_000)
    )
    begun = perf_counter()
    groups = groups_of(replace(library(), cases=many))
    folds = folds_of(many, groups, 10)
    assert perf_counter() - begun < 60  # some seconds; for ever if every case met every other
    assert len(set(groups.values())) == 2_500
    assert [len(fold) for fold in folds] == [10_000] * 10
