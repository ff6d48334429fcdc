"""Words held until consent is given: edited, exported, taken up whatever happens; or not held."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC

import pytest

from commcoach.coaching.held import held_in
from commcoach.coaching.mail import Incoming
from commcoach.coaching.storage import DatabaseLocked
from commcoach.domain.people import CONSENT_VERSION
from commcoach.telegram import routing
from commcoach.telegram.attachments import Attachments
from commcoach.telegram.taps import Verb
from tests.builders import NOON
from tests.telegram.asked_anew import (
    FIRST,
    SECOND,
    THIRD,
    ZH,
    asked_anew,
    edit_of,
    in_a_practice,
    labels,
    replies,
)
from tests.telegram.world import World

pytestmark = pytest.mark.usefixtures("standing_time")


async def with_a_held_reply() -> World:
    """Somebody whose second reply waits for consent."""
    world = await in_a_practice()
    await world.live(world.text(SECOND))
    return world


async def test_held_words_keep_the_time_at_which_they_came() -> None:
    world = await with_a_held_reply()
    assert [one.since for one in held_in(world.chat.expects).said.values()] == [NOON]


async def test_an_edit_of_the_second_of_two_equal_messages_counts() -> None:
    world = await with_a_held_reply()
    again = world.text(SECOND)
    await world.live(again)
    await world.live(edit_of(world, again, THIRD))
    await world.live(world.tap(Verb.AGREE))
    assert replies(world) == [FIRST, f"{SECOND}\n{THIRD}"]


async def test_what_was_blotted_out_of_words_edited_away_is_not_told() -> None:
    world = await in_a_practice()
    written = world.text("电话***********", masked=["phone"])
    await world.live(written)
    await world.live(edit_of(world, written, SECOND))
    assert len(await world.live(world.tap(Verb.AGREE))) == 1
    assert replies(world) == [FIRST, SECOND]


async def test_words_without_a_message_number_are_not_held() -> None:
    world = await in_a_practice()
    text = world.text(SECOND)
    await world.live(replace(text, about={**text.about, "message": None}))
    assert not world.chat.expects


# -- no consent is needed any more -----------------------------------------------------------


@pytest.mark.parametrize(
    "otherwise",
    [
        lambda world: world.text("/practice"),
        lambda world: world.text("/start"),
        lambda world: world.text("/finish"),
        lambda world: world.tap_data(f"cards:{world.session.id}"),
        lambda world: world.tap_data("resume"),
        lambda world: world.edit(FIRST, THIRD),
    ],
    ids=["menu", "start", "finish", "cards", "resume", "an edit"],
)
async def test_held_words_come_before_whatever_is_done_once_no_consent_is_needed(
    otherwise: Callable[[World], Incoming],
) -> None:
    world = await with_a_held_reply()
    asked_anew(world, CONSENT_VERSION)
    before = len(world.outbox)
    answer = await world.live(otherwise(world))
    assert replies(world) == [FIRST, SECOND]
    taken, *then = world.outbox[before:]
    assert (world.session.turns[-1].line or "?") in taken.text
    assert then == list(answer)
    assert not held_in(world.chat.expects)


async def test_both_what_was_held_and_what_was_tapped_are_answered() -> None:
    world = World()
    await world.practise(FIRST)
    await world.live(world.text("/finish"))
    await world.live(world.tap_data(f"differon:{world.session.id}:all"))
    asked_anew(world)
    await world.live(world.text(SECOND))
    asked_anew(world, CONSENT_VERSION)
    before = len(world.outbox)
    await world.live(world.text("/progress"))
    receipt, progress = world.outbox[before:]
    assert SECOND in receipt.text
    assert progress.recipe["what"] == "progress"


async def test_a_held_reply_edited_once_no_consent_is_needed_is_taken_as_it_reads_then() -> None:
    world = await in_a_practice()
    written = world.text(SECOND)
    await world.live(written)
    asked_anew(world, CONSENT_VERSION)
    await world.live(edit_of(world, written, THIRD))
    assert replies(world) == [FIRST, THIRD]


async def test_an_invitation_that_waited_is_followed_once_no_consent_is_needed() -> None:
    world = World()
    await world.live(world.text("/start token"))
    asked_anew(world, CONSENT_VERSION)
    for id, learner in world.stores.people.learners.items():
        world.stores.people.learners[id] = replace(learner, consented_at=NOON)
    before = len(world.outbox)
    await world.live(world.text("/practice"))
    assert world.outbox[before].text == ZH.say("bot.invitation_invalid")


async def test_a_database_locked_or_a_crash_at_any_write_before_a_debrief_loses_nothing() -> None:
    start = await with_a_held_reply()
    asked_anew(start, CONSENT_VERSION)
    undisturbed = start.copied()
    finish = undisturbed.text("/finish")
    await undisturbed.live(finish)
    assert undisturbed.writes.count > 2
    for number in range(1, undisturbed.writes.count + 1):
        world = start.copied()
        world.writes.fails_at = number
        await world.keep(finish)
        with pytest.raises(DatabaseLocked):
            await world.work(finish)
        world = world.restarted()
        (update,) = await world.desk.house.inbox.unsettled()
        await world.settle(update, await world.work(update))
        assert world.stores == undisturbed.stores


# -- what cannot be worked on ----------------------------------------------------------------


async def given_up(world: World, update: Incoming, write: int) -> None:
    """An update that fails at this write, again and again."""
    await world.keep(update)
    world.writes.count, world.writes.fails_at = 0, write
    with pytest.raises(DatabaseLocked):
        await world.work(update)
    world.writes.fails_at = None
    await world.settle(update, await routing.apology(world.desk, update))


async def test_an_agreement_that_fails_after_it_was_recorded_costs_no_held_reply() -> None:
    world = await with_a_held_reply()
    await given_up(world, world.tap(Verb.AGREE), 2)
    assert all(one.consent == CONSENT_VERSION for one in world.stores.people.learners.values())
    await world.live(world.text(THIRD))
    assert replies(world) == [FIRST, f"{SECOND}\n{THIRD}"]


async def test_held_words_that_can_never_be_taken_do_not_stand_in_the_way_for_ever() -> None:
    world = await with_a_held_reply()
    asked_anew(world, CONSENT_VERSION)
    await given_up(world, world.text(SECOND), 1)
    await world.live(world.text(THIRD))
    assert replies(world) == [FIRST, THIRD]


# -- what is said ----------------------------------------------------------------------------


async def test_words_that_answer_nothing_are_said_not_to_be_kept() -> None:
    world = World()
    await world.practise(FIRST)
    await world.live(world.text("/finish"))
    asked_anew(world)
    (screen,) = await world.live(world.text(SECOND))
    assert ZH.say("bot.anew_not_kept") in screen.text
    assert not world.chat.expects


async def test_an_edit_of_a_reply_taken_before_is_said_not_to_be_used() -> None:
    world = await in_a_practice()
    (screen,) = await world.live(world.edit(FIRST, SECOND))
    assert ZH.say("bot.anew_edit_unused") in screen.text
    assert await world.live(world.edit(FIRST, FIRST)) == ()


async def test_a_button_promises_to_go_on_only_if_something_is_open() -> None:
    world = await in_a_practice()
    (details,) = await world.live(world.tap_data("details"))
    assert labels(details)[0] == "同意，接着练"
    asked_anew(world, CONSENT_VERSION)
    await world.live(world.text("/finish"))
    asked_anew(world)
    for update in (world.tap_data("details"), world.text("/practice")):
        (message,) = await world.live(update)
        assert labels(message)[0] == "同意"


# -- the export ------------------------------------------------------------------------------


async def exported(world: World) -> dict[str, object]:
    """The JSON of an export."""
    *_, data = await world.live(world.text("/export"))
    attachments = Attachments(world.desk.house, world.desk.coaches, UTC)
    made = await attachments.render(data)
    assert made is not None
    found: dict[str, object] = json.loads(made.content)
    return found


async def test_the_export_has_what_is_held_and_every_consent() -> None:
    world = await with_a_held_reply()
    await world.live(world.tap(Verb.AGREE))
    asked_anew(world, "1+models.example")
    world.stores.people.given.append((world.chat.learner, "0", NOON.replace(year=2020)))
    await world.live(world.text(THIRD))
    found = await exported(world)
    assert found["held"] == [{"reply": THIRD, "since": NOON.isoformat()}]
    learner = found["learner"]
    assert isinstance(learner, dict)
    assert learner["consents"][0]["version"] == "0"
    assert learner["consents"][-1]["version"] == "1+models.example"


async def test_held_words_alone_are_something_to_take_along() -> None:
    world = World()
    await world.practise()
    asked_anew(world)
    await world.live(world.text(FIRST))
    (document,) = await world.live(world.text("/export"))
    assert document.text == ZH.say("bot.export_held")
