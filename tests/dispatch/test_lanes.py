"""Lanes: what every chat may rely on, whatever happens to the others and to the database."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import cast

import pytest
from structlog.testing import capture_logs

from commcoach.coaching.mail import Answer, Inbox, Incoming
from commcoach.coaching.storage import DatabaseFull
from commcoach.dispatch.lanes import TRIES, Lanes
from commcoach.store.memory_mail import InMemoryMail
from tests.dispatch.doubles import AT, Sleeper, Troubled, message, now, reply, until, update

Work = Callable[[Incoming], Awaitable[Answer]]


class Bench:
    """Lanes over mail in memory, with notes of what was worked on."""

    def __init__(self, mail: InMemoryMail | None = None) -> None:
        self.mail = mail or InMemoryMail()
        self.sleeper = Sleeper()
        self.worked: list[int] = []
        self.told: list[int] = []

    async def work(self, incoming: Incoming) -> Answer:
        self.worked.append(incoming.update)
        await asyncio.sleep(0)
        return reply(incoming)

    async def apology(self, incoming: Incoming) -> Answer:
        assert incoming.chat is not None
        return Answer((message(f"sorry for {incoming.update}", incoming.chat),))

    def lanes(
        self,
        work: Work | None = None,
        *,
        apology: Work | None = None,
        inbox: object = None,
        at_once: int = 64,
    ) -> Lanes:
        return Lanes(
            cast(Inbox, inbox or self.mail.inbox),
            work or self.work,
            apology or self.apology,
            self.told.append,
            now,
            patience=self.sleeper.patience(),
            at_once=at_once,
        )

    async def keep(self, *updates: Incoming) -> list[Incoming]:
        return await self.mail.inbox.keep(updates, AT)

    async def left(self) -> list[int]:
        return [one.update for one in await self.mail.inbox.unsettled()]

    async def queued(self) -> list[str]:
        return [one.message.key for one in await self.mail.outbox.waiting()]


@pytest.fixture
def bench() -> Bench:
    return Bench()


async def test_an_update_is_worked_on_and_settled_with_its_answer(bench: Bench) -> None:
    lanes = bench.lanes()
    lanes.put(await bench.keep(update(1, chat=5)))
    await lanes.idle()
    assert await bench.left() == []
    assert await bench.queued() == ["answer to 1"]
    assert bench.told == [5]


async def test_an_update_is_held_from_when_it_is_put_until_it_is_settled(bench: Bench) -> None:
    lanes = bench.lanes()
    updates = await bench.keep(update(1, chat=5), update(2, chat=5), update(3, chat=6))
    lanes.put(updates)
    assert lanes.held() == {one.id for one in updates}
    await lanes.idle()
    assert lanes.held() == set()


async def test_fifty_updates_at_once_of_one_chat_are_answered_in_order(bench: Bench) -> None:
    lanes = bench.lanes()
    lanes.put(await bench.keep(*(update(number) for number in range(50))))
    await lanes.idle()
    assert await bench.queued() == [f"answer to {number}" for number in range(50)]


async def test_two_updates_of_one_chat_are_never_worked_on_at_once(bench: Bench) -> None:
    at_work: Counter[int | None] = Counter()
    most: Counter[int | None] = Counter()

    async def work(incoming: Incoming) -> Answer:
        at_work[incoming.chat] += 1
        most[incoming.chat] = max(most[incoming.chat], at_work[incoming.chat])
        await asyncio.sleep(0)
        at_work[incoming.chat] -= 1
        return Answer()

    lanes = bench.lanes(work)
    for number in range(40):
        lanes.put(await bench.keep(update(number, chat=number % 4)))
        await asyncio.sleep(0)
    await lanes.idle()
    assert most == {0: 1, 1: 1, 2: 1, 3: 1}
    assert await bench.left() == []


async def test_a_chat_that_takes_long_does_not_hold_up_another(bench: Bench) -> None:
    let_go = asyncio.Event()

    async def work(incoming: Incoming) -> Answer:
        if incoming.chat == 1:
            await let_go.wait()
        bench.worked.append(incoming.update)
        return Answer()

    lanes = bench.lanes(work)
    lanes.put(await bench.keep(update(1, chat=1), update(2, chat=2), update(3, chat=2)))
    await until(lambda: bench.worked == [2, 3])
    let_go.set()
    await lanes.idle()
    assert bench.worked == [2, 3, 1]


async def test_no_more_chats_than_allowed_are_worked_on_at_once(bench: Bench) -> None:
    at_work = most = 0

    async def work(incoming: Incoming) -> Answer:
        nonlocal at_work, most
        at_work += 1
        most = max(most, at_work)
        await asyncio.sleep(0)
        at_work -= 1
        return Answer()

    lanes = bench.lanes(work, at_once=3)
    lanes.put(await bench.keep(*(update(number, chat=number) for number in range(20))))
    await lanes.idle()
    assert most == 3


async def test_an_update_without_a_chat_has_a_lane_of_its_own(bench: Bench) -> None:
    let_go = asyncio.Event()

    async def work(incoming: Incoming) -> Answer:
        if incoming.update == 1:
            await let_go.wait()
        bench.worked.append(incoming.update)
        return Answer()

    lanes = bench.lanes(work)
    lanes.put(await bench.keep(update(1, chat=None), update(2, chat=None)))
    await until(lambda: bench.worked == [2])
    let_go.set()
    await lanes.idle()
    assert await bench.left() == []


async def test_a_lane_that_is_empty_leaves_nothing_behind(bench: Bench) -> None:
    lanes = bench.lanes()
    lanes.put(await bench.keep(update(1, chat=1), update(2, chat=2)))
    assert lanes.open == 2
    await lanes.idle()
    assert lanes.open == 0


async def test_an_update_that_comes_while_the_lane_ends_is_worked_on(bench: Bench) -> None:
    second = update(2)
    await bench.keep(update(1), second)

    def settled(chat: int) -> None:
        if not bench.told:
            lanes.put([second])
        bench.told.append(chat)

    lanes = Lanes(bench.mail.inbox, bench.work, bench.apology, settled, now)
    lanes.put([update(1)])
    await lanes.idle()
    assert bench.worked == [1, 2]


async def test_what_was_left_unsettled_is_taken_up_at_start_in_order(bench: Bench) -> None:
    await bench.keep(update(3), update(1), update(2))
    lanes = bench.lanes()
    assert await lanes.resume() == 3
    await lanes.idle()
    assert bench.worked == [3, 1, 2]


async def test_a_poison_update_is_given_up_after_three_tries_and_the_next_goes_on(
    bench: Bench,
) -> None:
    async def work(incoming: Incoming) -> Answer:
        bench.worked.append(incoming.update)
        if incoming.update == 1:
            raise ZeroDivisionError("the learner wrote: my secret")
        return reply(incoming)

    lanes = bench.lanes(work)
    with capture_logs() as logs:
        lanes.put(await bench.keep(update(1), update(2)))
        await lanes.idle()
    assert bench.worked == [1] * TRIES + [2]
    assert await bench.queued() == ["sorry for 1", "answer to 2"]
    assert bench.mail.kept_updates[7, 1].fault == "ZeroDivisionError"
    assert [one["event"] for one in logs] == ["update_failed"] * TRIES + ["update_given_up"]
    assert all(one["update"] == "7-1" and one["error"] == "ZeroDivisionError" for one in logs)
    assert "secret" not in str(logs)
    assert "said" not in str(logs)


async def test_work_that_fails_once_is_tried_again_and_settled(bench: Bench) -> None:
    async def work(incoming: Incoming) -> Answer:
        bench.worked.append(incoming.update)
        if len(bench.worked) == 1:
            raise ZeroDivisionError
        return reply(incoming)

    lanes = bench.lanes(work)
    lanes.put(await bench.keep(update(1)))
    await lanes.idle()
    assert await bench.queued() == ["answer to 1"]
    assert bench.mail.kept_updates[7, 1].fault is None


async def test_an_update_is_given_up_in_silence_if_the_apology_fails_too(bench: Bench) -> None:
    async def fail(incoming: Incoming) -> Answer:
        raise ZeroDivisionError

    lanes = bench.lanes(fail, apology=fail)
    lanes.put(await bench.keep(update(1)))
    await lanes.idle()
    assert await bench.left() == []
    assert await bench.queued() == []


async def test_an_update_that_cannot_even_be_given_up_does_not_stop_its_lane(bench: Bench) -> None:
    async def work(incoming: Incoming) -> Answer:
        if incoming.update == 1:
            raise ZeroDivisionError
        return reply(incoming)

    lanes = bench.lanes(work, inbox=Troubled(bench.mail.inbox, give_up=KeyError()))
    lanes.put(await bench.keep(update(1), update(2)))
    await lanes.idle()
    assert await bench.left() == [1]
    assert await bench.queued() == ["answer to 2"]


async def test_a_locked_database_is_waited_out_and_everything_done_exactly_once(
    bench: Bench,
) -> None:
    locked = Troubled(bench.mail.inbox, settle=9)
    lanes = bench.lanes(inbox=locked)
    with capture_logs() as logs:
        lanes.put(await bench.keep(update(1), update(2), update(3)))
        await lanes.idle()
    assert bench.worked == [1, 2, 3]
    assert await bench.queued() == ["answer to 1", "answer to 2", "answer to 3"]
    assert bench.sleeper.slept == [0.5, 1, 2, 4, 8, 16, 30, 30, 30]
    assert [one["event"] for one in logs] == [
        "waiting_for_database",
        "no_longer_waiting_for_database",
    ]


async def test_work_that_finds_the_disk_full_is_tried_as_long_as_it_takes(bench: Bench) -> None:
    async def work(incoming: Incoming) -> Answer:
        bench.worked.append(incoming.update)
        if len(bench.worked) <= 20:
            raise DatabaseFull("here")
        return reply(incoming)

    lanes = bench.lanes(work)
    lanes.put(await bench.keep(update(1), update(2)))
    await lanes.idle()
    assert bench.worked == [1] * 21 + [2]
    assert await bench.queued() == ["answer to 1", "answer to 2"]


async def test_many_chats_that_wait_for_the_database_say_so_once(bench: Bench) -> None:
    lanes = bench.lanes(inbox=Troubled(bench.mail.inbox, settle=40))
    with capture_logs() as logs:
        lanes.put(await bench.keep(*(update(number, chat=number) for number in range(20))))
        await lanes.idle()
    assert len(logs) == 2
    assert await bench.left() == []


async def test_a_start_waits_until_the_database_is_usable(bench: Bench) -> None:
    await bench.keep(update(1))
    lanes = bench.lanes(inbox=Troubled(bench.mail.inbox, unsettled=3))
    assert await lanes.resume() == 1
    await lanes.idle()


async def test_an_answer_that_cannot_be_settled_is_not_worked_out_again(bench: Bench) -> None:
    lanes = bench.lanes(inbox=Troubled(bench.mail.inbox, settle=KeyError()))
    lanes.put(await bench.keep(update(1)))
    await lanes.idle()
    assert bench.worked == [1]
    assert await bench.queued() == ["sorry for 1"]


async def test_stopping_lets_finish_what_is_in_work_and_begins_nothing_new(bench: Bench) -> None:
    begun, let_go = asyncio.Event(), asyncio.Event()

    async def work(incoming: Incoming) -> Answer:
        begun.set()
        await let_go.wait()
        return reply(incoming)

    lanes = bench.lanes(work, at_once=1)
    lanes.put(await bench.keep(update(1), update(2), update(3, chat=3)))
    await begun.wait()
    stopped = asyncio.create_task(lanes.stop(grace=60))
    await asyncio.sleep(0)
    let_go.set()
    await stopped
    assert await bench.queued() == ["answer to 1"]
    assert await bench.left() == [2, 3]
    assert lanes.open == 0


async def test_what_outlasts_the_grace_is_taken_up_at_the_next_start(bench: Bench) -> None:
    begun = asyncio.Event()

    async def work(incoming: Incoming) -> Answer:
        begun.set()
        await asyncio.Event().wait()
        return Answer()

    lanes = bench.lanes(work)
    lanes.put(await bench.keep(update(1), update(2)))
    await begun.wait()
    await lanes.stop(grace=0)
    assert await bench.left() == [1, 2]

    again = bench.lanes()
    await again.resume()
    await again.idle()
    assert await bench.queued() == ["answer to 1", "answer to 2"]


async def test_lanes_that_never_ran_are_stopped_too(bench: Bench) -> None:
    lanes = bench.lanes()
    lanes.put(await bench.keep(update(1)))
    await lanes.stop(grace=60)
    assert lanes.open == 0
    assert await bench.left() == [1]


async def test_what_comes_after_the_stop_is_left_for_the_next_start(bench: Bench) -> None:
    lanes = bench.lanes()
    await lanes.stop(grace=0)
    lanes.put(await bench.keep(update(1)))
    await lanes.idle()
    assert await bench.left() == [1]
