"""Transcripts of the shipped content, with everything in them that a reader must see."""

from __future__ import annotations

from dataclasses import replace

from commcoach.coaching.debriefing import debrief
from commcoach.coaching.review import Contest
from commcoach.coaching.transcripts import Transcript
from commcoach.domain.dialogue import Ending, PracticeSession, Turn
from commcoach.domain.language import Language
from commcoach.domain.score import (
    Evidence,
    GateHit,
    NotApplicable,
    Override,
    Scorecard,
    Scored,
    Unscored,
)
from commcoach.embedded.outcome import CueOutcomeJudge
from tests.builders import days, make_session, make_turn
from tests.shipped import library

LINE = "哎呀，不就晚了两天嘛，你先用上次的顶一下。"
REPLY = "<b>周二</b>我按旧数据报的，三处对不上。你真是个白痴。"


def scored(criterion: str, level: int, *proof: Evidence) -> Scored:
    """A level with its proof."""
    return Scored(criterion, level, level + 0.25, proof)


def within(text: str, quote: str) -> Evidence:
    """A quote of a reply, with its offsets."""
    start = text.index(quote)
    return Evidence(quote, start, start + len(quote))


def first_turn() -> Turn:
    """A reply with overlapping quotes, one of the counterpart's words, and a gate."""
    insult = "你真是个白痴"
    start = REPLY.index(insult)
    card = Scorecard(
        (
            scored("own_view_clear", 2, within(REPLY, "我按旧数据报的，三处对不上")),
            scored("behaviour_specific", 3, within(REPLY, "周二</b>我按旧数据报的")),
            scored("open_question", 1, Evidence("不就晚了两天嘛", 103, 110, "context")),
            NotApplicable("action_commitment"),
        ),
        (GateHit("gate_insult_discrimination", insult, start, start + len(insult)),),
    )
    return make_turn(
        1, context=LINE, reply=REPLY, line="合着就我一个人的不是？", card=card, at=days(0)
    )


def session(id: str = "3f9a1b2c4d5e") -> PracticeSession:
    """A reply, its rewrite, and a second reply that could not all be scored; in Chinese."""
    corrections = (
        Override(1, 1, "own_view_clear", 3, "看法和理由都有。", "王老师", days(1)),
        Override(1, 1, "behaviour_specific", None, "这一轮没有机会。", "Li", days(2)),
    )
    second = Scorecard((scored("own_view_clear", 3), Unscored("open_question")))
    return make_session(
        replace(first_turn(), overrides=corrections),
        make_turn(
            1, 2, context=LINE, reply="周二没等到纪要。", line="这么说我听得进。", at=days(0.1)
        ),
        make_turn(
            2, context="这么说我听得进。", reply="下周二中午前行吗？", card=second, at=days(0.2)
        ),
        id=id,
        learner="learner-7",
        scenario="late_minutes_peer",
        language=Language.ZH,
        release=library().release,
        started_at=days(0),
        opening=LINE,
        closing="行，下周二见。",
        ending=Ending.FINISHED,
        ended_at=days(0.3),
    )


def contests(id: str = "3f9a1b2c4d5e") -> tuple[Contest, ...]:
    """An objection to one score, with words that a spreadsheet might run."""
    return (Contest("1", id, "own_view_clear", "=1+1，我说了感受", days(0.5)),)


async def transcript(one: PracticeSession | None = None, contested: bool = True) -> Transcript:
    """The transcript of the session, with its debrief."""
    one = one or session()
    report = await debrief(library(), CueOutcomeJudge(), one)
    return Transcript(one, library(), contests(one.id) if contested else (), report)


def expired(one: PracticeSession) -> PracticeSession:
    """The session after the time for keeping its words."""
    return replace(
        one, turns=tuple(replace(turn, reply="", line="", context="") for turn in one.turns)
    )
