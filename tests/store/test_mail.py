"""What every keeper of mail promises, in memory and in a database."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from commcoach.coaching.mail import Answer, Button, Chat, Fate, Incoming, Kind, Outgoing, Waiting
from tests.store.examples import START, Examples
from tests.store.houses import House

BOT = 7_000_000_001
CHAT = 9_000_000_002
DAY = timedelta(days=1)


def update(number: int, chat: int | None = CHAT) -> Incoming:
    """An update with something to say."""
    about = {"text": "您跑了三趟\x00😊", "date": number, "forwarded": False, "reply_to": None}
    return Incoming(BOT, number, chat, "text", about)


def message(key: str, chat: int = CHAT, **more: object) -> Outgoing:
    """A plain message."""
    return replace(Outgoing(key, chat, f"<b>{key}</b>"), **more)  # type: ignore[arg-type]


WHOLE = Outgoing(
    key="whole",
    chat=CHAT,
    text="看图",
    kind=Kind.PHOTO,
    buttons=((Button("好", data="ok"), Button("链接", url="https://example.org")), ()),
    edits="earlier",
    recipe={"chart": "progress", "learner": "li"},
    hint=True,
    promises="later",
)


@pytest.fixture
async def mail(house: House, examples: Examples) -> House:
    """A store that knows the learners of the examples."""
    for learner in ("li", "wang"):
        await house.people.add(examples.learner(learner))
    return house


async def waiting(mail: House, chat: int | None = None) -> list[str]:
    """The keys of what waits."""
    return [one.message.key for one in await mail.outbox.waiting(chat)]


# -- inbox -----------------------------------------------------------------------------------


async def test_an_update_comes_back_as_it_was(mail: House) -> None:
    await mail.inbox.keep([update(1)], START)
    assert await mail.inbox.unsettled() == [update(1)]


async def test_only_what_is_new_is_handed_back_in_the_order_given(mail: House) -> None:
    assert await mail.inbox.keep([update(5), update(3)], START) == [update(5), update(3)]
    again = [update(9), update(3), update(1), update(9)]
    assert await mail.inbox.keep(again, START) == [update(9), update(1)]
    assert await mail.inbox.unsettled() == [update(5), update(3), update(9), update(1)]


async def test_keeping_nothing_does_nothing(mail: House) -> None:
    assert await mail.inbox.keep([], START) == []


async def test_the_same_number_of_another_bot_is_another_update(mail: House) -> None:
    other = replace(update(1), bot=BOT + 1)
    assert await mail.inbox.keep([update(1), other], START) == [update(1), other]


async def test_an_update_with_a_fault_is_kept_and_done(mail: House) -> None:
    faulty = replace(update(1, None), fault="no such kind")
    assert await mail.inbox.keep([faulty, update(2)], START) == [update(2)]
    assert await mail.inbox.unsettled() == [update(2)]
    assert await mail.inbox.keep([update(1)], START) == []


async def test_settling_queues_the_answer_and_keeps_the_chat(mail: House) -> None:
    await mail.inbox.keep([update(1)], START)
    chat = Chat(BOT, CHAT, "li", "s1", "contest:reflecting")
    await mail.inbox.settle(update(1), Answer((message("a"), message("b")), chat), START)
    assert await mail.inbox.unsettled() == []
    assert await waiting(mail) == ["a", "b"]
    assert await mail.chats.get(BOT, CHAT) == chat


async def test_settling_twice_changes_nothing(mail: House) -> None:
    await mail.inbox.keep([update(1)], START)
    chat = Chat(BOT, CHAT, "li")
    await mail.inbox.settle(update(1), Answer((message("a"),), chat), START)
    changed = Answer((message("b"),), replace(chat, session="s2"))
    await mail.inbox.settle(update(1), changed, START)
    await mail.inbox.give_up(update(1), "TypeError", changed, START)
    assert await waiting(mail) == ["a"]
    assert await mail.chats.get(BOT, CHAT) == chat


async def test_an_update_whose_key_is_gone_is_answered_once(mail: House) -> None:
    for key in ("a", "b"):
        await mail.inbox.settle(update(1), Answer((message(key),)), START)
    assert await waiting(mail) == ["a"]
    assert await mail.inbox.keep([update(1)], START) == []


async def test_an_update_that_is_settled_is_not_new(mail: House) -> None:
    await mail.inbox.keep([update(1)], START)
    await mail.inbox.settle(update(1), Answer(), START)
    assert await mail.inbox.keep([update(1)], START) == []


async def test_an_update_given_up_is_settled_with_its_answer(mail: House) -> None:
    await mail.inbox.keep([update(1)], START)
    await mail.inbox.give_up(update(1), "TypeError", Answer((message("sorry"),)), START)
    assert await mail.inbox.unsettled() == []
    assert await waiting(mail) == ["sorry"]


async def test_old_keys_are_removed_if_they_are_settled(mail: House) -> None:
    await mail.inbox.keep([update(number) for number in (1, 2, 3)], START)
    await mail.inbox.settle(update(1), Answer(), START)
    await mail.inbox.settle(update(2), Answer(), START + DAY)
    assert await mail.inbox.tidy(START + DAY) == 1
    assert await mail.inbox.keep([update(1), update(2)], START) == [update(1)]
    assert await mail.inbox.unsettled() == [update(3), update(1)]


# -- chats -----------------------------------------------------------------------------------


async def test_an_unknown_chat_is_none(mail: House) -> None:
    assert await mail.chats.get(BOT, CHAT) is None
    assert await mail.chats.of_learner("li") is None


async def test_a_chat_changes_with_each_answer_that_says_so(mail: House) -> None:
    chat = Chat(BOT, CHAT, "li")
    states = [chat, None, replace(chat, session="s1", expects="rewrite")]
    await mail.inbox.keep([update(number) for number in range(3)], START)
    for number, state in enumerate(states):
        await mail.inbox.settle(update(number), Answer((), state), START)
    assert await mail.chats.get(BOT, CHAT) == states[-1]


async def test_the_newest_chat_of_a_learner_is_found(mail: House) -> None:
    chats = [
        Chat(BOT, 50, "li"),
        Chat(BOT, 20, "li", "s1"),
        Chat(BOT, 70, "wang"),
        Chat(BOT, 50, "li", "s2"),
    ]
    for number, chat in enumerate(chats):
        await mail.inbox.keep([update(number)], START)
        await mail.inbox.settle(update(number), Answer((), chat), START + number * DAY)
    assert await mail.chats.of_learner("li") == chats[1]


# -- outbox ----------------------------------------------------------------------------------


async def test_a_message_comes_back_as_it_was(mail: House) -> None:
    await mail.outbox.add([WHOLE], START)
    (found,) = await mail.outbox.waiting()
    assert found == Waiting(found.number, WHOLE, Fate.WAITING, 0, 0)


async def test_messages_wait_in_the_order_they_were_queued(mail: House) -> None:
    await mail.outbox.add([message("b"), message("a", CHAT + 1)], START)
    await mail.inbox.keep([update(1)], START)
    await mail.inbox.settle(update(1), Answer((message("c"),)), START)
    numbers = [one.number for one in await mail.outbox.waiting()]
    assert numbers == sorted(set(numbers))
    assert await waiting(mail) == ["b", "a", "c"]
    assert await waiting(mail, CHAT) == ["b", "c"]
    assert await waiting(mail, CHAT + 2) == []


async def test_a_known_key_is_queued_once_even_after_it_arrived(mail: House) -> None:
    await mail.outbox.add([message("a"), message("a", text="another")], START)
    (first,) = await mail.outbox.waiting()
    assert first.message == message("a")
    await mail.outbox.arrived(first.number, 11, START)
    await mail.outbox.add([message("a"), message("b")], START)
    assert await waiting(mail) == ["b"]


async def test_a_hint_is_left_out_while_the_same_hint_waits_in_the_chat(mail: House) -> None:
    hint = message("h1", text="请稍等", hint=True)
    await mail.outbox.add([hint, replace(hint, key="h2")], START)
    await mail.outbox.add(
        [
            replace(hint, key="other text", text="好"),
            replace(hint, key="other chat", chat=CHAT + 1),
            replace(hint, key="no hint", hint=False),
        ],
        START,
    )
    assert await waiting(mail) == ["h1", "other text", "other chat", "no hint"]


async def test_a_hint_may_come_again_once_the_first_has_arrived(mail: House) -> None:
    hint = message("h1", text="请稍等", hint=True)
    await mail.outbox.add([hint], START)
    (first,) = await mail.outbox.waiting()
    await mail.outbox.begin(first.number, START)
    await mail.outbox.add([replace(hint, key="h2")], START)
    await mail.outbox.arrived(first.number, 11, START)
    await mail.outbox.add([replace(hint, key="h3")], START)
    assert await waiting(mail) == ["h3"]


async def test_each_try_is_counted_and_seen_after_a_crash(mail: House) -> None:
    await mail.outbox.add([message("a")], START)
    (one,) = await mail.outbox.waiting()
    fates = []
    for step in (mail.outbox.not_sent, mail.outbox.fate_unknown):
        await mail.outbox.begin(one.number, START)
        fates += await mail.outbox.waiting()
        await step(one.number)
        fates += await mail.outbox.waiting()
    assert [(seen.fate, seen.tries, seen.unknown) for seen in fates] == [
        (Fate.SENDING, 1, 0),
        (Fate.WAITING, 1, 0),
        (Fate.SENDING, 2, 0),
        (Fate.WAITING, 2, 1),
    ]


async def test_a_message_that_arrived_is_known_by_its_id(mail: House) -> None:
    await mail.outbox.add([message("a"), message("b")], START)
    first, second = await mail.outbox.waiting()
    assert await mail.outbox.message_id("a") is None
    await mail.outbox.arrived(first.number, 2**40, START)
    await mail.outbox.arrived(second.number, None, START)
    assert await mail.outbox.message_id("a") == 2**40
    assert await mail.outbox.message_id("b") is None
    assert await mail.outbox.message_id("c") is None
    assert await waiting(mail) == []


async def test_of_a_fleeting_message_nothing_is_left_once_it_is_done(mail: House) -> None:
    await mail.outbox.add([replace(message(key), fleeting=True) for key in "ab"], START)
    first, second = await mail.outbox.waiting()
    assert first.message.fleeting
    await mail.outbox.arrived(first.number, 7, START)
    await mail.outbox.refused(second.number, Fate.REFUSED, "400", START)
    assert await mail.outbox.message_id("a") is None
    assert await mail.outbox.tidy(START + timedelta(days=9)) == 0


async def test_a_message_that_is_refused_does_not_wait(mail: House) -> None:
    await mail.outbox.add([message("a")], START)
    (one,) = await mail.outbox.waiting()
    await mail.outbox.refused(one.number, Fate.REFUSED, "400", START)
    assert await waiting(mail) == []
    assert await mail.outbox.message_id("a") is None


async def test_what_is_done_does_not_change_any_more(mail: House) -> None:
    await mail.outbox.add([message("a")], START)
    (one,) = await mail.outbox.waiting()
    await mail.outbox.arrived(one.number, 11, START)
    await mail.outbox.begin(one.number, START)
    await mail.outbox.not_sent(one.number)
    await mail.outbox.fate_unknown(one.number)
    await mail.outbox.refused(one.number, Fate.BLOCKED, "403", START)
    assert await waiting(mail) == []
    assert await mail.outbox.message_id("a") == 11
    assert await mail.outbox.unknown_fates() == 0


async def test_a_chat_that_blocks_loses_what_waits_for_it_only(mail: House) -> None:
    await mail.inbox.keep([update(1), update(2)], START)
    for number, id, learner in ((1, CHAT, "li"), (2, CHAT + 1, "wang")):
        chat = Chat(BOT, id, learner)
        await mail.inbox.settle(update(number), Answer((message(learner, id),), chat), START)
    await mail.outbox.add([message("more")], START)
    assert await mail.outbox.block(CHAT, START) == 2
    assert await mail.outbox.block(CHAT, START) == 0
    assert await waiting(mail) == ["wang"]
    chats = [await mail.chats.get(BOT, id) for id in (CHAT, CHAT + 1)]
    assert [chat and chat.blocked for chat in chats] == [True, False]


async def test_unknown_fates_are_counted_beyond_their_messages(mail: House) -> None:
    await mail.outbox.add([message("a"), message("b")], START)
    for one in await mail.outbox.waiting():
        await mail.outbox.begin(one.number, START)
        await mail.outbox.fate_unknown(one.number)
        await mail.outbox.arrived(one.number, 1, START)
    assert await mail.outbox.tidy(START + DAY) == 2
    assert await mail.outbox.unknown_fates() == 2


async def test_only_what_was_done_before_is_tidied_away(mail: House) -> None:
    await mail.outbox.add([message(key) for key in "abcd"], START)
    a, b, c, _ = [one.number for one in await mail.outbox.waiting()]
    await mail.outbox.arrived(a, 1, START)
    await mail.outbox.refused(b, Fate.REFUSED, "400", START)
    await mail.outbox.arrived(c, 3, START + DAY)
    assert await mail.outbox.tidy(START + DAY) == 2
    assert await mail.outbox.message_id("a") is None
    assert await mail.outbox.message_id("c") == 3
    assert await waiting(mail) == ["d"]


async def test_a_number_is_never_given_again(mail: House) -> None:
    await mail.outbox.add([message("a"), message("b")], START)
    numbers = [one.number for one in await mail.outbox.waiting()]
    for number in numbers:
        await mail.outbox.arrived(number, 1, START)
    await mail.outbox.tidy(START + DAY)
    await mail.outbox.add([message("c")], START)
    (newest,) = await mail.outbox.waiting()
    assert newest.number > max(numbers)


async def test_a_promise_is_unkept_until_the_message_of_its_key_is_queued(mail: House) -> None:
    said = [message(key, promises=f"{key}-scored") for key in "abc"]
    await mail.outbox.add([*said, message("again", promises="a-scored"), message("d")], START)
    assert await mail.outbox.unkept_promises() == ["a-scored", "b-scored", "c-scored"]
    await mail.outbox.add([message("b-scored", kind=Kind.EDIT, edits="b")], START)
    assert await mail.outbox.unkept_promises() == ["a-scored", "c-scored"]
    for one in await mail.outbox.waiting():
        await mail.outbox.begin(one.number, START)
        await mail.outbox.arrived(one.number, one.number, START)
    assert await mail.outbox.unkept_promises() == ["a-scored", "c-scored"]


async def test_what_never_arrives_promises_nothing(mail: House) -> None:
    chats = {"a": CHAT, "b": CHAT, "c": CHAT + 1}
    said = [message(key, chat, promises=f"{key}-scored") for key, chat in chats.items()]
    await mail.outbox.add(said, START)
    refused, *_ = await mail.outbox.waiting()
    await mail.outbox.refused(refused.number, Fate.REFUSED, "400", START)
    assert await mail.outbox.unkept_promises() == ["b-scored", "c-scored"]
    await mail.outbox.block(CHAT + 1, START)
    assert await mail.outbox.unkept_promises() == ["b-scored"]
