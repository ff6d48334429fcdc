"""A score that was lost on the way is given later, for its own turn."""

from __future__ import annotations

from dataclasses import replace

import pytest

from commcoach.coaching.arms import Taken, advice_on
from commcoach.coaching.turns import rewrite_reply, score_late
from tests.coaching.recording import (
    CURT,
    REPLY,
    SCENARIO,
    begun,
    kept,
    taken,
    whole_turn,
)
from tests.shipped import library, practice

# -- a score that was lost ------------------------------------------------------------------


async def test_a_lost_score_is_given_by_session_number_and_attempt() -> None:
    coach = practice()
    session = await begun(coach)
    await coach.sessions.save_turn(session.id, replace(await whole_turn(), card=None))
    complete = await score_late(coach, session.id, 1, 1)
    assert complete is not None
    assert complete.turn == await whole_turn()
    assert complete.advice == advice_on(library(), SCENARIO, [complete.turn])


async def test_a_lost_score_of_a_first_attempt_does_not_speak_of_its_rewrite() -> None:
    coach = practice()
    session = await begun(coach)
    first = (await taken(coach, session, CURT)).turn
    rewritten = await rewrite_reply(coach, await kept(coach, session), REPLY)
    assert isinstance(rewritten, Taken)
    other = practice()
    await other.sessions.add(session)
    await other.sessions.save_turn(session.id, replace(first, card=None))
    await other.sessions.save_turn(session.id, rewritten.turn)
    complete = await score_late(other, session.id, 1, 1)
    assert complete is not None
    assert complete.turn == first
    assert complete.advice == advice_on(library(), SCENARIO, [first])
    assert complete.advice != rewritten.advice


async def test_a_lost_score_is_waited_for_even_by_an_impatient_practice() -> None:
    coach = practice()
    session = await begun(coach)
    await coach.sessions.save_turn(session.id, replace(await whole_turn(), card=None))
    complete = await score_late(replace(coach, patience=0), session.id, 1, 1)
    assert complete is not None
    assert complete.turn.card is not None


@pytest.mark.parametrize(("id", "number", "attempt"), [("x", 1, 1), ("", 2, 1), ("", 1, 2)])
async def test_there_is_no_lost_score_where_there_is_no_turn(
    id: str, number: int, attempt: int
) -> None:
    coach = practice()
    session = await begun(coach)
    await taken(coach, session, REPLY)
    assert await score_late(coach, id or session.id, number, attempt) is None
