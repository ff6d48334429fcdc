"""`commcoach cases corrections`: what trainers corrected as cases, for the engine to learn from."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from commcoach import bootstrap
from commcoach.cli.context import Context, context
from commcoach.cli.help_texts import command_name, command_on_own_content, help_text, quoted
from commcoach.cli.terminal import UsageError
from commcoach.cli.trainer import By, Lang, find_sessions, trainer
from commcoach.coaching.corrections import Corrections, corrected_cases
from commcoach.coaching.house import House
from commcoach.coaching.records import Entry
from commcoach.domain.dialogue import PracticeSession
from commcoach.domain.people import may_become_cases

FORM = "corrections"
"""What the audit trail says was exported of a session."""


def corrections(
    output: Annotated[Path, typer.Argument(help=help_text("corrections.output"))],
    cohort: Annotated[str | None, typer.Option(help=help_text("transcript.cohort"))] = None,
    learner: Annotated[str | None, typer.Option(help=help_text("transcript.learner"))] = None,
    by: By = None,
    content: Annotated[Path | None, typer.Option(help=help_text("content"))] = None,
    lang: Lang = None,
) -> None:
    """See the message catalogue."""
    about = context(lang, content)
    if output.suffix.lower() != ".jsonl":
        raise UsageError("error.cases_format", given=output.suffix.lstrip("."), known="jsonl")
    if not output.absolute().parent.is_dir():
        raise UsageError("error.no_such_path", path=output.absolute().parent)
    if output.exists():
        raise UsageError("error.sheet_is_there", path=output)
    asyncio.run(_export(about, output, cohort, learner, trainer(by)))


async def _export(
    about: Context, output: Path, cohort: str | None, learner: str | None, by: str
) -> None:
    library = bootstrap.load_library(about.settings, (bootstrap.RUBRICS,))
    async with bootstrap.open_house(about.settings) as house:
        sessions, left_out = await _sessions(house, cohort, learner)
        found = corrected_cases(sessions, library.criteria, bootstrap.mask)
        if found.cases:
            # Written down first, like any other export of what learners wrote.
            for session in sessions:
                if any(turn.overrides for turn in session.turns):
                    entry = Entry(bootstrap.now(), by, "exported", session.id, FORM)
                    await house.audit.record(entry)
    if found.cases:
        await asyncio.to_thread(bootstrap.write_cases, output, found.cases, private=True)
    _tell(about, output, found, left_out)


async def _sessions(
    house: House, cohort: str | None, learner: str | None
) -> tuple[list[PracticeSession], int]:
    """Corrected sessions of learners who agreed to this use, and how many others there are."""
    listed, _ = await find_sessions(house, cohort, learner)
    sessions, left_out = [], 0
    for one in listed:
        if not one.overrides:
            continue
        person = await house.people.get(one.learner)
        session = await house.sessions.get(one.id)
        if person is None or session is None or not may_become_cases(person):
            left_out += 1
        else:
            sessions.append(session)
    return sessions, left_out


def _tell(about: Context, output: Path, found: Corrections, left_out: int) -> None:
    terminal = about.terminal
    for key, number in (
        ("corrections.left_out", left_out),
        ("corrections.expired", found.expired),
        ("corrections.outdated", found.outdated),
    ):
        if number:
            terminal.say(key, "yellow", number=number)
    if not found.cases:
        terminal.say("corrections.none", "yellow", command=command_name())
        return
    number = len(found.cases)
    terminal.say("corrections.written", "green", path=output, number=number, levels=found.levels)
    terminal.say("corrections.holds", "yellow")
    command = command_on_own_content()
    terminal.say("corrections.next", command=command, path=quoted(str(output)))
