"""`commcoach score`: levels with evidence for many replies, from a file into a file."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

from commcoach import bootstrap
from commcoach.cli.context import Context, context
from commcoach.cli.engines import EMBEDDED, MODEL, is_model
from commcoach.cli.estimates import agreed, say_estimate
from commcoach.cli.help_texts import help_text
from commcoach.cli.long_commands import told_if_interrupted
from commcoach.cli.terminal import UsageError, no_file
from commcoach.coaching.batches import Asked, Batch, Estimate, Expense
from commcoach.coaching.language_model import BudgetSpent, ModelUnavailable
from commcoach.coaching.scorer import Tally
from commcoach.domain.library import Library
from commcoach.presentation.engines import calibration_of

FEWEST_FOR_WORKERS = 500
"""Rows below which starting worker processes costs more than it saves."""
_BUDGETS = {
    "budget_tokens_a_day": "COMMCOACH_BUDGET_TOKENS_A_DAY",
    "budget_money_a_day": "COMMCOACH_BUDGET_MONEY_A_DAY",
}

Advance = Callable[[int], None]


def score(
    rows_in: Annotated[Path, typer.Option("--input", help=help_text("score.input"))],
    scores_out: Annotated[Path, typer.Option("--output", help=help_text("score.output"))],
    rubric: Annotated[str | None, typer.Option(help=help_text("score.rubric"))] = None,
    criteria: Annotated[str | None, typer.Option(help=help_text("score.criteria"))] = None,
    content: Annotated[Path | None, typer.Option(help=help_text("content"))] = None,
    engine: Annotated[str, typer.Option(help=help_text("score.engine"))] = EMBEDDED,
    jobs: Annotated[int | None, typer.Option(min=1, help=help_text("score.jobs"))] = None,
    samples: Annotated[int, typer.Option(min=1, help=help_text("score.samples"))] = 1,
    each_alone: Annotated[
        bool, typer.Option("--each-alone", help=help_text("score.each_alone"))
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help=help_text("score.yes"))] = False,
    lang: Annotated[str | None, typer.Option(help=help_text("lang"))] = None,
) -> None:
    """See the message catalogue."""
    about = context(lang, content)
    with_model = is_model(about, engine)
    _refuse_wrong_options(engine, jobs, samples, each_alone)
    if not rows_in.is_file():
        raise no_file(rows_in)
    _refuse_wrong_output(rows_in, scores_out)
    library = bootstrap.load_library(about.settings, (bootstrap.RUBRICS,))
    chosen = _criteria(library, rubric, criteria)
    if with_model:
        batch = Batch(rows_in, scores_out, chosen, samples, each_alone)
        _run_model(about, library, batch, yes)
        return
    tally = _run(about, library, chosen, rows_in, scores_out, jobs)
    _say_done(about, tally, scores_out)
    if tally.errors and not tally.scored and not tally.kept:
        about.terminal.say("score.nothing_read", "yellow", path=scores_out)
    else:
        _say_standing(about, library, chosen, with_model=False)
    if tally.errors:
        raise typer.Exit(1)


def _refuse_wrong_options(engine: str, jobs: int | None, samples: int, each_alone: bool) -> None:
    """An option that would have no effect is a misunderstanding."""
    if engine == EMBEDDED and (samples > 1 or each_alone):
        option = "--samples" if samples > 1 else "--each-alone"
        raise UsageError("error.only_with_engine", option=option, engine=MODEL)
    if engine == MODEL and jobs is not None:
        raise UsageError("error.only_with_engine", option="--jobs", engine=EMBEDDED)


def _say_done(about: Context, tally: Tally, path: Path) -> None:
    about.terminal.say(
        "score.done", scored=tally.scored, kept=tally.kept, errors=tally.errors, path=path
    )


def _say_standing(
    about: Context, library: Library, criteria: Sequence[str], with_model: bool
) -> None:
    """How many of the criteria are calibrated against people, for whoever scored here."""
    root = bootstrap.content_root(about.settings.content)
    version = bootstrap.Version("", library, root)
    beside = asyncio.run(bootstrap.standing_of_version(about.settings, version, with_model))
    standing = calibration_of(criteria, beside.cases, about.words)
    about.terminal.say("score.standing", "dim", standing=standing)


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
            raise UsageError("error.unknown_rubric", given=rubric, known=list(library.rubrics))
        return tuple(one.id for one in library.rubrics[rubric].criteria)
    ids = tuple(dict.fromkeys(id.strip() for id in (listed or "").split(",") if id.strip()))
    unknown = [id for id in ids if id not in library.criteria]
    if unknown or not ids:
        raise UsageError("error.unknown_criteria", given=unknown, known=list(library.criteria))
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
    with told_if_interrupted(about, "score.interrupted"), _progress(total) as advance:
        advance(0)
        return bootstrap.score_batch(
            about.settings, library, criteria, rows_in, scores_out, workers, advance
        )


@contextmanager
def _progress(total: int) -> Iterator[Advance]:
    """A bar at a terminal, from the first step on: until then something may have to be asked."""
    console = Console(stderr=True)
    columns = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    progress = Progress(*columns, console=console, disable=not console.is_terminal)
    task = progress.add_task("", total=total)

    def advance(number: int) -> None:
        progress.start()
        progress.advance(task, number)

    try:
        yield advance
    finally:
        progress.stop()


# -- with a model ---------------------------------------------------------------------------


def _run_model(about: Context, library: Library, batch: Batch, yes: bool) -> None:
    total = bootstrap.count_rows(batch.rows_in)

    def agree(estimate: Estimate) -> bool:
        return _agreed(about, estimate, yes)

    with told_if_interrupted(about, "score.interrupted"), _progress(total) as advance:
        run = bootstrap.score_with_model(about.settings, library, batch, agree, advance)
        done = asyncio.run(run)
    if done is None:
        about.terminal.say("score.not_begun")
        raise typer.Exit(1)
    asked, expense = done
    _show_expense(about, asked, expense)
    if asked.stopped is not None:
        _stop(about, asked, total)
    _say_done(about, asked.tally, batch.scores_out)
    if batch.samples == 1 and not batch.each_alone:
        _say_standing(about, library, batch.criteria, with_model=True)
    else:
        # Asked in another way than in practice, a model is another scorer, which nobody examined.
        about.terminal.say("score.standing", "dim", standing=about.words.say("engine.uncalibrated"))
    if asked.unanswered:
        about.terminal.say("score.unanswered", "yellow", number=asked.unanswered)
    if asked.tally.errors or asked.unanswered:
        raise typer.Exit(1)


def _agreed(about: Context, estimate: Estimate, yes: bool) -> bool:
    """Say what is ahead; ask whoever sits there whether to begin."""
    terminal = about.terminal
    say_estimate(about, (estimate,))
    if estimate.affordable < estimate.rows:
        terminal.say("score.budget_short", "yellow", rows=f"{estimate.affordable:,}")
    return agreed(about, yes)


def _show_expense(about: Context, asked: Asked, expense: Expense) -> None:
    if not expense.prompt:
        return  # nothing was asked, or nobody answered
    about.terminal.say(
        "score.expense",
        calls=f"{expense.calls:,}",
        prompt=f"{expense.prompt:,}",
        share=f"{expense.cached_share:.0%}",
        completion=f"{expense.completion:,}",
        seconds=f"{expense.seconds:,.0f}",
    )
    if expense.cost is not None:
        about.terminal.say("score.cost", cost=f"{expense.cost:,.4f}")
    about.terminal.say("score.unscored", share=f"{asked.unscored_share:.1%}")


def _stop(about: Context, asked: Asked, total: int) -> None:
    """Say why the run ended before its end; whatever must be changed first is an error."""
    done = asked.tally.scored + asked.tally.kept - asked.unanswered
    if isinstance(asked.stopped, BudgetSpent):
        settings = about.settings
        limits = [name for field, name in _BUDGETS.items() if getattr(settings, field) is not None]
        about.terminal.say(
            "score.stopped_budget", "yellow", done=done, total=total, limits=", ".join(limits)
        )
    elif isinstance(asked.stopped, ModelUnavailable):
        said = asked.stopped.said or asked.stopped.reason
        about.terminal.say("score.stopped_gone", "yellow", done=done, total=total, said=said)
    elif asked.stopped is not None:
        raise asked.stopped
    raise typer.Exit(1)
