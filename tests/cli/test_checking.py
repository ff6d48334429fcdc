"""`commcoach rubric check`, `content check` and `scenario check` at the command line."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.cli.conftest import Cli, Result
from tests.content.builders import CRITERION, GATE, RUBRIC, SCENARIO, text_of, write, write_content


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A small content folder in order."""
    return write_content(tmp_path / "own")


def spoil(own: Path, number: int) -> None:
    """Break so many criteria, each in a way of its own place."""
    for index in range(number):
        file = CRITERION.replace("checks_back", f"more_{index}")
        text = text_of(CRITERION).replace("checks_back", f"more_{index}")
        write(own, file, text.replace("  - level: 1", "   - level: 1"))


def test_what_is_wrong_is_shown_with_place_line_mark_and_cure(cli: Cli, own: Path) -> None:
    write(own, RUBRIC, text_of(RUBRIC).replace('"倾听"', "@倾听"))
    result = cli("rubric", "check", own)
    assert result.code == 1
    assert result.err.splitlines() == [
        f"own/{RUBRIC}:2:13: 文字以“@”开头，在 YAML 里它另有用处。",
        '      2 | title: {zh: @倾听, en: "Listening"}',
        "        |             ^",
        '    把整段文字放进英文双引号 "…"，里面的引号用弯引号“ ”。',
        "共发现 1 处问题。",
    ]


def test_a_long_report_ends_after_a_screen_and_names_the_command_for_all(
    cli: Cli, own: Path
) -> None:
    spoil(own, 20)
    short = cli("rubric", "check", own / "rubrics", "--lang", "en")
    assert short.err.count("\n") < 36
    assert "20 problem(s) found." in short.err
    command = short.err.splitlines()[-1].split()
    assert command == f"commcoach --lang en rubric check {own / 'rubrics'} --all".split()
    full = cli(*command[1:])
    assert full.err.count("list_indent") == 0
    assert len(re.findall(r"^own/rubrics/listening/more_\d+\.yaml:", full.err, re.MULTILINE)) == 20
    assert "--all" not in full.err


def test_another_command_that_meets_broken_content_names_the_check(cli: Cli, own: Path) -> None:
    spoil(own, 20)
    result = cli("rubric", "try", "checks_back", "--reply", "x", "--content", own)
    assert result.code == 2
    assert result.err.splitlines()[-1] == f"    commcoach --content {own} content check --all"
    assert result.err.count("\n") < 36


@pytest.mark.parametrize("named", ["checks_back", "listening", "rubrics/listening", CRITERION])
def test_a_file_may_be_named_as_it_is_called_in_the_content_folder(
    cli: Cli, own: Path, named: str
) -> None:
    write(own, CRITERION, "")
    write(own, GATE, "")
    result = cli("rubric", "check", named, "--content", own)
    assert result.code == 1
    assert f"{CRITERION}:1:1: " in result.err
    assert GATE not in result.err


@pytest.mark.parametrize(
    ("stands", "shown"), [(".", f"own/{GATE}"), ("own/rubrics", "gates/gate_insult.yaml")]
)
def test_a_file_is_named_so_that_it_can_be_opened_where_the_user_stands(
    cli: Cli, own: Path, monkeypatch: pytest.MonkeyPatch, stands: str, shown: str
) -> None:
    write(own, GATE, "")
    monkeypatch.chdir(own.parent / stands)
    for command in ("check", "show"):
        result = cli("rubric", command, "--content", own)
        assert result.err.startswith(f"{shown}:1:1: "), result.err
        assert Path(shown).is_file()


def test_a_file_far_away_is_named_with_its_whole_path(
    cli: Cli, own: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    write(own, GATE, "")
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert cli("rubric", "check", "../own").err.startswith(f"{own / GATE}:1:1: ")


def test_a_check_of_the_shipped_content_says_so_first_and_how_to_name_another(
    cli: Cli, own: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    beside = cli("rubric", "check").out
    assert beside.startswith("您没有指定文件夹，检查的是自带的内容（")
    assert "    commcoach rubric check own\n" in beside
    monkeypatch.chdir(own / "rubrics" / "gates")
    assert "    commcoach rubric check ../..\n" in cli("rubric", "check").out
    (own.parent / "empty").mkdir()
    monkeypatch.chdir(own.parent / "empty")
    assert "    commcoach rubric check 我的内容\n" in cli("rubric", "check").out


def test_a_check_of_the_content_in_use_says_which_that_is(cli: Cli, own: Path) -> None:
    assert cli("rubric", "check", "--content", own).out.startswith("检查的是 ")
    assert cli("content", "check", "--content", "own").out.startswith("检查的是 own。\n")


@pytest.mark.parametrize("stands", [".", "own-content/rubrics", "elsewhere"])
def test_a_content_folder_that_is_not_here_is_told_with_the_one_that_was_meant(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stands: str
) -> None:
    write_content(tmp_path / "own-content")
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / stands)
    meant = {".": "own-content", "elsewhere": "../own-content"}.get(stands, "..")
    for command in (("check",), ("show",), ("new", "m/c"), ("publish", "--by", "x")):
        said = cli("rubric", *command, "--content", "own_content")
        assert said.code == 2
        missing = f"找不到内容文件夹 own_content，您现在在 {Path.cwd()}。"
        assert said.err == f"{missing}您要的可能是 --content {meant}。\n"


def test_a_folder_to_check_that_is_not_here_is_told_with_the_one_that_was_meant(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_content(tmp_path / "own-content")
    assert "您要的可能是 own-content。" in cli("rubric", "check", "own_content").err
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert "您要的可能是 ../own-content。" in cli("rubric", "check", "own-content").err


def test_a_single_file_outside_of_any_content_folder_is_told_to_be_one(
    cli: Cli, tmp_path: Path
) -> None:
    place = tmp_path / "alone.yaml"
    place.write_text(text_of(CRITERION), encoding="utf-8")
    said = cli("rubric", "check", place, "--lang", "en")
    assert said.code == 2
    assert "alone.yaml is not in a content folder" in said.err


def test_a_scenario_may_be_named_by_its_id(cli: Cli, own: Path) -> None:
    write(own, SCENARIO, "")
    said = cli("scenario", "check", Path(SCENARIO).stem, "--content", own)
    assert f"{SCENARIO}:1:1: " in said.err


def test_what_cannot_be_found_is_told_as_it_was_typed(cli: Cli, own: Path) -> None:
    result = cli("rubric", "check", "no_such", "--content", own)
    assert result.code == 2
    assert "no_such" in result.err


def test_each_check_looks_at_its_own_folder(cli: Cli, own: Path) -> None:
    write(own, GATE, "")
    write(own, SCENARIO, "")

    def told(result: Result) -> set[str]:
        return {file for file in (GATE, SCENARIO) if f"{file}:1:1" in result.err}

    assert told(cli("content", "check", own)) == {GATE, SCENARIO}
    assert told(cli("rubric", "check", own)) == {GATE}
    assert told(cli("scenario", "check", own)) == {SCENARIO}


def test_content_in_order_is_said_to_be_so_at_once_the_second_time(cli: Cli, own: Path) -> None:
    for _ in range(2):
        result = cli("content", "check", own)
        assert (result.code, result.err) == (0, "")
        assert "没有发现问题" in "".join(result.out.split())
