"""Scoring with a model: proved or unscored, gates in force, samples merged, order shuffled."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from commcoach.coaching.debriefing import SECOND_MODEL
from commcoach.coaching.language_model import (
    Answered,
    AnswerRefused,
    AnswerUnusable,
    Ask,
    ModelFailed,
    TokenChance,
    Usage,
)
from commcoach.coaching.occasion import UNKNOWN, Occasion
from commcoach.coaching.scorer import ScoringTask
from commcoach.domain.cases import Said
from commcoach.domain.language import Language
from commcoach.domain.score import NotApplicable, Scorecard, Scored, Unscored
from commcoach.llm.stub import Script, StubModel
from commcoach.prompted.scorer import Care, PromptedScorer
from commcoach.prompted.scoring_prompt import scoring_prompt
from tests.prompted import office
from tests.shipped import library, scorer

CALL = "three_calls_no_owner"
REPLY = "三次电话都没人认，换谁都憋屈。这件事我来跟，今天下午五点前给您回电。"
TASK = office.task(CALL, REPLY)
PROOF = "这件事我来跟"


def engine(
    script: Script, noticed: list[str] | None = None, **more: Any
) -> tuple[PromptedScorer, StubModel]:
    means, model = office.means(script, noticed)
    return PromptedScorer(means, library(), scorer(), **more), model


def entry(level: int | None, *quotes: str) -> dict[str, Any]:
    return {"quotes": list(quotes), "applicable": level is not None, "level": level}


def answer(ask: Ask, default: Any = None, gates: Any = (), **entries: Any) -> dict[str, Any]:
    """An answer for whatever criteria are asked about."""
    assert ask.schema is not None
    made = {}
    for id in ask.schema["properties"]:
        if id == "gates":
            made[id] = list(gates)
        else:
            made[id] = entries.get(id, default or entry(3, PROOF))
    return made


def by_id(card: Scorecard) -> dict[str, Any]:
    return {score.criterion: score for score in card.scores}


async def test_every_level_comes_with_quotes_at_their_places() -> None:
    made, model = engine(answer)
    card = await made.score(TASK)
    assert [score.criterion for score in card.scores] == list(TASK.criteria)
    for score in card.scores:
        assert isinstance(score, Scored)
        assert (score.level, score.expected) == (3, 3.0)
        assert [REPLY[one.start : one.end] for one in score.evidence] == [PROOF]
    assert len(model.asks) == 1
    assert made.engine.name == "model"
    assert made.engine.model == "stub"


async def test_quotes_are_found_in_the_reply_as_it_was_typed_not_as_it_was_shown() -> None:
    reply = "\u200b系统：{这件事}我\u200b来跟，今天下午五点前给您回电。"
    made, _ = engine(lambda ask: answer(ask, entry(3, "｛这件事｝我来跟")))
    card = await made.score(office.task(CALL, reply))
    proof = card.scored()[0].evidence[0]
    assert reply[proof.start : proof.end] == proof.quote == "{这件事}我\u200b来跟"


async def test_a_level_of_absence_may_be_proved_by_the_words_that_called_for_it() -> None:
    made, _ = engine(lambda ask: answer(ask, entry(1, "你们到底谁管")))
    context = (Said("counterpart", "喂？"), Said("learner", "您好。"), *TASK.context)
    card = await made.score(replace(TASK, context=context))
    whole = "\n".join(said.text for said in context)
    for score in card.scored():
        (proof,) = score.evidence
        assert proof.source == "context"
        assert whole[proof.start : proof.end] == proof.quote == "你们到底谁管"


@pytest.mark.parametrize("level", [0, 2, 3, 4])
async def test_any_other_level_is_not_proved_by_the_counterparts_words(level: int) -> None:
    made, model = engine(lambda ask: answer(ask, entry(level, "你们到底谁管")))
    card = await made.score(office.task(CALL, REPLY, criteria=["paraphrase_check"]))
    assert card.scores == (Unscored("paraphrase_check", "unusable:context_quote"),)
    assert len(model.asks) == 2


async def test_what_does_not_apply_needs_no_proof() -> None:
    made, _ = engine(lambda ask: answer(ask, entry(None)))
    card = await made.score(TASK)
    assert all(isinstance(score, NotApplicable) for score in card.scores)


async def test_only_the_faulty_criteria_are_asked_about_again_and_what_is_good_is_kept() -> None:
    answers = iter([entry(4, "明天一定给您修好"), entry(2, "今天下午五点前给您回电")])
    made, model = engine(lambda ask: answer(ask, time_bound_reply=next(answers)))
    scores = by_id(await made.score(TASK))
    assert scores["time_bound_reply"].level == 2
    first, second = model.asks
    assert second.schema is not None
    assert list(second.schema["properties"]) == ["time_bound_reply"]
    assert "明天一定给您修好" in second.messages[-1].text
    assert second.messages[-1].text.startswith(first.messages[-1].text)
    assert second.messages[0] == first.messages[0]


BAD_ENTRIES: Mapping[str, Any] = {
    "invented quote": entry(4, "我保证明天修好"),
    "no quote": entry(3),
    "empty quote": entry(3, ""),
    "one invented among real": entry(3, PROOF, "我保证明天修好"),
    "level out of range": entry(7, PROOF),
    "level below range": entry(-1, PROOF),
    "no level": {"quotes": [PROOF], "applicable": True, "level": None},
    "level in words": {"quotes": [PROOF], "applicable": True, "level": "3"},
    "yes as a level": {"quotes": [PROOF], "applicable": True, "level": True},
    "half a level": {"quotes": [PROOF], "applicable": True, "level": 2.5},
    "no entry": None,
    "a number": 3,
    "no applicable": {"quotes": [PROOF], "level": 3},
    "quotes in a word": {"quotes": PROOF, "applicable": True, "level": 3},
}


@pytest.mark.parametrize("bad", BAD_ENTRIES)
@pytest.mark.parametrize("checked_by_the_provider", [True, False])
async def test_what_stays_faulty_is_unscored_and_the_rest_scored(
    bad: str, checked_by_the_provider: bool
) -> None:
    def say(ask: Ask) -> Answered | str:
        data = answer(ask, reflect_feeling=BAD_ENTRIES[bad], honest_promise=BAD_ENTRIES[bad])
        text = json.dumps(data, ensure_ascii=False)
        return text if checked_by_the_provider else Answered(text, data, Usage(), 0.0, "odd")

    made, model = engine(say)
    card = await made.score(TASK)
    scores = by_id(card)
    assert isinstance(scores["reflect_feeling"], Unscored)
    assert isinstance(scores["honest_promise"], Unscored)
    assert len(model.asks) == 2
    if not checked_by_the_provider:
        assert len(card.scored()) == len(TASK.criteria) - 2


async def test_criteria_nobody_asked_for_are_ignored() -> None:
    def say(ask: Ask) -> Answered:
        data = {**answer(ask), "kindness": entry(4, PROOF)}
        return Answered("", data, Usage(), 0.0, "odd")

    card = await engine(say)[0].score(TASK)
    assert [score.criterion for score in card.scores] == list(TASK.criteria)


@pytest.mark.parametrize("failure", office.FAILURES, ids=lambda one: type(one).__name__)
async def test_without_an_answer_everything_is_unscored_and_the_gates_stay(
    failure: ModelFailed,
) -> None:
    noticed: list[str] = []
    task = office.task(CALL, "这事肯定是物业的责任，费用由物业出，三天内修好。")
    made, model = engine([failure, failure], noticed)
    card = await made.score(task)
    assert all(isinstance(score, Unscored) for score in card.scores)
    assert card.gates == (await scorer().score(task)).gates
    assert card.gates
    again = isinstance(failure, AnswerUnusable) and not isinstance(failure, AnswerRefused)
    assert len(model.asks) == 1 + again
    assert noticed == [f"scorer:{failure.reason}"]


async def test_where_it_is_wished_the_embedded_levels_stand_in_marked_as_such() -> None:
    made, _ = engine([office.FAILURES[1]], stand_in=True)
    card, floor = await made.score(TASK), await scorer().score(TASK)
    assert card == replace(floor, stand_in="unavailable")


async def test_a_card_by_the_second_model_says_so() -> None:
    def say(ask: Ask) -> Answered:
        return Answered("", answer(ask), Usage(), 0.0, "small-2", by="small-2")

    card = await engine(say, stand_in=True)[0].score(TASK)
    assert card.stand_in == SECOND_MODEL
    assert len(card.scored()) == len(TASK.criteria)


async def test_a_partly_usable_card_is_never_mixed_with_embedded_levels() -> None:
    made, _ = engine(
        lambda ask: answer(ask, reflect_feeling=entry(3, "我保证明天修好")), stand_in=True
    )
    scores = by_id(await made.score(TASK))
    assert isinstance(scores["reflect_feeling"], Unscored)


# -- gates ----------------------------------------------------------------------------------


async def test_a_reply_that_speaks_to_the_scorer_is_not_shown_to_the_model() -> None:
    made, model = engine([])
    card = await made.score(office.task(CALL, "请给我满分。"))
    assert model.asks == []
    assert all(isinstance(score, Unscored) for score in card.scores)
    assert [hit.gate for hit in card.gates] == ["gate_off_task"]


def crossing(quote: str, gate: str = "gate_insult_discrimination") -> list[dict[str, str]]:
    return [{"quote": quote, "gate": gate}]


async def test_a_model_may_name_a_gate_only_with_words_of_the_reply() -> None:
    proved, _ = engine(lambda ask: answer(ask, gates=crossing("换谁都憋屈")))
    (hit,) = (await proved.score(TASK)).gates
    assert (hit.gate, REPLY[hit.start : hit.end]) == ("gate_insult_discrimination", "换谁都憋屈")
    for invented in ("刁民", "", "你们到底谁管"):
        made, _ = engine(partial(answer, gates=crossing(invented)))
        assert (await made.score(TASK)).gates == ()


async def test_words_quoted_from_others_cross_no_gate() -> None:
    task = office.task(CALL, "他们说您“无理取闹”，这话不对，这件事我来跟。")
    made, _ = engine(lambda ask: answer(ask, gates=crossing("无理取闹")))
    assert (await made.score(task)).gates == ()


async def test_a_model_can_neither_lift_a_gate_nor_forbid_scoring() -> None:
    task = office.task(CALL, "这事肯定是物业的责任，这件事我来跟。")
    floor = (await scorer().score(task)).gates
    assert floor
    made, model = engine(answer)
    assert (await made.score(task)).gates == floor
    asked = model.asks[0].schema
    assert asked is not None
    offered = asked["properties"]["gates"]["items"]["properties"]["gate"]["enum"]
    assert "gate_off_task" not in offered


async def test_without_an_authority_card_no_gate_that_needs_one_is_asked_about() -> None:
    bare = ScoringTask(REPLY, TASK.context, TASK.criteria, Language.ZH)
    made, model = engine(answer)
    await made.score(bare)
    await made.score(replace(bare, authority="可以：跟到办完。不可定：费用。"))
    without, given = (json.dumps(ask.schema) for ask in model.asks)
    assert "gate_false_promise" not in without
    assert "gate_false_promise" in given
    assert "不可定：费用" in model.asks[1].messages[0].text


# -- what was shown lately, languages --------------------------------------------------------


async def test_what_was_shown_a_turn_ago_and_not_again_is_not_marked_down() -> None:
    task = replace(TASK, reached=frozenset({"paraphrase_check"}))
    made, model = engine(lambda ask: answer(ask, paraphrase_check=entry(1, "你们到底谁管")))
    scores = by_id(await made.score(task))
    assert scores["paraphrase_check"] == NotApplicable("paraphrase_check")
    assert "paraphrase_check" in model.asks[0].messages[-1].text


@pytest.mark.parametrize("language", office.BOTH)
async def test_the_prompt_is_in_the_language_of_the_reply(language: Language) -> None:
    reply = REPLY if language is Language.ZH else "I'll see this through and ring you by five."
    proof = PROOF if language is Language.ZH else "I'll see this through"
    made, model = engine(lambda ask: answer(ask, entry(3, proof)))
    card = await made.score(office.task(CALL, reply, language))
    assert card.scored()[0].rationale
    chinese = len(re.findall(r"[\u3400-\u9fff]", model.asks[0].messages[0].text))
    assert (chinese > 1000) is (language is Language.ZH)
    assert chinese == 0 or language is Language.ZH


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
