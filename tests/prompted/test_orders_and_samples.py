"""The order in which levels are shown, and what is made of several answers."""

from __future__ import annotations

import json
import math
import re
from dataclasses import replace
from typing import Any

import pytest

from commcoach.coaching.language_model import (
    Answered,
    Ask,
    TokenChance,
    Usage,
)
from commcoach.coaching.occasion import UNKNOWN, Occasion
from commcoach.coaching.scorer import ScoringTask
from commcoach.domain.language import Language
from commcoach.domain.score import NotApplicable, Scored, Unscored
from commcoach.prompted.scorer import Care
from commcoach.prompted.scoring_prompt import scoring_prompt
from tests.prompted import office
from tests.prompted.judging import PROOF, TASK, answer, crossing, engine, entry
from tests.shipped import library

# -- order and samples -----------------------------------------------------------------------


def order_of_levels(ask: Ask) -> list[int]:
    return [int(one) for one in re.findall(r"^等级 (\d)：", ask.messages[0].text, re.MULTILINE)]


async def test_the_order_of_levels_stays_in_a_session_and_differs_between_them() -> None:
    made, model = engine(answer)
    elsewhere = replace(TASK, occasion=Occasion("session-2"))
    for task in (TASK, replace(TASK, reply="这件事我来跟。"), elsewhere):
        await made.score(task)
    here, later, there = map(order_of_levels, model.asks)
    assert here == later != there
    assert sorted(here) == sorted(there)
    assert here != sorted(here)


def test_without_a_session_the_order_goes_by_the_reply_so_that_no_level_is_always_first() -> None:
    means, _ = office.means([])
    criteria = [library().criteria[id] for id in TASK.criteria[:1]]
    first = set()
    for number in range(60):
        bare = replace(TASK, reply=f"这件事我来跟。{number}", occasion=UNKNOWN)
        prompt = scoring_prompt(means, bare, criteria).stable
        assert prompt == scoring_prompt(means, bare, criteria).stable
        first.add(re.findall(r"^等级 (\d)：", prompt, re.MULTILINE)[0])
    assert first == {str(number) for number in criteria[0].numbers}


async def test_samples_are_merged_to_the_lower_median_with_the_mean_as_expected() -> None:
    made, model = engine(
        lambda ask: answer(ask, entry([1, 3, 4][ask.seed or 0], PROOF)), care=Care(samples=3)
    )
    card = await made.score(TASK)
    for score in card.scored():
        assert score.level == 3
        assert score.expected == pytest.approx(8 / 3)
        assert score.probabilities == {1: 1 / 3, 3: 1 / 3, 4: 1 / 3}
        assert score.rationale.endswith("[unstable: 1 3 4]")
    orders = {tuple(order_of_levels(ask)) for ask in model.asks}
    assert len(orders) == len(model.asks) == 3
    assert all(ask.temperature > 0 for ask in model.asks)


@pytest.mark.parametrize(
    ("usable", "samples", "scored"), [(1, 5, False), (2, 5, False), (3, 5, True), (1, 2, False)]
)
async def test_a_level_needs_a_majority_of_usable_samples(
    usable: int, samples: int, scored: bool
) -> None:
    def say(ask: Ask) -> Any:
        return answer(ask, entry(4, PROOF if (ask.seed or 0) < usable else "我保证明天修好"))

    card = await engine(say, care=Care(samples=samples))[0].score(TASK)
    assert card.scores
    for score in card.scores:
        assert isinstance(score, Scored) is scored
        told = f"[{usable} of {samples} samples{'' if scored else ' usable'}]"
        assert score.rationale.endswith(told)
        assert scored or score.rationale.startswith("unusable:quote")


@pytest.mark.parametrize(("absent", "kind"), [(2, Scored), (3, NotApplicable)])
async def test_samples_that_differ_on_whether_it_applies_are_called_unstable(
    absent: int, kind: type
) -> None:
    def say(ask: Ask) -> Any:
        return answer(ask, entry(None) if (ask.seed or 0) < absent else entry(4, PROOF))

    card = await engine(say, care=Care(samples=5))[0].score(TASK)
    for score in card.scores:
        assert isinstance(score, kind)
        assert f"[3 of 5 samples] [unstable: {'4 ' * (5 - absent)}{'- ' * absent}".strip() in (
            score.rationale
        )


async def test_the_samples_a_card_was_made_of_can_be_had() -> None:
    def say(ask: Ask) -> Any:
        return answer(ask, [entry(None), entry(2, PROOF), entry(3, "没说过的话")][ask.seed or 0])

    sampled = await engine(say, care=Care(samples=3))[0].sampled(TASK)
    for taken in sampled.samples.values():
        assert [type(one) for one in taken] == [NotApplicable, Scored, Unscored]


async def test_samples_a_level_apart_are_stable() -> None:
    made, _ = engine(
        lambda ask: answer(ask, entry(2 + (ask.seed or 0), PROOF)), care=Care(samples=2)
    )
    assert all("unstable" not in one.rationale for one in (await made.score(TASK)).scored())


async def test_whether_it_applies_is_decided_by_the_majority_and_a_tie_for_the_learner() -> None:
    for samples, kind in ((2, NotApplicable), (3, Scored)):
        made, _ = engine(
            lambda ask: answer(ask, entry(None) if ask.seed == 0 else entry(2, PROOF)),
            care=Care(samples=samples),
        )
        card = await made.score(TASK)
        assert {type(score) for score in card.scores} == {kind}


async def test_a_failed_sample_does_not_count() -> None:
    def say(ask: Ask) -> Any:
        return office.FAILURES[1] if ask.seed == 0 else answer(ask)

    noticed: list[str] = []
    made, _ = engine(say, noticed, care=Care(samples=3))
    assert all(score.level == 3 for score in (await made.score(TASK)).scored())
    assert noticed == ["scorer:unavailable"]


async def test_a_gate_needs_half_of_the_samples() -> None:
    for named, fired in ((1, False), (2, True)):

        def say(ask: Ask, named: int = named) -> Any:
            return answer(ask, gates=crossing("换谁都憋屈") if (ask.seed or 0) < named else ())

        made, _ = engine(say, care=Care(samples=3))
        assert bool((await made.score(TASK)).gates) is fired


async def test_each_criterion_can_be_asked_about_alone() -> None:
    made, model = engine(answer, care=Care(each_alone=True))
    card = await made.score(TASK)
    assert [score.criterion for score in card.scored()] == list(TASK.criteria)
    asked = [[id for id in (ask.schema or {})["properties"] if id != "gates"] for ask in model.asks]
    assert asked == [[id] for id in TASK.criteria]
    assert sum("gates" in (ask.schema or {})["properties"] for ask in model.asks) == 1


async def test_expected_comes_from_the_chances_of_the_level_where_they_are_given() -> None:
    def say(ask: Ask) -> Answered:
        data = answer(ask)
        tokens = re.findall(r"\d|[^\d]+", json.dumps(data, ensure_ascii=False))
        chances = tuple(
            TokenChance(one, {"3": math.log(0.6), " 2": math.log(0.3), "x": math.log(0.1)})
            for one in tokens
        )
        return Answered("", data, Usage(), 0.0, "sure", chances)

    made, model = engine(say)
    for score in (await made.score(TASK)).scored():
        assert score.level == 3
        assert score.expected == pytest.approx((3 * 0.6 + 2 * 0.3) / 0.9)
        assert score.probabilities == pytest.approx({2: 1 / 3, 3: 2 / 3})
    assert model.asks[0].logprobs
    several, model = engine(answer, care=Care(samples=2))
    await several.score(TASK)
    assert not any(ask.logprobs for ask in model.asks)


async def test_chances_of_another_level_than_the_one_given_are_not_believed() -> None:
    def say(ask: Ask) -> Answered:
        data = answer(ask)
        drafted = json.dumps(answer(ask, entry(1, PROOF)), ensure_ascii=False)
        chances = tuple(
            TokenChance(one, {"1": math.log(0.9)}) for one in re.findall(r"\d|[^\d]+", drafted)
        )
        return Answered("", data, Usage(), 0.0, "odd", chances)

    card = await engine(say)[0].score(TASK)
    assert all((one.expected, one.probabilities) == (3.0, None) for one in card.scored())


async def test_chances_that_say_nothing_of_levels_change_nothing() -> None:
    def say(ask: Ask) -> Answered:
        chances = (TokenChance("ok", {"ok": 0.0}),)
        return Answered("", answer(ask), Usage(), 0.0, "odd", chances)

    card = await engine(say)[0].score(TASK)
    assert all((one.expected, one.probabilities) == (3.0, None) for one in card.scored())


@pytest.mark.parametrize("language", office.BOTH)
@pytest.mark.parametrize("id", office.SCENARIOS)
async def test_from_the_third_turn_on_most_of_the_prompt_was_seen_the_turn_before(
    id: str, language: Language
) -> None:
    said = office.dialogue(library().scenarios[id], language, 6)
    means, _ = office.means([])
    criteria = [library().criteria[one] for one in library().scenarios[id].weights]

    def prompt(turn: int) -> list[str]:
        context, reply = said[: 2 * turn - 1], said[2 * turn - 1].text
        task = office.task(id, reply, language, context=context)
        task = replace(task, reached=frozenset(task.criteria[: turn % 2]))
        return [one.text for one in scoring_prompt(means, task, criteria).messages()]

    shares = [office.prefix_share(prompt(turn - 1), prompt(turn)) for turn in range(3, 7)]
    assert min(shares) >= 0.8


def test_no_attack_gets_out_of_its_fence() -> None:
    means, _ = office.means([])
    mark = means.fence(office.OCCASION).mark
    for attack in library().attacks:
        told = attack.attacked
        scenario = library().scenarios.get(attack.scenario or "")
        task = ScoringTask(
            told.reply,
            told.context,
            attack.criteria,
            attack.language,
            scenario,
            occasion=office.OCCASION,
        )
        criteria = [library().criteria[id] for id in attack.criteria]
        growing = scoring_prompt(means, task, criteria).growing
        fenced = sum(one.speaker != "counterpart" for one in told.context if one.text.strip()) + 1
        assert growing.count(f"<{mark}>") == growing.count(f"</{mark}>") == fenced, attack.id
        assert growing.count("<") == growing.count(">") == 2 * fenced, attack.id
        assert not re.search(r"[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff{}`]", growing)
