"""`commcoach cohort`: groups that practise together, and invitations to them."""

from __future__ import annotations

import asyncio
import re
import secrets
import string
from datetime import timedelta
from typing import Annotated

import typer

from commcoach import bootstrap
from commcoach.cli.context import Context, context
from commcoach.cli.help_texts import command_name, help_text
from commcoach.cli.terminal import UsageError
from commcoach.cli.trainer import By, Lang, trainer
from commcoach.coaching.enrolment import UnknownCohort
from commcoach.coaching.records import Entry
from commcoach.domain.people import Cohort, Invitation

cohort_app = typer.Typer(help=help_text("cohort_app"), no_args_is_help=True)

Id = Annotated[str, typer.Argument(help=help_text("cohort.id"))]

_ID = re.compile(r"[\w.-]{1,40}")
_BOT = re.compile(r"(?:https?://t\.me/|@)?([A-Za-z][A-Za-z0-9_]{3,31})/?")
TOKEN_LENGTH = 20
"""Letters of an invitation: 114 bits, and nothing in them that looks like a number to mask."""


@cohort_app.command("add", help=help_text("cohort.add"))
def add(
    id: Id,
    title: Annotated[str, typer.Option(help=help_text("cohort.title"))],
    by: By = None,
    lang: Lang = None,
) -> None:
    """Keep a new cohort."""
    about = context(lang)
    if not _ID.fullmatch(id):
        raise UsageError("error.cohort_id", given=id)
    if not title.strip():
        raise UsageError("error.cohort_title")
    asyncio.run(_add(about, id, title.strip(), trainer(by)))


@cohort_app.command("invite", help=help_text("cohort.invite"))
def invite(
    id: Id,
    days: Annotated[int | None, typer.Option(min=1, help=help_text("cohort.days"))] = None,
    bot: Annotated[str | None, typer.Option(help=help_text("cohort.bot"))] = None,
    by: By = None,
    lang: Lang = None,
) -> None:
    """Make a token that lets its holders join."""
    about = context(lang)
    named = _BOT.fullmatch(bot) if bot else None
    if bot and named is None:
        raise UsageError("error.bot_name", given=bot)
    asyncio.run(_invite(about, id, days, named.group(1) if named else None, trainer(by)))


@cohort_app.command("list", help=help_text("cohort.list"))
def show(lang: Lang = None) -> None:
    """Show all cohorts."""
    asyncio.run(_list(context(lang)))


def new_token() -> str:
    """A token that nobody can guess; letters only, so that it fits a deep link."""
    return "".join(secrets.choice(string.ascii_letters) for _ in range(TOKEN_LENGTH))


async def _add(about: Context, id: str, title: str, by: str) -> None:
    async with bootstrap.open_house(about.settings) as house:
        now = bootstrap.now()
        if not await house.people.add_cohort(Cohort(id, title, now)):
            raise UsageError("error.cohort_taken", given=id)
        await house.audit.record(Entry(now, by, "added cohort", id))
    about.terminal.say("cohort.added", "green", id=id, title=title)


async def _invite(about: Context, id: str, days: int | None, bot: str | None, by: str) -> None:
    now = bootstrap.now()
    expires = None if days is None else now + timedelta(days=days)
    invitation = Invitation(new_token(), id, now, expires)
    async with bootstrap.open_house(about.settings) as house:
        try:
            await house.people.invite(invitation)
        except UnknownCohort:
            known = [one.id for one in await house.people.cohorts()]
            if not known:
                raise UsageError("error.no_cohorts") from None
            raise UsageError("error.unknown_cohort", given=id, known=known) from None
        # The token itself stays out of the trail: whoever reads it could join.
        await house.audit.record(Entry(now, by, "invited to cohort", id))
    terminal = about.terminal
    terminal.say("cohort.token", token=invitation.token)
    if bot is not None:
        terminal.say("cohort.link", link=f"https://t.me/{bot}?start={invitation.token}")
    if expires is None:
        terminal.say("cohort.no_end", "dim")
    else:
        terminal.say("cohort.until", "dim", until=terminal.words.moment(expires))


async def _list(about: Context) -> None:
    async with bootstrap.open_house(about.settings) as house:
        cohorts = await house.people.cohorts()
    if not cohorts:
        about.terminal.say("cohort.none", command=command_name())
    for one in cohorts:
        about.terminal.say(
            "cohort.line",
            id=one.id,
            title=one.title,
            learners=one.learners,
            day=about.words.day(one.created_at),
        )
