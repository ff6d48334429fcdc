"""Scoring the graded cases before a release: by which engine, at what cost, how far it is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

from commcoach import bootstrap
from commcoach.cli.context import Context
from commcoach.cli.engines import is_model
from commcoach.cli.estimates import agreed, say_estimate
from commcoach.cli.help_texts import help_text
from commcoach.coaching.batches import Estimate
from commcoach.domain.score import EngineName
from commcoach.presentation.engines import engine_name

WithEngine = Annotated[
    str | None, typer.Option(help=help_text("publish.engine"), show_default=False)
]
Yes = Annotated[bool, typer.Option("--yes", help=help_text("score.yes"))]


def with_model(about: Context, engine: str | None) -> bool:
    """Whether a model is to score; unless somebody says otherwise, if one scores in practice."""
    if engine is None:
        return bootstrap.model_is_set(about.settings)
    return is_model(about, engine)


def engine_title(about: Context, engine: EngineName) -> str:
    """Who scored, a model by its own name."""
    return engine_name(engine.model or engine.name, about.words)


@contextmanager
def watched(
    about: Context, yes: bool, give_up: bootstrap.GiveUp | None = None
) -> Iterator[bootstrap.Watch]:
    """A bar at a terminal once the cases are scored; before a model is paid, what it will take."""
    console = Console(stderr=True)
    columns = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    progress = Progress(*columns, console=console, disable=not console.is_terminal)

    def begin(number: int) -> None:
        if number:
            progress.add_task("", total=number)
            progress.start()

    def advance(number: int) -> None:
        progress.advance(progress.task_ids[0], number)

    def agree(estimate: Estimate) -> bool:
        return _agreed(about, estimate, yes)

    try:
        yield bootstrap.Watch(begin, advance, agree, give_up)
    finally:
        progress.stop()


def _agreed(about: Context, estimate: Estimate, yes: bool) -> bool:
    """Say what is ahead; ask whoever sits there whether to begin."""
    terminal = about.terminal
    terminal.say("publish.with_model", "dim")
    say_estimate(about, (estimate,))
    if estimate.affordable < estimate.rows:
        terminal.say("publish.budget_short", "yellow", rows=f"{estimate.affordable:,}")
    return agreed(about, yes)
