"""What every keeper of sessions promises, in memory and in a database."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta, timezone

import pytest

from commcoach.coaching.admission import Reason
from commcoach.coaching.sessions import Sessions, SetAsideReply
from commcoach.coaching.storage import ReplyAlreadyStands, UnknownLearner, UnknownSession
from commcoach.domain.dialogue import Ending, PracticeSession
from commcoach.domain.reading import Reading
from commcoach.domain.score import Scorecard
from tests.store.examples import Examples
from tests.store.houses import House


@pytest.fixture
async def sessions(house: House, examples: Examples) -> Sessions:
    """Each implementation in turn; the learners of the examples are known."""
    for learner in ("li", "wang"):
        await house.people.add(examples.learner(learner))
    return house.sessions


async def kept(sessions: Sessions, id: str = "s1") -> PracticeSession:
    """The session, which must be there."""
    session = await sessions.get(id)
    assert session is not None
    return session


async def test_a_session_comes_back_as_it_was(sessions: Sessions, examples: Examples) -> None:
    session = examples.session()
    await sessions.add(session)
    assert await sessions.get("s1") == session


async def test_an_unknown_session_is_none(sessions: Sessions) -> None:
    assert await sessions.get("nobody's") is None


async def test_adding_a_session_twice_keeps_the_first(
    sessions: Sessions, examples: Examples
) -> None:
    await sessions.add(examples.session())
    await sessions.save_turn("s1", examples.reply())
    await sessions.add(examples.session())
    assert (await kept(sessions)).turns == (examples.reply(),)


async def test_a_session_added_with_turns_keeps_them(
    sessions: Sessions, examples: Examples
) -> None:
    full = replace(examples.reply(), reading=examples.reading(), card=examples.card())
    session = replace(examples.session(), turns=(full, examples.reply(2)))
    await sessions.add(session)
    assert await sessions.get("s1") == session


async def test_a_turn_grows_part_by_part(sessions: Sessions, examples: Examples) -> None:
    await sessions.add(examples.session())
    turn = examples.reply()
    parts: list[dict[str, object]] = [
        {},
        {"reading": examples.reading(), "reaction": examples.reaction(), "line": "那你说怎么办?"},
        {"card": examples.card()},
    ]
    for part in parts:
        turn = replace(turn, **part)  # type: ignore[arg-type]  # fields of Turn, named above
        await sessions.save_turn("s1", turn)
        assert (await kept(sessions)).turns == (turn,)


async def test_parts_that_arrive_apart_are_joined(sessions: Sessions, examples: Examples) -> None:
    await sessions.add(examples.session())
    reply = examples.reply()
    await sessions.save_turn("s1", replace(reply, card=examples.card()))
    await sessions.save_turn("s1", replace(reply, reading=examples.reading(), line="好。"))
    assert (await kept(sessions)).turns == (
        replace(reply, reading=examples.reading(), line="好。", card=examples.card()),
    )


async def test_saving_the_same_turn_again_changes_nothing(
    sessions: Sessions, examples: Examples
) -> None:
    await sessions.add(examples.session())
    turn = examples.whole()
    for _ in range(3):
        await sessions.save_turn("s1", turn)
    assert (await kept(sessions)).turns == (turn,)


async def test_what_was_stored_is_not_overwritten_with_nothing(
    sessions: Sessions, examples: Examples
) -> None:
    await sessions.add(examples.session())
    turn = examples.whole()
    await sessions.save_turn("s1", turn)
    await sessions.save_turn("s1", examples.reply())
    assert (await kept(sessions)).turns == (turn,)


async def test_the_first_result_of_each_kind_stands(sessions: Sessions, examples: Examples) -> None:
    await sessions.add(examples.session())
    first = examples.whole()
    await sessions.save_turn("s1", first)
    second = replace(first, reading=Reading(), reaction=None, line="不。", card=Scorecard())
    await sessions.save_turn("s1", second)
    assert (await kept(sessions)).turns == (first,)


async def test_an_empty_result_is_told_from_a_missing_one(
    sessions: Sessions, examples: Examples
) -> None:
    await sessions.add(examples.session())
    turn = replace(examples.reply(), reading=Reading(), card=Scorecard(), line="")
    await sessions.save_turn("s1", turn)
    assert (await kept(sessions)).turns == (turn,)


async def test_another_reply_never_takes_the_place_of_one_that_stands(
    sessions: Sessions, examples: Examples
) -> None:
    await sessions.add(examples.session())
    await sessions.save_turn("s1", examples.reply())
    with pytest.raises(ReplyAlreadyStands):
        await sessions.save_turn("s1", replace(examples.reply(), reply="算了。"))
    assert (await kept(sessions)).turns == (examples.reply(),)


async def test_rewrites_stand_beside_the_first_attempt_in_order(
    sessions: Sessions, examples: Examples
) -> None:
    await sessions.add(examples.session())
    places = [(2, 1), (1, 2), (10, 1), (1, 1)]
    for number, attempt in places:
        await sessions.save_turn("s1", examples.reply(number, attempt))
    turns = (await kept(sessions)).turns
    assert [(turn.number, turn.attempt) for turn in turns] == sorted(places)


@pytest.mark.parametrize(
    "reply",
    [
        pytest.param("", id="empty"),
        pytest.param("好" * 20_000, id="20,000 characters"),
        pytest.param("👨‍👩‍👧 e\u0301 \u202eabc\u202c \x00\x07\r\n\t", id="odd characters"),
        pytest.param("'); DROP TABLE turns; -- %s {x} :id", id="markup"),
    ],
)
async def test_a_reply_is_kept_letter_by_letter(
    sessions: Sessions, examples: Examples, reply: str
) -> None:
    await sessions.add(examples.session())
    turn = replace(examples.reply(), reply=reply, line=reply)
    await sessions.save_turn("s1", turn)
    assert (await kept(sessions)).turns == (turn,)


async def test_a_session_of_an_unknown_learner_is_refused(
    sessions: Sessions, examples: Examples
) -> None:
    with pytest.raises(UnknownLearner) as refused:
        await sessions.add(examples.session(learner="nobody"))
    assert refused.value.learner == "nobody"
    assert await sessions.get("s1") is None


async def test_the_end_of_an_unknown_session_is_refused(
    sessions: Sessions, examples: Examples
) -> None:
    with pytest.raises(UnknownSession):
        await sessions.end(examples.session())


async def test_a_message_never_makes_a_second_turn(sessions: Sessions, examples: Examples) -> None:
    await sessions.add(examples.session())
    await sessions.save_turn("s1", examples.reply())
    again = replace(examples.reply(2), message=examples.reply().message)
    with pytest.raises(ReplyAlreadyStands):
        await sessions.save_turn("s1", again)
    assert (await kept(sessions)).turns == (examples.reply(),)


async def test_turns_without_a_message_do_not_get_in_each_others_way(
    sessions: Sessions, examples: Examples
) -> None:
    await sessions.add(examples.session())
    for number in (1, 2):
        await sessions.save_turn("s1", replace(examples.reply(number), message=None))
    assert len((await kept(sessions)).turns) == 2


async def test_turns_without_a_scorecard_are_found_oldest_first(
    sessions: Sessions, examples: Examples
) -> None:
    for id, days in (("a", 1), ("b", 0), ("c", 0)):
        await sessions.add(examples.session(id))
        turns = [examples.reply(1), examples.reply(1, 2), examples.whole(2)]
        for turn in turns:
            await sessions.save_turn(id, replace(turn, at=turn.at + timedelta(days=days)))
    assert await sessions.unscored_turns() == [
        ("b", 1, 1),
        ("c", 1, 1),
        ("b", 1, 2),
        ("c", 1, 2),
        ("a", 1, 1),
        ("a", 1, 2),
    ]


async def test_a_turn_of_an_unknown_session_is_refused(
    sessions: Sessions, examples: Examples
) -> None:
    with pytest.raises(UnknownSession) as refused:
        await sessions.save_turn("nobody's", examples.reply())
    assert refused.value.session == "nobody's"


async def test_a_reply_set_aside_costs_no_turn(sessions: Sessions, examples: Examples) -> None:
    await sessions.add(examples.session())
    await sessions.set_aside("s1", SetAsideReply("😊", Reason.EMPTY, examples.start))
    assert (await kept(sessions)).turns == ()


async def test_replies_set_aside_are_found_by_learner_oldest_first(
    house: House, examples: Examples
) -> None:
    for learner in ("li", "wang"):
        await house.people.add(examples.learner(learner))
    for id, learner in (("s1", "li"), ("s2", "li"), ("s3", "wang")):
        await house.sessions.add(examples.session(id, learner))
    later, first = (
        SetAsideReply(reply, reason, examples.start + timedelta(days=days), message)
        for reply, reason, days, message in (
            ("😊", Reason.EMPTY, 1, None),
            ("…", Reason.PASTED, 0, "7-1"),
        )
    )
    for id, aside in (("s1", later), ("s2", first), ("s3", later)):
        await house.sessions.set_aside(id, aside)
    assert await house.sessions.set_aside_of("li") == [("s2", first), ("s1", later)]
    assert await house.sessions.set_aside_of("nobody") == []


async def test_a_reply_of_an_unknown_session_is_not_set_aside(
    sessions: Sessions, examples: Examples
) -> None:
    with pytest.raises(UnknownSession):
        await sessions.set_aside("nobody's", SetAsideReply("😊", Reason.EMPTY, examples.start))


async def test_the_end_of_a_session_is_kept_once(sessions: Sessions, examples: Examples) -> None:
    await sessions.add(examples.session())
    await sessions.save_turn("s1", examples.reply())
    ended = replace(
        examples.session(),
        turns=(examples.reply(),),
        ending=Ending.COUNTERPART_LEFT,
        closing="再见。",
        summary="“辛苦了”之后他缓下来了。",
        ended_at=examples.start + timedelta(minutes=5),
    )
    await sessions.end(ended)
    await sessions.end(replace(ended, ending=Ending.FINISHED, closing=None, summary=None))
    assert await sessions.get("s1") == ended


async def test_a_late_score_still_finds_its_turn(sessions: Sessions, examples: Examples) -> None:
    await sessions.add(examples.session())
    await sessions.save_turn("s1", examples.reply())
    await sessions.end(replace(examples.session(), ending=Ending.FINISHED))
    scored = replace(examples.reply(), card=examples.card())
    await sessions.save_turn("s1", scored)
    assert (await kept(sessions)).turns == (scored,)


async def test_times_are_the_same_moment_in_utc(sessions: Sessions, examples: Examples) -> None:
    beijing = timezone(timedelta(hours=8))
    local = replace(examples.session(), started_at=examples.start.astimezone(beijing))
    await sessions.add(local)
    started = (await kept(sessions)).started_at
    assert started == examples.start
    assert started.tzinfo is not None


async def test_a_learner_gets_all_own_sessions_oldest_first(
    sessions: Sessions, examples: Examples
) -> None:
    for id, learner, days in [("b", "li", 2), ("a", "li", 0), ("x", "wang", 1), ("c", "li", 1)]:
        await sessions.add(examples.session(id, learner, days))
        await sessions.save_turn(id, replace(examples.reply(), card=examples.card()))
    mine = await sessions.of_learner("li")
    assert [session.id for session in mine] == ["a", "c", "b"]
    assert all(session.turns[0].card == examples.card() for session in mine)
    assert await sessions.of_learner("nobody") == []


async def test_both_arms_of_a_turn_may_write_at_once(
    sessions: Sessions, examples: Examples
) -> None:
    await sessions.add(examples.session())
    reply = examples.reply()
    read = replace(reply, reading=examples.reading(), reaction=examples.reaction(), line="好。")
    scored = replace(reply, card=examples.card())
    await asyncio.gather(*(sessions.save_turn("s1", part) for part in (reply, read, scored)))
    assert (await kept(sessions)).turns == (replace(read, card=examples.card()),)


async def test_many_sessions_may_be_written_side_by_side(
    sessions: Sessions, examples: Examples
) -> None:
    async def practise(id: str) -> None:
        await sessions.add(examples.session(id))
        for number in range(1, 4):
            turn = examples.reply(number)
            await sessions.save_turn(id, turn)
            await sessions.save_turn(id, replace(turn, card=examples.card()))

    await asyncio.gather(*(practise(f"s{index}") for index in range(20)))
    assert [len(session.turns) for session in await sessions.of_learner("li")] == [3] * 20
