"""`commcoach rubric show` at the command line."""

from __future__ import annotations

from pathlib import Path

import pytest
from rich.cells import cell_len

from commcoach.domain.language import Language
from tests.cli.conftest import Cli
from tests.shipped import library


def test_without_a_name_all_modules_and_criteria_are_listed(cli: Cli) -> None:
    result = cli("rubric", "show")
    assert result.code == 0, result.err
    for id in (*library().criteria, *library().rubrics):
        assert id in result.out
    assert "rubric show 名称" in result.out


@pytest.mark.parametrize(("columns", "widest"), [("80", 80), ("120", 88), ("40", 40)])
def test_a_criterion_fits_the_terminal(cli: Cli, columns: str, widest: int) -> None:
    result = cli("rubric", "show", "open_question", "--lang", "both", COLUMNS=columns)
    assert max(map(cell_len, result.out.splitlines())) <= widest
    assert "各级表述 · Levels and anchors" in " ".join(result.out.split())


def test_a_module_shows_the_levels_of_its_criteria(cli: Cli) -> None:
    out = cli("rubric", "show", "listening", "--lang", "en").out
    for one in library().rubrics["listening"].criteria:
        assert one.id in out
    assert out.count("exemplary") == 3


def test_a_criterion_may_be_named_with_its_module(cli: Cli) -> None:
    alone = cli("rubric", "show", "open_question").out
    assert cli("rubric", "show", "listening/open_question").out == alone
    assert cli("rubric", "show", "conflict/open_question").code == 2


def test_an_unknown_name_is_told_with_what_is_near(cli: Cli) -> None:
    near = cli("rubric", "show", "open_questions")
    assert near.code == 2
    assert "open_question。" in near.err
    assert "没有叫“零”的模块或标准" in cli("rubric", "show", "零").err


def test_pages_are_written_for_every_module_in_both_languages(cli: Cli, tmp_path: Path) -> None:
    folder = tmp_path / "new" / "pages"
    assert cli("rubric", "show", "--html", folder).code == 0
    assert {path.stem for path in folder.iterdir()} == set(library().rubrics)
    html = (folder / "listening.html").read_text(encoding="utf-8")
    assert "各级表述" in html
    assert "Levels and anchors" in html


def test_a_page_of_one_criterion_in_one_language(cli: Cli, tmp_path: Path) -> None:
    cli("rubric", "show", "open_question", "--html", tmp_path, "--lang", "en")
    html = (tmp_path / "open_question.html").read_text(encoding="utf-8")
    assert html.count("<article") == 1
    assert "各级表述" not in html


@pytest.mark.parametrize("name", ["listening", "open_question"])
def test_one_page_is_written_to_the_file_that_is_named(cli: Cli, tmp_path: Path, name: str) -> None:
    place = tmp_path / "new" / "my.html"
    for _ in range(2):  # the second time over the first
        result = cli("rubric", "show", name, "--html", place)
        assert result.code == 0, result.err
    assert "<article" in place.read_text(encoding="utf-8")
    assert [*place.parent.iterdir()] == [place]


def test_several_pages_do_not_go_into_one_file(cli: Cli, tmp_path: Path) -> None:
    result = cli("rubric", "show", "--html", tmp_path / "my.html")
    assert result.code == 2
    assert "请写一个文件夹名" in result.err
    assert not (tmp_path / "my.html").exists()


def test_a_page_is_written_again_but_nobody_elses_file_is(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "listening.html").write_text("<p>Minutes</p>", encoding="utf-8")
    result = cli("rubric", "show", "--html", tmp_path)
    assert result.code == 2
    assert "不会覆盖" in result.err
    assert [path.name for path in tmp_path.glob("*.html")] == ["listening.html"]
    (tmp_path / "listening.html").unlink()
    assert cli("rubric", "show", "listening", "--html", tmp_path).code == 0
    assert cli("rubric", "show", "listening", "--html", tmp_path).code == 0


def test_pages_are_not_written_where_a_file_stands(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "pages").write_text("mine", encoding="utf-8")
    for place in (tmp_path / "pages", tmp_path / "pages" / "below"):
        result = cli("rubric", "show", "listening", "--html", place)
        assert result.code == 2
        assert "pages 是文件，不是文件夹" in result.err
        assert "File exists" not in result.err


def test_a_title_names_its_criterion_or_module_in_either_language(cli: Cli) -> None:
    shown = library()
    for one in (shown.criteria["open_question"], shown.rubrics["listening"]):
        for language in Language:
            result = cli("rubric", "show", one.title.said_in(language))
            assert result.code == 0, result.err
            assert one.title.said_in(Language.ZH) in result.out


def test_a_title_that_comes_near_is_answered_with_the_id(cli: Cli) -> None:
    title = library().criteria["open_question"].title.said_in(Language.ZH)
    result = cli("rubric", "show", f"{title}吗")
    assert result.code == 2
    assert "open_question" in result.err
