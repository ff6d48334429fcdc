"""The debrief on a small screen: twelve lines at most, every part in it that there is room for."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace

import pytest

from commcoach.coaching.debriefing import Bar, Debrief, Highlight, debrief
from commcoach.coaching.practice import finish_session, start_session
from commcoach.coaching.turns import SetAside, take_turn
from commcoach.domain.dialogue import Action, Ending, PracticeSession, Turn, allowed_actions
from commcoach.domain.language import Language
from commcoach.domain.outcome import Achieved
from commcoach.domain.persona import PersonaState
from commcoach.domain.score import Band, GateHit, Scorecard
from commcoach.presentation.cards import Section, debrief_sections
from commcoach.presentation.short_debrief import MOST, Line, debrief_lines
from commcoach.presentation.wording import Wording
from tests.builders import NOON
from tests.shipped import learners, library, practice

both = pytest.mark.parametrize("language", list(Language))


@dataclass(frozen=True)
class Played:
    """A learner of the test data, and what the session came to."""

    name: str
    report: Debrief
    session: PracticeSession

    def lines(self, language: Language) -> tuple[Line, ...]:
        return debrief_lines(self.report, self.session, library(), Wording(language))


@pytest.fixture(scope="module")
def played() -> list[Played]:
    async def play_all() -> list[Played]:
        return [
            await play(row["scenario"], Language(row["lang"]), row["learner"], row["replies"])
            for row in learners()
        ]

    return asyncio.run(play_all())


async def play(scenario: str, language: Language, name: str, replies: Sequence[str]) -> Played:
    coach = practice()
    chosen = library().scenarios[scenario]
    session = await start_session(coach, chosen, name, language)
    for reply in replies:
        if Action.REPLY in allowed_actions(session, chosen):
            result = await take_turn(coach, session, reply)
            if not isinstance(result, SetAside):
                session = result.session
    session = await finish_session(coach, session)
    return Played(f"{scenario} {name}", await debrief(library(), coach.judge, session), session)


def labelled(lines: Sequence[Line], key: str, language: Language) -> list[Line]:
    """The lines with the label of this key."""
    return [line for line in lines if line.label == Wording(language).say(key)]


@both
def test_no_debrief_is_longer_than_twelve_lines(played: list[Played], language: Language) -> None:
    assert len(played) == 112
    assert [one.name for one in played if len(one.lines(language)) > MOST] == []


@both
def test_no_line_of_a_debrief_is_empty_or_two(played: list[Played], language: Language) -> None:
    for one in played:
        for line in one.lines(language):
            assert line.text.strip(), one.name
            assert "\n" not in line.label + line.text, one.name


@both
def test_outcome_goal_focus_and_calibration_always_stand(
    played: list[Played], language: Language
) -> None:
    words = Wording(language)
    for one in played:
        lines = one.lines(language)
        reached = {done.reached for done in one.report.achieved}
        scored = [bar for bar in one.report.bars if bar.mean is not None]
        lowest = min((bar.mean or 0.0 for bar in scored), default=0.0)
        titles = [
            bar.criterion.title.said_in(language)
            for bar in scored
            if bar.criterion.id in one.report.scenario.focus
        ]
        assert lines[0].label == words.say("short.title"), one.name
        assert len(labelled(lines, "short.reached", language)) == (True in reached), one.name
        assert len(labelled(lines, "short.open", language)) == (False in reached), one.name
        assert len(labelled(lines, "short.goal", language)) == 1, one.name
        assert len(labelled(lines, "short.gate", language)) == bool(one.report.gates), one.name
        assert lines[-1].text == words.say("debrief.uncalibrated"), one.name
        heading = [line.text for line in lines].index(words.say("short.bars"))
        shown = " ".join(line.text for line in lines[heading + 1 : -1])
        assert [title for title in titles if title not in shown] == [], one.name
        assert f"{lowest:.1f}/" in shown, one.name


@both
def test_what_went_well_and_what_was_missed_give_way_only_when_the_room_is_used_up(
    played: list[Played], language: Language
) -> None:
    for one in played:
        lines = one.lines(language)
        well = len(labelled(lines, "short.well", language))
        missed = len(labelled(lines, "short.missed", language))
        wanted = len(one.report.highlights) + len(one.report.missed[:2])
        assert well + missed == wanted or len(lines) == MOST, one.name
        assert bool(well) == bool(one.report.highlights), one.name
        assert bool(missed) == bool(one.report.missed), one.name


@both
async def test_a_session_without_a_level_says_so_and_shows_no_bars(language: Language) -> None:
    lines = (await play("late_minutes_peer", language, "curt", [])).lines(language)
    assert lines[0].text == Wording(language).say("debrief.nothing_scored")
    assert Wording(language).say("debrief.uncalibrated") not in [line.text for line in lines]


@both
async def test_where_every_target_is_reached_the_goal_is_a_harder_one(language: Language) -> None:
    played = await play("late_minutes_peer", language, "x", ["周二我按旧数据报的。"])
    lines = replace(played, report=replace(played.report, goal=None)).lines(language)
    (goal,) = labelled(lines, "short.goal", language)
    assert goal.text == Wording(language).say("debrief.harder")


def example() -> Debrief:
    """A session in which something was reached, something missed, and a gate crossed."""
    scenario = library().scenarios["late_minutes_peer"]
    own_view, open_question = (library().criteria[id] for id in ("own_view_clear", "open_question"))
    return Debrief(
        scenario=scenario,
        ending=Ending.ALL_TURNS,
        state=PersonaState(2),
        score=1.9,
        band=Band.BASIC,
        turn_scores=(1.0, None, 2.0),
        achieved=tuple(Achieved(item, index < 2) for index, item in enumerate(scenario.outcome)),
        highlights=(Highlight(open_question, "这周的纪要卡在哪里了", 1),),
        missed=scenario.hidden_facts[:1],
        goal=own_view,
        bars=(Bar(own_view, 1.5, 4, 2), Bar(open_question, 3.0, 4, 1)),
        gates=("gate_insult_discrimination",),
    )


def crossed() -> PracticeSession:
    """A session in which two replies crossed a line; the words of one are no longer kept."""
    rude = GateHit("gate_insult_discrimination", "滚蛋", 0, 2)
    hits = {5: rude, 6: replace(rude, quote="")}
    return PracticeSession(
        id="s",
        learner="l",
        scenario="late_minutes_peer",
        language=Language.ZH,
        release="r",
        engine="embedded",
        started_at=NOON,
        opening="来了？",
        turns=tuple(
            Turn(number, 1, "来了？", hit.quote, NOON, card=Scorecard(gates=(hit,)))
            for number, hit in hits.items()
        ),
    )


def test_a_debrief_word_by_word() -> None:
    lines = debrief_lines(example(), crossed(), library(), Wording(Language.ZH))
    assert [line.label + line.text for line in lines] == [
        "复盘　总体：基本（六成看每轮，平均 1.5/4；四成看结果，3/6 分）",
        "轮次用完。结束时，康哥情绪平稳。",
        "做到了：说清了具体哪一次和造成的影响；听到了他的办法",
        "还没做到：提了一个小请求，并约好日子；收尾时和气还在",
        "触到红线：第 5 轮“滚蛋”（侮辱、威胁与歧视）；第 6 轮（侮辱、威胁与歧视）",
        "说得好：“这周的纪要卡在哪里了”（开放式提问）",
        "没问出来：他每天下午被借到专班，没公开说。可以这样问：“你最近手头是怎么安排的？纪要一般卡在哪一步？”",
        "下次：可以就那句话道歉：“刚才那句不该说，我收回。”再回到对方要办的事。",
        "重点标准的平均（只算第一次写的）：",
        "███░░░░░ 1.5/4 说清自己的看法与感受",
        "内置引擎评分，未经专家校准，最高评到 3 级。仅供练习，不作考核依据。",
    ]


# -- with a summary -------------------------------------------------------------------------

TURNED = "您说“周二那份没等到”以后，他认真起来了。"


@both
def test_a_summary_takes_one_line_and_the_debrief_stays_within_twelve(
    played: list[Played], language: Language
) -> None:
    always = ("short.title", "short.reached", "short.open", "short.gate", "short.goal")
    for one in played:
        with_summary = replace(one, report=replace(one.report, summary=TURNED)).lines(language)
        before = one.lines(language)
        assert len(with_summary) <= MOST, one.name
        (turned,) = labelled(with_summary, "short.summary", language)
        assert turned.text.startswith(TURNED), one.name
        for key in always:
            assert len(labelled(with_summary, key, language)) == len(
                labelled(before, key, language)
            ), one.name
        assert with_summary[-1] == before[-1], one.name


@both
def test_where_lines_crossed_and_goals_leave_no_room_the_summary_gives_way(
    language: Language,
) -> None:
    many = tuple(library().criteria.values())[:9]
    scenario = replace(example().scenario, focus={one.id: 1 for one in many})
    bars = tuple(Bar(one, 1.0, 4, 1) for one in many)
    report = replace(example(), scenario=scenario, bars=bars, summary=TURNED)
    lines = debrief_lines(report, crossed(), library(), Wording(language))
    assert labelled(lines, "short.summary", language) == []
    assert len(labelled(lines, "short.gate", language)) == 1
    assert len(labelled(lines, "short.goal", language)) == 1


def test_a_summary_stands_behind_the_outcome_and_says_who_wrote_it() -> None:
    report = replace(example(), summary=TURNED)
    lines = debrief_lines(report, crossed(), library(), Wording(Language.ZH))
    said = [line.label + line.text for line in lines]
    assert len(said) == MOST
    where = said.index(f"转折：{TURNED}（由模型撰写，未经专家校准）")
    assert said[where - 1].startswith("触到红线：")


@both
def test_at_the_terminal_the_summary_is_a_section_of_its_own(language: Language) -> None:
    words = Wording(language)
    plain = debrief_sections(example(), library(), words)
    shown = debrief_sections(replace(example(), summary=TURNED), library(), words)
    assert [one for one in shown if one not in plain] == [
        Section(words.say("debrief.summary"), (TURNED,))
    ]
    assert shown[0] == plain[0]
