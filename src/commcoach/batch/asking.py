"""Running a batch with a model: many rows at once, in input order, and no longer than of use."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from commcoach.batch.rows import BadRow, Row, is_unanswered
from commcoach.batch.running import Job, line_of
from commcoach.batch.writing import InOrder
from commcoach.coaching.batches import Asked
from commcoach.coaching.language_model import (
    BudgetSpent,
    ModelFailed,
    ModelMisconfigured,
    ModelUnavailable,
)
from commcoach.coaching.scorer import ScoringTask, Tally
from commcoach.coaching.watching import watching
from commcoach.domain.score import EngineName, Scorecard, Unscored

GONE = 3
"""Rows in a row that a model leaves unanswered twice before it is given up.

Each has waited for all repetitions of its asks, and between its two trials for the rest of the
circuit breaker: one row can be the fault of the row, three are minutes without an answer.
"""
WINDOW = 2
"""Rows begun and not yet written, for each in work: a slow one does not hold up the others at once.

They are also what a killed run loses at most."""

Sleep = Callable[[float], Awaitable[None]]
Advance = Callable[[int], None]


class AskingScorer(Protocol):
    """A scorer that waits for a model."""

    @property
    def engine(self) -> EngineName:
        """Who scores."""
        ...

    async def score(self, task: ScoringTask) -> Scorecard:
        """The scorecard of one reply; what cannot be judged comes back unscored."""
        ...


@dataclass(frozen=True, slots=True)
class Pace:
    """How many rows are in work at a time, and how many seconds a silent model is left alone."""

    at_once: int
    rest: float
    sleep: Sleep = asyncio.sleep


async def run(
    rows: Sequence[Row | BadRow],
    job: Job,
    scorer: AskingScorer,
    output: Path,
    done: Mapping[str, str],
    pace: Pace,
    advance: Advance,
) -> Asked:
    """Score all rows that are not done and write all of them in input order.

    Stops early when the budget is spent, the model is set wrongly or gives no more answers; what
    was finished until then is kept, as it is when the run is cancelled.
    """
    out = InOrder(output, rows, done)
    missing = out.missing
    advance(len(rows) - len(missing))
    asking, engine = _Asking(scorer, pace), scorer.engine
    left, window, counts = iter(missing), asyncio.Semaphore(WINDOW * pace.at_once), _Counts()

    async def work() -> None:
        while True:
            await window.acquire()
            place = None if asking.stopped is not None else next(left, None)
            row = rows[place] if place is not None else None
            card = await asking.card_of(row.task) if isinstance(row, Row) else None
            if card is None or place is None or not isinstance(row, Row):
                # Whoever waits for room finds out in turn that there is nothing left to do.
                window.release()
                return
            counts.add(card)
            # Whoever stood in signs: those rows are tried again by the next run.
            signs = card.by if card.stand_in and card.by is not None else engine
            for _ in range(out.put(place, line_of(row, card, job, signs))):
                window.release()
            advance(1)

    workers = [asyncio.create_task(work()) for _ in range(min(pace.at_once, len(missing)))]
    try:
        await asyncio.gather(*workers)
    finally:
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)
        out.finish()
    errors = sum(isinstance(row, BadRow) for row in rows)
    tally = Tally(counts.rows, len(rows) - len(missing) - errors, errors)
    return Asked(tally, counts.levels, counts.unscored, counts.unanswered, asking.stopped)


@dataclass(slots=True)
class _Counts:
    rows: int = 0
    levels: int = 0
    unscored: int = 0
    unanswered: int = 0

    def add(self, card: Scorecard) -> None:
        self.rows += 1
        self.levels += len(card.scores)
        self.unscored += sum(isinstance(one, Unscored) for one in card.scores)
        self.unanswered += is_unanswered(card)


@dataclass(slots=True)
class _Asking:
    """Asks for one scorecard after the other, and knows when asking on is of no use."""

    scorer: AskingScorer
    pace: Pace
    stopped: ModelFailed | None = None
    _ever_answered: bool = False
    _silent: ModelFailed | None = None
    _given_up: int = 0
    _one_at_a_time: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def card_of(self, task: ScoringTask) -> Scorecard | None:
        """The scorecard, after a second trial if need be; `None` if the run is to stop."""
        card, failure = await self._trial(task)
        if failure is None:
            return card
        async with self._one_at_a_time:
            if self.stopped is not None:
                return None
            if self._ever_answered and isinstance(self._silent, ModelUnavailable):
                await self.pace.sleep(self.pace.rest)
            card, failure = await self._trial(task)
            if failure is None:
                return card
            self._given_up += self._silent is not None
            if self._given_up >= GONE and self.stopped is None:
                self.stopped = self._silent
        return card if self.stopped is None else None

    async def _trial(self, task: ScoringTask) -> tuple[Scorecard, ModelFailed | None]:
        with watching() as seen:
            card = await self.scorer.score(task)
        spent = next((one for one in seen.failures if isinstance(one, BudgetSpent)), None)
        failure = spent or _why_unanswered(card, seen.failures)
        wrong = isinstance(failure, ModelMisconfigured)
        if seen.answers:
            # Also if a part of the row is left unanswered: the model is there.
            self._ever_answered, self._silent, self._given_up = True, None, 0
        elif failure is not None and (self._silent is None or wrong):
            # How it began is worth more to know than that the model rests because of it.
            self._silent = failure
        if spent is not None or (wrong and not self._ever_answered):
            self.stopped = self.stopped or failure
        return card, failure


def _why_unanswered(card: Scorecard, failures: Sequence[ModelFailed]) -> ModelFailed | None:
    if not is_unanswered(card):
        return None
    return failures[-1] if failures else ModelUnavailable("no answer in time")
