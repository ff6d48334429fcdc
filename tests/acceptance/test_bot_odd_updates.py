"""Updates that are broken, repeated, out of order or too many at once."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
import pytest_asyncio

from commcoach.domain.language import Language
from tests.acceptance.learner import Learner
from tests.acceptance.serving import Served, served

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]

REPLIES = """
    SELECT turns.reply FROM turns JOIN sessions ON sessions.id = turns.session_id
    JOIN chats USING (learner) WHERE chats.id = ? ORDER BY turns.number, turns.attempt
"""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def bot(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Served]:
    async with served(tmp_path_factory.mktemp("updates")) as bot:
        yield bot


@pytest.fixture(autouse=True)
def faultless(bot: Served) -> Iterator[None]:
    yield
    bot.is_faultless()


def message(chat: object, **more: object) -> dict[str, Any]:
    """A message as it would be, but for what is given."""
    sender = {"id": 9, "is_bot": False, "first_name": "A"}
    about = {"id": chat, "type": "private", "first_name": "A"}
    return {"message_id": 1, "date": 1_790_000_000, "chat": about, "from": sender} | more


def tap(data: str) -> dict[str, Any]:
    """A tap on a button that carries this."""
    sender = {"id": 9, "is_bot": False, "first_name": "A"}
    return {"id": "q", "chat_instance": "1", "from": sender, "data": data}


POISON: dict[str, dict[str, Any]] = {
    "no kind": {},
    "a kind of the future": {"telepathy": {"thought": "x"}},
    "a kind that was not asked for": {"channel_post": message(-1, text="x")},
    "a message that is a number": {"message": 7},
    "a message without a chat": {"message": {"message_id": 1, "date": 1, "text": "x"}},
    "a chat without an id": {"message": message(9, text="x") | {"chat": {"type": "private"}}},
    "a chat with a word for an id": {"message": message("nine", text="x")},
    "a chat with an id out of all bounds": {"message": message(2**70, text="x")},
    "a date that is a word": {"message": message(9, date="soon", text="x")},
    "a date out of all bounds": {"message": message(9, date=10**18, text="x")},
    "a text that is a list": {"message": message(9, text=["x"])},
    "entities that are a word": {"message": message(9, text="x", entities="bold")},
    "a tap without a sender": {"callback_query": {"id": "q", "chat_instance": "1", "data": "x"}},
    "a tap with half a character": {"callback_query": tap("\ud83d")},
    "a tap with a zero": {"callback_query": tap("x\0")},
    "a membership without members": {"my_chat_member": {"chat": {"id": 9, "type": "private"}}},
}


async def test_a_broken_update_is_kept_with_its_fault_and_keeps_nobody_waiting(
    bot: Served,
) -> None:
    learner = bot.newcomer()
    await learner.begins()
    numbers = {}
    for number, (shape, update) in enumerate(POISON.items()):
        numbers[shape] = bot.api.push_raw(update)
        if number == len(POISON) // 2:
            learner.person.says("/help")
    learner.person.says(learner.reply)
    _help, turn = await learner.person.hears(2)
    assert learner.label("why") in turn.labels
    await bot.is_at_rest()
    kept = dict(bot.rows("SELECT update_id, fault FROM inbox"))
    for shape, number in numbers.items():
        assert kept[number], shape
        assert "x" not in kept[number].split(), shape


@pytest.mark.parametrize("odd", ["\ud83d", "\0", "\u202e"])
async def test_half_a_character_or_none_does_not_spoil_a_reply(bot: Served, odd: str) -> None:
    learner = bot.newcomer()
    await learner.begins()
    learner.person.stops_listening()
    sent = learner.person.says("/help")
    bot.api.push_raw({"message": sent | {"message_id": 900, "text": learner.reply + odd}})
    _help, turn = await learner.person.hears(2)
    assert own_turn(learner, turn.labels)


async def test_an_update_without_a_number_is_left_and_the_others_are_served(bot: Served) -> None:
    learner = bot.newcomer()
    await learner.begins()
    odd = bot.api.push_raw({"update_id": -5, "message": message(9, text="x")})
    assert odd == -5
    assert learner.label("why") in (await learner.sends(learner.reply)).labels


async def test_an_update_that_comes_twice_is_answered_once(bot: Served) -> None:
    learner = bot.newcomer()
    opening = await learner.begins()
    await bot.is_at_rest()
    for after_acknowledgement in (False, True):
        bot.api.duplicate_next(1, after_acknowledgement=after_acknowledgement)
        await learner.sends(f"{learner.reply} {after_acknowledgement}")
    bot.api.duplicate_next(1, after_acknowledgement=True)
    assert learner.told("briefing.goal") in (await learner.taps("cards", opening)).text
    # One lane per chat: if a double were answered, it would be before this.
    assert "/practice" in (await learner.sends("/help")).text
    await bot.is_at_rest()
    assert learner.person.unheard == 0
    assert len(bot.rows(REPLIES, learner.id)) == 2


async def test_updates_in_any_order_are_worked_on_in_the_order_they_came_about(
    bot: Served,
) -> None:
    learner = bot.newcomer()
    await learner.begins()
    bot.api.shuffle_batches(7)
    replies = [f"{learner.reply} Number {number}." for number in range(5)]
    for reply in replies:
        learner.person.says(reply)
    await learner.person.hears(5)
    bot.api.shuffle_batches(None)
    assert bot.rows(REPLIES, learner.id) == [(reply,) for reply in replies]


async def test_numbers_of_updates_may_begin_anew_at_a_low_one(bot: Served) -> None:
    learner = bot.newcomer()
    await learner.begins()
    await bot.is_at_rest()
    bot.api.restart_update_ids(17)
    for number in range(3):
        turn = await learner.sends(f"{learner.reply} {number}")
        assert learner.label("why") in turn.labels
    assert len(bot.rows(REPLIES, learner.id)) == 3


async def test_fifty_messages_at_once_are_worked_on_in_order_and_hints_do_not_pile_up(
    bot: Served,
) -> None:
    learner = bot.newcomer(Language.ZH)
    await learner.begins()
    replies = [f"{learner.reply}（{number}）" for number in range(50)]
    for reply in replies:
        learner.person.says(reply)
    shown = await learner.person.hears(8)  # six turns, the last words and the debrief
    assert bot.rows(REPLIES, learner.id) == [(reply,) for reply in replies[:6]]
    assert learner.label("again") in shown[7].labels
    await bot.is_at_rest()
    hints = [one.text for one in bot.api.deliveries(learner.id)][-learner.person.unheard :]
    assert set(hints) == {learner.told("bot.no_session")}
    assert len(hints) < 22


async def test_thirty_chats_at_once_are_all_served(bot: Served) -> None:
    learners = [bot.newcomer(language) for language in (*Language,) * 15]
    for learner in learners:
        learner.person.starts()
    for learner in learners:
        await learner.hears()
        learner.person.taps(learner.label("agree"))
    for learner in learners:
        await learner.person.hears(2)
        learner.person.says(learner.reply)
    for learner in learners:
        assert own_turn(learner, (await learner.hears()).labels)


def own_turn(learner: Learner, labels: list[str]) -> bool:
    """Whether these are the buttons of a turn in the learner's language."""
    return labels == [learner.label(key) for key in ("rewrite", "one_way", "why", "stop")]
