from __future__ import annotations

from pathlib import Path

import pytest

from commcoach.content.loading import find_problems
from tests.content.builders import (
    CASE,
    CASES,
    CRITERION,
    GATE,
    RUBRIC,
    SCENARIO,
    text_of,
    write,
    write_content,
    write_rubrics,
)
from tests.content.mistake_catalogue import IN_CASES, IN_RUBRICS
from tests.content.mistakes import Mistake, check


def change(root: Path, file: str, old: str, new: str) -> None:
    """Replace something in one of the right files."""
    text = text_of(file)
    assert old in text
    write(root, file, text.replace(old, new))


@pytest.mark.parametrize("mistake", IN_RUBRICS, ids=lambda mistake: mistake.code)
def test_what_is_wrong_in_rubrics_is_told_where_it_stands(mistake: Mistake, tmp_path: Path) -> None:
    check(mistake, tmp_path)


@pytest.mark.parametrize("mistake", IN_CASES, ids=lambda mistake: mistake.code)
def test_what_is_wrong_in_graded_cases_is_told_where_it_stands(
    mistake: Mistake, tmp_path: Path
) -> None:
    check(mistake, tmp_path)


def test_a_graded_case_stands_in_for_an_example(tmp_path: Path) -> None:
    write_rubrics(tmp_path)
    change(tmp_path, CRITERION, ', en: "Two days late, is that right?"', "")
    assert find_problems(tmp_path) == ()
    write(tmp_path, CASES, CASE.replace('"checks_back": 1', '"checks_back": 0'))
    assert [one.code for one in find_problems(tmp_path)] == ["missing_example"]


def test_a_criterion_in_one_language_needs_no_other(tmp_path: Path) -> None:
    write_rubrics(tmp_path)
    change(tmp_path, CRITERION, "languages: [zh, en]", "languages: [zh]")
    text = (tmp_path / CRITERION).read_text(encoding="utf-8")
    write(tmp_path, CRITERION, text.replace(', en: "Checks back"', ""))
    assert find_problems(tmp_path) == ()


def test_criteria_that_are_not_written_yet_may_be_referred_to(tmp_path: Path) -> None:
    write_rubrics(tmp_path)
    change(tmp_path, CRITERION, "related:", "do_not_score_with: [someday]\nrelated:")
    assert find_problems(tmp_path) == ()


def test_without_gates_nobody_asks_for_one(tmp_path: Path) -> None:
    write_rubrics(tmp_path)
    (tmp_path / GATE).unlink()
    assert find_problems(tmp_path) == ()


@pytest.mark.parametrize("file", [CRITERION, GATE])
def test_a_broken_file_is_not_told_again_where_it_is_referred_to(file: str, tmp_path: Path) -> None:
    write_content(tmp_path)
    change(tmp_path, SCENARIO, "outcome:", "bait: [gate_insult]\noutcome:")
    change(tmp_path, file, "\ntitle: ", "\ntitle： ")
    assert [(one.path, one.code) for one in find_problems(tmp_path)] == [(file, "wide_colon")]


def test_a_mistaken_id_is_not_told_again_where_it_is_referred_to(tmp_path: Path) -> None:
    write_content(tmp_path)
    change(tmp_path, CRITERION, "id: checks_back", "id: check_back")
    assert [(one.path, one.code) for one in find_problems(tmp_path)] == [
        (CRITERION, "id_is_not_name")
    ]


def test_a_copy_that_kept_its_id_is_told_once(tmp_path: Path) -> None:
    write_rubrics(tmp_path)
    copy = "rubrics/listening/a_copy.yaml"
    write(tmp_path, copy, text_of(CRITERION))
    assert [(one.path, one.code) for one in find_problems(tmp_path)] == [(copy, "id_is_not_name")]


def test_every_missing_language_of_one_text_is_told(tmp_path: Path) -> None:
    write_rubrics(tmp_path)
    change(tmp_path, CRITERION, 'title: {zh: "核实", en: "Checks back"}', "title: {}")
    found = find_problems(tmp_path)
    assert [one.details["language"] for one in found] == ["zh", "en"]


def test_every_wrong_level_of_one_case_is_told(tmp_path: Path) -> None:
    write_rubrics(tmp_path, "asks_openly")
    write(tmp_path, CASES, CASE.replace('"checks_back": 1', '"checks_back": 9, "asks_openly": 9'))
    assert {one.details["id"] for one in find_problems(tmp_path)} == {"checks_back", "asks_openly"}


def test_null_and_real_levels_of_several_graders_are_taken(tmp_path: Path) -> None:
    write_rubrics(tmp_path)
    grades = '"grades": [{"by": "a", "kind": "human", "levels": {"checks_back": null}}, '
    grades += '{"by": "b", "levels": {"checks_back": 0.25}}]'
    write(tmp_path, CASES, CASE.replace('"levels": {"checks_back": 1}', grades))
    assert find_problems(tmp_path) == ()


def test_hidden_files_and_those_of_editors_are_no_content(tmp_path: Path) -> None:
    write_rubrics(tmp_path)
    for name in (".checks_back.yaml", "._rubric.yaml", "checks_back.yaml~", "notes.md"):
        write(tmp_path, f"{Path(RUBRIC).parent.as_posix()}/{name}", b"\xff\xfe not content")
    assert find_problems(tmp_path) == ()
