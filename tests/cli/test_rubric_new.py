"""`commcoach rubric new` at the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from commcoach.content.locating import CHECKOUT
from tests.cli.conftest import Cli


@pytest.fixture
def own(tmp_path: Path) -> Path:
    folder = tmp_path / "own"
    (folder / "rubrics").mkdir(parents=True)
    return folder


def test_the_files_are_written_and_the_next_steps_named(cli: Cli, own: Path) -> None:
    titles = ("--title-zh", " 再问\n一次\u200b ", "--title-en", "Ask again")
    result = cli("rubric", "new", "fresh/ask_again", "--content", own, *titles)
    assert result.code == 0, result.err
    text = (own / "rubrics/fresh/ask_again.yaml").read_text(encoding="utf-8")
    assert 'zh: "再问 一次"' in text
    assert "# 名称，几个字，学员会看到。" in text
    assert (own / "rubrics/fresh/rubric.yaml").is_file()
    # The folder is named once, and as it was typed: the lines can be pasted.
    commands = [line.strip() for line in result.out.splitlines() if "commcoach" in line]
    assert commands == [
        f"commcoach --content {own} rubric check {own / 'rubrics/fresh'}",
        f"commcoach --content {own} rubric try ask_again",
    ]


def test_the_comments_are_in_the_authors_language(cli: Cli, own: Path) -> None:
    cli("rubric", "new", "fresh/ask_again", "--content", own, "--lang", "en")
    text = (own / "rubrics/fresh/ask_again.yaml").read_text(encoding="utf-8")
    assert "# The name in a few words; learners see it." in text


def test_the_check_then_says_what_is_missing(cli: Cli, own: Path) -> None:
    cli("rubric", "new", "fresh/ask_again", "--content", own)
    result = cli("rubric", "check", own / "rubrics/fresh/ask_again.yaml")
    assert result.code == 1
    assert "zh 和 en：各 25 处" in result.err
    assert "    levels          第 53–94 行之间，共 20 行" in result.err
    assert result.err.count("\n") < 20, "it fits on a screen"


def test_nothing_is_written_over(cli: Cli, own: Path) -> None:
    cli("rubric", "new", "fresh/ask_again", "--content", own)
    place = own / "rubrics/fresh/ask_again.yaml"
    place.write_text("mine", encoding="utf-8")
    result = cli("rubric", "new", "fresh/ask_again", "--content", own)
    assert result.code == 2
    assert "已经有了" in result.err
    assert place.read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("ask_again", "请写成“模块/标准”"),
        ("gates/ask_again", "另有用途"),
        ("Fresh/ask_again", "模块名“Fresh”不能用"),
        ("fresh/ask again", "标准名“ask again”不能用"),
        ("fresh/../../x", "标准名“../../x”不能用"),
    ],
)
def test_a_name_that_does_not_do_is_one_sentence(cli: Cli, own: Path, name: str, said: str) -> None:
    result = cli("rubric", "new", name, "--content", own)
    assert result.code == 2
    assert said in result.err
    assert result.err.count("\n") == 1
    assert list((own / "rubrics").iterdir()) == []


def test_shipped_content_is_left_alone(cli: Cli) -> None:
    for chosen in ((), ("--content", CHECKOUT)):
        result = cli("rubric", "new", "listening/ask_again", *chosen)
        assert result.code == 2
        assert "content init" in result.err
    assert not (CHECKOUT / "rubrics/listening/ask_again.yaml").exists()


def test_a_folder_that_holds_no_content_is_told(cli: Cli, tmp_path: Path) -> None:
    missing = cli("rubric", "new", "a1/b1", "--content", tmp_path / "none")
    empty = cli("rubric", "new", "a1/b1", "--content", tmp_path)
    assert (missing.code, empty.code) == (2, 2)
    assert "找不到" in missing.err
    assert "不是内容文件夹" in empty.err
