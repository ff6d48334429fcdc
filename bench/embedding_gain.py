"""What sentence embeddings add to the embedded engine: the same folds scored with and without."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from floors import Array, Predicted
from metrics import METRICS, RESAMPLES, Judged, Rows
from public_tasks import Task
from tables import Interval
from throwaway import score_with_command

HEAD = ("set", "metric", "n-grams", "without", "with", "gain by embeddings")


@dataclass(frozen=True, slots=True)
class Both:
    """The predictions for all rows of a task with and without embeddings, and of the floor."""

    task: Task
    ngrams: Predicted
    without: Predicted
    with_them: Predicted


def score_both(
    task: Task, folds: Sequence[tuple[Rows, Rows]], provider: str, kept: Path, ngrams: Predicted
) -> Both:
    """Both predictions on the same folds; vectors of graded cases are kept from fold to fold."""
    without, with_them = (_blank(len(task.rows)) for _ in range(2))
    for train, test in folds:
        seen, unseen = [task.rows[i] for i in train], [task.rows[i] for i in test]
        for whole, embeddings in ((without, None), (with_them, (provider, kept))):
            with tempfile.TemporaryDirectory() as folder:
                part = score_with_command(task, seen, unseen, Path(folder), embeddings)
            whole.level[test], whole.expected[test] = part.level, part.expected
    return Both(task, ngrams, without, with_them)


def _blank(rows: int) -> Predicted:
    return Predicted(np.full(rows, np.nan), np.full(rows, np.nan))


def gains(all_of_them: Sequence[Both], seed: int) -> Iterator[list[str]]:
    """A line for each set by its first metric, then the means over sets.

    The interval of a set is over whole groups; that of a mean over sets, and groups in them.
    """
    rng = np.random.default_rng(seed)
    drawn = [_Drawn.of(both, rng) for both in all_of_them]
    for both, one in zip(all_of_them, drawn, strict=True):
        floor, without, with_them = one.figures
        gain = _interval(with_them - without, one.draws[:, 2] - one.draws[:, 1]).signed()
        figures = [f"{figure:.2f}" for figure in (floor, without, with_them)]
        yield [both.task.name, both.task.metrics[0], *figures, gain]
    for name, more, less in (
        ("mean: without above n-grams", 1, 0),
        ("mean: with above n-grams", 2, 0),
        ("mean: with above without", 2, 1),
    ):
        mean = float(np.mean([one.figures[more] - one.figures[less] for one in drawn]))
        sets = rng.integers(len(drawn), size=(RESAMPLES, len(drawn)))
        by_set = np.array([one.draws[:, more] - one.draws[:, less] for one in drawn])
        means = by_set[sets, np.arange(RESAMPLES)[:, None]].mean(axis=1)
        yield [name, "", "", "", "", _interval(mean, means).signed()]


def _interval(value: float, draws: Array) -> Interval:
    low, high = np.nanpercentile(draws, (2.5, 97.5))
    return Interval(float(value), float(low), float(high))


@dataclass(frozen=True, slots=True)
class _Drawn:
    """The metric of floor, without and with: on all rows, and on each draw of whole groups."""

    figures: tuple[float, float, float]
    draws: Array

    @classmethod
    def of(cls, both: Both, rng: np.random.Generator) -> _Drawn:
        metric = METRICS[both.task.metrics[0]]
        parties = [_judged(both.task, one) for one in (both.ngrams, both.without, both.with_them)]
        scored = np.flatnonzero(~np.isnan(parties[1].expected + parties[2].expected))
        groups = np.array([row.group for row in both.task.rows])[scored]
        names = np.unique(groups)
        members = {name: scored[groups == name] for name in names}

        def figures(rows: Rows) -> tuple[float, float, float]:
            floor, without, with_them = (metric(one.at(rows)) for one in parties)
            return floor, without, with_them

        draws = [
            figures(np.concatenate([members[name] for name in rng.choice(names, len(names))]))
            for _ in range(RESAMPLES)
        ]
        return cls(figures(scored), np.array(draws))


def _judged(task: Task, by: Predicted) -> Judged:
    rows = task.rows
    return Judged(
        np.array([row.level for row in rows], dtype=float),
        np.array([row.value for row in rows]),
        by.level,
        by.expected,
        np.array([len(row.reply) for row in rows], dtype=float),
    )
