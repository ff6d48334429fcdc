"""`commcoach calibration draw`: by whose levels, in which languages, from which replies."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.casework_content import own_content
from tests.cli.conftest import Cli, Result

ID = "open_question"


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """Content with the first sixteen replies of a file, half of them graded by nobody."""
    root = own_content(tmp_path / "mine")
    shipped, more = sorted((root / "rubrics" / "cases").glob("*.jsonl"))
    more.unlink()
    rows = [json.loads(line) for line in shipped.read_text("utf-8").splitlines()]
    chosen = [row for row in rows if row["lang"] == "zh"][:8]
    chosen += [row for row in rows if row["lang"] == "en"][:8]
    bare = [row | ({"grades": []} if index % 2 else {}) for index, row in enumerate(chosen)]
    lines = [json.dumps(row, ensure_ascii=False) + "\n" for row in bare]
    shipped.write_text("".join(lines), "utf-8")
    return root


Draw = Callable[..., Result]


@pytest.fixture
def draw(cli: Cli, own: Path, tmp_path: Path) -> Draw:
    """`draw("--n", 3)`: by a model that gives 0, 0 and 4 by turns."""
    script = tmp_path / "script.json"
    verdicts = [
        {ID: {"quotes": [], "applicable": True, "level": level}, "gates": []} for level in (0, 0, 4)
    ]
    script.write_text(json.dumps({"scorer": verdicts}), "utf-8")
    model = {
        "COMMCOACH_MODEL_PROVIDER": "stub",
        "COMMCOACH_MODEL": str(script),
        "COMMCOACH_MODEL_AT_ONCE": "1",
    }

    def call(*arguments: object, **settings: str) -> Result:
        asked = ("--criterion", ID, "--output", tmp_path / "drawn", "--content", own)
        return cli("calibration", "draw", *asked, *arguments, **{**model, **settings})

    return call


def key(tmp_path: Path) -> dict[str, Any]:
    data: dict[str, Any] = json.loads((tmp_path / "drawn" / f"{ID}-key.json").read_text("utf-8"))
    return data


def test_a_model_is_announced_and_scores_graded_and_ungraded_replies(
    draw: Draw, tmp_path: Path
) -> None:
    result = draw("--engine", "model", "--by-level", "--n", 6)
    assert result.code == 0, result.err
    assert "要让模型评 16 条回复" in result.out
    drawn = key(tmp_path)
    assert drawn["engine"]["model"]
    assert drawn["replies"] == sum(one["replies"] for one in drawn["strata"]) == 16
    assert sum(one["drawn"] for one in drawn["strata"]) == len(drawn["rows"]) == 6


def test_by_chance_only_the_replies_that_are_drawn_are_paid_for(draw: Draw, tmp_path: Path) -> None:
    result = draw("--engine", "model", "--n", 3)
    assert result.code == 0, result.err
    assert "要让模型评 3 条回复" in result.out
    assert key(tmp_path)["strata"] == []


@pytest.mark.parametrize("engine", ["embedded", "model"])
def test_replies_of_one_language_are_drawn_alone(
    draw: Draw, own: Path, tmp_path: Path, engine: str
) -> None:
    assert draw("--language", "en", "--engine", engine).code == 0
    cases = next((own / "rubrics" / "cases").glob("*.jsonl")).read_text("utf-8").splitlines()
    spoken = {row["id"]: row["lang"] for row in map(json.loads, cases)}
    assert Counter(spoken[row["case"]] for row in key(tmp_path)["rows"]) == {"en": 8}


def test_a_model_that_gives_up_leaves_no_file(draw: Draw, tmp_path: Path) -> None:
    result = draw("--engine", "model", "--by-level", COMMCOACH_BUDGET_TOKENS_A_DAY="1")
    assert result.code == 2
    assert "没有抽样，也没有写任何文件" in result.err
    assert not (tmp_path / "drawn").exists()


def test_what_cannot_be_drawn_is_one_sentence(draw: Draw, own: Path) -> None:
    place = next((own / "rubrics" / "cases").glob("*.jsonl"))
    rows = [json.loads(line) for line in place.read_text("utf-8").splitlines()]
    grades = {"grades": [{"by": "甲", "kind": "human", "levels": {ID: 1}}]}
    place.write_text("".join(json.dumps(row | grades) + "\n" for row in rows), "utf-8")
    for arguments, settings, said in (
        (("--grader", "甲"), {}, "甲 都已经评过"),
        (("--language", "fr"), {}, "fr"),
        (("--engine", "magic"), {}, "没有“magic”这个引擎"),
        (("--engine", "model:"), {}, "没有“model:”这个引擎"),
        (("--engine", "model"), {"COMMCOACH_MODEL_PROVIDER": ""}, "没有设置评分用的模型"),
    ):
        result = draw(*arguments, **settings)
        assert result.code == 2, arguments
        assert said in result.err
        assert result.err.count("\n") == 1
