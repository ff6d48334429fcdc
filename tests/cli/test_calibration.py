"""`commcoach calibration`: sheets that tell nothing, and a report that says no more than it may."""

from __future__ import annotations

import json
import shutil
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from commcoach import bootstrap
from commcoach.coaching.rubric_testing import Trial
from commcoach.presentation.calibration.page import MARK
from tests.cli import drawings
from tests.cli.conftest import Cli
from tests.cli.drawings import ID, Draw, fill, grade, key_rows, report, sheet_of

own, draw = drawings.own, drawings.draw


def test_sheets_hold_the_same_replies_in_another_order_each(draw: Draw) -> None:
    folder = draw("--n", 30)
    first, second = (
        [
            row[:3]
            for row in load_workbook(sheet_of(folder, by))
            .worksheets[0]
            .iter_rows(min_row=2, values_only=True)
        ]
        for by in ("甲", "乙")
    )
    assert sorted(map(str, first)) == sorted(map(str, second))
    assert first != second
    assert len(first) == 30


def test_sheets_tell_neither_machine_nor_grades_nor_ids_nor_the_other_grader(draw: Draw) -> None:
    folder = draw("--n", 30)
    with zipfile.ZipFile(sheet_of(folder, "甲")) as archive:
        inside = b"".join(archive.read(name) for name in archive.namelist()).decode()
    assert "乙" not in inside
    assert "author" not in inside
    assert not any(row["case"] in inside for row in key_rows(folder).values())
    sheet = load_workbook(sheet_of(folder, "甲")).worksheets[0]
    assert [cell.value for cell in sheet[1]] == [
        "编号 id",
        "上文 context",
        "回复 reply",
        "开放式提问\nopen_question @甲",
        "备注 note",
        "校验码 check",
    ]
    assert all(sheet.cell(row, 4).value is None for row in range(2, 32))


def test_rare_levels_are_there_when_drawn_by_level(draw: Draw) -> None:
    by_level = Counter(row["level"] for row in key_rows(draw("--n", 40, "--by-level")).values())
    assert by_level == {0: 10, 1: 10, 4: 10, None: 10}
    plain = Counter(row["level"] for row in key_rows(draw("--n", 40, folder="b")).values())
    assert plain[0] > 15


def test_the_same_seed_draws_the_same_and_another_does_not(draw: Draw) -> None:
    one, same, other = (
        key_rows(draw("--seed", seed, folder=name)) for seed, name in ((3, "a"), (3, "b"), (4, "c"))
    )
    assert one == same
    assert one != other


def test_fewer_replies_than_wanted_are_said_to_be_so(cli: Cli, own: Path, tmp_path: Path) -> None:
    result = cli(
        *("calibration", "draw", "--criterion", ID, "--n", 5000),
        *("--output", tmp_path / "drawn", "--content", own),
    )
    assert result.code == 0, result.err
    assert "不到 5000 条" in result.out
    assert "不要发给评分人" in result.out
    assert "学员练习里的回复没有抽" in result.out


def test_corrected_replies_of_learners_are_left_out_and_counted(
    cli: Cli, own: Path, draw: Draw, tmp_path: Path
) -> None:
    rows = [
        {"id": f"correction-{number:012x}", "reply": f"原话{number}", "levels": {ID: 1}}
        for number in range(3)
    ]
    place = own / "rubrics" / "cases" / "corrected.jsonl"
    place.write_text("\n".join(map(json.dumps, rows)), "utf-8")
    result = cli(
        *("calibration", "draw", "--criterion", ID, "--n", 5000),
        *("--output", tmp_path / "drawn", "--content", own),
    )
    assert result.code == 0, result.err
    assert "没有抽老师改过评分的学员原话，共 3 条" in result.out
    drawn = {row["case"] for row in key_rows(tmp_path / "drawn").values()}
    assert not [id for id in drawn if id.startswith("correction-")]


def test_what_stands_in_the_way_is_said_before_anything_is_scored(
    cli: Cli, own: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scored(*_: Any, **__: Any) -> Trial:
        raise AssertionError

    monkeypatch.setattr("commcoach.bootstrap.casework.trial", scored)
    folder = tmp_path / "drawn"
    folder.mkdir()
    there = folder / f"{ID}-甲.xlsx"
    there.write_bytes(b"")
    for output, said in ((folder, "已经在了"), (there, "是文件，不是文件夹")):
        arguments = ("--criterion", ID, "--output", output, "--grader", "乙", "--grader", "甲")
        result = cli("calibration", "draw", *arguments, "--content", own)
        assert result.code == 2
        assert said in result.err
    assert list(folder.iterdir()) == [there]


@pytest.mark.parametrize("error", [OSError, KeyboardInterrupt])
def test_the_key_is_there_before_any_sheet_and_nothing_stays_of_half_a_drawing(
    cli: Cli,
    own: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    error: type[BaseException],
) -> None:
    folder = tmp_path / "drawn"
    there: list[list[str]] = []

    def second_fails(place: Path, sheet: Any, labels: Any) -> None:
        there.append(sorted(one.name for one in folder.iterdir()))
        if len(there) == 2:
            raise error
        bootstrap.write_grading_sheet(place, sheet, labels)

    monkeypatch.setattr("commcoach.bootstrap.casework.write_grading_sheet", second_fails)
    result = cli("calibration", "draw", "--criterion", ID, "--output", folder, "--content", own)
    assert result.code != 0
    assert there == [[f"{ID}-key.json"], [f"{ID}-grader-1.xlsx", f"{ID}-key.json"]]
    assert list(folder.iterdir()) == []


def test_sheets_may_be_imported_one_by_one(cli: Cli, own: Path, draw: Draw) -> None:
    folder = draw("--n", 24, "--by-level")
    rare = fill(folder, "甲", lambda row: row["level"] if row["level"] == 0 else None)
    first = report(cli, own, folder, rare, more=("--import",))
    assert first.code == 0, first.err
    sheets = [fill(folder, "甲", grade(0)), fill(folder, "乙", grade(0))]
    second = report(cli, own, folder, *sheets, more=("--import",))
    assert second.code == 0, second.err
    assert "6 个盲评的等级各代表多少条回复，已重新算过" in second.out
    last = report(cli, own, folder, fill(folder, "甲", grade(1)), more=("--import", "--replace"))
    assert "收下 甲 的 " in last.out
    weights: dict[str, set[float]] = {}
    for place in (own / "rubrics" / "cases").glob("*.jsonl"):
        for row in map(json.loads, place.read_text("utf-8").splitlines()):
            for one in row.get("grades", ()):
                weights.setdefault(row["id"], set()).update(one.get("blind", {}).values())
    assert all(len(one) < 2 for one in weights.values())
    assert len({weight for one in weights.values() for weight in one}) == 2


def test_a_report_sets_people_beside_the_machine(cli: Cli, own: Path, draw: Draw) -> None:
    folder = draw("--n", 60, "--by-level")
    sheets = [fill(folder, "甲", grade(0)), fill(folder, "乙", grade(3))]
    page = folder / "report.html"
    result = report(cli, own, folder, *sheets, more=("--html", page))
    assert result.code == 0, result.err
    for said in ("加权 kappa", "人与人", "机器与人", "95 % 区间", "宽严", "要讨论的"):
        assert said in result.out
    assert "甲 评了 60 条" in result.out
    assert "未校准" in result.out
    text = page.read_text("utf-8")
    assert MARK in text
    assert "<script" not in text
    assert report(cli, own, folder, *sheets, more=("--html", page)).code == 0


def test_too_little_gives_no_number(cli: Cli, own: Path, draw: Draw) -> None:
    folder = draw("--n", 4)
    sheets = [fill(folder, "甲", grade(0)), fill(folder, "乙", grade(1))]
    result = report(cli, own, folder, *sheets)
    assert result.code == 0, result.err
    assert "无法估计" in result.out
    assert "未校准" in result.out


def test_of_a_single_grader_nothing_is_said_about_severity(
    cli: Cli, own: Path, draw: Draw, tmp_path: Path
) -> None:
    folder = draw("--n", 12)
    page = tmp_path / "report.html"
    result = report(cli, own, folder, fill(folder, "甲", grade(0)), more=("--html", page))
    assert result.code == 0, result.err
    assert "宽严（" not in result.out + page.read_text("utf-8")


def test_with_one_sheet_of_two_it_is_said_once_whose_is_missing(
    cli: Cli, own: Path, draw: Draw, tmp_path: Path
) -> None:
    folder = draw("--n", 12)
    page = tmp_path / "report.html"
    result = report(cli, own, folder, fill(folder, "甲", grade(0)), more=("--html", page))
    for shown in (result.out, page.read_text("utf-8")):
        assert shown.count("还差 乙 的表") == 1
        assert shown.count("无法估计") == 1


def test_rows_that_were_taken_out_of_a_sheet_are_named(cli: Cli, own: Path, draw: Draw) -> None:
    folder = draw("--n", 12)
    sheets = [fill(folder, "甲", grade(0)), fill(folder, "乙", grade(1))]
    book = load_workbook(sheets[1])
    codes = [str(book.worksheets[0].cell(row, 1).value) for row in (3, 4)]
    book.worksheets[0].delete_rows(3, 2)
    book.save(sheets[1])
    said = "".join(report(cli, own, folder, *sheets).out.split())
    assert f"{sheets[1].name}少了2行（{'、'.join(sorted(codes))}）" in said
    assert "乙评了10条（另2条没有评）" in said


def test_a_report_that_keeps_nothing_does_not_say_that_nothing_was_written(
    cli: Cli, own: Path, draw: Draw
) -> None:
    folder = draw("--n", 12)
    sheet = fill(folder, "甲", lambda _: 9)
    assert "没有写" not in report(cli, own, folder, sheet).err
    assert "没有写" in report(cli, own, folder, sheet, more=("--import",)).err


def test_grades_of_a_report_are_imported_as_human_ones(cli: Cli, own: Path, draw: Draw) -> None:
    folder = draw("--n", 12)
    sheets = [fill(folder, "甲", grade(0)), fill(folder, "乙", grade(1))]
    result = report(cli, own, folder, *sheets, more=("--import",))
    assert result.code == 0, result.err
    assert "收下 甲、乙 的 24 个等级" in result.out or "收下 乙、甲 的 24 个等级" in result.out
    assert cli("rubric", "check", own).code == 0
    text = "".join(
        place.read_text("utf-8") for place in (own / "rubrics" / "cases").glob("*.jsonl")
    )
    assert text.count('{"by": "甲", "kind": "human"') == 12
    fill(folder, "甲", lambda row: 4 - (row["level"] or 0))
    again = report(cli, own, folder, *sheets, more=("--import",))
    assert again.code == 2
    assert "甲 已经给" in again.err


def test_every_problem_of_every_sheet_is_named(cli: Cli, own: Path, draw: Draw) -> None:
    folder = draw("--n", 10)
    first = fill(folder, "甲", lambda _: 7)
    second = fill(folder, "乙", lambda _: 1)
    copy = folder / "copy.xlsx"
    shutil.copyfile(second, copy)
    fill(folder, "乙", lambda row: None if row["code"] == "R04" else 1)
    result = report(cli, own, folder, first, second, copy)
    assert result.code == 2
    assert f"{ID}-乙.xlsx: 另外，第 " in result.err
    assert "有 11 处要改" in result.err
    assert f"{ID}-甲.xlsx 评分表!D2、D3、D4、D5、D6、D7、D8、D9、D10、D11: 7 级不存在" in result.err
    assert "乙 的评分在" in result.err


def test_what_is_wrong_with_a_drawings_sheet_has_a_cure_that_the_report_knows(
    cli: Cli, own: Path, draw: Draw
) -> None:
    folder = draw("--n", 10)
    sheet = fill(folder, "甲", lambda row: 2.5 if row["code"] == "R03" else 1)
    book = load_workbook(sheet)
    book.worksheets[0]["A2"].value = "R99"
    book.worksheets[0]["D1"].value = f"开放式提问\n{ID}"
    book.save(sheet)
    result = report(cli, own, folder, sheet)
    assert result.code == 2
    assert "“2.5”不是整级" in result.err or "列头的 @ 后面没有评分人的名字了" in result.err
    assert "这次抽样里没有编号 R99" in result.err
    assert not {"--kind", "--new-cases", "--by"} & set(result.err.replace("，", " ").split())


@pytest.mark.parametrize("more", [(), ("--new-cases",)])
def test_a_drawings_sheet_is_not_imported_without_its_key(
    cli: Cli, own: Path, draw: Draw, more: tuple[str, ...]
) -> None:
    sheet = fill(draw("--n", 10), "甲", grade(0))
    result = cli("cases", "import", sheet, *more, "--content", own)
    assert result.code == 2
    assert len(result.err.splitlines()) < 4
    assert "这是 calibration draw 出的盲评表" in result.err


def test_a_case_that_was_changed_since_is_named(cli: Cli, own: Path, draw: Draw) -> None:
    folder = draw("--n", 5)
    sheet = fill(folder, "甲", grade(0))
    gone = next(iter(key_rows(folder).values()))["case"]
    for place in (own / "rubrics" / "cases").glob("*.jsonl"):
        lines = [x for x in place.read_text("utf-8").splitlines() if json.loads(x)["id"] != gone]
        place.write_text("\n".join(lines) + "\n", "utf-8")
    result = report(cli, own, folder, sheet)
    assert result.code == 2
    assert f"抽样以后，有 1 条案例被删除或改了文字，评分对不上：{gone}。" in result.err


def test_what_cannot_be_done_is_one_sentence(
    cli: Cli, own: Path, draw: Draw, tmp_path: Path
) -> None:
    folder = draw("--n", 5)
    sheet, wrong = sheet_of(folder, "甲"), tmp_path / "wrong.json"
    wrong.write_text("{}")
    drawing = ("draw", "--output", folder)
    for arguments, said in (
        ((*drawing, "--criterion", "nothing"), "没有叫“nothing”"),
        ((*drawing, "--criterion", ID, "--grader", "甲"), "不会覆盖"),
        ((*drawing, "--criterion", ID, "--grader", "x", "--grader", " x "), "不能同名"),
        ((*drawing, "--criterion", ID, "--engine", "magic"), "没有“magic”这个引擎"),
        (("report", sheet, "--key", wrong), "不是抽样时写下的 key.json"),
        (("report", sheet, "--key", tmp_path / "none.json"), "找不到"),
        (("report", sheet, sheet, "--key", wrong), "写了两次"),
        (("report", sheet, "--key", wrong, "--html", wrong), "不是校准报告"),
    ):
        result = cli("calibration", *arguments, "--content", own)
        assert result.code == 2, arguments
        assert said in result.err
        assert result.err.count("\n") == 1
