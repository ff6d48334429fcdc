"""`commcoach cases`: sheets out, grades in, and the author's own content as it is afterwards."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from tests.casework_content import own_content
from tests.cli.conftest import Cli
from tests.cli.own_cases import cases, snapshot

ID = "open_question"
SCENARIO = ("--criterion", ID, "--scenario", "night_piling", "--language", "en")


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """An author's own content, without what cases do not need."""
    return own_content(tmp_path / "mine")


@pytest.fixture
def sheet(cli: Cli, own: Path, tmp_path: Path) -> Path:
    """An empty blind sheet."""
    place = tmp_path / "sheet.xlsx"
    result = cli("cases", "export", place, *SCENARIO, "--blind", "--content", own)
    assert result.code == 0, result.err
    return place


def fill(place: Path, levels: list[Any], column: int = 6) -> None:
    book = load_workbook(place)
    for row, level in enumerate(levels, start=2):
        book.worksheets[0].cell(row, column).value = level
    book.save(place)


def test_what_was_exported_filled_in_and_imported_checks_clean(
    cli: Cli, own: Path, sheet: Path
) -> None:
    fill(sheet, [3, 0, "n/a"])
    before = cases(own)
    result = cli("cases", "import", sheet, "--by", "王老师", "--content", own)
    assert result.code == 0, result.err
    assert "收下 王老师 的 3 个等级（共 100 行）" in result.out
    assert (
        "第 5、6、7、8、9、10、11、12、13、14、15、16……行（共 97 行）没有评，跳过。"
        in result.out.replace("\n", "")
    )
    assert cli("rubric", "check", own).code == 0
    graded = [row for id, row in cases(own).items() if row != before[id]]
    assert [row["grades"][-1] for row in graded] == [
        {"by": "王老师", "kind": "human", "levels": {ID: level}} for level in (3, 0, None)
    ]


def test_a_second_import_of_the_same_grader_is_refused_until_it_is_meant(
    cli: Cli, own: Path, sheet: Path
) -> None:
    fill(sheet, [3, 0])
    first = ("cases", "import", sheet, "--by", "王老师", "--content", own)
    assert cli(*first).code == 0
    before = snapshot(own)
    again = cli(*first)
    assert again.code == 2
    assert "王老师 已经给 2 条回复评过 open_question" in again.err
    assert snapshot(own) == before
    fill(sheet, [2, 0])
    assert cli(*first, "--replace").code == 0
    assert [
        grade["levels"][ID]
        for row in cases(own).values()
        for grade in row["grades"]
        if grade["by"] == "王老师"
    ] == [2, 0]


def test_every_problem_is_named_at_once_and_nothing_is_written(
    cli: Cli, own: Path, sheet: Path
) -> None:
    fill(sheet, [9, "好", 3])
    before = snapshot(own)
    result = cli("cases", "import", sheet, "--by", "王老师", "--content", own)
    assert result.code == 2
    assert result.err.splitlines()[:3] == [
        "有 2 处要改，改好以前什么也没有写：",
        "评分表!F2: 9 级不存在。请填 0–4 中的一个数，或 n/a。",
        "评分表!F3: “好”不是等级。请填 0–4 中的一个数，或 n/a。",
    ]
    assert "另外，第 5、6、7、" in result.err
    assert "（共 97 行）没有评" in result.err
    assert snapshot(own) == before


def test_the_shipped_content_is_not_written_into(cli: Cli, sheet: Path) -> None:
    fill(sheet, [3])
    result = cli("cases", "import", sheet, "--by", "王老师")
    assert result.code == 2
    assert "content init" in result.err


def test_a_sheet_that_comes_back_untouched_changes_nothing(
    cli: Cli, own: Path, tmp_path: Path
) -> None:
    place = tmp_path / "all.xlsx"
    assert cli("cases", "export", place, *SCENARIO, "--content", own).code == 0
    before = snapshot(own)
    result = cli("cases", "import", place, "--content", own)
    assert result.code == 0, result.err
    assert "没有新的评分，什么也没有写。" in result.out
    assert snapshot(own) == before


def test_lines_go_out_and_come_back(cli: Cli, own: Path, tmp_path: Path) -> None:
    place = tmp_path / "lines.jsonl"
    assert cli("cases", "export", place, *SCENARIO, "--content", own).code == 0
    rows = [json.loads(line) for line in place.read_text("utf-8").splitlines()]
    assert all(set(grade["levels"]) == {ID} for row in rows for grade in row["grades"])
    graded = {**rows[0], "grades": [{"by": "mean", "kind": "import", "levels": {ID: 2.5}}]}
    bare = {key: rows[1][key] for key in ("id", "reply")} | {"levels": {ID: None}}
    place.write_text("\ufeff" + "\n".join(map(json.dumps, (graded, bare))), "utf-8")
    result = cli("cases", "import", place, "--by", "甲", "--content", own)
    assert result.code == 0, result.err
    found = cases(own)
    assert found[graded["id"]]["grades"][-1] == graded["grades"][0]
    assert found[bare["id"]]["grades"][-1] == {"by": "甲", "kind": "human", "levels": {ID: None}}
    assert cli("rubric", "check", own).code == 0


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ("{“id”: “a”, “reply”: “b”}".encode(), "lines.jsonl:1: 用了中文弯引号"),
        (b'{"id": "a", "reply": "b\tc"}', "lines.jsonl:1: 文字里有制表符"),
        ('{"id": "a", "reply": "好"}'.encode("gbk"), "lines.jsonl:1:23: 文件不是 UTF-8 编码"),
        (b'{"id": "a"}', "lines.jsonl:1:"),
        (b'{"id": "nobody", "reply": "b"}', "lines.jsonl:1: 案例里没有编号 nobody"),
        (
            b'{"id": "night_piling-en-001", "reply": "b", "levels": {"open_question": 1}}',
            "lines.jsonl:1: 这段文字被改过",
        ),
        (b"", "lines.jsonl: 里面一条回复也没有"),
    ],
)
def test_bad_lines_are_named_with_their_place(
    cli: Cli, own: Path, tmp_path: Path, raw: bytes, said: str
) -> None:
    place = tmp_path / "lines.jsonl"
    place.write_bytes(raw)
    before = snapshot(own)
    result = cli("cases", "import", place, "--by", "甲", "--content", own)
    assert result.code == 2
    assert said in result.err
    assert snapshot(own) == before


def test_a_criterion_that_is_not_there_is_named(cli: Cli, own: Path, tmp_path: Path) -> None:
    place = tmp_path / "lines.jsonl"
    case = next(iter(cases(own).values()))
    row = {"id": case["id"], "reply": case["reply"], "levels": {"kindness": 1}}
    place.write_text(json.dumps(row), "utf-8")
    result = cli("cases", "import", place, "--by", "甲", "--content", own)
    assert result.code == 2
    assert "lines.jsonl:1: 没有标准 kindness" in result.err


@pytest.mark.parametrize(
    "raw",
    [
        "编号,回复\n" + "1,好\n" * 300,
        "%PDF-1.7\n" + "x\n" * 300,
        "id: a\nreply: b\n",
        json.dumps([{"id": "a", "reply": "b"}], indent=1),
        json.dumps({"made_by": "x", "rows": [1, 2, 3]}, indent=1),
    ],
)
def test_a_file_of_another_kind_is_one_sentence(
    cli: Cli, own: Path, tmp_path: Path, raw: str
) -> None:
    place = tmp_path / "notes.txt"
    place.write_text("\ufeff\n" + raw, "utf-8")
    result = cli("cases", "import", place, "--by", "甲", "--content", own)
    assert result.code == 2
    assert len(result.err.splitlines()) == 2
    assert "notes.txt: 这不是评分表（.xlsx），也不是一行一条的案例文件（.jsonl）" in result.err


def test_the_same_mistake_in_many_lines_is_said_once_with_its_places(
    cli: Cli, own: Path, tmp_path: Path
) -> None:
    place = tmp_path / "lines.jsonl"
    broken = ['{"id": "a", "reply": '] * 200
    unknown = [json.dumps({"id": f"own-{number}", "reply": "好"}) for number in range(100)]
    place.write_text("\n".join((*broken, *unknown)), "utf-8")
    result = cli("cases", "import", place, "--by", "甲", "--content", own)
    assert result.code == 2
    assert "有 300 处要改" in result.err
    assert "lines.jsonl:1、2、3、4、5、6、7、8、9、10、11、12……（共 200 处）: " in result.err
    assert "lines.jsonl:201: 案例里没有编号 own-0" in result.err
    assert "（共 97 处）: 和上面说过的一种问题相同" in result.err
    assert len(result.err.splitlines()) < 12


def test_what_came_of_an_import_is_told_in_order(cli: Cli, own: Path, tmp_path: Path) -> None:
    place = one_of_my_own(tmp_path / "notes.jsonl", "打我13912345678", "好的，我来。")
    result = cli("cases", "import", place, "--by", "甲", "--new-cases", "--content", own)
    said = ["收下 甲 的 1 个等级", "  ", "其中新案例", "有 1 条新案例里有个人信息", "可以再检查"]
    places = [result.out.index(f"\n{one}" if one != said[0] else one) for one in said]
    assert places == sorted(places)


def test_a_file_that_calls_its_grades_blind_is_not_believed(
    cli: Cli, own: Path, tmp_path: Path
) -> None:
    grade = {"by": "乙", "kind": "human", "levels": {ID: 3}, "blind": {ID: 1.0}}
    place = one_of_my_own(tmp_path / "notes.jsonl", "急", "好的，我来。", grades=[grade])
    result = cli("cases", "import", place, "--by", "甲", "--new-cases", "--content", own)
    assert result.code == 0, result.err
    assert "文件里有 1 个等级写着是盲评（blind），没有采信" in result.out
    assert "blind" not in (own / "rubrics" / "cases" / "notes.jsonl").read_text("utf-8")


def test_whoever_exports_corrected_replies_of_learners_is_told(
    cli: Cli, own: Path, tmp_path: Path
) -> None:
    place = own / "rubrics" / "cases" / "corrected.jsonl"
    row = {"id": "correction-0123456789ab", "reply": "原话", "levels": {ID: 1}}
    place.write_text(json.dumps(row), "utf-8")
    made = cli("cases", "export", tmp_path / "a.xlsx", "--criterion", ID, "--content", own)
    assert "其中 1 条是老师改过评分的学员原话" in made.out


def one_of_my_own(place: Path, context: str, reply: str, **more: object) -> Path:
    """A file with a case that is not among the content's."""
    row = {"id": "my-1", "context": context, "reply": reply, "lang": "zh", "levels": {ID: 3}}
    place.write_text(json.dumps(row | more), "utf-8")
    return place


def test_new_cases_stand_in_a_file_named_after_the_import(
    cli: Cli, own: Path, tmp_path: Path
) -> None:
    place = one_of_my_own(tmp_path / "field notes.jsonl", "急", "您先说最急的。")
    result = cli("cases", "import", place, "--by", "甲", "--new-cases", "--content", own)
    assert result.code == 0, result.err
    assert (own / "rubrics" / "cases" / "field_notes.jsonl").is_file()
    assert cli("rubric", "check", own).code == 0


def test_personal_data_of_new_cases_never_get_into_the_content(
    cli: Cli, own: Path, tmp_path: Path
) -> None:
    place = one_of_my_own(tmp_path / "notes.jsonl", "打我13912345678", "好，13912345678。")
    result = cli("cases", "import", place, "--by", "甲", "--new-cases", "--content", own)
    assert result.code == 0, result.err
    assert "1 条新案例里有个人信息" in result.out
    kept = (own / "rubrics" / "cases" / "notes.jsonl").read_text(encoding="utf-8")
    assert "13912345678" not in kept
    again = cli("cases", "import", place, "--by", "乙", "--new-cases", "--content", own)
    assert again.code == 0, again.err


def test_a_criterion_that_nobody_graded_is_exported_with_all_cases(
    cli: Cli, own: Path, tmp_path: Path
) -> None:
    for place in (own / "rubrics" / "cases").glob("*.jsonl"):
        place.unlink()
    new = own / "rubrics" / "cases" / "new.jsonl"
    new.write_text('{"id": "a", "reply": "好的，我来。", "grades": []}\n', "utf-8")
    result = cli("cases", "export", tmp_path / "x.xlsx", "--criterion", ID, "--content", own)
    assert result.code == 0, result.err
    assert "还没有人评过，所以导出全部 1 条案例" in result.out


def test_what_cannot_be_done_is_one_sentence(cli: Cli, own: Path, tmp_path: Path) -> None:
    there = tmp_path / "there.xlsx"
    there.write_bytes(b"")
    for arguments, said in (
        (("export", tmp_path / "a.csv"), "不认识的格式“csv”"),
        (("export", tmp_path / "none" / "a.xlsx"), "找不到"),
        (("export", there, "--criterion", ID), "不会覆盖"),
        (("export", tmp_path / "a.xlsx", "--criterion", "nothing"), "没有这样的标准：nothing"),
        (("export", tmp_path / "a.xlsx", "--module", "nothing"), "没有模块“nothing”"),
        (("export", tmp_path / "a.xlsx", "--scenario", "nowhere"), "没有符合条件的案例"),
        (("export", tmp_path / "a.xlsx", "--language", "fr"), "不认识的语言“fr”"),
        (("import", tmp_path / "none.xlsx"), "找不到"),
        (("import", there, "--kind", "model"), "不认识的类别“model”"),
    ):
        result = cli("cases", *arguments, "--content", own)
        assert result.code == 2, arguments
        assert said in result.err
        assert result.err.count("\n") == 1


def test_a_new_row_without_an_id_is_told_to_get_one(cli: Cli, own: Path, tmp_path: Path) -> None:
    place = tmp_path / "new.xlsx"
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["id", "context", "reply", "check", "open_question @甲"])
    for id, reply in (("", "您说。"), ("my-1", "请讲。"), ("my-1", "您慢慢说。")):
        sheet.append([id, "", reply, "", 1])
    book.save(place)
    result = cli("cases", "import", place, "--by", "甲", "--new-cases", "--content", own)
    assert result.code == 2
    assert "是新加的回复，请写一个没有用过的编号" in result.err
    assert "是两条不同的回复，请把写错的那个编号改过来" in result.err
    plain = cli("cases", "import", place, "--by", "甲", "--content", own)
    assert "这一行没有编号。请从原表里复制回来" in plain.err


def test_lines_in_another_encoding_of_windows_are_named_as_that(
    cli: Cli, own: Path, tmp_path: Path
) -> None:
    place = tmp_path / "lines.jsonl"
    place.write_text('{"id": "a", "reply": "好"}\n' * 3, "utf-16")
    result = cli("cases", "import", place, "--by", "甲", "--content", own)
    assert result.code == 2
    assert "UTF-16" in result.err
    assert "CSV" not in result.err


def test_lines_with_full_width_braces_are_read_as_lines(
    cli: Cli, own: Path, tmp_path: Path
) -> None:
    place = tmp_path / "lines.jsonl"
    place.write_text("\ufeff" + '｛"id": "a", "reply": "好"｝\n' * 3, "utf-8")
    result = cli("cases", "import", place, "--by", "甲", "--content", own)
    assert result.code == 2
    assert "lines.jsonl:1" in result.err
    assert "CSV" not in result.err
