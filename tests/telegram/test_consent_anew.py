"""Consent asked for anew in the middle of a practice: what is new is said, and no word is lost."""

from __future__ import annotations

import pytest

from commcoach.coaching.storage import DatabaseLocked
from commcoach.domain.people import CONSENT_VERSION
from commcoach.telegram import routing
from commcoach.telegram.taps import Verb
from tests.telegram.asked_anew import (
    FIRST,
    SECOND,
    THIRD,
    ZH,
    asked_anew,
    edit_of,
    in_a_practice,
    invited,
    labels,
    replies,
)
from tests.telegram.world import World

pytestmark = pytest.mark.usefixtures("standing_time")


async def test_a_reply_sent_while_consent_is_asked_anew_is_taken_once_it_is_given() -> None:
    world = await in_a_practice()
    (screen,) = await world.live(world.text(SECOND))
    assert f"“{SECOND}”" in screen.text
    assert replies(world) == [FIRST]
    (answer,) = await world.live(world.tap(Verb.AGREE))
    assert replies(world) == [FIRST, SECOND]
    assert (world.session.turns[-1].line or "?") in answer.text
    assert not world.chat.expects


async def test_who_is_asked_anew_reads_what_is_new_in_at_most_five_lines() -> None:
    world = await in_a_practice()
    (screen,) = await world.live(world.text(SECOND))
    assert screen.text.count("\n") < 5
    assert ZH.say("bot.anew_cases") in screen.text
    assert ZH.say("bot.seen") not in screen.text
    assert labels(screen)[0] == "同意，接着练"


async def test_a_new_service_is_the_news_for_whoever_knows_the_rest() -> None:
    world = World()
    await world.practise(FIRST)
    world.desk.coaches.services = ("models.example",)
    (screen,) = await world.live(world.text(SECOND))
    assert "models.example" in screen.text
    assert ZH.say("bot.anew_cases") not in screen.text


async def test_a_newcomer_is_asked_with_the_whole_screen_and_nothing_is_held() -> None:
    world = World()
    await world.live(world.text("/start"))
    (screen,) = await world.live(world.text(FIRST))
    assert "沟通练习" in screen.text
    assert not world.chat.expects


async def test_several_messages_are_one_reply_and_the_same_one_counts_once() -> None:
    world = await in_a_practice()
    for text in (SECOND, SECOND, THIRD):
        await world.live(world.text(text))
    await world.live(world.tap(Verb.AGREE))
    assert replies(world) == [FIRST, f"{SECOND}\n{THIRD}"]


async def test_what_is_edited_while_it_is_held_is_taken_as_it_reads_then() -> None:
    world = await in_a_practice()
    written = world.text(SECOND)
    await world.live(written)
    (screen,) = await world.live(edit_of(world, written, THIRD))
    assert THIRD in screen.text
    await world.live(world.tap(Verb.AGREE))
    assert replies(world) == [FIRST, THIRD]


async def test_what_was_blotted_out_of_a_held_reply_is_told_when_it_is_taken() -> None:
    world = await in_a_practice()
    await world.live(world.text(f"{SECOND}***********", masked=["phone"]))
    notice, _ = await world.live(world.tap(Verb.AGREE))
    assert "手机号" in notice.text or "电话" in notice.text


async def test_a_held_rewrite_is_still_a_rewrite() -> None:
    world = World()
    await world.practise(FIRST)
    await world.live(world.tap(Verb.REWRITE))
    asked_anew(world)
    await world.live(world.text(SECOND))
    await world.live(world.tap(Verb.AGREE))
    assert [(turn.number, turn.attempt) for turn in world.session.turns] == [(1, 1), (1, 2)]


async def test_a_held_reason_is_still_a_reason() -> None:
    world = World()
    await world.practise(FIRST)
    await world.live(world.text("/finish"))
    await world.live(world.tap_data(f"differon:{world.session.id}:all"))
    asked_anew(world)
    await world.live(world.text(SECOND))
    (receipt,) = await world.live(world.tap(Verb.AGREE))
    assert SECOND in receipt.text
    assert len(world.stores.reviews.contested) == 1


@pytest.mark.parametrize("opened", ["before", "afterwards"])
async def test_an_invitation_opened_meanwhile_leaves_a_held_rewrite_a_rewrite(opened: str) -> None:
    world = await invited()
    await world.live(world.tap(Verb.REWRITE))
    asked_anew(world)
    texts = [SECOND, "/start token"]
    for text in reversed(texts) if opened == "before" else texts:
        await world.live(world.text(text))
    joined, _ = await world.live(world.tap(Verb.AGREE))
    assert "春季班" in joined.text
    assert [(turn.number, turn.attempt) for turn in world.session.turns] == [(1, 1), (1, 2)]


async def test_an_invitation_opened_meanwhile_leaves_a_held_reason_a_reason() -> None:
    world = await invited()
    await world.live(world.text("/finish"))
    await world.live(world.tap_data(f"differon:{world.session.id}:all"))
    asked_anew(world)
    await world.live(world.text(SECOND))
    await world.live(world.text("/start token"))
    joined, receipt = await world.live(world.tap(Verb.AGREE))
    assert "春季班" in joined.text
    assert SECOND in receipt.text


async def test_whatever_else_is_looked_at_before_agreeing_loses_nothing() -> None:
    world = await invited()
    asked_anew(world)
    await world.live(world.text(SECOND))
    for other in ("/help", "/practice", "/start token", "/language"):
        await world.live(world.text(other))
    for verb in (Verb.DETAILS, Verb.SPEAK, Verb.LEAVE, Verb.KEEP):
        await world.live(world.tap(verb))
    joined, _ = await world.live(world.tap(Verb.AGREE))
    assert "春季班" in joined.text
    assert replies(world) == [FIRST, SECOND]


async def test_who_does_not_agree_is_asked_before_anything_is_deleted() -> None:
    world = await in_a_practice()
    await world.live(world.text(SECOND))
    (asked,) = await world.live(world.tap(Verb.LEAVE))
    assert asked.text == ZH.say("bot.disagreed")
    assert world.sessions
    exported = await world.live(world.tap(Verb.EXPORT))
    assert len(exported) == 2
    await world.live(world.tap(Verb.FORGET))
    assert not world.stores.people.learners
    assert not world.stores.mail.kept_chats


async def test_what_cannot_be_worked_on_meanwhile_costs_no_held_reply() -> None:
    world = await in_a_practice()
    await world.live(world.text(SECOND))
    broken = world.tap(Verb.DETAILS)
    await world.keep(broken)
    await world.settle(broken, await routing.apology(world.desk, broken))
    await world.live(world.tap(Verb.AGREE))
    assert replies(world) == [FIRST, SECOND]


async def test_what_is_held_is_taken_with_the_next_reply_if_no_consent_is_needed_any_more() -> None:
    world = await in_a_practice()
    await world.live(world.text(SECOND))
    asked_anew(world, CONSENT_VERSION)
    await world.live(world.text(THIRD))
    assert replies(world) == [FIRST, f"{SECOND}\n{THIRD}"]


async def test_a_database_locked_or_a_crash_at_any_write_takes_a_held_reply_once() -> None:
    start = await in_a_practice()
    await start.live(start.text(SECOND))
    undisturbed = start.copied()
    tap = undisturbed.tap(Verb.AGREE)
    await undisturbed.live(tap)
    assert undisturbed.writes.count > 2
    for number in range(1, undisturbed.writes.count + 1):
        world = start.copied()
        world.writes.fails_at = number
        await world.keep(tap)
        with pytest.raises(DatabaseLocked):
            await world.work(tap)
        world = world.restarted()
        (update,) = await world.desk.house.inbox.unsettled()
        await world.settle(update, await world.work(update))
        assert world.stores == undisturbed.stores
