"""Scores that come after the line: the message is completed by an edit, also after a crash."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace

import pytest

from commcoach.coaching.mail import Kind
from commcoach.coaching.practice import Practice
from commcoach.coaching.scorer import Scorer, ScoringTask
from commcoach.coaching.turns import score_late
from commcoach.domain.language import Language
from commcoach.domain.score import EngineName, Scorecard
from commcoach.presentation.wording import Wording
from commcoach.telegram import late_scores
from commcoach.telegram.late_scores import complete_lost_scores, lost_scores
from commcoach.telegram.taps import Verb
from tests.shipped import scorer
from tests.telegram.world import CHAT, World

FOLLOWS = Wording(Language.ZH).say("bot.score_follows")
KEPT = Wording(Language.ZH).say("remarks.keep")
ASKED = "先听听您那边的情况，这周的纪要是卡在哪里了？"
NAMED = "您这周二没等到纪要，只好按旧数据报，返工的还是您。"


@dataclass
class SlowScorer:
    """The shipped scorer, which waits before each score until it is let go on."""

    go: asyncio.Event = field(default_factory=asyncio.Event)
    asked: list[str] = field(default_factory=list)
    shipped: Scorer = field(default_factory=scorer)

    @property
    def engine(self) -> EngineName:
        return self.shipped.engine

    def prepare(self) -> None:
        self.shipped.prepare()

    async def score(self, task: ScoringTask) -> Scorecard:
        self.asked.append(task.reply)
        await self.go.wait()
        return await self.shipped.score(task)


@dataclass
class Slow:
    """A world with a slow scorer; a new process gets a slow scorer of its own."""

    scorer: SlowScorer
    world: World

    async def restarted(self) -> Slow:
        """Another process on the same stores; the one before is gone, its work cut off."""
        await self.world.desk.aclose()
        return slow(self.world)

    async def until_scored(self) -> None:
        """Let the scorer go on, and wait for the edits."""
        self.scorer.go.set()
        await self.world.desk.late_scores(CHAT)


def slow(before: World | None = None) -> Slow:
    scorer = SlowScorer()

    def change(coach: Practice) -> Practice:
        return replace(coach, scorer=scorer, patience=0)

    return Slow(scorer, World(before.stores if before is not None else None, change))


@pytest.fixture
async def one() -> AsyncIterator[Slow]:
    made = slow()
    await made.world.live(made.world.text("/start"))
    await made.world.live(made.world.tap(Verb.AGREE))
    yield made
    await made.world.desk.aclose()


async def test_the_line_does_not_wait_for_a_slow_score(one: Slow) -> None:
    (message,) = await one.world.live(one.world.text(ASKED))
    (turn,) = one.world.session.turns
    assert turn.line is not None
    assert turn.card is None
    assert FOLLOWS in message.text
    assert turn.line in message.text
    assert KEPT not in message.text


async def test_the_score_completes_the_message_by_an_edit(one: Slow) -> None:
    (message,) = await one.world.live(one.world.text(ASKED))
    one.world.woken.clear()
    await one.until_scored()
    edit = one.world.outbox[-1]
    assert (edit.kind, edit.edits) == (Kind.EDIT, message.key)
    assert edit.buttons == message.buttons
    assert FOLLOWS not in edit.text
    assert KEPT in edit.text
    (turn,) = one.world.session.turns
    assert turn.card is not None
    assert edit.text.endswith(turn.line or "no line")
    assert one.world.woken == [CHAT]


async def test_the_edit_never_stands_before_its_message(one: Slow) -> None:
    update = one.world.text(ASKED)
    await one.world.keep(update)
    answer = await one.world.work(update)
    one.scorer.go.set()
    for _ in range(20):
        await asyncio.sleep(0)
    waiting = one.world.outbox
    await one.world.settle(update, answer)
    await one.world.desk.late_scores(CHAT)
    assert answer.messages[0] not in waiting
    assert [message.kind for message in one.world.outbox[-2:]] == [Kind.MESSAGE, Kind.EDIT]


async def test_scores_that_come_after_the_next_reply_say_what_their_own_turn_earned(
    one: Slow,
) -> None:
    prompt = World()
    await prompt.practise(ASKED)
    expected = prompt.outbox[-1].text
    await one.world.live(one.world.text(ASKED))
    await one.world.live(one.world.text(NAMED))
    await one.until_scored()
    edits = {one.edits: one.text for one in one.world.outbox if one.kind is Kind.EDIT}
    assert len(edits) == 2
    remarks = expected.partition("――")[0]
    first = next(text for key, text in edits.items() if key and key.endswith("-1-1"))
    assert first.startswith(remarks)


async def test_the_debrief_waits_for_late_scores(one: Slow) -> None:
    await one.world.live(one.world.text(ASKED))
    update = one.world.text("/finish")
    await one.world.keep(update)
    finishing = asyncio.ensure_future(one.world.work(update))
    for _ in range(20):
        await asyncio.sleep(0)
    assert not finishing.done()
    one.scorer.go.set()
    answer = await finishing
    assert one.world.session.turns[0].card is not None
    assert "debrief" in answer.messages[-1].key
    assert one.world.outbox[-1].kind is Kind.EDIT


async def test_the_last_turn_waits_for_its_score_because_the_debrief_needs_it(one: Slow) -> None:
    one.scorer.go.set()
    replies = [f"{ASKED}{number}" for number in range(6)]
    for reply in replies[:-1]:
        await one.world.live(one.world.text(reply))
    await one.world.desk.late_scores(CHAT)
    one.scorer.go.clear()
    update = one.world.text(replies[-1])
    await one.world.keep(update)
    working = asyncio.ensure_future(one.world.work(update))
    for _ in range(20):
        await asyncio.sleep(0)
    assert not working.done()
    one.scorer.go.set()
    turn, _, debrief = (await working).messages
    assert FOLLOWS not in turn.text
    assert debrief.key == f"debrief-{one.world.session.id}"
    assert all(turn.card for turn in one.world.session.turns)


# -- after a crash --------------------------------------------------------------------------


async def test_a_score_that_a_crash_cut_off_is_given_at_the_next_start(one: Slow) -> None:
    (message,) = await one.world.live(one.world.text(ASKED))
    line = one.world.session.turns[0].line
    again = await one.restarted()
    lost = await lost_scores(again.world.desk)
    assert lost == [(one.world.session.id, 1, 1)]
    again.scorer.go.set()
    await complete_lost_scores(again.world.desk, lost)
    (turn,) = again.world.session.turns
    assert turn.card is not None
    assert turn.line == line
    edit = again.world.outbox[-1]
    assert (edit.kind, edit.edits) == (Kind.EDIT, message.key)
    assert KEPT in edit.text
    assert again.world.woken == [CHAT]
    assert await lost_scores(again.world.desk) == []


async def test_completing_a_lost_score_twice_sends_one_edit(one: Slow) -> None:
    await one.world.live(one.world.text(ASKED))
    again = await one.restarted()
    again.scorer.go.set()
    lost = await lost_scores(again.world.desk)
    await complete_lost_scores(again.world.desk, [*lost, *lost])
    assert sum(one.kind is Kind.EDIT for one in again.world.outbox) == 1
    assert again.scorer.asked == [ASKED]


async def test_what_the_lanes_will_take_up_is_not_lost(one: Slow) -> None:
    update = one.world.text(ASKED)
    await one.world.keep(update)
    await one.world.work(update)
    assert one.world.session.turns[0].card is None
    again = await one.restarted()
    assert await lost_scores(again.world.desk) == []
    (unsettled,) = await again.world.desk.house.inbox.unsettled()
    await again.world.settle(unsettled, await again.world.work(unsettled))
    await again.until_scored()
    assert again.world.session.turns[0].card is not None
    assert [message.kind for message in again.world.outbox[-2:]] == [Kind.MESSAGE, Kind.EDIT]


async def test_a_lost_score_of_a_first_attempt_speaks_of_that_attempt(one: Slow) -> None:
    prompt = World()
    await prompt.practise(ASKED)
    expected = prompt.outbox[-1].text
    await one.world.live(one.world.text(ASKED))
    await one.world.live(one.world.tap(Verb.REWRITE))
    await one.world.live(one.world.text(NAMED))
    again = await one.restarted()
    again.scorer.go.set()
    lost = await lost_scores(again.world.desk)
    assert [(number, attempt) for _, number, attempt in lost] == [(1, 1), (1, 2)]
    await complete_lost_scores(again.world.desk, lost)
    first = next(message for message in again.world.outbox if message.key.endswith("1-1-scored"))
    assert first.text == expected


async def test_a_lost_score_waits_for_a_database_that_is_locked(
    one: Slow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(late_scores, "LONGEST_PAUSE", 0.01)
    await one.world.live(one.world.text(ASKED))
    await one.world.live(one.world.text(NAMED))
    again = await one.restarted()
    again.scorer.go.set()
    lost = await lost_scores(again.world.desk)
    again.world.writes.fails_at = 1
    await complete_lost_scores(again.world.desk, lost)
    assert [turn.card is not None for turn in again.world.session.turns] == [True, True]


async def test_a_lost_score_of_a_release_that_is_gone_is_left_alone(one: Slow) -> None:
    await one.world.live(one.world.text(ASKED))
    again = await one.restarted()
    session = again.world.session
    again.world.stores.sessions.sessions[session.id] = replace(session, release="gone")
    await complete_lost_scores(again.world.desk, await lost_scores(again.world.desk))
    assert again.world.session.turns[0].card is None
    assert all(message.kind is Kind.MESSAGE for message in again.world.outbox)


async def test_a_lost_score_of_a_learner_who_is_gone_is_left_alone(one: Slow) -> None:
    await one.world.live(one.world.text(ASKED))
    again = await one.restarted()
    again.scorer.go.set()
    lost = await lost_scores(again.world.desk)
    await again.world.live(again.world.tap_data("forget"))
    await complete_lost_scores(again.world.desk, lost)
    assert all("turn" not in message.key for message in again.world.outbox)


async def test_an_edit_that_a_crash_cut_off_is_made_at_the_next_start(one: Slow) -> None:
    (message,) = await one.world.live(one.world.text(ASKED))
    again = await one.restarted()
    again.scorer.go.set()
    coach = again.world.coach
    await score_late(coach, again.world.session.id, 1, 1)
    assert again.world.session.turns[0].card is not None
    lost = await lost_scores(again.world.desk)
    assert lost == [(again.world.session.id, 1, 1)]
    await complete_lost_scores(again.world.desk, lost)
    edit = again.world.outbox[-1]
    assert (edit.kind, edit.edits) == (Kind.EDIT, message.key)
    assert await lost_scores(again.world.desk) == []


async def test_nothing_of_a_score_on_its_way_is_left_after_forgetting(one: Slow) -> None:
    await one.world.live(one.world.text(ASKED))
    await one.world.live(one.world.tap_data("forget"))
    one.scorer.go.set()
    await one.world.desk.late_scores(CHAT)
    assert [message for message in one.world.outbox if "turn" in message.key] == []
