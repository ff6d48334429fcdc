"""`commcoach score --engine model` against a server over HTTP: the embedded contract and more."""

from __future__ import annotations

import asyncio
import io
import json
import re
from pathlib import Path
from typing import Any

import pytest

from commcoach.batch.inputs import ORDERS
from tests.batch.model_house import Judge, environment
from tests.builders import NOON as LONG_AGO
from tests.cli.conftest import Cli
from tests.cli.house import inside
from tests.cli.score_with_model.runs import (
    CONTEXT,
    Score,
    arguments,
    make_rows,
    numbers,
    read,
)
from tests.model_api.server import FakeModelServer


def test_its_rows_look_like_those_of_the_embedded_engine(
    score: Score, tmp_path: Path, judge: Judge
) -> None:
    result = score(tmp_path / "model.jsonl")
    assert result.code == 0, result.err
    score(tmp_path / "embedded.jsonl", "--engine", "embedded")
    ours, theirs = read(tmp_path / "model.jsonl"), read(tmp_path / "embedded.jsonl")
    assert [row["id"] for row in ours] == [row["id"] for row in theirs] == list(range(12))
    assert {"probabilities"} | ours[0]["scores"][0].keys() == theirs[0]["scores"][0].keys()
    for row, other in zip(ours, theirs, strict=True):
        assert row.keys() == other.keys()
        assert (row["content"], row["release"]) == (other["content"], other["release"])
        assert (row["engine"]["name"], row["engine"]["model"]) == ("model", "judge-1")
        assert [one["criterion"] for one in row["scores"]] == [
            one["criterion"] for one in other["scores"]
        ]
    assert judge.asked == 12


def test_levels_stand_in_a_few_orders_over_the_rows_so_that_prefix_caches_still_hold(
    cli: Cli, tmp_path: Path, api: FakeModelServer
) -> None:
    rows = tmp_path / "rows.jsonl"
    lines = [{"id": n, "context": CONTEXT, "reply": f"我来跟，编号是{n}。"} for n in range(24)]
    rows.write_text("".join(json.dumps(row) + "\n" for row in lines), encoding="utf-8")

    def prefixes() -> list[str]:
        return sorted(
            next(one["content"] for one in request["messages"] if one["role"] == "system")
            for request in api.requests
        )

    assert cli(*arguments(rows, tmp_path / "a.jsonl"), **environment(api)).code == 0
    first = prefixes()
    orders = {tuple(re.findall(r"^等级 (\d)：", one, re.MULTILINE)) for one in first}
    assert len(set(first)) == len(orders) == ORDERS
    api.requests.clear()
    assert cli(*arguments(rows, tmp_path / "b.jsonl"), **environment(api)).code == 0
    assert prefixes() == first


def test_calls_are_recorded_with_the_release_and_counted_once_they_are_made(
    score: Score, tmp_path: Path
) -> None:
    out = tmp_path / "scores.jsonl"
    assert "调用模型 12 次" in score(out).out
    calls = inside(tmp_path / "data").look(lambda house: house.calls.since(LONG_AGO))
    assert {one.release for one in calls} == {read(out)[0]["release"]}
    assert all((one.session or "").startswith("batch:") for one in calls)
    assert {one.learner for one in calls} == {None}


def test_the_estimate_is_within_a_third_of_what_the_server_counts(
    score: Score, tmp_path: Path
) -> None:
    out = score(tmp_path / "scores.jsonl", "--lang", "en").out.replace("\n", " ")
    told = r"Rows to score: ([\d,]+)\. About ([\d,]+) calls.*?, ([\d,]+) tokens in and ([\d,]+) out"
    ahead = re.search(told, out)
    after = re.search(r"([\d,]+) calls of the model: ([\d,]+) tokens in .*?, ([\d,]+) out", out)
    assert ahead is not None
    assert after is not None
    rows, calls, prompt, answers = numbers(" ".join(ahead.groups()))
    made, took, gave = numbers(" ".join(after.groups()))
    assert (rows, calls, made) == (12, 12, 12)
    assert 2 / 3 < prompt / took < 4 / 3
    assert 0.5 < answers / gave < 2.0


def test_money_is_shown_with_prices_and_how_to_see_it_without(score: Score, tmp_path: Path) -> None:
    without = score(tmp_path / "a.jsonl").out
    assert "COMMCOACH_MODEL_PRICE_PROMPT" in without
    assert "费用：" not in without
    prices = {"COMMCOACH_MODEL_PRICE_PROMPT": "2", "COMMCOACH_MODEL_PRICE_COMPLETION": "8"}
    result = score(tmp_path / "b.jsonl", **prices)
    assert "预计费用：约 0." in result.out
    assert "\n费用：0." in result.out


def test_answers_are_estimated_by_earlier_calls_where_there_are_enough(
    score: Score, cli: Cli, api: FakeModelServer, tmp_path: Path
) -> None:
    many = make_rows(tmp_path / "many.jsonl", 24)
    cli(*arguments(many, tmp_path / "first.jsonl"), **environment(api))
    out = score(tmp_path / "b.jsonl", "--lang", "en").out.replace("\n", " ")
    told = re.search(r"tokens in and ([\d,]+) out", out)
    after = re.search(r"cached\), ([\d,]+) out", out)
    assert told is not None
    assert after is not None
    assert 0.7 < numbers(told[1])[0] / numbers(after[1])[0] < 1.4


def test_several_samples_give_a_mean_and_unstable_ones_are_flagged(
    score: Score, tmp_path: Path, judge: Judge
) -> None:
    judge.level = lambda _id, reply, seed: (1, 2, 4)[seed] if "编号是3。" in reply else 2
    assert score(tmp_path / "scores.jsonl", "--samples", "3").code == 0
    rows = read(tmp_path / "scores.jsonl")
    assert judge.asked == 36
    for one in rows[3]["scores"]:
        assert (one["level"], one["expected"]) == (2, pytest.approx(7 / 3, abs=1e-5))
        assert set(one["probabilities"]) == {"1", "2", "4"}
        assert one["rationale"].endswith("[unstable: 1 2 4]")
    for one in rows[4]["scores"]:
        assert (one["level"], one["expected"], one["probabilities"]) == (2, 2.0, {"2": 1.0})


def test_each_criterion_alone_is_a_call_of_its_own_and_another_engine_version(
    score: Score, tmp_path: Path, judge: Judge
) -> None:
    out = tmp_path / "scores.jsonl"
    score(out)
    (before,) = {row["engine"]["version"] for row in read(out)}
    result = score(out, "--each-alone")
    assert result.code == 0, result.err
    assert "沿用 0 条" in result.out
    (after,) = {row["engine"]["version"] for row in read(out)}
    assert after == before + "a"
    assert judge.asked == 12 + 12 * len(read(out)[0]["scores"])


def test_no_more_than_the_set_number_of_rows_is_asked_about_at_once(
    score: Score, tmp_path: Path, api: FakeModelServer
) -> None:
    watch = _Watch(api)
    assert score(tmp_path / "scores.jsonl", COMMCOACH_MODEL_AT_ONCE="3").code == 0
    assert watch.busiest == 3


class _Watch:
    """Counts how many requests are answered at the same time."""

    def __init__(self, api: FakeModelServer) -> None:
        self.busy = self.busiest = 0
        befall = api._befall

        async def slowly(*given: Any) -> None:
            self.busy += 1
            self.busiest = max(self.busiest, self.busy)
            await befall(*given)
            # Long enough for whatever else the client sends to arrive.
            await asyncio.sleep(0.05)
            self.busy -= 1

        api._befall = slowly  # type: ignore[method-assign, assignment]  # a server with a slower hand


@pytest.mark.parametrize(("typed", "begins"), [("y\n", True), ("n\n", False), ("", False)])
def test_whoever_sits_at_a_terminal_is_asked_once(
    score: Score,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    typed: str,
    begins: bool,
) -> None:
    monkeypatch.setattr("tests.cli.conftest.io.StringIO", _Keyboard)
    monkeypatch.setattr("builtins.input", lambda _: next(iter(typed.splitlines())))
    if not typed:
        monkeypatch.setattr("builtins.input", _end_of_input)
    result = score(tmp_path / "scores.jsonl")
    assert (result.code == 0) is begins
    assert (tmp_path / "scores.jsonl").exists() is begins
    assert ("没有开始" in result.out) is not begins


class _Keyboard(io.StringIO):
    def isatty(self) -> bool:
        return True


def _end_of_input(_: str) -> str:
    raise EOFError


def test_yes_begins_without_asking(
    score: Score, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.cli.conftest.io.StringIO", _Keyboard)
    monkeypatch.setattr("builtins.input", _end_of_input)
    assert score(tmp_path / "scores.jsonl", "--yes").code == 0


@pytest.mark.parametrize(
    ("wrong", "cure"),
    [
        (("--engine", "model"), "COMMCOACH_MODEL_PROVIDER"),
        (("--engine", "embedded", "--samples", "3"), "--engine model"),
        (("--engine", "embedded", "--each-alone"), "--engine model"),
        (("--engine", "model", "--jobs", "2"), "--engine embedded"),
    ],
)
def test_wrong_usage_is_one_sentence_with_the_cure(
    cli: Cli, rows_in: Path, tmp_path: Path, wrong: tuple[str, ...], cure: str
) -> None:
    result = cli(*arguments(rows_in, tmp_path / "scores.jsonl", *wrong))
    assert result.code == 2
    assert cure in result.err
    assert len(result.err.strip().splitlines()) == 1
    assert not (tmp_path / "scores.jsonl").exists()
