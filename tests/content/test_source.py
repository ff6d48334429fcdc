from __future__ import annotations

from pathlib import Path

import pytest

from commcoach.content.loading import find_problems
from commcoach.content.source import locate_row, read_yaml
from tests.content.builders import CASES, RUBRIC, TEXTS, text_of, write, write_content
from tests.content.mistakes import Mistake, check
from tests.content.yaml_slips import IN_YAML


@pytest.mark.parametrize("mistake", IN_YAML, ids=lambda mistake: mistake.code)
def test_what_yaml_cannot_read_is_told_where_it_stands(mistake: Mistake, tmp_path: Path) -> None:
    check(mistake, tmp_path)


@pytest.mark.parametrize(
    "text",
    [
        "cues: [先听, 再说]",
        'cues: ["先听,再说"]',
        'title: {zh: "先听,再说", en: "Look, then listen"}',
        "zh: 【注意】先听",
        "zh: |\n  — zh: 先听\n  ｛好｝",
        'zh: "｛好｝"',
        "zh: —— 先听",
        "title: {zh: 先听，再说, en: Listening}",
        "title: {zh: 先听,en: Listening}",
        "title:\n  zh: 先听,再说\n  en: Look, then listen",
        "languages: [zh,en]",
        "level: {between: [0,1]}",
        "zh: “好”和“坏”是两回事。它们不是引号，而是“话里的话”",
        'zh: "“好”"',
        'zh: "id：先听"',
        "zh: |\n  id：先听\n  “好”",
        "zh: 注意：先听",
    ],
)
def test_what_is_meant_as_it_is_read_is_left_alone(text: str) -> None:
    source, problems = read_yaml("some.yaml", text.encode())
    assert problems == []
    assert source is not None


def test_every_mistyping_of_a_file_is_told_at_once() -> None:
    text = "title: {zh: 先听,再说, en: “Good”}\nrule: “好”\nrule: {zh：好}\n"
    _, problems = read_yaml("some.yaml", text.encode())
    found = [(one.line, one.column, one.code) for one in problems]
    assert sorted(found) == [
        (1, 16, "comma"),
        (1, 24, "smart_quotes"),
        (2, 7, "smart_quotes"),
        (3, 1, "doubled_key"),
        (3, 8, "wide_colon"),
    ]


@pytest.mark.parametrize("file", sorted(TEXTS))
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(
    file: str, ending: str, tmp_path: Path
) -> None:
    write_content(tmp_path)
    write(tmp_path, file, text_of(file).replace("\n", ending).encode("utf-8-sig"))
    assert find_problems(tmp_path) == ()


def test_places_are_right_after_a_byte_order_mark_and_windows_line_ends() -> None:
    text = 'id: x\r\ntitle: {zh: "好", en: “Good”}\r\n'
    _, problems = read_yaml("some.yaml", text.encode("utf-8-sig"))
    assert [(one.line, one.column) for one in problems] == [(2, 22)]


@pytest.mark.parametrize("file", [RUBRIC, CASES])
def test_a_file_from_an_old_chinese_windows_is_told_apart(file: str, tmp_path: Path) -> None:
    write_content(tmp_path)
    write(tmp_path, file, f"# ok\n# {'标准' * 3}\n".encode("gbk"))
    (problem,) = find_problems(tmp_path)
    assert (problem.path, problem.line, problem.column) == (file, 2, 3)
    assert problem.code == "not_utf8"


def test_keys_are_texts_and_values_keep_their_kind() -> None:
    source, _ = read_yaml("some.yaml", b"1: 2\nyes: no\ncap: 2.0\nnone:\n")
    assert source is not None
    assert source.data == {"1": 2, "yes": "no", "cap": 2.0, "none": None}


def test_a_place_is_that_of_the_value_the_key_or_the_nearest_parent() -> None:
    source, _ = read_yaml("some.yaml", b"levels:\n  - level: 1\n    examples:\n      - {zh: x}\n")
    assert source is not None
    assert source.position(()) == (1, 1)
    assert source.position(("levels",)) == (1, 1)
    assert source.position(("levels", 0)) == (2, 5)
    assert source.position(("levels", 0, "level")) == (2, 12)
    assert source.position(("levels", 0, "level"), at_key=True) == (2, 5)
    assert source.position(("levels", 0, "examples", 0, "zh")) == (4, 14)
    assert source.position(("levels", 0, "examples", 7, "zh")) == (3, 5)
    assert source.position(("levels", 0, "label", "zh")) == (2, 5)


@pytest.mark.parametrize("row", ['{"a": "\u2028", "b": 1}', '{"a": "\\ud83d\\ude00", "b": 1}'])
def test_a_column_is_found_in_a_line_of_json(row: str) -> None:
    source = locate_row("some.jsonl", 7, row, {})
    assert source.position(("b",)) == (7, row.index("1}") + 1)


def test_a_line_of_json_that_yaml_cannot_read_still_has_its_line() -> None:
    assert locate_row("some.jsonl", 7, '{"a": "\x7f"}', {}).position(("a",)) == (7, 1)
