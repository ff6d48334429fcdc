from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import BaseModel

from commcoach.content.loading import find_problems, load_library
from commcoach.content.shapes.rubric import CriterionShape, GateShape, RubricShape
from commcoach.content.shapes.scenario import MovesShape, ScenarioShape
from commcoach.content.source import read_yaml
from commcoach.content.validation import LONGEST_VALUE, validate
from commcoach.domain.problems import Problem
from tests.content.builders import GATE, MOVES, RUBRIC, TEXTS, text_of, write, write_rubrics
from tests.content.mistake_catalogue import IN_SHAPES
from tests.content.mistakes import Mistake, check


def problems_of(shape: type[BaseModel], text: str) -> list[Problem]:
    source, _ = read_yaml("some.yaml", text.encode())
    assert source is not None
    return validate(shape, source)[1]


@pytest.mark.parametrize("mistake", IN_SHAPES, ids=lambda mistake: mistake.code)
def test_what_does_not_fit_its_shape_is_told_where_it_stands(
    mistake: Mistake, tmp_path: Path
) -> None:
    check(mistake, tmp_path)


def test_every_missing_key_of_one_place_is_told() -> None:
    problems = problems_of(RubricShape, "id: listening\n")
    assert [one.details["key"] for one in problems] == ["title", "purpose"]


def test_every_deviation_of_a_file_is_told_at_once() -> None:
    text = text_of(GATE).replace("order: 1", "order: one").replace("cap: 1", "cup: 1")
    text = text.replace("session: none", "session: lost").replace('["fool"]', "fool")
    assert sorted((one.line, one.code) for one in problems_of(GateShape, text)) == [
        (4, "wants_int"),
        (5, "unknown_key_near"),
        (6, "not_allowed"),
        (11, "wants_list"),
    ]


def test_a_key_that_is_there_already_is_not_suggested() -> None:
    (problem,) = problems_of(RubricShape, text_of(RUBRIC) + "titles: {}\n")
    assert problem.code == "unknown_key"


def test_a_missing_key_is_told_beside_an_unlike_unknown_one() -> None:
    text = text_of(RUBRIC).replace("purpose:", "colour:")
    assert {one.code for one in problems_of(RubricShape, text)} == {"unknown_key", "missing_key"}


def test_the_known_keys_of_a_nested_place_are_named() -> None:
    text = text_of(MOVES).replace('en: ["what"]', 'en: ["what"], xx: []')
    (problem,) = problems_of(MovesShape, text)
    assert problem.details["known"] == "zh, en, unless"


def test_a_long_wrong_value_is_cut_short() -> None:
    text = text_of(GATE).replace("session: none", f"session: {'x' * 500}")
    (problem,) = problems_of(GateShape, text)
    assert problem.details["given"] == "x" * (LONGEST_VALUE - 1) + "…"


@pytest.mark.parametrize(("written", "cap"), [("2", 2.0), ("2.5", 2.5), ("null", None), ("0", 0)])
def test_a_cap_may_be_a_whole_number_a_real_one_or_nothing(
    written: str, cap: float | None, tmp_path: Path
) -> None:
    write_rubrics(tmp_path)
    write(tmp_path, GATE, text_of(GATE).replace("cap: 1", f"cap: {written}"))
    assert find_problems(tmp_path) == ()
    assert load_library(tmp_path, ["rubrics"]).gates["gate_insult"].cap == cap


@pytest.mark.parametrize("shape", [CriterionShape, ScenarioShape, GateShape])
def test_a_file_of_another_kind_is_refused(shape: type[BaseModel]) -> None:
    assert problems_of(shape, text_of(RUBRIC))


def test_texts_are_taken_without_the_space_around_them() -> None:
    source, _ = read_yaml(
        "some.yaml", text_of(RUBRIC).replace("Listening", "  Listening ").encode()
    )
    assert source is not None
    shape, _ = validate(RubricShape, source)
    assert shape is not None
    assert shape.title.en == "Listening"


def test_the_right_files_of_these_tests_are_right(tmp_path: Path) -> None:
    for file in TEXTS:
        write(tmp_path, file, text_of(file))
    assert {one.code for one in find_problems(tmp_path)} == {"unknown_criterion"}
