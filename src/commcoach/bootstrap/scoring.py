"""Scoring files of replies."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

from commcoach.bootstrap.practising import embedded_scorer
from commcoach.coaching.scorer import Tally
from commcoach.domain.library import Library
from commcoach.settings import Settings


def count_rows(rows_in: Path) -> int:
    """How many rows a batch has."""
    from commcoach.batch.rows import count_rows

    return count_rows(rows_in)


def holds_scores(path: Path) -> bool:
    """Whether a file is empty or was written by a batch."""
    from commcoach.batch.rows import holds_scores

    return holds_scores(path)


def score_batch(
    settings: Settings,
    library: Library,
    criteria: Sequence[str],
    rows_in: Path,
    scores_out: Path,
    jobs: int,
    advance: Callable[[int], None],
) -> Tally:
    """Score the rows of a file into a file, going on where an earlier run stopped."""
    from commcoach.batch import rows, running
    from commcoach.masking import mask

    make_scorer = partial(embedded_scorer, settings, library, tuple(criteria))
    hashes: Mapping[str, str] = library.criterion_hashes()
    job = running.Job(make_scorer, library.release, {id: hashes[id] for id in criteria})
    scorer = make_scorer()
    scorer.prepare()
    read = rows.read_rows(rows_in, tuple(criteria), library, mask)
    done = running.finished_rows(scores_out, job, scorer.engine)
    return running.run(read, job, scores_out, done, jobs, advance)
