"""What the trainers' commands share: who is at work, and which session is meant."""

from __future__ import annotations

import getpass
from typing import Annotated

import typer

from commcoach.cli.help_texts import command_name, help_text
from commcoach.cli.terminal import UsageError
from commcoach.coaching.house import House
from commcoach.coaching.review import Listed
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


async def find_sessions(
    house: House, cohort: str | None, learner: str | None, unasked: bool = False
) -> tuple[list[Listed], int]:
    """The sessions of a cohort or learner, or all; and how many were left out.

    `learner` is an id or its beginning. Left out are those of learners who never agreed that
    trainers read them, such as whoever practised at this terminal, unless they are named or
    `unasked` takes them in.
    """
    if cohort is not None:
        known = [one.id for one in await house.people.cohorts()]
        if not known:
            raise UsageError("error.no_cohorts")
        if cohort not in known:
            raise UsageError("error.unknown_cohort", given=cohort, known=known)
    listed = await house.reviews.listed(cohort)
    learners = tuple(dict.fromkeys(one.learner for one in listed))
    if learner is not None:
        meant = named_by(learner, learners)
        if len(meant) > 1:
            raise UsageError("error.several_learners", given=learner, known=meant[:5])
        return [one for one in listed if one.learner in meant], 0
    if unasked:
        return listed, 0
    agreed = {id for id in learners if await _has_ever_agreed(house, id)}
    shown = [one for one in listed if one.learner in agreed]
    return shown, len(listed) - len(shown)


async def _has_ever_agreed(house: House, learner: str) -> bool:
    found = await house.people.get(learner)
    return found is not None and found.consent is not None


async def find_session(house: House, given: str) -> PracticeSession:
    """The session with this id, or the only one whose id begins so."""
    ids = [one.id for one in await house.reviews.listed()]
    found = named_by(given, ids)
    if len(found) > 1:
        raise UsageError("error.several_sessions", given=given, known=found[:5])
    session = await house.sessions.get(found[0]) if found else None
    if session is None:
        raise UsageError("error.unknown_session", given=given, command=command_name())
    return session
