"""What the trainers' commands share: who is at work, and which session is meant."""

from __future__ import annotations

import getpass
from typing import Annotated

import typer

from commcoach.cli.help_texts import command_name, help_text
from commcoach.cli.terminal import UsageError
from commcoach.coaching.house import House
from commcoach.coaching.transcripts import named_by
from commcoach.domain.dialogue import PracticeSession

By = Annotated[str | None, typer.Option(help=help_text("by"))]
Lang = Annotated[str | None, typer.Option(help=help_text("lang"))]


def trainer(by: str | None) -> str:
    """Who is at work, for the audit trail: the name given, else that of the account."""
    if by is not None and by.strip():
        return by.strip()
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # an account without a name, as in some containers
        return "cli"


async def find_session(house: House, given: str) -> PracticeSession:
    """The session with this id, or the only one whose id begins so."""
    ids = [one.id for one in await house.reviews.listed()]
    found = named_by(given, ids)
    if len(found) > 1:
        raise UsageError("error.several_sessions", given=given, known=", ".join(found[:5]))
    session = await house.sessions.get(found[0]) if found else None
    if session is None:
        raise UsageError("error.unknown_session", given=given, command=command_name())
    return session
