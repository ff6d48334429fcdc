"""`commcoach model`: how the configured language models do at their work."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Annotated

import typer
from rich.cells import cell_len

from commcoach import bootstrap
from commcoach.cli.context import context
from commcoach.cli.doctor import JOBS
from commcoach.cli.help_texts import command_name, help_text
from commcoach.cli.terminal import Terminal, UsageError
from commcoach.coaching.examining import Bench, JobBench, Spread
from commcoach.domain.library import Library
from commcoach.domain.scenario import Scenario
from commcoach.presentation.wording import Wording

model_app = typer.Typer(help=help_text("model_app"), no_args_is_help=True)


@model_app.callback()
def _model() -> None:
    """See the message catalogue: with this a single command keeps its name."""


@model_app.command("bench", help=help_text("model.bench"))
def bench(
    turns: Annotated[int, typer.Option(min=1, help=help_text("model.bench.turns"))] = 10,
    scenario: Annotated[
        str | None, typer.Option(help=help_text("model.bench.scenario"), show_default=False)
    ] = None,
    lang: Annotated[str | None, typer.Option(help=help_text("lang"))] = None,
) -> None:
    """See the message catalogue."""
    about = context(lang)
    if not bootstrap.does_any_job(about.settings):
        raise UsageError("error.bench_without_model")
    library = bootstrap.load_library(about.settings)
    chosen = _find(library, scenario)
    language = about.words.language
    replies = bootstrap.bench_replies(library, chosen, language)
    if not replies:
        known = [id for id in library.scenarios if id != chosen.id]
        raise UsageError("error.bench_no_replies", scenario=chosen.id, known=known)
    about.terminal.say("bench.waiting", "dim", turns=turns)
    work = bootstrap.bench(about.settings, library, chosen, language, replies, turns)
    found = asyncio.run(work)
    _show(found, chosen.title.said_in(language), about.terminal)
    if not _any_worked(found):
        raise typer.Exit(1)


def _any_worked(found: Bench) -> bool:
    return any(one.first + one.again for one in found.jobs)


def _find(library: Library, wanted: str | None) -> Scenario:
    scenarios = list(library.scenarios.values())
    for one in scenarios:
        if wanted is None or wanted.lower() in (one.id, one.number.lower()):
            return one
    known = [one.id for one in scenarios]
    raise UsageError("error.unknown_scenario", given=wanted, known=known)


def _show(found: Bench, title: str, terminal: Terminal) -> None:
    words = terminal.words
    terminal.say("bench.title", "bold", scenario=title, turns=found.turns)
    if found.jobs:
        terminal.show()
        header = ["", *words.say("bench.columns").split("|")]
        _table([header, *(_job(one, words) for one in found.jobs)], terminal)
    terminal.show()
    if not _any_worked(found):
        # How long the built-in engine takes says nothing of a model.
        terminal.say("bench.nothing", "red", command=command_name())
        return
    arms = (
        (words.say("bench.counterpart"), found.counterpart),
        (words.say("doctor.job.scorer"), found.scorer),
        (words.say("bench.turn"), found.turn),
    )
    header = [words.say("bench.arms"), *words.say("bench.times").split("|")]
    _table([header, *([label, *_seconds(spread)] for label, spread in arms)], terminal)
    terminal.show()
    tokens = f"{found.tokens:,.0f}"
    if found.cost is None:
        terminal.say("bench.no_cost", tokens=tokens)
    else:
        terminal.say("bench.cost", tokens=tokens, cost=f"{found.cost:.6f}")
    terminal.say("bench.legend", "dim")
    if any(one.first + one.again == 0 for one in found.jobs):
        terminal.say("bench.see_doctor", "yellow", command=command_name())


def _job(one: JobBench, words: Wording) -> list[str]:
    return [
        words.say(JOBS[one.job]),
        str(one.calls),
        *_seconds(one.latency),
        str(one.first),
        str(one.again),
        str(one.failed),
        f"{one.prompt:,.0f}",
        f"{one.cached:.0%}",
        f"{one.completion:,.0f}",
    ]


def _seconds(spread: Spread) -> list[str]:
    values = (spread.half, spread.most, spread.longest)
    return [f"{value:.2f}" if value < 10 else f"{value:.1f}" for value in values]


def _table(rows: Sequence[Sequence[str]], terminal: Terminal) -> None:
    """Columns of cells: the first set to the left, numbers and their headings to the right."""
    widths = [max(cell_len(cell) for cell in column) for column in zip(*rows, strict=True)]
    for number, row in enumerate(rows):
        cells = [
            row[0] + " " * (widths[0] - cell_len(row[0])),
            *(
                " " * (width - cell_len(cell)) + cell
                for cell, width in zip(row[1:], widths[1:], strict=True)
            ),
        ]
        terminal.show("  " + "  ".join(cells), "dim" if number == 0 else "")
