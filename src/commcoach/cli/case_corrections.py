"""`commcoach cases corrections`: what trainers corrected as cases, for the engine to learn from."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping
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
from commcoach.domain.people import NoCases, why_no_cases
from commcoach.presentation.wording import N_

FORM = "corrections"
"""What the audit trail says was exported of a session."""
LEFT_OUT = {
    NoCases.NEVER_ASKED: N_("corrections.never_asked"),
    NoCases.NOT_AGREED: N_("corrections.not_agreed"),
    NoCases.BEGUN_BEFORE: N_("corrections.begun_before"),
}


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
) -> tuple[list[PracticeSession], Counter[NoCases]]:
    """Corrected sessions that may become cases, and how many others there are, and why."""
    listed, _ = await find_sessions(house, cohort, learner, unasked=True)
    sessions = []
    left_out: Counter[NoCases] = Counter()
    for one in listed:
        if not one.overrides:
            continue
        session = await house.sessions.get(one.id)
        if session is None:
            continue  # deleted a moment ago
        why = why_no_cases(await house.people.consents(one.learner), session.started_at)
        if why is None:
            sessions.append(session)
        else:
            left_out[why] += 1
    return sessions, left_out


def _tell(
    about: Context, output: Path, found: Corrections, left_out: Mapping[NoCases, int]
) -> None:
    terminal = about.terminal
    for key, number in (
        *((key, left_out.get(why, 0)) for why, key in LEFT_OUT.items()),
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
