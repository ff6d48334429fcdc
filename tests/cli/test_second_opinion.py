"""`commcoach transcript second-opinion`: a stored turn beside what a model says of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests import transcripts
from tests.batch.model_house import Judge, environment, serving
from tests.cli.conftest import Cli, Result
from tests.cli.house import Inside, inside
from tests.model_api.replies import failing
from tests.model_api.server import FakeModelServer

ID = "3f9a1b2c4d5e"
REPLY = "周二我按旧数据报的，三处对不上，我有点着急。下回能提前一天给我吗？"
Ask = Callable[..., Result]


@pytest.fixture
def judge() -> Judge:
    return Judge(lambda _id, _reply, _seed: 2)


@pytest.fixture
def api(judge: Judge) -> Iterator[FakeModelServer]:
    with serving(judge) as running:
        yield running


@pytest.fixture
def house(tmp_path: Path) -> Inside:
    house = inside(tmp_path / "data")
    session = transcripts.session(ID)
    first, *others = session.turns
    house.put(replace(session, turns=(replace(first, reply=REPLY), *others)))
    return house


@pytest.fixture
def ask(cli: Cli, house: Inside, api: FakeModelServer) -> Ask:
    def call(*more: object, **settings: str) -> Result:
        asked = ("transcript", "second-opinion", *more, "--by", "王老师")
        return cli(*asked, **(environment(api) | settings))

    return call


def section(out: str, criterion: str) -> str:
    """What is said about one criterion."""
    return out.partition(f"[{criterion}]")[2].partition("\n\n")[0]


def test_each_criterion_is_shown_with_both_levels_the_samples_and_their_quotes(ask: Ask) -> None:
    result = ask(ID[:6], 1)
    assert result.code == 0, result.err
    assert "第 1 轮复评：judge-1" in result.out
    said = section(result.out, "own_view_clear")
    assert "记录：3/4" in said
    assert "复评：2/4" in said
    assert "样本：2/4 部分体现 5 个" in said
    assert "平均 2.00" in said
    assert "依据：“" in said
    assert "不稳定" not in result.out


def test_five_samples_are_asked_for_or_as_many_as_wanted(ask: Ask, judge: Judge) -> None:
    ask(ID, 1)
    assert judge.asked == 5
    ask(ID, 1, "--samples", 3)
    assert judge.asked == 5 + 3


def test_samples_that_lie_apart_are_called_unstable(ask: Ask, judge: Judge) -> None:
    judge.level = lambda id, _reply, seed: (1, 2, 4)[seed] if id == "own_view_clear" else 2
    result = ask(ID, 1, "--samples", 3, "--lang", "en")
    said = section(result.out, "own_view_clear")
    assert "Not stable" in said
    assert "Mean 2.33" in said
    assert "Not stable" not in section(result.out, "open_question")


def test_nothing_is_changed_and_the_look_is_on_record(ask: Ask, house: Inside) -> None:
    before = house.turn(ID)
    result = ask(ID, 1)
    assert house.turn(ID) == before
    assert "没有改" in result.out
    assert f"override {ID[:8]} 1" in result.out
    assert house.written() == [("王老师", "viewed", ID)]


def test_a_rewrite_is_meant_by_its_attempt(ask: Ask) -> None:
    result = ask(ID, 1, "--attempt", 2)
    assert "第 1.2 轮" in result.out
    assert "周二没等到纪要。" in result.out


@pytest.mark.parametrize("place", [(9,), (2, "--attempt", 2)])
def test_an_unknown_turn_is_named_with_those_there_are(
    ask: Ask, house: Inside, judge: Judge, place: tuple[object, ...]
) -> None:
    result = ask(ID, *place)
    assert result.code == 2
    assert "1、1.2、2" in result.err
    assert ("--attempt" in result.err) == ("--attempt" in place)
    assert (judge.asked, house.written()) == (0, [])


def test_words_past_their_time_are_one_sentence(
    cli: Cli, tmp_path: Path, api: FakeModelServer, judge: Judge
) -> None:
    house = inside(tmp_path / "data")
    house.put(transcripts.expired(transcripts.session(ID)))
    result = cli("transcript", "second-opinion", ID, 1, **environment(api))
    assert result.code == 2
    assert len(result.err.strip().splitlines()) == 1
    assert "保存期" in result.err
    assert judge.asked == 0


def test_a_model_that_does_not_answer_is_one_sentence(ask: Ask, judge: Judge) -> None:
    judge.instead = lambda _: failing(500, "out of order")
    result = ask(ID, 1, COMMCOACH_MODEL_ATTEMPTS="1")
    assert result.code == 2
    assert len(result.err.strip().splitlines()) == 1
    assert "模型现在连不上，或者答得太慢" in result.err
    assert "commcoach doctor" in result.err
    assert "out of order" not in result.err


def test_a_spent_budget_is_one_sentence(ask: Ask, judge: Judge) -> None:
    result = ask(ID, 1, COMMCOACH_BUDGET_TOKENS_A_DAY="0")
    assert (result.code, judge.asked) == (1, 0)
    assert "预算" in result.out


def test_what_the_model_cannot_prove_stays_without_a_level(ask: Ask, judge: Judge) -> None:
    judge.quote = lambda id, reply: "没说过的话" if id == "own_view_clear" else reply[:12]
    said = section(ask(ID, 1).out, "own_view_clear")
    assert "复评：没有评" in said
    assert "依据" in said.splitlines()[2]
    assert "样本" not in said


def test_a_level_that_too_few_samples_give_is_not_given_and_the_counts_are_shown(
    ask: Ask, judge: Judge
) -> None:
    asked: list[str] = []

    def quote(id: str, reply: str) -> str:
        if id != "own_view_clear":
            return reply[:12]
        asked.append(id)
        # Of five samples, each of which is asked again for what cannot be proved.
        return reply[:12] if len(asked) == 1 else "没说过的话"

    judge.quote = quote
    said = section(ask(ID, 1).out, "own_view_clear")
    assert "复评：没有评" in said
    assert "一半" in said
    assert "部分体现 1 个、不能采用 4 个" in said
    assert "%" not in said
    assert "平均" not in said


def test_samples_that_differ_on_whether_it_applies_are_called_unstable(
    ask: Ask, judge: Judge
) -> None:
    judge.level = lambda id, _reply, seed: None if (id, seed) == ("own_view_clear", 1) else 3
    said = section(ask(ID, 1).out, "own_view_clear")
    assert "不适用 1 个" in said
    assert "不稳定" in said


def test_a_reply_that_is_not_scored_at_all_says_why(
    cli: Cli, tmp_path: Path, api: FakeModelServer, judge: Judge
) -> None:
    house = inside(tmp_path / "data")
    house.put(transcripts.session(ID))
    result = cli("transcript", "second-opinion", ID, 1, **environment(api))
    assert "回复本身" in section(result.out, "own_view_clear")
    assert judge.asked == 0


def test_without_a_model_it_says_which_settings_are_missing(cli: Cli, house: Inside) -> None:
    result = cli("transcript", "second-opinion", ID, 1)
    assert result.code == 2
    assert "COMMCOACH_MODEL_PROVIDER" in result.err


def test_words_go_to_no_service_that_their_learner_did_not_agree_to(
    ask: Ask, house: Inside, judge: Judge
) -> None:
    # The first model is elsewhere and never asked; the house holds consents without services.
    result = ask(ID, 1, COMMCOACH_MODEL_BASE_URL="https://models.example/v1")
    assert result.code == 2
    assert "同意" in result.err
    assert (judge.asked, house.written()) == (0, [])
