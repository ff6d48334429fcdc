"""The only place that wires adapters to ports.

Adapters are imported where they are wired, so that a command pays only for what it uses: the
database, scikit-learn and the parser each cost a good part of a second.
"""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from commcoach.coaching.debriefing import OutcomeJudge
from commcoach.coaching.practice import Practice, Sessions
from commcoach.coaching.scorer import Tally
from commcoach.domain.library import Library
from commcoach.domain.problems import Problem
from commcoach.settings import Settings

if TYPE_CHECKING:
    from commcoach.embedded.scorer import EmbeddedScorer

RUBRICS = "rubrics"
SCENARIOS = "scenarios"


def content_root(chosen: Path | None) -> Path:
    """The content folder in force."""
    from commcoach.content import locating

    return locating.content_root(chosen)


def content_root_of(path: Path) -> Path:
    """The content folder that a file or folder belongs to."""
    from commcoach.content import locating

    return locating.root_of(path)


def copy_content(target: Path) -> list[Path]:
    """A writable copy of the shipped content."""
    from commcoach.content import locating

    return locating.copy_content(target)


def find_problems(root: Path) -> tuple[Problem, ...]:
    """Everything that is wrong with a content folder."""
    from commcoach.content import loading

    return loading.find_problems(root)


def load_library(settings: Settings, needs: Sequence[str] = (RUBRICS, SCENARIOS)) -> Library:
    """The content in force, parsed or from the cache."""
    from commcoach.content import loading

    cache = settings.cache_dir / "content"
    return loading.load_library(content_root(settings.content), needs, cache)


def embedded_scorer(
    settings: Settings, library: Library, criteria: Sequence[str]
) -> EmbeddedScorer:
    """The embedded scorer for these criteria."""
    from commcoach.embedded.scorer import EmbeddedScorer

    return EmbeddedScorer(library, criteria, settings.cache_dir / "models")


def outcome_judge() -> OutcomeJudge:
    """Who decides the checklist items of an outcome."""
    from commcoach.embedded.outcome import CueOutcomeJudge

    return CueOutcomeJudge()


@asynccontextmanager
async def open_sessions(settings: Settings) -> AsyncIterator[Sessions]:
    """The store of practice sessions, with its tables up to date."""
    from commcoach.store.engine import open_database
    from commcoach.store.sessions import SqlSessions

    database = await open_database(settings.database())
    try:
        yield SqlSessions(database)
    finally:
        await database.aclose()


def wire_practice(
    settings: Settings, library: Library, sessions: Sessions, criteria: Sequence[str]
) -> Practice:
    """The practice use cases on the embedded engine."""
    from commcoach.embedded.doorkeeper import EmbeddedDoorkeeper
    from commcoach.embedded.reader import CueReader
    from commcoach.embedded.voice import ScriptedVoice
    from commcoach.masking import mask

    return Practice(
        library=library,
        sessions=sessions,
        reader=CueReader(),
        voice=ScriptedVoice(),
        scorer=embedded_scorer(settings, library, criteria),
        judge=outcome_judge(),
        doorkeeper=EmbeddedDoorkeeper(library),
        mask=mask,
        now=lambda: datetime.now(UTC),
        new_id=lambda: uuid.uuid4().hex,
    )


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
