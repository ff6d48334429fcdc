"""What whoever draws or reports is told: what is missing, what belongs elsewhere."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli import drawings
from tests.cli.conftest import Cli
from tests.cli.drawings import ID, Draw, fill, grade, report

own, draw = drawings.own, drawings.draw


def test_a_drawing_is_never_written_among_the_content(cli: Cli, own: Path) -> None:
    before = sorted(own.rglob("*"))
    for place in (own, own / "rubrics", own / "scenarios" / "drawn"):
        drawn = ("draw", "--criterion", ID, "--output", place, "--content", own)
        result = cli("calibration", *drawn)
        assert result.code == 2
        assert "是放内容的地方" in result.err
    assert sorted(own.rglob("*")) == before


def test_one_grader_is_told_that_calibration_takes_more(
    cli: Cli, own: Path, tmp_path: Path
) -> None:
    drawn = ("draw", "--criterion", ID, "--n", 5, "--content", own, "--grader")
    alone = cli("calibration", *drawn, "甲", "--output", tmp_path / "one")
    assert "2 人以上各自独立评过" in alone.out
    both = cli("calibration", *drawn, "甲", "--grader", "乙", "--output", tmp_path / "two")
    assert "人以上各自独立评过" not in both.out


def test_only_those_who_graded_everything_are_named(cli: Cli, own: Path, tmp_path: Path) -> None:
    for place in (own / "rubrics" / "cases").glob("*.jsonl"):
        rows = [json.loads(line) for line in place.read_text("utf-8").splitlines()]
        for number, row in enumerate(rows):
            for by in ("甲", "丙" if number % 2 else "丁"):
                grade = {"by": by, "kind": "human", "levels": {ID: 1}}
                row.setdefault("grades", []).append(grade)
        lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        place.write_text(lines, "utf-8")

    def said(*graders: str) -> str:
        named = [word for by in graders for word in ("--grader", by)]
        drawn = ("draw", "--criterion", ID, "--output", tmp_path / "x", "--content", own)
        result = cli("calibration", *drawn, *named)
        assert result.code == 2
        return result.err

    assert "甲 都已经评过" in said("甲", "乙")
    assert "丙、丁 中总有一位评过" in said("丙", "丁")
    assert "没有这种语言的案例" not in said("甲", "乙")


def test_whoever_reports_without_storing_is_told_how_to_store(
    cli: Cli, own: Path, draw: Draw
) -> None:
    folder = draw("--n", 10)
    sheets = [fill(folder, by, grade(0)) for by in ("甲", "乙")]
    assert "没有存评分" in report(cli, own, folder, *sheets).out
    assert "没有存评分" not in report(cli, own, folder, *sheets, more=("--import",)).out


def test_a_sheet_of_another_drawing_is_refused_in_one_sentence(
    cli: Cli, own: Path, draw: Draw, tmp_path: Path
) -> None:
    folder = draw("--n", 20)
    foreign = fill(draw("--n", 20, "--seed", 7, folder="again"), "甲", grade(0))
    longer = fill(draw("--n", 120, folder="longer"), "甲", grade(0))
    others = tmp_path / "others"
    drawn = ("draw", "--criterion", ID, "--n", 20, "--grader", "丙", "--output", others)
    assert cli("calibration", *drawn, "--content", own).code == 0
    for sheet in (foreign, longer, fill(others, "丙", grade(0))):
        result = report(cli, own, folder, sheet)
        assert result.code == 2, result.out
        assert "不属于这个对照文件" in result.err
        assert "甲、乙" in result.err
        assert len(result.err.splitlines()) == 2
