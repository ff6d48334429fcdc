"""`commcoach progress`: what practice adds up to."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from commcoach import bootstrap
from commcoach.cli.context import Context, context
from commcoach.cli.help_texts import command_name, help_text
from commcoach.coaching.progressing import Progress, progress_of
from commcoach.coaching.standing import standing_over
from commcoach.domain.library import Library
from commcoach.domain.progress import FEWEST, Mastery
from commcoach.domain.rubric import Criterion
from commcoach.presentation.cards import bar
from commcoach.presentation.engines import calibration_over
from commcoach.presentation.wording import Wording


def progress(
    lang: Annotated[str | None, typer.Option(help=help_text("lang"))] = None,
    content: Annotated[Path | None, typer.Option(help=help_text("content"))] = None,
) -> None:
    """See the message catalogue."""
    asyncio.run(_show(context(lang, content)))


async def _show(about: Context) -> None:
    library = bootstrap.load_library(about.settings)
    async with bootstrap.open_house(about.settings) as house:
        found = await progress_of(house.sessions, library, about.settings.learner)
        practised = await house.sessions.of_learner(about.settings.learner)
        standing = await standing_over(house.calibrations, practised)
    terminal = about.terminal
    terminal.panel(
        terminal.words.say("progress.title"),
        terminal.words.say("progress.sessions", number=found.sessions),
    )
    if not found.masteries:
        terminal.say("progress.nothing_yet", command=command_name())
    for line in mastery_lines(found, library, terminal.words):
        terminal.show(line)
    if found.masteries:
        terminal.say("progress.how", "dim", fewest=FEWEST)
        terminal.show(calibration_over(standing, library, terminal.words), "dim")
    if found.recommended is not None:
        terminal.say(
            "progress.next",
            title=found.recommended.title.said_in(terminal.words.language),
            id=found.recommended.id,
            command=command_name(),
        )


def mastery_lines(found: Progress, library: Library, words: Wording) -> list[str]:
    """One line per criterion practised, in the order of the content."""
    return [
        _line(criterion, found.masteries[id], words)
        for id, criterion in library.criteria.items()
        if id in found.masteries
    ]


def _line(criterion: Criterion, mastery: Mastery, words: Wording) -> str:
    title = criterion.title.said_in(words.language)
    if mastery.level is None:
        return words.say(
            "progress.too_few",
            bar=bar(0, criterion.highest),
            criterion=title,
            seen=mastery.observations,
            missing=FEWEST - mastery.observations,
        )
    return words.say(
        "progress.line",
        bar=bar(mastery.level, criterion.highest),
        level=f"{mastery.level:g}",
        top=criterion.highest,
        criterion=title,
        seen=mastery.observations,
        trend=_trend(mastery.trend or 0.0),
    )


def _trend(change: float) -> str:
    if change >= 0.5:
        return "↑"
    return "↓" if change <= -0.5 else "→"
