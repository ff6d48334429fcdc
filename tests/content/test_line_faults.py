from __future__ import annotations

from pathlib import Path

import pytest

from commcoach.content.line_faults import indentation_faults, line_faults
from commcoach.content.locating import CHECKOUT
from commcoach.content.reading import content_files
from commcoach.content.source import read_yaml
from commcoach.content.stumbling import lines_of

AUTHORED = [path for path in content_files(CHECKOUT) if path.suffix == ".yaml"]


def slips(text: str) -> list[tuple[int, int, str]]:
    """What reading the text says, in the order of its lines."""
    _, problems = read_yaml("some.yaml", text.encode())
    return sorted((one.line, one.column, one.code) for one in problems)


@pytest.mark.parametrize("path", AUTHORED, ids=lambda path: path.name)
def test_nothing_is_said_against_a_file_that_yaml_reads(path: Path) -> None:
    lines = lines_of(path.read_text(encoding="utf-8"))
    assert line_faults(lines) == []
    assert indentation_faults(lines) == []


@pytest.mark.parametrize(
    "text",
    [
        "zh: |\n  en: a: b\n  “x: @\nen: x",
        "zh: >-\n  @a\n\n  `b\nen: x",
        'zh: "one\n  two: three"\nen: x',
        "zh: 'it''s'\nen: {a: [x, \"y]\"], b: z}  # note: here",
        "zh: [\n  a,  # one: two\n  b\n]\nen: x",
        "zh: &name {a: b}\nen: *name",
        'zh: "\\"quoted\\" \\n"\nen: x',
        "zh: http://x.cn/a?b=c\nen: 12:30",
        "# a: b: c\n- level: -1\n  zh: a-b",
    ],
)
def test_right_lines_have_no_faults(text: str) -> None:
    assert line_faults(text.split("\n")) == []


@pytest.mark.parametrize(
    "sign", ["@", "`", "%", "&", "*", "!", "|", ">", ",", "]", "}", "- ", "? "]
)
def test_a_text_may_not_begin_with_a_sign_of_yaml(sign: str) -> None:
    assert slips(f"id: x\ntitle:\n  zh: {sign}甲 乙\n") == [(3, 7, "special_start")]


@pytest.mark.parametrize("sign", [*"@`%&*!"])
def test_nor_may_an_entry_of_a_list_in_brackets(sign: str) -> None:
    assert slips(f"id: x\nzh: [甲, {sign}乙 丙]\n") == [(2, 9, "special_start")]


def test_every_slip_of_a_file_is_told_at_once() -> None:
    text = """\
id：x
title: {zh: "甲"，en: "b"}
summary:
  zh: 他说: 好
  en: "He said "no"."
levels:
  -level: 0
signals: [a, b
feedback:
  keep: "甲
  change: "乙"
related: @x
tests:
\u3000\u3000zh: 甲
\ten: b
"""
    assert slips(text) == [
        (1, 1, "wide_colon"),
        (2, 16, "wide_comma"),
        (4, 9, "colon_inside"),
        (5, 17, "text_after_quote"),
        (7, 3, "no_space_dash"),
        (8, 10, "open_bracket"),
        (10, 9, "open_quote"),
        (12, 10, "special_start"),
        (14, 1, "wide_space"),
        (15, 1, "tab"),
    ]


@pytest.mark.parametrize(
    ("text", "line", "code"),
    [
        ("a:\n  b: 1\n   c: 2\n", 3, "indent"),
        ("a:\n  b: 1\n c: 2\n", 3, "indent"),
        ("a:\n  - b: 1\n   c: 2\n", 3, "indent"),
        ("a:\n  - b: 1\n     c: 2\n", 3, "indent"),
        ("a:\n  - b: 1\n   - c: 2\n", 3, "list_indent"),
        ("a:\n  - b: 1\n    - c: 2\n", 3, "list_indent"),
        ("a:\n  - b: 1\n - c: 2\n", 3, "list_indent"),
    ],
)
def test_a_line_out_of_place_is_told_with_its_place(text: str, line: int, code: str) -> None:
    _, (problem,) = read_yaml("some.yaml", text.encode())
    assert (problem.line, problem.code) == (line, code)
    assert problem.column == int(problem.details["given"]) + 1
    wanted = " " * int(problem.details["wanted"])
    lines = text.split("\n")
    lines[line - 1] = wanted + lines[line - 1].lstrip()
    source, problems = read_yaml("some.yaml", "\n".join(lines).encode())
    assert (source is not None, problems) == (True, []), "the cure cures"


def test_what_nothing_explains_is_told_in_the_words_of_the_parser() -> None:
    _, (problem,) = read_yaml("some.yaml", b"a: b\n%YAML 3\n")
    assert problem.code == "syntax"
    assert problem.details["said"]
