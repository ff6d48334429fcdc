"""`commcoach rubric test` at the command line, on the embedded engine and on scripted models."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len

from commcoach.content.locating import CHECKOUT
from tests.cli.conftest import Cli, Result

ID = "own_view_clear"


def case(number: int, level: int, **more: object) -> dict[str, Any]:
    """A case with words of its own in context and reply."""
    return {
        "id": f"own-{number:02}",
        "lang": "en",
        "context": f"What about point {number}?",
        "reply": f"I heard you, point {number} it is. {'So there. ' * (number % 3)}",
        "grades": [{"by": "author", "kind": "author", "levels": {ID: level}}],
    } | more


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """Content with twelve cases of one criterion."""
    folder = tmp_path / "own"
    for part in ("rubrics", "scenarios", "prompts"):
        shutil.copytree(CHECKOUT / part, folder / part)
    for place in (folder / "rubrics" / "cases").glob("*.jsonl"):
        place.unlink()
    lines = [json.dumps(case(number, number % 4)) + "\n" for number in range(12)]
    (folder / "rubrics" / "cases" / "own.jsonl").write_text("".join(lines), encoding="utf-8")
    return folder


Try = Callable[..., Result]


@pytest.fixture
def model(cli: Cli, tmp_path: Path, own: Path) -> Try:
    """`model([0, 3])`: the levels that the model gives in turn, again and again."""

    def call(levels: list[int], *arguments: object, **settings: str) -> Result:
        script = tmp_path / "script.json"
        verdicts = [
            {ID: {"quotes": ["I heard you"], "applicable": True, "level": level}, "gates": []}
            for level in levels
        ]
        script.write_text(json.dumps({"scorer": verdicts}), "utf-8")
        told = {
            "COMMCOACH_MODEL_PROVIDER": "stub",
            "COMMCOACH_MODEL": str(script),
            "COMMCOACH_MODEL_AT_ONCE": "1",
            **settings,
        }
        return cli("rubric", "test", "--engine", "model", "--content", own, *arguments, **told)

    return call


def test_a_shipped_criterion_is_cross_validated_and_reported_whole(
    cli: Cli, tmp_path: Path
) -> None:
    data, page = tmp_path / "found.json", tmp_path / "found.html"
    result = cli("rubric", "test", ID, "--json", data, "--html", page)
    assert result.code in (0, 1), result.err
    for words in ("作者给的", "5 折交叉检验", "加权 kappa", "对照表", "未校准", "客套"):
        assert words in result.out
    assert "分歧最大的案例" in result.out
    # What matters stands last, where the screen is.
    assert "小结" in result.out[result.out.index("分歧最大的案例") :]
    assert max(map(cell_len, result.out.splitlines())) <= 88
    found = json.loads(data.read_text(encoding="utf-8"))
    one = found["engines"][0]["criteria"][ID]
    assert one["quadratic_kappa"]["value"] > 0.5
    assert one["quadratic_kappa"]["low"] < one["quadratic_kappa"]["value"]
    assert one["length"]["kappa_above_length"]["value"] > 0
    assert sum(map(sum, one["confusion"])) == one["n"]
    assert (found["engines"][0]["fails"], one["calibrated"]) == (bool(result.code), False)
    assert one["people"]["each_other"]["not_estimable"] == "not_double_graded"
    text = page.read_text(encoding="utf-8")
    assert "<script" not in text
    assert "https://" not in text


def test_a_model_is_announced_and_billed(model: Try) -> None:
    prices = {"COMMCOACH_MODEL_PRICE_PROMPT": "2", "COMMCOACH_MODEL_PRICE_COMPLETION": "8"}
    result = model([2], "--lang", "en", **prices)
    assert "At most 24 calls of the model" in result.out
    assert "24 calls of the model, " in result.out
    assert "Cost: " in result.out
    assert "the engine gave one level only" in result.out


def test_a_spent_budget_gives_a_partial_report_that_says_so(model: Try) -> None:
    result = model([2], "--lang", "en", COMMCOACH_BUDGET_TOKENS_A_DAY="1")
    assert result.code == 1, result.err
    assert "Stopped early, the budget for models is spent" in result.out


def test_another_model_of_the_service_can_be_named(
    model: Try, cli: Cli, own: Path, tmp_path: Path
) -> None:
    model([2])
    script = tmp_path / "script.json"
    other = shutil.copy(script, tmp_path / "other.json")
    told = {"COMMCOACH_MODEL_PROVIDER": "stub", "COMMCOACH_MODEL": str(script)}
    engines = ("--engine", "model", "--engine", f"model:{other}")
    result = cli("rubric", "test", *engines, "--content", own, "--lang", "en", **told)
    assert "24 calls" in result.out, result.err
    assert "against model" in result.out


def test_several_engines_are_compared_on_the_same_cases(model: Try, tmp_path: Path) -> None:
    data = tmp_path / "bench.json"
    result = model([0, 1, 2, 3], "--engine", "embedded", "--lang", "en", "--json", data)
    assert "against model" in result.out, result.err
    found = json.loads(data.read_text(encoding="utf-8"))
    assert len(found["engines"]) == 2
    assert found["comparisons"][0]["criteria"][ID]["n"] <= 12


def test_wrong_options_are_refused_before_anything_runs(
    cli: Cli, own: Path, tmp_path: Path
) -> None:
    foreign = tmp_path / "foreign.json"
    foreign.write_text("{}", encoding="utf-8")
    for arguments in (
        ("no_such",),
        ("open_question", "--content", own),
        ("--engine", "oracle"),
        ("--engine", "model"),
        ("--json", foreign),
        ("--html", tmp_path / "none" / "page.html"),
    ):
        result = cli("rubric", "test", *arguments)
        assert result.code == 2, arguments
    assert foreign.read_text(encoding="utf-8") == "{}"
