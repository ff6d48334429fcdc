"""What a learner sees of a model: a summary, a reply in other words, and where it was stood in."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from commcoach.coaching.counterpart import Hear, Spoken, Stage, unheard
from commcoach.coaching.debriefing import Debrief
from commcoach.coaching.keeping import keep_to_terms
from commcoach.coaching.language_model import BudgetSpent
from commcoach.coaching.mail import Kind
from commcoach.coaching.practice import Practice
from commcoach.coaching.scorer import ScoringTask
from commcoach.domain.dialogue import PracticeSession
from commcoach.domain.language import Language
from commcoach.domain.people import consent_needed
from commcoach.domain.score import EngineName, Evidence, GateHit, Scorecard, Scored
from commcoach.embedded.voice import ScriptedVoice
from commcoach.presentation.wording import Wording
from commcoach.telegram.markup import RULE
from commcoach.telegram.taps import Verb
from tests.builders import days
from tests.shipped import library
from tests.telegram.world import CHAT, World

ZH = Wording(Language.ZH)
ASKED = "先听听您那边的情况，这周的纪要是卡在哪里了？"
NAMED = "您这周二没等到纪要，只好按旧数据报，返工的还是您。"
SPENT = ZH.say("practice.budget_spent")
TURNED = "您问“卡在哪里了”以后，他<认真>起来了。下次问完等一等。"


@dataclass
class Summary:
    """A summariser that says one thing."""

    says: str = TURNED
    asked: int = 0

    async def summarise(self, session: PracticeSession, report: Debrief) -> str:
        self.asked += 1
        return self.says


@dataclass
class Rewriter:
    """A rewriter that has one thing to show, or nothing."""

    says: str | None = "这周的<纪要>卡在哪一步了？"
    asked: list[tuple[ScoringTask, Scored]] = field(default_factory=list)

    async def rewrite(self, task: ScoringTask, original: Scored) -> str | None:
        self.asked.append((task, original))
        return self.says


@dataclass
class Spending:
    """A voice whose model may be asked once; then the script stands in for want of budget."""

    spoken: int = 0

    async def speak(self, stage: Stage, hear: Hear = unheard) -> Spoken:
        self.spoken += 1
        line = await ScriptedVoice().speak(stage)
        return line if self.spoken == 1 else replace(line, stand_in=BudgetSpent.reason)

    async def close(self, stage: Stage, agreed: bool) -> str:
        return await ScriptedVoice().close(stage, agreed)


@dataclass
class Scores:
    """A scorer that gives everything the same level, for a model that had to be stood in for."""

    level: int = 1
    stand_in: str = ""
    gates: Sequence[GateHit] = ()

    @property
    def engine(self) -> EngineName:
        return EngineName("scores", "1", "some-model")

    def prepare(self) -> None: ...

    async def score(self, task: ScoringTask) -> Scorecard:
        proof = (Evidence(task.reply[:2], 0, 2),)
        scores = tuple(Scored(id, self.level, 1.0, proof) for id in task.criteria)
        return Scorecard(scores, tuple(self.gates), stand_in=self.stand_in)


def world(**parts: object) -> World:
    def change(coach: Practice) -> Practice:
        return replace(coach, **parts)  # type: ignore[arg-type]  # fields of Practice

    return World(change=change)


# -- the line while it is spoken ------------------------------------------------------------


@dataclass
class Aloud:
    """A voice that lets its first sentence be heard once the score is there."""

    first: str = "又是<程序>。"

    async def speak(self, stage: Stage, hear: Hear = unheard) -> Spoken:
        for _ in range(20):
            await asyncio.sleep(0)
        hear(self.first)
        return Spoken(self.first + "您说说看。")

    async def close(self, stage: Stage, agreed: bool) -> str:
        return await ScriptedVoice().close(stage, agreed)


async def test_a_line_is_shown_below_the_remarks_while_it_is_being_spoken() -> None:
    one = world(voice=Aloud())
    await one.practise()
    (shown,) = await one.live(one.text(ASKED))
    ((number, draft),) = one.signs.drafted
    assert number == 1
    assert draft.endswith("又是&lt;程序&gt;。")
    assert shown.text == draft + "您说说看。"


async def test_a_script_is_not_shown_before_it_is_sent() -> None:
    one = World()
    await one.practise(ASKED)
    assert one.signs.drafted == []


# -- the summary ----------------------------------------------------------------------------


async def test_the_debrief_says_where_the_talk_turned_and_who_wrote_it() -> None:
    one = world(summariser=Summary())
    await one.practise(ASKED)
    *_, shown = await one.live(one.text("/finish"))
    escaped = TURNED.replace("<", "&lt;").replace(">", "&gt;")
    assert f"<b>转折：</b>{escaped}（由模型撰写，未经专家校准）" in shown.text
    assert len(shown.text.splitlines()) <= 12
    assert one.session.summary == TURNED


async def test_the_debrief_shown_again_asks_for_no_second_summary() -> None:
    summary = Summary()
    one = world(summariser=summary)
    await one.practise(ASKED)
    *_, shown = await one.live(one.text("/finish"))
    (again,) = await one.live(one.tap_data(f"debrief:{one.session.id}"))
    assert again.text == shown.text
    assert summary.asked == 1


async def test_without_a_usable_summary_the_debrief_is_as_it_is_without_a_model() -> None:
    plain, one = World(), world(summariser=Summary(says=""))
    shown = []
    for here in (plain, one):
        await here.practise(ASKED)
        shown.append((await here.live(here.text("/finish")))[-1].text)
    assert shown[0] == shown[1]


# -- one way to put it ----------------------------------------------------------------------


async def test_one_way_to_put_it_is_the_reply_in_other_words_marked_as_a_models() -> None:
    rewriter = Rewriter()
    one = world(rewriter=rewriter, scorer=Scores())
    await one.practise(ASKED)
    one.signs.typed.clear()
    (shown,) = await one.live(one.tap(Verb.ONE_WAY))
    ((task, original),) = rewriter.asked
    assert task.reply == ASKED
    assert task.context[-1].text == one.session.opening
    title = library().criteria[original.criterion].title.zh
    assert title is not None
    assert title in shown.text
    assert "“这周的&lt;纪要&gt;卡在哪一步了？”" in shown.text
    assert "这是模型的措辞" in shown.text
    assert one.signs.typed == [CHAT]


async def test_where_no_better_words_come_an_example_is_shown_as_ever() -> None:
    plain, one = world(scorer=Scores()), world(rewriter=Rewriter(says=None), scorer=Scores())
    shown = []
    for here in (plain, one):
        await here.practise(ASKED)
        shown.append((await here.live(here.tap(Verb.ONE_WAY)))[-1].text)
    assert shown[0] == shown[1]
    assert "模型" not in shown[0]


async def test_where_nothing_lacks_the_model_is_not_asked() -> None:
    rewriter = Rewriter()
    one = world(rewriter=rewriter, scorer=Scores(level=4))
    await one.practise(ASKED)
    await one.live(one.tap(Verb.ONE_WAY))
    assert rewriter.asked == []


async def test_where_a_line_was_crossed_the_model_is_not_asked() -> None:
    rewriter = Rewriter()
    hit = GateHit("gate_insult_discrimination", ASKED[:2], 0, 2)
    one = world(rewriter=rewriter, scorer=Scores(gates=(hit,)))
    await one.practise(ASKED)
    (shown,) = await one.live(one.tap_data(f"oneway:{one.session.id}:1:1"))
    assert rewriter.asked == []
    assert "模型" not in shown.text


async def test_a_reply_whose_words_have_expired_is_not_put_another_way() -> None:
    rewriter = Rewriter()
    one = world(rewriter=rewriter, scorer=Scores())
    await one.practise(ASKED)
    tap = one.tap(Verb.ONE_WAY)
    await keep_to_terms(one.desk.house.keeping, one.desk.terms, days(one.desk.terms.words + 1))
    await one.live(tap)
    assert one.session.turns[0].reply == ""
    assert rewriter.asked == []


# -- where the embedded engine stood in -----------------------------------------------------


async def test_the_turn_on_which_the_budget_ran_out_says_so_once_above_the_remarks() -> None:
    one = world(voice=Spending())
    await one.practise(ASKED, NAMED, ASKED)
    first, second, third = (
        message.text
        for message in one.outbox
        if message.kind is Kind.MESSAGE and RULE in message.text
    )
    assert SPENT not in first + third
    assert second.startswith(SPENT)
    assert second.index(SPENT) < second.index(RULE)


async def test_why_names_the_engine_that_scored_the_turn_and_the_reason() -> None:
    one = world(scorer=Scores(stand_in="unavailable"))
    await one.practise(ASKED)
    (shown,) = await one.live(one.tap(Verb.WHY))
    assert "这一轮由内置引擎代替模型评分：模型连不上，或者答得太慢。" in shown.text
    assert "some-model" not in shown.text


async def test_why_names_the_model_where_it_scored() -> None:
    one = world(scorer=Scores())
    await one.practise(ASKED)
    (shown,) = await one.live(one.tap(Verb.WHY))
    assert "some-model" in shown.text
    assert "代替" not in shown.text


# -- where replies go -----------------------------------------------------------------------


async def test_consent_is_asked_anew_where_replies_go_to_a_service_and_names_it() -> None:
    one = World()
    await one.practise()
    one.desk.coaches.services = ("models.example",)
    (asked,) = await one.live(one.text(ASKED))
    assert "models.example" in asked.text
    await one.live(one.tap(Verb.AGREE))
    (learner,) = one.stores.people.learners.values()
    assert learner.consent == consent_needed(("models.example",))
