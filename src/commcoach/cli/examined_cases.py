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
from commcoach.cli.help_texts import help_text
from commcoach.cli.terminal import EndOfInput, UsageError
from commcoach.coaching.batches import Estimate
from commcoach.domain.score import EngineName
from commcoach.presentation.engines import engine_name

EMBEDDED, MODEL = "embedded", "model"
_YES = ("y", "yes", "是", "好")

WithEngine = Annotated[
    str | None, typer.Option(help=help_text("publish.engine"), show_default=False)
]
Yes = Annotated[bool, typer.Option("--yes", help=help_text("score.yes"))]


def with_model(about: Context, engine: str | None) -> bool:
    """Whether a model is to score; unless somebody says otherwise, if one scores in practice."""
    is_set = bootstrap.model_is_set(about.settings)
    if engine is None:
        return is_set
    if engine not in (EMBEDDED, MODEL):
        raise UsageError("error.unknown_engine", given=engine)
    if engine == MODEL and not is_set:
        raise UsageError("error.no_model")
    return engine == MODEL


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
    terminal.say(
        "score.estimate",
        rows=f"{estimate.rows:,}",
        calls=f"{estimate.calls:,}",
        prompt=f"{estimate.prompt:,}",
        completion=f"{estimate.completion:,}",
    )
    if estimate.cost is not None:
        terminal.say("score.estimate_cost", cost=f"{estimate.cost:,.4f}")
    else:
        terminal.say("score.no_prices", "dim")
    if estimate.affordable < estimate.rows:
        terminal.say("publish.budget_short", "yellow", rows=f"{estimate.affordable:,}")
    return yes or not terminal.interactive or asked(about, about.words.say("score.begin"))


def asked(about: Context, question: str) -> bool:
    """What whoever sits there says to a question; the end of input is a no."""
    try:
        answer = about.terminal.ask(question)
    except EndOfInput:
        return False
    return answer.strip().lower() in _YES
