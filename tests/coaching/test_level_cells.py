"""What graders write into a cell: every way to say a level, and nothing that is none."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from commcoach.bootstrap.case_exchange import level_names
from commcoach.coaching.level_cells import Refusal, level_in
from tests.shipped import library

CRITERION = library().criteria["open_question"]
NAMES = level_names(CRITERION)
ZH, EN = NAMES[2]
OTHER, _ = NAMES[0]


def read(value: object, mean: bool = False) -> object:
    return level_in(value, CRITERION, mean, NAMES)


@pytest.mark.parametrize(
    "value",
    [
        2,
        2.0,
        "2",
        " ２ ",
        "2.0",
        "2级",
        "2 级",
        "２分",
        "2 分",
        f"2 {ZH}",
        f"2级 {ZH}",
        f"2：{ZH}",
        f"2（{ZH}）",
        f"2 - {ZH}。",
        f"2 {EN}",
        f"2 {EN.upper()}",
        f"2: {EN}.",
    ],
)
def test_a_level_is_taken_alone_and_with_what_it_is_called(value: object) -> None:
    level = read(value)
    assert (level, type(level)) == (2, int)


@pytest.mark.parametrize("value", ["n/a", "NA", " 不适用 ", "not applicable"])
def test_not_applicable_is_no_level(value: str) -> None:
    assert read(value) is None


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (f"2 {OTHER}", "not_a_level"),
        (f"{ZH}", "not_a_level"),
        ("2 3", "not_a_level"),
        ("2-3", "not_a_level"),
        ("2 吧", "not_a_level"),
        ("级", "not_a_level"),
        ("2级级", "not_a_level"),
        ("-1", "not_a_level"),
        (f"2.5 {ZH}", "not_a_level"),
        (True, "not_a_level"),
        (float("nan"), "not_a_level"),
        (float("inf"), "not_a_level"),
        ("9级", "out_of_range"),
        (-1, "out_of_range"),
        (2.5, "half_level"),
        ("2.5分", "half_level"),
        (date(2026, 3, 4), "date"),
        (datetime(2026, 3, 4), "date"),  # noqa: DTZ001  # a workbook knows no zone
    ],
)
def test_whatever_else_is_refused_with_its_reason(value: object, kind: str) -> None:
    found = read(value)
    assert isinstance(found, Refusal)
    assert found.kind == kind
    assert found.details["levels"] == "0–4"


def test_means_of_several_may_lie_between_two_levels() -> None:
    assert read("2.5 分", mean=True) == 2.5
