"""Running a batch: in input order, in parallel, resumable after any interruption."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from commcoach.batch.inputs import input_of
from commcoach.batch.rows import (
    BadRow,
    Row,
    error_row,
    named_engine,
    scored_row,
    to_be_tried_again,
)
from commcoach.coaching.scorer import ScoringTask, Tally
from commcoach.domain.score import EngineName, Scorecard
from commcoach.worker_processes import worker_processes

CHUNK = 64
"""Rows that a worker scores at a time, and that are lost at most when a run is killed."""


class BatchScorer(Protocol):
    """A scorer that can be called without an event loop."""

    @property
    def engine(self) -> EngineName:
        """Who scores."""
        ...

    def score_now(self, task: ScoringTask) -> Scorecard:
        """The scorecard of one reply."""
        ...


@dataclass(frozen=True, slots=True)
class Job:
    """What every row of a run shares, and how a worker gets its scorer.

    `calibration` names the links by which `calibrated` is written; `None` if there are none.
    """

    make_scorer: Callable[[], BatchScorer]
    release: str
    hashes: Mapping[str, str]
    calibration: str | None = None


def finished_rows(
    output: Path, rows: Sequence[Row | BadRow], job: Job, engine: EngineName
) -> dict[str, str]:
    """Lines of an earlier run that still hold, by the ids of these rows.

    The words scored, the content in force, the engine and the calibration are to be the same. A
    torn last line, error rows and rows that a model left unanswered do not hold, so that they are
    tried again. A draft that an interrupted run left behind counts as well.
    """
    done: dict[str, str] = {}
    wanted = {
        "release": job.release,
        "content": dict(job.hashes),
        "engine": named_engine(engine),
        "calibration": job.calibration,
    }
    inputs = {row.id: input_of(row.task) for row in rows if isinstance(row, Row)}
    for place in (output, draft_of(output)):
        text = place.read_text(encoding="utf-8", errors="replace") if place.exists() else ""
        for line in text.split("\n"):
            try:
                row = json.loads(line)
            except json.JSONDecodeError:
                continue
            if not isinstance(row, dict) or "error" in row or to_be_tried_again(row):
                continue
            id = str(row.get("id"))
            same = all(row.get(key) == value for key, value in wanted.items())
            if same and id in inputs and row.get("input") == inputs[id]:
                done[id] = line
    return done


def run(
    rows: Sequence[Row | BadRow],
    job: Job,
    output: Path,
    done: Mapping[str, str],
    jobs: int,
    advance: Callable[[int], None],
) -> Tally:
    """Score all rows that are not done and write all of them in input order.

    A run that merely goes on appends to its output. One that fills gaps, because error rows are
    tried again, writes a draft beside it first, so that nothing scored is lost meanwhile.
    """
    counts = {"scored": 0, "kept": 0, "errors": 0}
    chunks = [rows[start : start + CHUNK] for start in range(0, len(rows), CHUNK)]
    todo = [
        [row for row in chunk if isinstance(row, Row) and row.id not in done] for chunk in chunks
    ]
    goes_on = _cut_to_what_holds(output, rows, done)
    target = output if goes_on else draft_of(output)
    mode = "a" if goes_on else "w"
    with (
        target.open(mode, encoding="utf-8", newline="\n") as file,
        _workers(job, jobs) as score_all,
    ):
        for chunk, fresh in zip(chunks, score_all(todo), strict=True):
            results = iter(fresh)
            for row in chunk:
                if isinstance(row, BadRow):
                    counts["errors"] += 1
                    file.write(as_line(error_row(row)) + "\n")
                elif row.id in done:
                    counts["kept"] += 1
                    if not goes_on:
                        file.write(done[row.id] + "\n")
                else:
                    counts["scored"] += 1
                    file.write(next(results) + "\n")
            file.flush()
            advance(len(chunk))
    if target != output:
        target.replace(output)
    return Tally(**counts)


def _cut_to_what_holds(output: Path, rows: Sequence[Row | BadRow], done: Mapping[str, str]) -> bool:
    """Whether the output begins with what is done and the input with the same rows.

    If so, whatever follows it, such as a torn line, is cut off, and the run can append.
    """
    kept = kept_in_front(output, rows, done)
    if kept is not None and output.exists():
        with output.open("r+b") as file:
            file.truncate(kept)
    return kept is not None


def kept_in_front(
    output: Path, rows: Sequence[Row | BadRow], done: Mapping[str, str]
) -> int | None:
    """How many bytes the rows that are done take in the front of the output.

    `None` if the output does not begin with them, or the input not with the same rows.
    """
    first = rows[: len(done)]
    if not all(isinstance(row, Row) and row.id in done for row in first):
        return None
    kept = "".join(done[str(row.id)] + "\n" for row in first).encode()
    if not output.exists():
        return None if kept else 0
    with output.open("rb") as file:
        return len(kept) if file.read(len(kept)) == kept else None


def draft_of(output: Path) -> Path:
    """Where a run that fills gaps keeps what it finds."""
    return output.with_name(output.name + ".part")


def _score_chunk(job: Job, scorer: BatchScorer, rows: Sequence[Row]) -> list[str]:
    return [_line(row, scorer.score_now(row.task), job, scorer.engine) for row in rows]


def _line(row: Row, card: Scorecard, job: Job, engine: EngineName) -> str:
    """The line of a row, by who did score it: one that is to be scored otherwise is tried again."""
    return line_of(row, card, job, card.by or engine)


def line_of(row: Row, card: Scorecard, job: Job, engine: EngineName) -> str:
    """The line of a row that was scored."""
    scored = scored_row(row, card, job.release, job.hashes, engine)
    named = {} if job.calibration is None else {"calibration": job.calibration}
    return as_line(scored | named)


def as_line(row: Mapping[str, Any]) -> str:
    """A row as it stands in the output."""
    return json.dumps(row, ensure_ascii=False, separators=(",", ":"))


_worker: tuple[Job, BatchScorer] | None = None


def _start_worker(job: Job) -> None:
    global _worker  # noqa: PLW0603  # a worker process holds its scorer for all its chunks
    _worker = (job, job.make_scorer())


def _work(rows: Sequence[Row]) -> list[str]:
    if _worker is None:
        raise RuntimeError("the worker was not started")
    return _score_chunk(*_worker, rows)


ScoreAll = Callable[[Sequence[Sequence[Row]]], Iterator[list[str]]]


@contextmanager
def _workers(job: Job, jobs: int) -> Iterator[ScoreAll]:
    if jobs <= 1:
        scorer = job.make_scorer()
        yield lambda chunks: (_score_chunk(job, scorer, chunk) for chunk in chunks)
        return
    with worker_processes(jobs, _start_worker, job) as pool:
        yield lambda chunks: pool.map(_work, chunks)
