"""One turn: done once however often its message comes, both arms kept as they arrive."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from itertools import pairwise

import pytest

from commcoach.coaching.admission import Reason
from commcoach.coaching.arms import Taken, advice_on
from commcoach.coaching.counterpart import Hear, Spoken, Stage, Voice, unheard
from commcoach.coaching.turns import SetAside, rewrite_reply, take_turn
from commcoach.domain.score import Unscored
from commcoach.store.memory import InMemorySessions
from tests.coaching.recording import (
    ASKED,
    CURT,
    REPLY,
    SCENARIO,
    Recording,
    begun,
    kept,
    taken,
    whole_turn,
)
from tests.shipped import library, practice

# -- the same message again -----------------------------------------------------------------


async def test_the_same_message_again_is_the_same_turn_and_nothing_is_worked_out_again() -> None:
    recording = Recording()
    coach = recording.practice()
    session = await begun(coach)
    first = await taken(coach, session, REPLY, "m1")
    calls = list(recording.calls)
    again = await taken(coach, await kept(coach, session), REPLY, "m1")
    assert again == first
    assert recording.calls == calls
    assert len((await kept(coach, session)).turns) == 1


@pytest.mark.parametrize(
    ("there", "missing"),
    [
        ([], {"read", "speak", "score"}),
        (["reading", "reaction", "line"], {"score"}),
        (["card"], {"read", "speak"}),
        (["reading", "reaction", "line", "card"], set()),
    ],
)
async def test_a_turn_that_was_cut_off_is_completed_by_exactly_what_it_lacks(
    there: list[str], missing: set[str]
) -> None:
    whole = await whole_turn()
    recording = Recording()
    coach = recording.practice()
    session = await begun(coach)
    filled = {name: getattr(whole, name) for name in there}
    lacking = replace(whole, reading=None, reaction=None, line=None, card=None)
    await coach.sessions.save_turn(session.id, replace(lacking, **filled))
    completed = await taken(coach, await kept(coach, session), REPLY, "m1")
    assert sorted(recording.calls) == sorted(missing)
    assert completed.turn == whole
    assert (await kept(coach, session)).turns == (whole,)


async def test_the_same_rewrite_again_is_the_same_second_attempt() -> None:
    recording = Recording()
    coach = recording.practice()
    session = (await taken(coach, await begun(coach), CURT, "m1")).session
    first = await rewrite_reply(coach, session, REPLY, "m2")
    calls = list(recording.calls)
    again = await rewrite_reply(coach, await kept(coach, session), REPLY, "m2")
    assert again == first
    assert recording.calls == calls
    assert [turn.attempt for turn in (await kept(coach, session)).turns] == [1, 2]


async def test_a_message_that_was_set_aside_is_kept_once() -> None:
    coach = practice()
    session = await begun(coach)
    for _ in range(2):
        assert await take_turn(coach, session, "😀", "m1") == SetAside(Reason.EMPTY)
    assert isinstance(coach.sessions, InMemorySessions)
    ((_, aside),) = coach.sessions.set_asides
    assert (aside.reply, aside.message) == ("😀", "m1")


async def test_without_a_message_every_reply_is_a_turn_of_its_own() -> None:
    coach = practice()
    first = await taken(coach, await begun(coach), REPLY)
    second = await taken(coach, first.session, REPLY)
    assert [turn.number for turn in second.session.turns] == [1, 2]


async def test_what_was_masked_on_the_way_is_said_and_noted_as_is_what_was_found_here() -> None:
    coach = practice()
    result = await take_turn(coach, await begun(coach), f"{REPLY}13812345678", "m1", ("email",))
    assert isinstance(result, Taken)
    assert result.masked == ("email", "phone")
    assert result.turn.masked
    assert "13812345678" not in result.turn.reply


# -- one arm fails or is slow ---------------------------------------------------------------


@pytest.mark.parametrize("part", ["read", "speak"])
async def test_what_the_scorer_finds_is_kept_when_the_counterpart_fails(part: str) -> None:
    recording = Recording(fails=part)
    coach = recording.practice()
    session = await begun(coach)
    with pytest.raises(ConnectionError):
        await take_turn(coach, session, REPLY, "m1")
    (turn,) = (await kept(coach, session)).turns
    assert turn.line is None
    assert (turn.reading is None) == (part == "read")
    assert turn.card == (await whole_turn()).card


async def test_what_was_read_is_not_read_again_when_the_line_is_asked_for_once_more() -> None:
    recording = Recording(fails="speak")
    coach = recording.practice()
    session = await begun(coach)
    with pytest.raises(ConnectionError):
        await take_turn(coach, session, REPLY, "m1")
    recording.fails = ""
    again = await kept(coach, session)
    assert (await taken(coach, again, REPLY, "m1")).turn == await whole_turn()
    assert recording.calls.count("read") == 1


# -- looking on -----------------------------------------------------------------------------


@dataclass
class Onlooker:
    """Notes what is told, in its order."""

    told: list[str] = field(default_factory=list)
    heard: asyncio.Event = field(default_factory=asyncio.Event)

    def remark(self, taken: Taken) -> None:
        assert taken.turn.card is not None
        assert taken.turn.reading is not None
        self.told.append("remarks")

    def hear(self, words: str) -> None:
        self.told.append(words)
        self.heard.set()


@dataclass
class SlowVoice:
    """Says half a line, waits until it may go on, and says the rest."""

    inner: Voice
    half: asyncio.Event = field(default_factory=asyncio.Event)
    go_on: asyncio.Event = field(default_factory=asyncio.Event)

    async def speak(self, stage: Stage, hear: Hear = unheard) -> Spoken:
        hear("您先说。")
        self.half.set()
        await self.go_on.wait()
        return Spoken("您先说。我听着。")

    async def close(self, stage: Stage, agreed: bool) -> str:
        return await self.inner.close(stage, agreed)


async def test_the_remarks_are_made_before_the_line_is_heard_even_if_it_comes_first() -> None:
    recording = Recording(go=asyncio.Event())
    voice = SlowVoice(practice().voice)
    coach = replace(recording.practice(), voice=voice)
    session = await begun(coach)
    onlooker = Onlooker()
    taking = asyncio.create_task(take_turn(coach, session, REPLY, "m1", watch=onlooker))
    await voice.half.wait()
    assert onlooker.told == []
    assert recording.go is not None
    recording.go.set()
    await onlooker.heard.wait()
    assert onlooker.told == ["remarks", "您先说。"]
    voice.go_on.set()
    result = await taking
    assert isinstance(result, Taken)
    assert result.turn.line == "您先说。我听着。"


async def test_whoever_looks_on_where_all_comes_at_once_is_told_the_same_at_the_end() -> None:
    coach = practice()
    session = await begun(coach)
    result = await take_turn(coach, session, REPLY, "m1", watch=Onlooker())
    assert isinstance(result, Taken)
    assert result.turn.line == (await whole_turn()).line


async def test_a_scorer_that_fails_costs_no_line_and_leaves_everything_unscored() -> None:
    recording = Recording(fails="score")
    told: list[tuple[str, str]] = []

    def trouble(what: str, error: Exception) -> None:
        told.append((what, type(error).__name__))

    coach = replace(recording.practice(), trouble=trouble)
    session = await begun(coach)
    turn = (await taken(coach, session, REPLY, "m1")).turn
    assert turn.line == (await whole_turn()).line
    assert turn.card is not None
    assert turn.card.scores
    assert told == [("score", "ConnectionError")]
    assert all(isinstance(score, Unscored) for score in turn.card.scores)
    assert all(score.rationale == "error:ConnectionError" for score in turn.card.scores)
    assert (await kept(coach, session)).turns == (turn,)


async def test_cancelling_a_turn_stops_its_scorer() -> None:
    recording = Recording(go=asyncio.Event())
    coach = recording.practice()
    session = await begun(coach)
    taking = asyncio.ensure_future(take_turn(coach, session, REPLY, "m1"))
    await asyncio.wait_for(recording.scoring.wait(), 5)
    taking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await taking
    await asyncio.sleep(0)
    assert recording.calls[-1] == "cancelled"
    assert (await kept(coach, session)).turns[0].reply == REPLY


async def test_a_slow_score_comes_after_the_line() -> None:
    recording = Recording(go=asyncio.Event())
    coach = recording.practice(patience=0)
    session = await begun(coach)
    early = await taken(coach, session, REPLY, "m1")
    whole = await whole_turn()
    assert early.turn == replace(whole, card=None)
    assert early.advice.keep is None
    assert early.late is not None
    assert recording.go is not None
    recording.go.set()
    complete = await early.late
    assert (complete.turn, complete.late) == (whole, None)
    assert complete.advice == advice_on(library(), SCENARIO, [whole])
    assert (await kept(coach, session)).turns == (whole,)


async def test_a_patient_turn_waits_for_its_score() -> None:
    recording = Recording(go=asyncio.Event())
    coach = recording.practice()
    taking = asyncio.ensure_future(take_turn(coach, await begun(coach), REPLY))
    done, _ = await asyncio.wait({taking}, timeout=0.02)
    assert "speak" in recording.calls
    assert not done
    assert recording.go is not None
    recording.go.set()
    result = await taking
    assert isinstance(result, Taken)
    assert result.turn.card is not None
    assert result.late is None


async def test_a_late_score_advises_on_its_own_turn_not_on_a_later_one() -> None:
    recording = Recording(go=asyncio.Event())
    coach = recording.practice(patience=0)
    first = await taken(coach, await begun(coach), REPLY, "m1")
    second = await taken(coach, first.session, CURT, "m2")
    assert recording.go is not None
    recording.go.set()
    assert first.late is not None
    assert second.late is not None
    complete = await first.late
    assert (complete.turn.number, complete.turn.reply) == (1, REPLY)
    assert complete.advice == advice_on(library(), SCENARIO, [complete.turn])
    assert (await second.late).advice != complete.advice


# -- the advice -----------------------------------------------------------------------------


async def test_two_poor_replies_in_a_row_hear_two_different_things_to_change() -> None:
    coach = practice()
    first = await taken(coach, await begun(coach), CURT)
    second = await taken(coach, first.session, ASKED)
    third = await taken(coach, second.session, CURT)
    changes = [one.advice.change for one in (first, second, third)]
    named = [change.criterion for change in changes if change is not None]
    assert all(one != other for one, other in pairwise(named))


async def test_a_turn_without_a_score_has_no_advice_yet() -> None:
    whole = await whole_turn()
    advice = advice_on(library(), SCENARIO, [whole, replace(whole, number=2, card=None)])
    assert (advice.keep, advice.change, advice.gate) == (None, None, None)
