"""Scoring the graded cases before a release: by which engine, at what cost, how far it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from commcoach import bootstrap
from commcoach.cli.context import Context
from commcoach.cli.engines import is_model
from commcoach.cli.estimates import agreed, say_estimate
from commcoach.cli.help_texts import help_text
from commcoach.cli.long_commands import HowFar
from commcoach.coaching.batches import Estimate
from commcoach.coaching.losses import Loss
from commcoach.domain.library import Library
from commcoach.domain.score import EngineName
from commcoach.presentation.engines import engine_name
from commcoach.presentation.wording import N_

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
    """What is being done and how far it is; and the questions in between.

    Before a model is paid, what it will take.
    """
    console, words = Console(stderr=True), about.words
    shown = HowFar(words, transient=True)
    status = console.status("")

    def doing(key: str) -> None:
        if console.is_terminal:
            status.update(Text(words.say(key), style="dim"))
            status.start()

    def begin(number: int) -> None:
        if number:
            status.stop()
            shown.begin(number)

    def agree(estimate: Estimate) -> bool:
        status.stop()
        return _agreed(about, estimate, yes)

    def ask_to_give_up(lost: Sequence[Loss], before: Library | None, library: Library) -> bool:
        status.stop()
        given_up = give_up is not None and give_up(lost, before, library)
        doing(N_("publish.preparing"))
        return given_up

    doing(N_("publish.preparing"))
    try:
        asking = ask_to_give_up if give_up is not None else None
        yield bootstrap.Watch(begin, shown.advance, agree, asking)
    finally:
        shown.end()
        status.stop()


def _agreed(about: Context, estimate: Estimate, yes: bool) -> bool:
    """Say what is ahead; ask whoever sits there whether to begin."""
    terminal = about.terminal
    terminal.say("publish.with_model", "dim")
    say_estimate(about, (estimate,))
    if estimate.affordable < estimate.rows:
        terminal.say("publish.budget_short", "yellow", rows=f"{estimate.affordable:,}")
    return agreed(about, yes)
