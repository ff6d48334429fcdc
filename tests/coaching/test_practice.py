"""The practice use cases: nothing is lost, order is kept, rewrites do not count."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace

import pytest

from commcoach.coaching.admission import Reason
from commcoach.coaching.arms import Taken
from commcoach.coaching.counterpart import Hear, Scene, Spoken, Stage, unheard
from commcoach.coaching.debriefing import Debrief, debrief
from commcoach.coaching.practice import Practice, finish_session, start_session
from commcoach.coaching.progressing import progress_of
from commcoach.coaching.turns import NotPossibleNow, SetAside, rewrite_reply, take_turn
from commcoach.domain.dialogue import Ending, PracticeSession
from commcoach.domain.language import Language
from commcoach.domain.persona import Stage as PersonaStage
from commcoach.domain.reading import Reading
from tests.shipped import library, practice

REPLY = "周二那份没等到纪要，我按旧数据报了，周三返工到八点。"
SCENARIO = library().scenarios["late_minutes_peer"]


class BrokenReader:
    """A reader that fails, as one behind a network can."""

    async def read(self, scene: Scene) -> Reading:
        raise ConnectionError


async def test_a_reply_is_kept_when_the_counterpart_fails() -> None:
    coach = replace(practice(), reader=BrokenReader())
    session = await start_session(coach, SCENARIO, "learner", Language.ZH)
    with pytest.raises(ConnectionError):
        await take_turn(coach, session, REPLY)
    kept = await coach.sessions.get(session.id)
    assert kept is not None
    assert [turn.reply for turn in kept.turns] == [REPLY]


async def test_a_turn_comes_back_with_reading_line_score_and_advice() -> None:
    coach = practice()
    session = await start_session(coach, SCENARIO, "learner", Language.ZH)
    taken = await take_turn(coach, session, REPLY)
    assert isinstance(taken, Taken)
    assert taken.turn.reading is not None
    assert taken.turn.line
    assert taken.turn.card is not None
    assert taken.advice.keep is not None
    assert taken.session == await coach.sessions.get(session.id)


async def test_a_reply_that_cannot_be_answered_costs_no_turn() -> None:
    coach = practice()
    session = await start_session(coach, SCENARIO, "learner", Language.ZH)
    assert await take_turn(coach, session, "😀") == SetAside(Reason.EMPTY)
    kept = await coach.sessions.get(session.id)
    assert kept is not None
    assert kept.turns == ()


async def test_saying_the_same_thing_again_is_a_turn_like_any_other() -> None:
    coach = practice()
    session = await start_session(coach, SCENARIO, "learner", Language.ZH)
    for _ in range(2):
        taken = await take_turn(coach, session, REPLY)
        assert isinstance(taken, Taken)
        assert taken.turn.card is not None
        assert taken.turn.card.gates == ()
        session = taken.session


async def test_a_rewrite_replaces_the_line_but_not_the_first_attempt() -> None:
    coach = practice()
    session = await start_session(coach, SCENARIO, "learner", Language.ZH)
    first = await take_turn(coach, session, "好吧好吧。")
    assert isinstance(first, Taken)
    second = await rewrite_reply(coach, first.session, REPLY)
    assert isinstance(second, Taken)
    assert [turn.reply for turn in second.session.course()] == [REPLY]
    assert [turn.reply for turn in second.session.first_attempts()] == ["好吧好吧。"]
    with pytest.raises(NotPossibleNow):
        await rewrite_reply(coach, second.session, REPLY)


async def test_after_the_last_turn_only_the_closing_follows() -> None:
    coach = practice()
    session = await start_session(coach, SCENARIO, "learner", Language.ZH)
    ending = None
    for number in range(SCENARIO.turns):
        taken = await take_turn(coach, session, f"{REPLY}{number}")
        assert isinstance(taken, Taken)
        session, ending = taken.session, taken.ending
    assert ending is Ending.ALL_TURNS
    with pytest.raises(NotPossibleNow):
        await take_turn(coach, session, REPLY)
    ended = await finish_session(coach, session)
    assert ended.closing
    assert await finish_session(coach, ended) == ended


async def test_the_debrief_names_what_was_missed_and_how_to_ask() -> None:
    coach = practice()
    session = await start_session(coach, SCENARIO, "learner", Language.ZH)
    taken = await take_turn(coach, session, "好吧好吧。")
    assert isinstance(taken, Taken)
    ended = await finish_session(coach, taken.session)
    report = await debrief(library(), coach.judge, ended)
    assert len(report.missed) == len(SCENARIO.hidden_facts)
    assert all(fact.ask.said_in(Language.ZH) for fact in report.missed)
    assert report.goal is not None


async def test_progress_needs_three_levels_before_it_names_one() -> None:
    coach = practice()
    for number in range(3):
        session = await start_session(coach, SCENARIO, "learner", Language.ZH)
        taken = await take_turn(coach, session, f"{REPLY}{number}")
        assert isinstance(taken, Taken)
        await finish_session(coach, taken.session)
        found = await progress_of(coach.sessions, library(), "learner")
        known = found.masteries["behaviour_specific"]
        assert (known.level is not None) == (number == 2)
    assert found.sessions == 3


# -- the summary ----------------------------------------------------------------------------


@dataclass
class Summary:
    """A summariser that says one thing, or fails; what it was given is kept."""

    says: str = "“周二那份”一说，他就认真了。"
    fails: bool = False
    started: asyncio.Event = field(default_factory=asyncio.Event)
    given: list[tuple[PracticeSession, Debrief]] = field(default_factory=list)

    async def summarise(self, session: PracticeSession, report: Debrief) -> str:
        self.given.append((session, report))
        self.started.set()
        if self.fails:
            raise ConnectionError
        return self.says


async def one_turn(coach: Practice) -> PracticeSession:
    """A session with one reply in it."""
    session = await start_session(coach, SCENARIO, "learner", Language.ZH)
    taken = await take_turn(coach, session, REPLY)
    assert isinstance(taken, Taken)
    return taken.session


async def test_the_summary_is_kept_with_the_ending_and_shown_in_the_debrief() -> None:
    summary = Summary()
    coach = replace(practice(), summariser=summary)
    ended = await finish_session(coach, await one_turn(coach))
    assert ended.summary == summary.says
    assert ended == await coach.sessions.get(ended.id)
    assert (await debrief(library(), coach.judge, ended)).summary == summary.says
    ((session, report),) = summary.given
    assert session.ending is Ending.FINISHED
    assert report.ending is Ending.FINISHED
    assert report.turn_scores


async def test_ending_twice_asks_for_one_summary() -> None:
    summary = Summary()
    coach = replace(practice(), summariser=summary)
    ended = await finish_session(coach, await one_turn(coach))
    assert await finish_session(coach, ended) == ended
    assert len(summary.given) == 1


async def test_a_summariser_that_fails_leaves_the_session_ended_without_a_summary() -> None:
    coach = replace(practice(), summariser=Summary(fails=True))
    ended = await finish_session(coach, await one_turn(coach))
    assert ended.summary == ""
    assert ended.closing
    assert (await coach.sessions.get(ended.id)) == ended


async def test_without_a_summariser_or_without_a_reply_there_is_no_summary() -> None:
    plain = practice()
    assert (await finish_session(plain, await one_turn(plain))).summary is None
    summary = Summary()
    coach = replace(practice(), summariser=summary)
    empty = await start_session(coach, SCENARIO, "learner", Language.ZH)
    assert (await finish_session(coach, empty)).summary is None
    assert summary.given == []


async def test_the_closing_line_and_the_summary_are_made_side_by_side() -> None:
    summary = Summary()

    class Waiting:
        """A voice that closes only after the summary was asked for."""

        async def speak(self, stage: Stage, hear: Hear = unheard) -> Spoken:
            return Spoken("嗯。")

        async def close(self, stage: Stage, agreed: bool) -> str:
            await asyncio.wait_for(summary.started.wait(), 5)
            return "回见。"

    coach = replace(practice(), summariser=summary, voice=Waiting())
    ended = await finish_session(coach, await one_turn(coach))
    assert (ended.closing, ended.summary) == ("回见。", summary.says)


async def test_a_counterpart_who_left_says_no_more_but_the_talk_is_summed_up() -> None:
    class Mute:
        """A voice that must not be asked for last words."""

        async def speak(self, stage: Stage, hear: Hear = unheard) -> Spoken:
            return Spoken("嗯。")

        async def close(self, stage: Stage, agreed: bool) -> str:
            raise AssertionError

    summary = Summary()
    coach = replace(practice(), summariser=summary, voice=Mute())
    session = await one_turn(coach)
    (turn,) = session.turns
    assert turn.reaction is not None
    gone = replace(turn.reaction.state, stage=PersonaStage.GONE)
    left = replace(turn, reaction=replace(turn.reaction, state=gone))
    await coach.sessions.save_turn(session.id, left)
    ended = await finish_session(coach, replace(session, turns=(left,)))
    assert ended.ending is Ending.COUNTERPART_LEFT
    assert (ended.closing, ended.summary) == (None, summary.says)
