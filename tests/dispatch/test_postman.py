"""The postman: order, patience, and how seldom a learner sees a message twice."""

from __future__ import annotations

from contextlib import nullcontext

import pytest

from commcoach.coaching.mail import (
    Blocked,
    Chat,
    Delivery,
    Fate,
    FateUnknown,
    Kind,
    Outgoing,
    Refused,
    TryLater,
)
from commcoach.dispatch.postman import MOST_UNKNOWN, SHORTEST_REST, Postman, steady_pace
from tests.dispatch.doubles import (
    AT,
    Carrier,
    StuckCarrier,
    message,
    now,
    until,
)
from tests.dispatch.office import Office


@pytest.fixture
def office() -> Office:
    return Office()


async def test_what_is_queued_is_carried_in_order_and_noted_with_its_id(office: Office) -> None:
    await office.queue(message("a"), message("b"), message("c"))
    await office.send_all()
    assert office.carrier.carried == ["a", "b", "c"]
    assert set(office.fates().values()) == {Fate.SENT}
    assert await office.mail.outbox.message_id("b") == 2


async def test_a_message_queued_later_is_carried_when_the_postman_is_woken(office: Office) -> None:
    postman = office.postman()
    assert await postman.resume() == 0
    await office.queue(message("a", chat=4))
    postman.wake(4)
    await postman.idle()
    assert office.carrier.carried == ["a"]


async def test_a_message_queued_while_another_is_on_its_way_is_not_overlooked(
    office: Office,
) -> None:
    carrier = StuckCarrier()
    postman = office.postman(carrier=carrier)
    await office.queue(message("a"))
    postman.wake(1)
    await carrier.delivered.wait()
    await office.queue(message("b"))
    postman.wake(1)
    carrier.let_go.set()
    await postman.idle()
    assert carrier.carried == ["a", "b"]


async def test_two_chats_are_served_side_by_side(office: Office) -> None:
    carrier = StuckCarrier()
    await office.queue(message("a", chat=1), message("b", chat=1), message("c", chat=2))
    postman = office.postman(carrier=carrier)
    await postman.resume()
    await until(lambda: carrier.carried == ["a", "c"])
    carrier.let_go.set()
    await postman.idle()
    assert carrier.carried == ["a", "c", "b"]


async def test_no_more_messages_than_allowed_are_on_their_way_at_once(office: Office) -> None:
    on_their_way = most = 0

    class Counting(Carrier):
        async def carry(self, message: Outgoing, replaces: int | None) -> Delivery:
            nonlocal on_their_way, most
            on_their_way += 1
            most = max(most, on_their_way)
            delivery = await super().carry(message, replaces)
            on_their_way -= 1
            return delivery

    await office.queue(*(message(f"m{number}", chat=number) for number in range(20)))
    await office.send_all(carrier=Counting(), at_once=3)
    assert most == 3


async def test_a_chat_that_must_wait_holds_up_no_other(office: Office) -> None:
    office.sleeper.held = 9
    office.carrier.says["a"] = [TryLater(9)]
    await office.queue(message("a", chat=1), message("b", chat=1))
    await office.queue(message("c", chat=2), message("d", chat=2))
    postman = office.postman()
    await postman.resume()
    await until(lambda: office.carrier.carried == ["a", "c", "d"])
    assert office.sleeper.slept == [9]
    office.sleeper.wake_up.set()
    await postman.idle()
    assert office.carrier.carried == ["a", "c", "d", "a", "b"]
    assert await office.mail.outbox.unknown_fates() == 0


async def test_a_chat_rests_a_little_even_if_nothing_is_asked_for(office: Office) -> None:
    office.carrier.says["a"] = [TryLater(0)]
    await office.queue(message("a"))
    await office.send_all()
    assert office.sleeper.slept == [SHORTEST_REST]


async def test_a_message_of_unknown_fate_is_carried_again_and_counted(office: Office) -> None:
    office.carrier.says["a"] = [FateUnknown()]
    await office.queue(message("a"), message("b"))
    await office.send_all()
    assert office.carrier.carried == ["a", "a", "b"]
    assert await office.mail.outbox.unknown_fates() == 1


async def test_it_is_carried_again_only_when_the_way_is_open(office: Office) -> None:
    office.carrier.says["a"] = [FateUnknown()]
    office.carrier.open = [False, False, False, True]
    await office.queue(message("a"))
    await office.send_all()
    assert office.carrier.carried == ["a", "a"]
    assert office.carrier.probes == 4
    assert office.sleeper.slept == [0.5, 1, 2, 4]


async def test_a_way_that_is_closed_holds_up_no_other_chat(office: Office) -> None:
    office.sleeper.held = 0.5
    office.carrier.says["a"] = [FateUnknown()]
    await office.queue(message("a", chat=1), message("b", chat=2), message("c", chat=2))
    postman = office.postman()
    await postman.resume()
    await until(lambda: office.carrier.carried == ["a", "b", "c"])
    await postman.stop(grace=60)


async def test_a_probe_that_fails_by_a_bug_is_a_way_that_is_not_open(office: Office) -> None:
    class Clumsy(Carrier):
        async def reachable(self, chat: int) -> bool:
            if not self.probes:
                self.probes += 1
                raise ZeroDivisionError
            return await super().reachable(chat)

    clumsy = Clumsy(says={"a": [FateUnknown()]})
    await office.queue(message("a"))
    await office.send_all(carrier=clumsy)
    assert clumsy.carried == ["a", "a"]
    assert clumsy.probes == 2


async def test_what_was_dropped_while_the_way_was_closed_is_not_carried(office: Office) -> None:
    class Forgetting(Carrier):
        async def reachable(self, chat: int) -> bool:
            await office.mail.outbox.block(chat, AT)
            return True

    carrier = Forgetting(says={"a": [FateUnknown()]})
    await office.queue(message("a"))
    await office.send_all(carrier=carrier)
    assert carrier.carried == ["a"]


async def test_a_message_is_refused_after_five_unknown_fates(office: Office) -> None:
    office.carrier.says["a"] = [FateUnknown()] * 9
    await office.queue(message("a"), message("b"))
    await office.send_all()
    assert office.carrier.carried == ["a"] * MOST_UNKNOWN + ["b"]
    assert office.fates() == {"a": Fate.REFUSED, "b": Fate.SENT}
    assert office.faults()["a"] == "fate_unknown"
    assert await office.mail.outbox.unknown_fates() == MOST_UNKNOWN


async def test_a_refused_message_is_noted_and_the_next_one_goes(office: Office) -> None:
    office.carrier.says["a"] = [Refused("message is too long")]
    await office.queue(message("a"), message("b"))
    await office.send_all()
    assert office.fates() == {"a": Fate.REFUSED, "b": Fate.SENT}
    assert office.faults()["a"] == "message is too long"


async def test_a_chat_that_blocks_gets_nothing_more_and_others_do(office: Office) -> None:
    office.mail.kept_chats[7, 1] = Chat(bot=7, id=1, learner="ann")
    office.carrier.says["a"] = [Blocked()]
    await office.queue(message("a"), message("b"), message("c", chat=2))
    await office.send_all()
    assert office.carrier.carried == ["a", "c"]
    assert office.fates() == {"a": Fate.BLOCKED, "b": Fate.BLOCKED, "c": Fate.SENT}
    assert office.mail.kept_chats[7, 1].blocked


async def test_an_edit_replaces_the_message_it_names(office: Office) -> None:
    await office.queue(message("a"), message("b"), message("c", kind=Kind.EDIT, edits="b"))
    await office.send_all()
    assert office.carrier.replaced == {"a": None, "b": None, "c": 2}


async def test_an_edit_of_what_never_arrived_goes_as_a_new_message(office: Office) -> None:
    office.carrier.says["a"] = [Refused("no")]
    await office.queue(message("a"), message("b", kind=Kind.EDIT, edits="a"))
    await office.send_all()
    assert office.carrier.replaced["b"] is None
    assert office.fates()["b"] is Fate.SENT


async def test_every_call_that_goes_out_keeps_to_the_pace(office: Office) -> None:
    class Counting(nullcontext[None]):
        entered = 0

        async def __aenter__(self) -> None:
            self.entered += 1

    pace = Counting()
    office.carrier.says["a"] = [FateUnknown()]
    await office.queue(message("a"), message("b", chat=2))
    postman = Postman(
        office.mail.outbox, office.carrier, now, patience=office.sleeper.patience(), pace=pace
    )
    await postman.resume()
    await postman.idle()
    assert pace.entered == len(office.carrier.carried) + office.carrier.probes == 4


def test_the_usual_pace_is_thirty_a_second_in_small_bursts() -> None:
    pace = steady_pace()
    assert pace.max_rate / pace.time_period == pytest.approx(30)
    assert pace.max_rate == 5
