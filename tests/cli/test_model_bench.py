"""`commcoach model bench`: the configured models at work, in numbers."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len

from commcoach import bootstrap
from commcoach.coaching.records import ModelCall
from tests.cli.conftest import Cli, Result
from tests.cli.house import inside

NOTHING_FOUND: dict[str, Any] = {"moves": [], "points": []}
SCENARIO = "three_calls_no_owner"


def scripted(tmp_path: Path, **answers: Sequence[Any]) -> dict[str, str]:
    """Settings by which a script does the jobs that it has answers for, and nobody else any."""
    script = tmp_path / "script.json"
    script.write_text(json.dumps(answers, ensure_ascii=False), encoding="utf-8")
    settings = {f"COMMCOACH_MODEL_PROVIDER_{job.upper()}": "stub" for job in answers}
    return {**settings, "COMMCOACH_MODEL": str(script)}


def row(found: Result, label: str) -> list[str]:
    """The cells behind a label, where it stands first."""
    text = next(one for one in found.out.splitlines() if one.strip().startswith(f"{label} "))
    return text.strip().removeprefix(label).split()


def recorded(tmp_path: Path) -> list[ModelCall]:
    """The calls on record."""
    past = bootstrap.now() - timedelta(days=1)
    return inside(tmp_path / "data").look(lambda house: house.calls.since(past))


def test_without_a_model_one_sentence_tells_the_cure(cli: Cli) -> None:
    found = cli("model", "bench", "--lang", "en")
    assert found.code == 2
    assert found.out == ""
    assert len(found.err.splitlines()) == 1
    assert "COMMCOACH_MODEL_PROVIDER" in found.err


def test_the_known_share_of_invalid_answers_is_printed(cli: Cli, tmp_path: Path) -> None:
    # Every other turn takes a second ask.
    settings = scripted(tmp_path, reader=[NOTHING_FOUND, "no object", NOTHING_FOUND])
    found = cli("model", "bench", "--turns", 4, "--scenario", SCENARIO, "--lang", "en", **settings)
    assert found.code == 0, found.err
    assert SCENARIO not in found.out
    calls, _, _, _, first, again, failed, *tokens = row(found, "Reading")
    assert (calls, first, again, failed) == ("6", "2", "2", "0")
    kept = recorded(tmp_path)
    assert {(one.job, one.session) for one in kept} == {("reader", "bench")}
    mean = sum(one.prompt_tokens for one in kept) / 6
    assert tokens[:2] == [f"{mean:,.0f}", "0%"]
    assert "doctor" not in found.out


def test_lines_that_cannot_be_said_count_as_stood_in(cli: Cli, tmp_path: Path) -> None:
    settings = scripted(tmp_path, voice=["（叹气）", "（沉默）"])
    found = cli("model", "bench", "--turns", 2, "--lang", "en", **settings)
    calls, _, _, _, first, again, failed, *_ = row(found, "Counterpart")
    # Two lines and the last words, each asked for twice.
    assert (calls, first, again, failed) == ("6", "0", "0", "3")
    assert "doctor" in " ".join(found.out.split())
    # Nothing of the model's was used, so there is nothing to time.
    assert found.code == 1
    assert "Whole turn" not in found.out


def test_both_arms_and_the_whole_turn_are_timed(cli: Cli, tmp_path: Path) -> None:
    settings = scripted(tmp_path, reader=[NOTHING_FOUND])
    found = cli("model", "bench", "--turns", 2, "--lang", "en", **settings)
    counterpart, scoring = row(found, "Reading + line"), row(found, "Scoring")
    whole = row(found, "Whole turn")
    assert float(whole[2]) == max(float(counterpart[2]), float(scoring[2]))


def test_the_cost_of_a_turn_is_printed_if_prices_are_set(cli: Cli, tmp_path: Path) -> None:
    settings = scripted(tmp_path, reader=[NOTHING_FOUND])
    without = cli("model", "bench", "--turns", 2, "--lang", "en", **settings)
    assert "COMMCOACH_MODEL_PRICE_PROMPT" in without.out
    prices = {"COMMCOACH_MODEL_PRICE_PROMPT": "2", "COMMCOACH_MODEL_PRICE_COMPLETION": "6"}
    priced = cli("model", "bench", "--turns", 2, "--lang", "en", **settings, **prices)
    costs = [one.cost for one in recorded(tmp_path) if one.cost is not None]
    assert len(costs) == 2
    assert f"cost {sum(costs) / 2:.6f}" in " ".join(priced.out.split())


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_table_fits_the_terminal_and_is_aligned(lang: str, cli: Cli, tmp_path: Path) -> None:
    settings = scripted(tmp_path, reader=[NOTHING_FOUND], voice=["嗯。", "（叹气）"])
    found = cli("model", "bench", "--turns", 2, "--lang", lang, **settings)
    lines = found.out.splitlines()
    half = {"zh": "中位", "en": "p50"}[lang]
    [header] = [one for one in lines if half in one and one.startswith("     ")]
    below = lines[lines.index(header) + 1 :][:2]
    assert {cell_len(one) for one in (header, *below)} == {cell_len(header)}
    assert cell_len(header) <= 80


def test_an_unknown_scenario_is_refused(cli: Cli, tmp_path: Path) -> None:
    settings = scripted(tmp_path, reader=[NOTHING_FOUND])
    found = cli("model", "bench", "--scenario", "nowhere", "--lang", "en", **settings)
    assert found.code == 2
    assert SCENARIO in found.err
