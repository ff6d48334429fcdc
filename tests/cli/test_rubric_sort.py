"""`commcoach rubric sort` at the command line: by sheet and at the terminal."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import load_workbook

from commcoach.domain.language import Language
from commcoach.domain.retranslation import deal
from commcoach.presentation.rubric_pages.sorting_sheet import HEADER_ROW
from tests.cli.conftest import Cli
from tests.shipped import library

ID = "open_question"
CARDS = deal(library().criteria[ID], Language.ZH)
RIGHT = [card.level for card in CARDS]


def order(place: Path) -> list[str]:
    """The ids of the cards on a sheet, from top to bottom."""
    sheet = load_workbook(place).worksheets[0]
    return [str(sheet.cell(row, 3).value) for row in range(HEADER_ROW + 1, sheet.max_row + 1)]


@pytest.fixture
def sheet(cli: Cli, tmp_path: Path) -> Callable[..., Path]:
    """`sheet("a.xlsx", [0, 1, …])`: a sheet as a colleague sends it back, the levels by card."""

    def make(name: str, levels: list[int | None]) -> Path:
        place = tmp_path / name
        assert cli("rubric", "sort", ID, "--sheet", place).code == 0
        book = load_workbook(place)
        for row, id in enumerate(order(place), start=HEADER_ROW + 1):
            level = levels[[card.id for card in CARDS].index(id)]
            book.worksheets[0].cell(row, 1).value = level
        book.save(place)
        return place

    return make


def test_sheets_of_several_people_are_reported_together(
    cli: Cli, sheet: Callable[..., Path]
) -> None:
    swapped = [{2: 3, 3: 2}.get(level, level) for level in RIGHT]
    places = [sheet("a.xlsx", RIGHT), sheet("b.xlsx", RIGHT), sheet("c.xlsx", swapped)]
    asked = [word for place in places for word in ("--result", place)]
    result = cli("rubric", "sort", ID, *asked)
    assert result.code == 0, result.err
    assert "归类检验，3 人" in result.out
    assert "（13/15，" in result.out
    assert "2 级和 3 级分不清" in result.out


def test_it_is_said_at_the_start_that_sorting_at_the_terminal_keeps_nothing_until_the_end(
    cli: Cli,
) -> None:
    said = cli("rubric", "sort", ID, typed="2\nq\n")
    assert said.out.index("中途停下") < said.out.index("1/5")
    assert "停在第 1 条" in said.err


def test_one_bad_sheet_stops_all_and_every_problem_is_named(
    cli: Cli, sheet: Callable[..., Path]
) -> None:
    good, bad = sheet("a.xlsx", RIGHT), sheet("b.xlsx", [9, None, *RIGHT[2:]])
    result = cli("rubric", "sort", ID, "--result", good, "--result", bad)
    assert result.code == 2
    first, second = (order(bad).index(card.id) + HEADER_ROW + 1 for card in CARDS[:2])
    assert f"b.xlsx: A{first}: “9”不是等级" in result.err
    assert f"b.xlsx: A{second}: 没有填等级" in result.err
    assert result.out == ""


def test_every_colleague_has_an_order_that_stays_the_same_for_the_same_sheet(
    cli: Cli, sheet: Callable[..., Path], tmp_path: Path
) -> None:
    names = [f"sort-{name}.xlsx" for name in ("lilei", "hanmei", "wangfang", "zhangmin")]
    orders = [tuple(order(sheet(name, RIGHT))) for name in names]
    assert len(set(orders)) > 2
    again = tmp_path / "again" / names[0]
    again.parent.mkdir()
    assert cli("rubric", "sort", ID, "--sheet", again).code == 0
    assert tuple(order(again)) == orders[0]


def test_a_sheet_is_never_written_over(cli: Cli, sheet: Callable[..., Path]) -> None:
    place = sheet("a.xlsx", RIGHT)
    before = place.read_bytes()
    result = cli("rubric", "sort", ID, "--sheet", place)
    assert result.code == 2
    assert "不会覆盖" in result.err
    assert place.read_bytes() == before


def test_one_sheet_given_twice_is_not_counted_twice(cli: Cli, sheet: Callable[..., Path]) -> None:
    place = sheet("a.xlsx", RIGHT)
    result = cli("rubric", "sort", ID, "--result", place, "--result", place)
    assert result.code == 2
    assert "写了两次" in result.err


def test_what_cannot_be_done_is_one_sentence(cli: Cli, tmp_path: Path) -> None:
    for arguments, said in (
        (("nowhere",), "没有叫“nowhere”"),
        ((ID, "--sheet", tmp_path / "a.csv"), "要以 .xlsx 结尾"),
        ((ID, "--sheet", tmp_path / "none" / "a.xlsx"), "找不到"),
        ((ID, "--result", tmp_path / "none.xlsx"), "找不到"),
        ((ID, "--result", tmp_path), "是文件夹，不是文件"),
        ((ID, "--sheet", tmp_path / "a.xlsx", "--result", tmp_path / "b.xlsx"), "只能用一个"),
    ):
        result = cli("rubric", "sort", *arguments)
        assert result.code == 2
        assert said in result.err
        assert result.err.count("\n") == 1


def test_at_the_terminal_one_card_after_another_is_sorted(cli: Cli) -> None:
    first, *rest = RIGHT
    typed = "\n".join(["five", "7", str(first), *map(str, rest), ""])
    result = cli("rubric", "sort", ID, typed=typed)
    assert result.code == 0, result.err
    assert result.out.count("请选 0–4 中的一个数。") == 2
    assert "全部归对" in result.out
    assert "（5/5，95 % 区间 57–100 %）" in result.out


@pytest.mark.parametrize("typed", ["1\nq\n", "1\n"])
def test_what_is_not_sorted_to_the_end_is_not_counted(cli: Cli, typed: str) -> None:
    result = cli("rubric", "sort", ID, typed=typed)
    assert result.code == 2
    assert "停在第 1 条，共 5 条" in result.err
    assert "归对" not in result.out


def test_a_copy_of_a_colleagues_sheet_is_told_from_another_colleagues(
    cli: Cli, sheet: Callable[..., Path], tmp_path: Path
) -> None:
    first, second, copied = sheet("a.xlsx", RIGHT), sheet("b.xlsx", RIGHT), tmp_path / "c.xlsx"
    shutil.copyfile(first, copied)
    alike = cli("rubric", "sort", ID, "--result", first, "--result", copied)
    assert "像是同一份表的副本" in alike.out
    assert "副本" not in cli("rubric", "sort", ID, "--result", first, "--result", second).out


def test_levels_are_read_as_people_write_them(cli: Cli, sheet: Callable[..., Path]) -> None:
    place = sheet("a.xlsx", RIGHT)
    book = load_workbook(place)
    for row, style in enumerate(("{}级", "{} 分", "０{}"), start=HEADER_ROW + 1):
        cell = book.worksheets[0].cell(row, 1)
        cell.value = style.format(cell.value)
    book.save(place)
    result = cli("rubric", "sort", ID, "--result", place)
    assert result.code == 0, result.err
    assert "全部归对" in result.out


def test_a_criterion_may_be_named_by_its_title(cli: Cli, tmp_path: Path) -> None:
    title = library().criteria[ID].title.said_in(Language.ZH)
    assert cli("rubric", "sort", title, "--sheet", tmp_path / "a.xlsx").code == 0
    assert f"{ID}" in cli("rubric", "sort", f"{title}吗", "--sheet", tmp_path / "b.xlsx").err
