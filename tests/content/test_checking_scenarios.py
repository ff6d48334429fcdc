from __future__ import annotations

from pathlib import Path

import pytest

from commcoach.content.loading import find_problems
from tests.content.builders import (
    MOVES,
    RUBRIC,
    SCENARIO,
    text_of,
    write,
    write_content,
    write_scenarios,
)
from tests.content.mistake_catalogue import IN_SCENARIOS
from tests.content.mistakes import Mistake, check

KEY = "{move: ask_openly, topic: workload}"


def codes(root: Path) -> list[str]:
    return [problem.code for problem in find_problems(root)]


@pytest.mark.parametrize("mistake", IN_SCENARIOS, ids=lambda mistake: mistake.code)
def test_what_is_wrong_in_scenarios_is_told_where_it_stands(
    mistake: Mistake, tmp_path: Path
) -> None:
    check(mistake, tmp_path)


@pytest.mark.parametrize(
    ("key", "opens"),
    [
        ("{move: ask_openly}", True),
        ("{move: blame}", False),
        ("{tension_at_most: 0}", True),
        ("{tension_at_most: 2}", True),
        ("{any_of: [{move: blame}, {move: ask_openly}]}", True),
        ("{all_of: [{move: blame}, {move: ask_openly}]}", False),
        ("{all_of: [{any_of: [{move: ask_openly}]}, {tension_at_most: 5}]}", True),
    ],
)
def test_a_fact_must_have_a_key_that_some_reply_meets(
    key: str, opens: bool, tmp_path: Path
) -> None:
    write_scenarios(tmp_path)
    upset = text_of(SCENARIO).replace("start_tension: 4", "start_tension: 8")
    write(tmp_path, SCENARIO, upset.replace(KEY, key))
    assert codes(tmp_path) == ([] if opens else ["fact_cannot_open"])


@pytest.mark.parametrize(
    ("old", "new"),
    [('["busy"]', "[]"), ("delta: -1", "covers_at_least: 2\n    delta: -1"), ('["what"]', "[]")],
)
def test_a_move_or_topic_that_no_reply_can_show_opens_nothing(
    old: str, new: str, tmp_path: Path
) -> None:
    write_scenarios(tmp_path)
    for file in (MOVES, SCENARIO):
        write(tmp_path, file, text_of(file).replace(old, new))
    assert codes(tmp_path) == ["fact_cannot_open"]


@pytest.mark.parametrize("place", ["title", "role", "goal"])
def test_what_the_learner_reads_first_betrays_nothing(place: str, tmp_path: Path) -> None:
    write_scenarios(tmp_path)
    text = text_of(SCENARIO).replace(f'\n{place}: {{en: "', f'\n{place}: {{en: "Night shifts: ')
    write(tmp_path, SCENARIO, text.replace('["night shift"]', '["night shift*"]'))
    assert codes(tmp_path) == ["betrayed_fact"]


def test_a_line_after_the_fact_may_speak_of_it(tmp_path: Path) -> None:
    write_scenarios(tmp_path)
    line = '      - {en: "That night shift.", after: [night_work]}\n'
    text = text_of(SCENARIO).replace("    guarded:\n", f"    guarded:\n{line}")
    write(tmp_path, SCENARIO, text)
    assert codes(tmp_path) == []


def test_a_number_is_used_by_one_scenario_only(tmp_path: Path) -> None:
    write_scenarios(tmp_path)
    second = "scenarios/second.yaml"
    write(tmp_path, second, text_of(SCENARIO).replace("id: late_reply", "id: second"))
    (problem,) = find_problems(tmp_path)
    assert (problem.path, problem.line, problem.column) == (second, 2, 9)
    assert (problem.code, problem.details["other"]) == ("doubled_id", SCENARIO)


def test_broken_moves_do_not_hide_what_else_is_wrong(tmp_path: Path) -> None:
    write_scenarios(tmp_path)
    write(tmp_path, MOVES, text_of(MOVES).replace("delta: 1", "delta: 7"))
    write(tmp_path, SCENARIO, text_of(SCENARIO).replace("names_feeling: 2", "names_feeling: 3"))
    assert codes(tmp_path) == ["weights", "out_of_range"]


def test_scenarios_alone_are_checked_without_rubrics(tmp_path: Path) -> None:
    write_scenarios(tmp_path)
    assert codes(tmp_path) == []


def test_a_module_is_a_folder_of_rubrics(tmp_path: Path) -> None:
    write_content(tmp_path)
    write(tmp_path, SCENARIO, text_of(SCENARIO).replace("module: listening", "module: hearing"))
    assert codes(tmp_path) == ["unknown_module"]
    write(tmp_path, "rubrics/hearing/rubric.yaml", text_of(RUBRIC).replace("listening", "hearing"))
    assert codes(tmp_path) == []
