"""`commcoach bot`: the bot in Telegram."""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
from pathlib import Path
from typing import Annotated

import typer

from commcoach import bootstrap
from commcoach.cli.context import Context, context
from commcoach.cli.help_texts import command_name, help_text
from commcoach.cli.logs import log_to_stderr
from commcoach.cli.terminal import UsageError


def bot(
    lang: Annotated[str | None, typer.Option(help=help_text("lang"))] = None,
    content: Annotated[Path | None, typer.Option(help=help_text("content"))] = None,
    verbose: Annotated[bool, typer.Option(help=help_text("bot.verbose"))] = False,
) -> None:
    """See the message catalogue."""
    about = context(lang, content)
    token = about.settings.telegram_token
    if token is None or not token.get_secret_value().strip():
        raise UsageError("error.no_token")
    log_to_stderr(logging.DEBUG if verbose else logging.INFO)
    for name in about.settings.budgets_without_prices():
        about.terminal.say("budget.no_price", "yellow", name=name)
    asyncio.run(_serve(about, token.get_secret_value().strip(), pinned=content is not None))


async def _serve(about: Context, token: str, pinned: bool) -> None:
    from commcoach.telegram.polling import TokenRefused
    from commcoach.telegram.service import serve

    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    try:
        await serve(about.settings, token, _Announcer(about), stop, pinned)
    except TokenRefused as error:
        raise UsageError("error.token_refused") from error
    about.terminal.say("bot.stopped")


class _Announcer:
    """Tells the operator in words; everything else is in the log."""

    def __init__(self, about: Context) -> None:
        self._terminal = about.terminal
        self._words = about.words

    def serving(self, name: str, place: str) -> None:
        """The bot serves now."""
        self._terminal.say("bot.running", name=name, place=place)
        self._terminal.say("bot.how_to_stop", "dim")
        sys.stdout.flush()

    def in_force(self, content: bootstrap.InForce) -> None:
        """What new sessions are practised on."""
        publication = content.publication
        if publication is None:
            self._terminal.say(
                "bot.content_of_folder", release=content.library.release, folder=content.root
            )
        else:
            self._terminal.say(
                "bot.content_published",
                release=publication.release,
                by=publication.by,
                when=self._words.moment(publication.at),
            )
        if content.unpublished is not None:
            self._terminal.say(
                "bot.content_differs",
                "yellow",
                folder=content.unpublished,
                command=command_name(),
            )
        sys.stdout.flush()

    def unreachable(self, url: str) -> None:
        """Telegram does not answer."""
        self._terminal.say("bot.unreachable", "yellow", url=url)
        sys.stdout.flush()

    def preparing(self) -> None:
        """The criteria are being learned."""
        self._terminal.say("bot.preparing", "dim")
        sys.stdout.flush()

    def updates_taken(self) -> None:
        """Somebody else gets the updates."""
        self._terminal.say("bot.updates_taken", "yellow")
        sys.stdout.flush()
