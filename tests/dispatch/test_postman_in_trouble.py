"""The postman when the program dies or stops, the database fails, or the carrier has a bug."""

from __future__ import annotations

import asyncio
import random
from collections import Counter

import pytest
from structlog.testing import capture_logs

from commcoach.coaching.mail import (
    Blocked,
    Delivery,
    Fate,
    FateUnknown,
    Kind,
    Refused,
    TryLater,
)
from commcoach.coaching.storage import DatabaseLocked
from commcoach.dispatch.postman import MOST_UNKNOWN
from tests.dispatch.doubles import (
    MoodyCarrier,
    StuckCarrier,
    Troubled,
    message,
    until,
)
from tests.dispatch.office import Office


@pytest.fixture
def office() -> Office:
    return Office()


async def test_a_bug_of_the_carrier_counts_as_an_unknown_fate(office: Office) -> None:
    office.carrier.says["a"] = [ZeroDivisionError("text of a")]
    await office.queue(message("a"))
    with capture_logs() as logs:
        await office.send_all()
    assert office.carrier.carried == ["a", "a"]
    assert await office.mail.outbox.unknown_fates() == 1
    assert [one["event"] for one in logs] == ["carrier_failed", "fate_unknown"]
    assert "text of a" not in str(logs)


async def test_a_picture_that_needs_a_locked_database_waits_and_is_not_doubtful(
    office: Office,
) -> None:
    office.carrier.says["a"] = [DatabaseLocked("here"), DatabaseLocked("here")]
    await office.queue(message("a", kind=Kind.PHOTO))
    await office.send_all()
    assert office.carrier.carried == ["a", "a", "a"]
    assert office.sleeper.slept == [0.5, 1]
    assert await office.mail.outbox.unknown_fates() == 0


async def test_a_crash_between_delivery_and_note_makes_one_double_that_is_counted(
    office: Office,
) -> None:
    stuck = StuckCarrier()
    await office.queue(message("a"), message("b"))
    crashed = office.postman(carrier=stuck)
    await crashed.resume()
    await stuck.delivered.wait()
    await crashed.stop(grace=0)
    assert office.fates() == {"a": Fate.SENDING, "b": Fate.WAITING}

    await office.send_all()
    assert stuck.carried + office.carrier.carried == ["a", "a", "b"]
    assert await office.mail.outbox.unknown_fates() == 1


async def test_a_message_during_which_the_program_always_dies_is_refused_in_the_end(
    office: Office,
) -> None:
    await office.queue(message("a"))
    for _ in range(MOST_UNKNOWN):
        stuck = StuckCarrier()
        postman = office.postman(carrier=stuck)
        await postman.resume()
        await stuck.delivered.wait()
        await postman.stop(grace=0)
    await office.send_all()
    assert office.carrier.carried == []
    assert office.fates() == {"a": Fate.REFUSED}


@pytest.mark.parametrize("says", [[], [Refused("no")], [Blocked()]])
async def test_what_was_delivered_is_not_carried_again_because_the_disk_was_full(
    office: Office, says: list[Delivery | Exception]
) -> None:
    office.carrier.says["a"] = says
    await office.queue(message("a"))
    await office.send_all(outbox=Troubled(office.mail.outbox, arrived=8, refused=8, block=8))
    assert office.carrier.carried == ["a"]
    assert office.sleeper.slept == [0.5, 1, 2, 4, 8, 16, 30, 30]
    assert await office.mail.outbox.unknown_fates() == 0


async def test_a_database_locked_for_a_while_delays_everything_and_doubles_nothing(
    office: Office,
) -> None:
    trouble = Troubled(
        office.mail.outbox, waiting=4, begin=4, arrived=4, not_sent=4, fate_unknown=2, message_id=2
    )
    office.carrier.says["b"] = [TryLater(1), FateUnknown()]
    await office.queue(message("a"), message("b"), message("c", kind=Kind.EDIT, edits="a"))
    with capture_logs() as logs:
        await office.send_all(outbox=trouble)
    assert office.carrier.carried == ["a", "b", "b", "b", "c"]
    assert set(office.fates().values()) == {Fate.SENT}
    begins = [one for one in logs if one["event"] == "waiting_for_database"]
    ends = [one for one in logs if one["event"] == "no_longer_waiting_for_database"]
    assert len(begins) == len(ends) > 0


async def test_an_outbox_that_breaks_for_one_chat_does_not_stop_the_others(office: Office) -> None:
    broken = Troubled(office.mail.outbox, message_id=KeyError())
    await office.queue(
        message("a", chat=1, kind=Kind.EDIT, edits="x"), message("b", chat=2), message("c", chat=2)
    )
    with capture_logs() as logs:
        await office.send_all(outbox=broken)
    assert office.carrier.carried == ["b", "c"]
    assert office.fates()["a"] is Fate.WAITING
    assert [one["event"] for one in logs] == ["postman_failed"]


async def test_a_send_on_its_way_is_noted_when_the_postman_stops(office: Office) -> None:
    stuck = StuckCarrier()
    await office.queue(message("a"), message("b"))
    postman = office.postman(carrier=stuck)
    await postman.resume()
    await stuck.delivered.wait()
    stopped = asyncio.create_task(postman.stop(grace=60))
    await asyncio.sleep(0)
    stuck.let_go.set()
    await stopped
    assert office.fates() == {"a": Fate.SENT, "b": Fate.WAITING}
    assert postman.open == 0


async def test_a_chat_that_rests_does_not_hold_up_the_stop(office: Office) -> None:
    office.sleeper.held = 9
    office.carrier.says["a"] = [TryLater(9)]
    await office.queue(message("a"))
    postman = office.postman()
    await postman.resume()
    await until(lambda: office.sleeper.slept == [9])
    await postman.stop(grace=60)
    assert office.fates() == {"a": Fate.WAITING}


async def test_nothing_is_sent_after_the_stop(office: Office) -> None:
    postman = office.postman()
    await office.queue(message("a"))
    postman.wake(1)
    await postman.stop(grace=60)
    postman.wake(1)
    await postman.idle()
    assert office.carrier.carried == []
    assert postman.open == 0


MOODS = (
    *("arrives",) * 6,
    *("later", "arrives unnoticed", "lost unnoticed", "refused", "database", "arrives, then a bug"),
)


@pytest.mark.parametrize("seed", range(25))
async def test_whatever_happens_all_arrives_in_order_and_doubles_only_in_doubt(seed: int) -> None:
    chance = random.Random(seed)
    office = Office()
    moods = (*MOODS, "blocked") if seed % 3 == 0 else MOODS
    carrier = MoodyCarrier(chance, moods)
    queued = [message(f"m{number}", chat=chance.randrange(5)) for number in range(60)]
    await office.queue(*queued)
    trouble = {"begin": 5, "arrived": 5, "fate_unknown": 3, "waiting": 3, "not_sent": 2}

    for _ in range(6):
        # The program dies at any moment, and starts again over what it had kept.
        dying = office.postman(
            carrier=carrier, outbox=Troubled(office.mail.outbox, **trouble), at_once=3
        )
        await dying.resume()
        for _ in range(chance.randrange(120)):
            await asyncio.sleep(0)
        await dying.stop(grace=0)
    await office.send_all(carrier=carrier, outbox=Troubled(office.mail.outbox, **trouble))

    delivered = [one.key for one in carrier.delivered]
    fates = office.fates()
    assert set(fates.values()) <= {Fate.SENT, Fate.REFUSED, Fate.BLOCKED}
    assert {key for key, fate in fates.items() if fate is Fate.SENT} <= set(delivered)
    doubles = sum(count - 1 for count in Counter(delivered).values())
    assert doubles <= await office.mail.outbox.unknown_fates()
    for chat in range(5):
        of_chat = [one.key for one in queued if one.chat == chat]
        firsts = [key for key in dict.fromkeys(delivered) if key in of_chat]
        assert firsts == [key for key in of_chat if key in firsts]
