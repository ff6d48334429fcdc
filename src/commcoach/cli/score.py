"""`commcoach score`: levels with evidence for many replies, from a file into a file."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

from commcoach import bootstrap
from commcoach.cli.context import Context, context
from commcoach.cli.help_texts import help_text
from commcoach.cli.terminal import UsageError
from commcoach.coaching.scorer import Tally
from commcoach.domain.library import Library

FEWEST_FOR_WORKERS = 500
"""Rows below which starting worker processes costs more than it saves."""


def score(
    rows_in: Annotated[Path, typer.Option("--input", help=help_text("score.input"))],
    scores_out: Annotated[Path, typer.Option("--output", help=help_text("score.output"))],
    rubric: Annotated[str | None, typer.Option(help=help_text("score.rubric"))] = None,
    criteria: Annotated[str | None, typer.Option(help=help_text("score.criteria"))] = None,
    content: Annotated[Path | None, typer.Option(help=help_text("content"))] = None,
    engine: Annotated[str, typer.Option(help=help_text("score.engine"))] = "embedded",
    jobs: Annotated[int | None, typer.Option(min=1, help=help_text("score.jobs"))] = None,
    lang: Annotated[str | None, typer.Option(help=help_text("lang"))] = None,
) -> None:
    """See the message catalogue."""
    about = context(lang, content)
    if engine != "embedded":
        raise UsageError("error.unknown_engine", given=engine)
    if not rows_in.is_file():
        raise UsageError("error.no_such_path", path=rows_in)
    _refuse_wrong_output(rows_in, scores_out)
    library = bootstrap.load_library(about.settings, (bootstrap.RUBRICS,))
    chosen = _criteria(library, rubric, criteria)
    tally = _run(about, library, chosen, rows_in, scores_out, jobs)
    about.terminal.say(
        "score.done",
        scored=tally.scored,
        kept=tally.kept,
        errors=tally.errors,
        path=scores_out,
    )
    if tally.errors:
        raise typer.Exit(1)


def _refuse_wrong_output(rows_in: Path, scores_out: Path) -> None:
    """Nothing is written over that is not scores."""
    if not scores_out.exists():
        return
    is_ours = scores_out.is_file() and bootstrap.holds_scores(scores_out)
    if not is_ours or scores_out.samefile(rows_in):
        raise UsageError("error.not_a_score_file", path=scores_out)


def _criteria(library: Library, rubric: str | None, listed: str | None) -> tuple[str, ...]:
    if (rubric is None) == (listed is None):
        raise UsageError("error.rubric_or_criteria")
    if rubric is not None:
        if rubric not in library.rubrics:
            raise UsageError("error.unknown_rubric", given=rubric, known=", ".join(library.rubrics))
        return tuple(one.id for one in library.rubrics[rubric].criteria)
    ids = tuple(dict.fromkeys(id.strip() for id in (listed or "").split(",") if id.strip()))
    unknown = [id for id in ids if id not in library.criteria]
    if unknown or not ids:
        raise UsageError(
            "error.unknown_criteria", given=", ".join(unknown), known=", ".join(library.criteria)
        )
    return ids


def _run(
    about: Context,
    library: Library,
    criteria: Sequence[str],
    rows_in: Path,
    scores_out: Path,
    jobs: int | None,
) -> Tally:
    total = bootstrap.count_rows(rows_in)
    few = jobs is None and total < FEWEST_FOR_WORKERS
    workers = 1 if few else jobs or os.cpu_count() or 1
    console = Console(stderr=True)
    columns = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        task = progress.add_task("", total=total)
        return bootstrap.score_batch(
            about.settings,
            library,
            criteria,
            rows_in,
            scores_out,
            workers,
            lambda number: progress.advance(task, number),
        )
