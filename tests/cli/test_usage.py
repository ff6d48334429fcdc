"""Help pages, and what is said of a command that was mistyped."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from rich.cells import cell_len

from tests.cli.conftest import Cli
from tests.cli.small_content import small_content

TYPERS_OWN = re.compile(
    r"Usage|Options|Commands|Arguments|Show this|Error|Try |Missing|Invalid|No such|OPTIONS"
    r"|COMMAND|required|default:|Got unexpected|requires|<\w+>"
)


@pytest.mark.parametrize(
    "typed",
    [("--help",), ("rubric",), ("rubric", "try", "--help"), ("rubric", "diff", "--help")],
)
def test_a_help_page_has_no_english_of_typers_own(cli: Cli, typed: tuple[str, ...]) -> None:
    shown = cli(*typed)
    page = shown.out or shown.err
    assert page.startswith("用法：commcoach")
    assert not TYPERS_OWN.search(page)


def test_a_help_page_fits_the_terminal_in_both_languages(cli: Cli) -> None:
    for lang in ("zh", "en"):
        page = cli("rubric", "diff", "--help", "--lang", lang, COLUMNS="80").out
        assert max(map(cell_len, page.splitlines())) <= 80


def test_a_help_page_tells_what_must_be_written_and_what_is_taken_otherwise(cli: Cli) -> None:
    page = cli("rubric", "try", "--help", "--lang", "en").out
    assert "  NAME  " in page
    assert "(required)" in page
    assert "(default: embedded)" in page
    assert "--reply TEXT ..." in page
    assert "--file PATH" in page


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (("rubric", "try"), "还缺 NAME：标准或模块的名称"),
        (("rubric", "tst"), "没有“tst”这个命令，是不是要写 test？"),
        (("rubric", "zzzz"), "有的是：check、attack、show"),
        (("rubric", "attack", "--knd", "x"), "是不是要写 --kind？"),
        (("rubric", "attack", "--zzzz"), "没有 --zzzz 这个选项。"),
        (("--zzzz", "rubric"), "--zzzz 要写在命令后面"),
        (("--lang", "zh"), "commcoach 后面还缺一个命令"),
        (("rubric", "attack", "--repeats"), "--repeats 后面还缺一个值（数字）：每条回复"),
        (("rubric", "attack", "--repeats", "x"), "--repeats 后面要写整数（至少 1）：每条回复"),
        (("rubric", "sort", "a", "--examples", "44"), "--examples 后面要写整数（0 到 10）"),
        (("rubric", "try", "a", "--watch=3"), "--watch 后面不用写值"),
        (("rubric", "try", "a", "b", "c"), "“b c”是多出来的"),
    ],
)
def test_a_mistyped_command_is_refused_in_one_sentence_with_the_cure(
    cli: Cli, typed: tuple[str, ...], said: str
) -> None:
    refused = cli(*typed)
    assert refused.code == 2
    assert refused.out == ""
    assert said in refused.err
    assert refused.err.count("\n") == 1
    assert not TYPERS_OWN.search(refused.err)


def test_the_content_folder_and_the_language_may_stand_before_the_command(
    cli: Cli, tmp_path: Path
) -> None:
    gone = tmp_path / "gone"
    refused = cli("--content", gone, "--lang", "en", "rubric", "show")
    assert refused.code == 2
    assert f"There is no content folder {gone};" in refused.err


def test_what_is_typed_after_the_command_wins(cli: Cli, tmp_path: Path) -> None:
    refused = cli("--content", tmp_path / "a", "rubric", "show", "--content", tmp_path / "b")
    assert f"找不到内容文件夹 {tmp_path / 'b'}，" in refused.err


def test_a_suggested_command_repeats_the_content_folder_and_the_language(
    cli: Cli, tmp_path: Path
) -> None:
    folder = small_content(tmp_path / "my content")
    asked = ("--criterion", "open_question", "--grader", "Lee", "--lang=en", "--content", folder)
    said = "".join(cli("cases", "export", tmp_path / "sheet.xlsx", *asked).out.split())
    assert "".join(f'commcoach --content "{folder}" --lang en cases import'.split()) in said


def test_a_command_that_needs_an_own_folder_names_the_typed_one_or_a_placeholder(
    cli: Cli, tmp_path: Path
) -> None:
    sheet = tmp_path / "sheet.xlsx"
    asked = ("--criterion", "open_question", "--grader", "李雷")
    said = "".join(cli("cases", "export", sheet, *asked).out.split())
    assert "commcoach--content我的内容casesimport" in said
    own = small_content(tmp_path / "own")
    said = "".join(
        cli("cases", "export", tmp_path / "b.xlsx", *asked, "--content", own).out.split()
    )
    assert f"commcoach--content{own}casesimport" in said
