"""A batch with a model: in order, so many at once, resumable, and no longer than of use."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from commcoach.batch import asking, running
from commcoach.batch.asking import GONE, Pace
from commcoach.batch.rows import BadRow, Row, read_row
from commcoach.coaching.batches import Asked
from commcoach.coaching.language_model import (
    AnswerRefused,
    AnswerUnusable,
    Ask,
    BudgetSpent,
    ModelFailed,
    ModelMisconfigured,
    ModelUnavailable,
)
from commcoach.coaching.scorer import ScoringTask
from commcoach.coaching.watching import WatchedModel
from commcoach.domain.cases import Said
from commcoach.domain.language import Language
from commcoach.domain.score import CriterionScore, EngineName, Scorecard, Scored, Unscored
from commcoach.llm.stub import Scripted, StubModel
from commcoach.masking import mask
from tests.shipped import library

CRITERIA = ("a", "b")
ENGINE = EngineName("model", "7-1", "stub")
Answer = Callable[[str], Scripted]


@dataclass
class AsksOnce:
    """A scorer that asks once per reply, as the real one does; some replies take longer."""

    model: WatchedModel
    slow: frozenset[str] = frozenset()
    engine: EngineName = ENGINE
    busy: int = 0
    busiest: int = 0
    asked: list[str] = field(default_factory=list)

    async def score(self, task: ScoringTask) -> Scorecard:
        """Levels, or nothing with the reason."""
        self.asked.append(task.reply)
        self.busy += 1
        self.busiest = max(self.busiest, self.busy)
        try:
            for _ in range(30 if task.reply in self.slow else 1):
                await asyncio.sleep(0)
            await self.model.ask(Ask("scorer", (), None, session=task.reply))
        except ModelFailed as failed:
            why = f"model:{failed.reason}"
            return card(lambda id: Unscored(id, why))
        finally:
            self.busy -= 1
        return card(lambda id: Scored(id, 2, 2.0, ()))


def card(make: Callable[[str], CriterionScore]) -> Scorecard:
    return Scorecard(tuple(make(id) for id in CRITERIA))


def row(number: int) -> Row:
    task = ScoringTask(f"r{number}", (), CRITERIA, Language.ZH)
    return Row(number, str(number), number, task)


ROWS: tuple[Row | BadRow, ...] = tuple(row(number) for number in range(1, 41))
JOB = running.Job(lambda: None, "release-1", {"a": "1", "b": "2"})  # type: ignore[arg-type, return-value]  # the model needs no worker


@dataclass
class Desk:
    """Runs batches into one file, and remembers how long they rested."""

    output: Path
    rested: list[float] = field(default_factory=list)

    async def rest(self, seconds: float) -> None:
        self.rested.append(seconds)

    async def run(
        self,
        answer: Answer = lambda _: "yes",
        *,
        rows: tuple[Row | BadRow, ...] = ROWS,
        at_once: int = 4,
        slow: frozenset[str] = frozenset(),
        job: running.Job = JOB,
    ) -> tuple[Asked, AsksOnce]:
        model = StubModel(lambda ask: answer(ask.session or ""))
        scorer = AsksOnce(WatchedModel(model), slow)
        done = running.finished_rows(self.output, rows, job, ENGINE)
        pace = Pace(at_once, 30.0, self.rest)
        asked = await asking.run(rows, job, scorer, self.output, done, pace, lambda _: None)
        return asked, scorer

    def ids(self) -> list[int]:
        lines = self.output.read_text(encoding="utf-8").splitlines()
        return [json.loads(line)["id"] for line in lines]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path / "scores.jsonl")


@pytest.fixture
async def whole(tmp_path: Path) -> bytes:
    """What a run without any trouble writes."""
    desk = Desk(tmp_path / "whole.jsonl")
    await desk.run()
    return desk.output.read_bytes()


async def test_rows_are_written_in_input_order_however_long_each_takes(desk: Desk) -> None:
    asked, _ = await desk.run(slow=frozenset({"r1", "r7", "r40"}))
    assert desk.ids() == list(range(1, 41))
    assert asked.tally.scored == 40
    assert asked.stopped is None


@pytest.mark.parametrize("at_once", [1, 3, 100])
async def test_so_many_rows_are_in_work_at_once(desk: Desk, at_once: int) -> None:
    _, scorer = await desk.run(at_once=at_once)
    assert scorer.busiest == min(at_once, 40)


async def test_a_slow_row_is_not_outrun_by_more_than_a_window(desk: Desk) -> None:
    seen: list[int] = []

    def answer(reply: str) -> Scripted:
        if reply == "r1":
            seen.append(len(scored))
        scored.append(reply)
        return "yes"

    scored: list[str] = []
    await desk.run(answer, at_once=2, slow=frozenset({"r1"}))
    assert 0 < seen[0] < 2 * asking.WINDOW
    assert desk.ids() == list(range(1, 41))


async def test_a_spent_budget_stops_the_run_and_the_next_one_goes_on(
    desk: Desk, whole: bytes
) -> None:
    left = iter(range(13))
    asked, first = await desk.run(lambda _: "yes" if next(left, None) is not None else spent())
    assert isinstance(asked.stopped, BudgetSpent)
    assert asked.tally.scored == 13
    assert asked.unanswered == 0
    assert len(first.asked) <= 13 + 4
    asked, second = await desk.run()
    assert asked.tally.kept == 13
    assert len(second.asked) == 27
    assert desk.output.read_bytes() == whole


def spent() -> ModelFailed:
    return BudgetSpent("day")


async def test_what_is_finished_behind_a_gap_is_kept_when_the_budget_is_spent(
    desk: Desk, whole: bytes
) -> None:
    asked, _ = await desk.run(
        lambda reply: spent() if reply == "r1" else "yes", slow=frozenset({"r1"})
    )
    assert asked.tally.scored == len(desk.ids()) > 0
    assert 1 not in desk.ids()
    await desk.run()
    assert desk.output.read_bytes() == whole
    assert not list(desk.output.parent.glob("scores.jsonl.*"))


async def test_a_model_set_wrongly_stops_the_run_and_nothing_is_written_over(desk: Desk) -> None:
    desk.output.write_text('{"id":1,"scores":[]}\n', encoding="utf-8")
    rows = (BadRow(1, None, "not JSON"), *ROWS)
    asked, scorer = await desk.run(lambda _: ModelMisconfigured("401: wrong key"), rows=rows)
    assert isinstance(asked.stopped, ModelMisconfigured)
    assert len(scorer.asked) <= 4
    assert desk.output.read_text(encoding="utf-8") == '{"id":1,"scores":[]}\n'


async def test_a_model_that_never_answers_is_given_up_soon_and_without_rests(desk: Desk) -> None:
    asked, scorer = await desk.run(lambda _: ModelUnavailable("no connection"), at_once=1)
    assert isinstance(asked.stopped, ModelUnavailable)
    assert len(scorer.asked) == 2 * GONE
    assert desk.rested == []


async def test_a_model_that_falls_silent_gets_its_rests_before_it_is_given_up(
    desk: Desk, whole: bytes
) -> None:
    left = iter(range(10))

    def answer(_: str) -> Scripted:
        return "yes" if next(left, None) is not None else ModelUnavailable("no connection")

    asked, _ = await desk.run(answer)
    assert isinstance(asked.stopped, ModelUnavailable)
    assert desk.rested == [30.0] * GONE
    await desk.run()
    assert desk.output.read_bytes() == whole


async def test_a_model_that_comes_back_after_a_rest_costs_no_row(desk: Desk, whole: bytes) -> None:
    asks = iter(range(100))

    def answer(_: str) -> Scripted:
        return ModelUnavailable("restarting") if next(asks) in range(10, 14) else "yes"

    asked, _ = await desk.run(answer)
    assert asked.stopped is None
    assert desk.rested == [30.0]
    assert desk.output.read_bytes() == whole


async def test_rows_left_unanswered_are_written_so_and_tried_again_by_the_next_run(
    desk: Desk, whole: bytes
) -> None:
    def answer(reply: str) -> Scripted:
        return ModelUnavailable("too slow") if reply in ("r5", "r20") else "yes"

    asked, _ = await desk.run(answer)
    assert (asked.stopped, asked.unanswered, asked.unscored) == (None, 2, 4)
    assert desk.ids() == list(range(1, 41))
    asked, scorer = await desk.run()
    assert sorted(scorer.asked) == ["r20", "r5"]
    assert desk.output.read_bytes() == whole


@pytest.mark.parametrize("failure", [AnswerRefused(), AnswerUnusable("off schema")])
async def test_what_the_model_did_answer_is_not_asked_again(
    desk: Desk, failure: ModelFailed
) -> None:
    asked, _ = await desk.run(lambda reply: failure if reply == "r3" else "yes")
    assert (asked.unanswered, asked.unscored) == (0, 2)
    _, scorer = await desk.run()
    assert scorer.asked == []


async def test_a_run_that_only_refuses_is_not_taken_for_a_model_that_is_gone(desk: Desk) -> None:
    asked, _ = await desk.run(lambda _: AnswerRefused())
    assert asked.stopped is None
    assert asked.unscored_share == 1.0


async def test_a_cancelled_run_keeps_every_finished_row(desk: Desk, whole: bytes) -> None:
    reached = asyncio.Event()

    def answer(reply: str) -> Scripted:
        if reply == "r12":
            reached.set()
        return "yes"

    task = asyncio.create_task(desk.run(answer, slow=frozenset({"r9"})))
    await reached.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    kept = len(desk.ids())
    assert kept >= 8
    asked, scorer = await desk.run()
    assert asked.tally.kept == kept
    assert len(scorer.asked) == 40 - kept
    assert desk.output.read_bytes() == whole


async def test_gaps_are_filled_without_risk_to_what_an_earlier_draft_holds(
    desk: Desk, whole: bytes
) -> None:
    def unless(*silent: str) -> Answer:
        return lambda reply: ModelUnavailable("slow") if reply in silent else "yes"

    await desk.run(unless("r2", "r30"))
    draft = running.draft_of(desk.output)
    left = iter(["r2"])
    await desk.run(lambda _: "yes" if next(left, None) else spent(), at_once=1)
    held = draft.read_bytes()
    assert b'"id":2,' in held
    draft.write_bytes(held + b'{"id":30,"sco')
    asked, scorer = await desk.run()
    assert scorer.asked == ["r30"]
    assert asked.tally.kept == 39
    assert desk.output.read_bytes() == whole
    assert not draft.exists()


def edited(number: int, **change: Any) -> tuple[Row | BadRow, ...]:
    """All rows, one of them with another task under the same id."""
    old = row(number)
    new = replace(old, task=replace(old.task, **change))
    return tuple(new if one.id == old.id else one for one in map(row, range(1, 41)))


@pytest.mark.parametrize("number", [1, 20, 40])
@pytest.mark.parametrize(
    "change",
    [
        {"reply": "another"},
        {"context": (Said("市民", "?"),)},
        {"authority": "May call back."},
        {"language": Language.EN},
    ],
)
async def test_a_row_that_was_edited_is_scored_anew_and_no_other(
    desk: Desk, change: dict[str, Any], number: int
) -> None:
    await desk.run()
    asked, scorer = await desk.run(rows=edited(number, **change))
    assert (asked.tally.scored, asked.tally.kept) == (1, 39)
    assert scorer.asked == [change.get("reply", f"r{number}")]
    assert desk.ids() == list(range(1, 41))
    _, scorer = await desk.run(rows=edited(number, **change))
    assert scorer.asked == []


async def test_rows_that_do_not_say_what_was_scored_are_scored_anew(desk: Desk) -> None:
    await desk.run()
    lines = [json.loads(line) for line in desk.output.read_text(encoding="utf-8").splitlines()]
    older = [{key: kept for key, kept in one.items() if key != "input"} for one in lines]
    desk.output.write_text("".join(f"{json.dumps(one)}\n" for one in older), encoding="utf-8")
    asked, _ = await desk.run()
    assert (asked.tally.scored, asked.tally.kept) == (40, 0)


async def test_rows_by_other_calibration_links_are_scored_anew(desk: Desk, whole: bytes) -> None:
    linked = replace(JOB, calibration="links-1")
    await desk.run(rows=ROWS[:3], job=linked)
    _, scorer = await desk.run(rows=ROWS[:3], job=linked)
    assert scorer.asked == []
    for job in (replace(JOB, calibration="links-2"), JOB):
        asked, _ = await desk.run(rows=ROWS[:3], job=job)
        assert (asked.tally.scored, asked.tally.kept) == (3, 0)
    assert whole.startswith(desk.output.read_bytes())


def test_rows_are_spread_over_a_few_sessions_and_come_into_the_same_each_time() -> None:
    def sessions(text: str) -> list[str | None]:
        given = [json.dumps({"id": n, "reply": f"{text}{n}"}) for n in range(60)]
        read = [read_row(one, n, CRITERIA, library(), mask) for n, one in enumerate(given)]
        return [one.task.occasion.session for one in read if isinstance(one, Row)]

    assert set(sessions("好的")) == {f"batch:{n}" for n in range(4)}
    assert sessions("好的") == sessions("好的")


async def test_error_rows_stand_in_their_place_and_are_counted(desk: Desk) -> None:
    rows = (ROWS[0], BadRow(2, None, "not JSON"), ROWS[1], BadRow(4, "x", "reply: missing"))
    asked, _ = await desk.run(rows=rows)
    assert (asked.tally.scored, asked.tally.errors) == (2, 2)
    assert desk.ids() == [1, None, 2, "x"]


class HalfAnswered(AsksOnce):
    """Asks a second time for what is missing, and gets no answer to that."""

    async def score(self, task: ScoringTask) -> Scorecard:
        """One level, and one that is missing, for the slow ones."""
        whole = await AsksOnce.score(self, task)
        if task.reply not in self.slow:
            return whole
        return Scorecard((whole.scores[0], Unscored("b", "model:unavailable")))


async def test_a_row_answered_in_part_is_tried_again_but_no_sign_of_a_silent_model(
    desk: Desk, whole: bytes
) -> None:
    slow = frozenset(f"r{number}" for number in range(3, 12))
    scorer = HalfAnswered(WatchedModel(StubModel(lambda _: "yes")), slow)
    pace = Pace(1, 30.0, desk.rest)
    asked = await asking.run(ROWS, JOB, scorer, desk.output, {}, pace, lambda _: None)
    assert (asked.stopped, asked.unanswered, desk.rested) == (None, 9, [])
    await desk.run()
    assert desk.output.read_bytes() == whole
