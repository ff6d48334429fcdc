"""One way to put it: within its length, nothing new, better or not at all."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace

import pytest

from commcoach.coaching.language_model import ModelFailed
from commcoach.coaching.scorer import ScoringTask
from commcoach.domain.language import Language
from commcoach.domain.score import EngineName, Evidence, GateHit, Scorecard, Scored, Unscored
from commcoach.llm.stub import Script, StubModel
from commcoach.prompted.rewrite_checks import faults_in
from commcoach.prompted.rewriting import PromptedRewriter
from tests.prompted import office
from tests.shipped import library, scorer

REPLY = "您反映的问题我们高度重视，已转相关部门，请耐心等待。"
TASK = office.task("three_calls_no_owner", REPLY)
ORIGINAL = Scored("first_contact_ownership", 1, 1.0, (Evidence("已转相关部门", 13, 19),))
BETTER = "这件事我来跟，物业和街道我去问，有了结果我告诉您。"


@dataclass
class Judge:
    """A scorer that gives one level to everything it is shown."""

    level: int | None = 3
    gates: tuple[GateHit, ...] = ()
    shown: ScoringTask | None = None

    @property
    def engine(self) -> EngineName:
        return EngineName("judge", "1")

    def prepare(self) -> None: ...

    async def score(self, task: ScoringTask) -> Scorecard:
        self.shown = task
        if self.level is None:
            return Scorecard(tuple(Unscored(id) for id in task.criteria))
        proof = (Evidence(task.reply[:2], 0, 2),)
        scores = tuple(Scored(id, self.level, 0.0, proof) for id in task.criteria)
        return Scorecard(scores, self.gates)


def rewriter(
    script: Script, judge: Judge | None = None, noticed: list[str] | None = None
) -> tuple[PromptedRewriter, StubModel]:
    means, model = office.means(script, noticed)
    return PromptedRewriter(means, library(), judge or Judge()), model


async def test_what_is_better_is_shown_after_it_was_scored_itself() -> None:
    judge = Judge()
    made, model = rewriter([f"“{BETTER}”"], judge)
    assert await made.rewrite(TASK, ORIGINAL) == BETTER
    assert judge.shown is not None
    assert (judge.shown.reply, judge.shown.criteria) == (BETTER, ("first_contact_ownership",))
    assert judge.shown.context == TASK.context
    (ask,) = model.asks
    anchor = library().criteria["first_contact_ownership"].level(3).anchor.zh
    assert (anchor or "?") in office.words_of(ask)


@pytest.mark.parametrize("level", [0, 1, None])
async def test_what_is_not_better_is_not_shown(level: int | None) -> None:
    assert await rewriter([BETTER], Judge(level))[0].rewrite(TASK, ORIGINAL) is None


async def test_what_crosses_a_gate_is_not_shown() -> None:
    judge = Judge(4, (GateHit("gate_false_promise", "我来跟", 3, 6),))
    assert await rewriter([BETTER], judge)[0].rewrite(TASK, ORIGINAL) is None


@pytest.mark.parametrize(
    ("bad", "named"),
    [
        ("我来跟，明天上午十点到现场。", "明天上午十点"),
        ("这件事我来跟，" * 20, "太长"),
        ("I'll see to it.", "没有写出回复"),
        ("……", "没有写出回复"),
    ],
)
async def test_a_rewrite_with_a_fault_is_asked_for_again_and_then_given_up(
    bad: str, named: str
) -> None:
    made, model = rewriter([bad, BETTER])
    assert await made.rewrite(TASK, ORIGINAL) == BETTER
    assert named in model.asks[1].messages[-1].text
    noticed: list[str] = []
    assert await rewriter([bad, bad], None, noticed)[0].rewrite(TASK, ORIGINAL) is None
    assert noticed == ["rewrite:unusable"]


DRESSED_UP = {
    "markup": ("**这件事我来跟**，物业和街道我去问。", "加标记"),
    "stage direction": ("（点头）这件事我来跟，物业和街道我去问。", "动作"),
    "a fence": ("```\n这件事我来跟，物业和街道我去问。\n```", "加标记"),
    "a machine": ("作为AI，我建议：这件事我来跟，物业和街道我去问。", "助手"),
    "an exclamation": ("这件事我来跟，物业和街道我去问！", "感叹号"),
    "a label": ("改写：这件事我来跟，物业和街道我去问。", "只要回复本身"),
    "a preface": ("以下是改写后的回复，这件事我来跟，物业和街道我去问。", "只要回复本身"),
    "a comment": ("这件事我来跟，物业和街道我去问。说明：先认下来。", "只要回复本身"),
    "the same": (REPLY, "几乎一样"),
    "nearly the same": (REPLY.replace("高度", "非常").replace("。", ""), "几乎一样"),
}


@pytest.mark.parametrize("dress", DRESSED_UP)
async def test_a_rewrite_that_is_dressed_up_or_the_same_is_not_shown(dress: str) -> None:
    bad, named = DRESSED_UP[dress]
    made, model = rewriter([bad, BETTER])
    assert await made.rewrite(TASK, ORIGINAL) == BETTER
    assert named in model.asks[1].messages[-1].text
    assert await rewriter([bad, bad])[0].rewrite(TASK, ORIGINAL) is None


@pytest.mark.parametrize(
    "bad",
    [
        "**I'll stay with this.** I ask the property people myself.",
        "(nods) I'll stay with this and ask the property people myself.",
        "As an AI, I would say: I'll stay with this myself.",
        "Here's a rewritten reply: I'll stay with this myself.",
        "Rewritten: I'll stay with this and ask them myself.",
        "I'll stay with this and ask them myself!",
        "Your report is taken seriously and was passed on. Please be patient",
    ],
)
async def test_the_same_in_english(bad: str) -> None:
    reply = "Your report is taken seriously and was passed on. Please be patient."
    task = office.task("three_calls_no_owner", reply, Language.EN)
    assert await rewriter([bad, bad])[0].rewrite(task, ORIGINAL) is None
    good = "I'll stay with this one and ask the people there myself."
    assert await rewriter([bad, good])[0].rewrite(task, ORIGINAL) == good


def test_examples_of_good_replies_are_not_taken_for_dressed_up_ones() -> None:
    dressed = 0
    for criterion in library().criteria.values():
        for example in (one for level in criterion.levels[3:] for one in level.examples):
            for language in Language:
                text = example.text.get(language)
                task = office.task("three_calls_no_owner", REPLY, language)
                if text:
                    kinds = {fault.kind for fault in faults_in(text, task)}
                    dressed += bool(kinds & {"form", "label", "role", "same", "empty"})
    assert dressed == 0


async def test_who_asks_again_for_the_same_reply_sees_the_same_and_no_model_is_asked() -> None:
    made, model = rewriter([BETTER, BETTER])
    assert [await made.rewrite(TASK, ORIGINAL) for _ in range(3)] == [BETTER] * 3
    assert len(model.asks) == 1
    other = replace(TASK, reply="好的，我再去问问。")
    assert await made.rewrite(other, ORIGINAL) == BETTER
    assert len(model.asks) == 2


async def test_words_and_score_together_take_no_longer_than_the_model_has() -> None:
    class Slow(Judge):
        async def score(self, task: ScoringTask) -> Scorecard:
            await asyncio.Event().wait()
            return Scorecard()

    noticed: list[str] = []
    means, _ = office.means([BETTER], noticed, patience=0.05)
    made = PromptedRewriter(means, library(), Slow())
    assert await made.rewrite(TASK, ORIGINAL) is None
    assert noticed == ["rewrite:unavailable"]


@pytest.mark.parametrize("failure", office.FAILURES, ids=lambda one: type(one).__name__)
async def test_without_an_answer_nothing_is_shown(failure: ModelFailed) -> None:
    assert await rewriter([failure, failure])[0].rewrite(TASK, ORIGINAL) is None


async def test_a_row_without_a_scenario_can_be_rewritten() -> None:
    bare = replace(TASK, scenario=None)
    assert await rewriter([BETTER])[0].rewrite(bare, ORIGINAL) == BETTER


@pytest.mark.parametrize("language", office.BOTH)
@pytest.mark.parametrize("id", office.SCENARIOS)
async def test_every_criterion_in_use_has_a_prompt(id: str, language: Language) -> None:
    made, _ = rewriter([])
    task = office.task(id, "好的" if language is Language.ZH else "Fine.", language)
    for criterion in task.criteria:
        prompt = made.prompt(task, replace(ORIGINAL, criterion=criterion, level=4))
        assert prompt.growing


async def test_the_embedded_scorer_can_be_the_judge() -> None:
    card = await scorer().score(TASK)
    original = next(one for one in card.scored() if one.criterion == ORIGINAL.criterion)
    means, _ = office.means([BETTER])
    made = PromptedRewriter(means, library(), scorer())
    assert await made.rewrite(TASK, original) == BETTER
