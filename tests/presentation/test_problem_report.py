from __future__ import annotations

import pytest
from rich.cells import cell_len

from commcoach.domain.language import Language
from commcoach.domain.problems import Problem
from commcoach.presentation.problem_report import A_SCREEN, EXCERPT, excerpt, problem_report
from commcoach.presentation.wording import Wording

ZH, EN = Wording(Language.ZH), Wording(Language.EN)
FILE = "rubrics/listening/x.yaml"


def empty(line: int, where: str, language: str, path: str = FILE) -> Problem:
    details = {"where": where, "language": language}
    return Problem(path, line, 3, "missing_language", details, f"  {language}:")


def lines_of(*problems: Problem, words: Wording = ZH, whole: bool = True) -> list[str]:
    return list(problem_report(problems, words, whole=whole).lines)


def test_what_is_still_empty_is_told_once_for_both_languages_with_its_lines() -> None:
    places = [(3, "title"), (6, "levels.0.anchor"), (9, "levels.1.anchor")]
    found = [
        empty(line + step, where, language)
        for line, where in places
        for step, language in enumerate(("zh", "en"))
    ]
    report = problem_report(found, ZH, whole=False)
    assert report.lines[:4] == (
        f"{FILE}: 还空着，请在冒号后面填写。",
        "  zh 和 en：各 3 处",
        "    title   第 3–4 行",
        "    levels  第 6–7、9–10 行",
    )
    assert (len(report.lines), report.told, report.left) == (5, 6, 0)


def test_what_only_one_language_lacks_is_told_apart() -> None:
    found = [
        empty(3, "title", "zh"),
        empty(9, "summary", "en"),
        empty(12, "summary", "en"),
        empty(20, "feedback.keep", "en"),
        empty(21, "feedback.keep", "zh"),
    ]
    assert lines_of(*found, words=EN)[1:7] == [
        "  zh and en: 1 each",
        "    feedback  lines 20–21",
        "  zh: 1",
        "    title  line 3",
        "  en: 2",
        "    summary  lines 9, 12",
    ]


def test_many_lines_are_told_by_the_first_and_the_last() -> None:
    found = [empty(line, "levels.0.anchor", "zh") for line in range(10, 40, 3)]
    assert "    levels  第 10–37 行之间，共 10 行" in lines_of(*found)


def test_a_single_empty_text_is_told_like_any_other_problem() -> None:
    assert lines_of(empty(3, "levels.0.anchor", "en")) == [
        f"{FILE}:3:3: levels → 第 1 项 → anchor 缺少 en。",
        "      3 |   en:",
        "        |   ^",
        "    补上这种语言的内容，或从 languages 里去掉它。",
    ]


def test_the_same_slip_in_several_lines_is_told_once_with_all_lines() -> None:
    found = [Problem(FILE, line, 1, "tab", {}, "\ta: b") for line in (4, 7, 8, 9)]
    report = problem_report(found, EN, whole=False)
    assert report.lines[0].startswith(f"{FILE}:4:1: ")
    assert report.lines[1] == "      4 | →a: b"
    assert report.lines[-1] == "    The same in lines 7–9."
    assert (report.told, report.left) == (4, 0)


def test_what_keeps_a_file_from_being_read_comes_first_and_what_is_empty_before_the_rest() -> None:
    found = [
        Problem("a.yaml", 1, 1, "not_a_level", {"level": "7"}),
        empty(5, "title", "zh", "a.yaml"),
        empty(6, "title", "en", "a.yaml"),
        Problem("a.yaml", 9, 1, "unknown_key", {"key": "x", "known": "y"}),
        Problem("b.yaml", 3, 1, "tab"),
    ]
    heads = [line for line in lines_of(*found) if line.startswith(("a.yaml", "b.yaml"))]
    assert [head.partition(" ")[0] for head in heads] == [
        "b.yaml:3:1:",
        "a.yaml:",
        "a.yaml:9:1:",
        "a.yaml:1:1:",
    ]


def test_a_report_ends_after_a_screen_unless_it_is_to_be_whole() -> None:
    found = [Problem(f"{name:02}.yaml", 1, 1, "tab", {}, "\tx") for name in range(40)]
    short = problem_report(found, ZH, whole=False)
    assert len(short.lines) <= A_SCREEN
    assert short.told + short.left == 40
    assert short.told > 5
    full = problem_report(found, ZH, whole=True)
    assert (full.told, full.left) == (40, 0)
    assert full.lines[: len(short.lines)] == short.lines


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("zh: 他说: 好", 7),
        ("\t\u3000zh: \u200bx", 3),
        ("en: " + "word " * 60, 5),
        ("zh: " + "汉字" * 90 + "，" + "再说" * 90, 185),
    ],
)
def test_the_mark_stands_below_the_place_however_wide_the_letters(text: str, column: int) -> None:
    shown, mark = excerpt(Problem(FILE, 12, column, "tab", {}, text))
    before = shown
    while cell_len(before) > cell_len(mark) - 1:
        before = before[:-1]
    assert cell_len(before) == cell_len(mark) - 1
    assert shown[len(before)] == {"\u200b": "·"}.get(text[column - 1], text[column - 1])
    assert cell_len(shown) <= EXCERPT + 10


def test_an_empty_line_is_not_shown() -> None:
    assert list(excerpt(Problem(FILE, 1, 1, "not_a_mapping", {}, " "))) == []


def test_two_keys_that_nobody_knows_are_two_problems_each_with_its_cure() -> None:
    found = [
        Problem(FILE, line, 3, "unknown_key_near", {"key": key, "near": near}, f"  {key}:")
        for line, key, near in ((3, "achor", "anchor"), (9, "singal", "signal"), (12, "achor", "x"))
    ]
    lines = "\n".join(lines_of(*found))
    assert "是不是想写 anchor？\n    同样的问题还出现在第 12 行。" in lines
    assert "是不是想写 signal？" in lines


def test_the_same_mistake_twice_in_a_line_is_said_to_be_there_twice() -> None:
    found = [Problem(FILE, 3, column, "bad_cue", {"cue": "(a"}, "  (a, (b") for column in (3, 7)]
    assert lines_of(*found)[-1] == "    这一行里同样的问题还有 1 处。"
