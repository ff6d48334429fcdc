"""What a command says that takes long: how far it is, and that it was interrupted."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from commcoach.cli.context import Context
from commcoach.presentation.wording import Wording

INTERRUPTED = 130
"""The exit code of a command that Ctrl-C has ended, as shells have it."""
TELL_EVERY = 10.0
"""Seconds between two lines on how far it is, where nobody sees a bar."""
_WIDTH = 20
"""Cells of the bar itself: what stands beside it is to fit into 80."""


class HowFar:
    """How far work is: a bar at a terminal, before a pipe a line now and then.

    It tells on standard error till `end`: the bar from `begin` on, the lines at once.
    """

    def __init__(self, words: Wording, *, transient: bool = False) -> None:
        console = Console(stderr=True)
        self._words = words
        self._bar = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(_WIDTH),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
            console=console,
            disable=not console.is_terminal,
            transient=transient,
        )
        self._task = self._bar.add_task(words.say("how_far.learning"), total=None)
        self._over = threading.Event()
        self._done = self._total = 0
        if not console.is_terminal:
            threading.Thread(target=self._tell, args=(time.monotonic(),), daemon=True).start()

    def begin(self, total: int) -> None:
        """All is ready; before the first of so many steps something has to be learned."""
        self._total = total
        self._bar.update(self._task, total=total)
        self._bar.start()

    def advance(self, number: int = 1) -> None:
        """So many more steps are done."""
        self._done += number
        if number:
            key = "how_far.scoring" if self._done < self._total else "publish.computing"
            self._bar.update(self._task, advance=number, description=self._words.say(key))

    def end(self) -> None:
        """Tell no more."""
        self._over.set()
        self._bar.stop()

    def _tell(self, began: float) -> None:
        while not self._over.wait(TELL_EVERY):
            seconds = round(time.monotonic() - began)
            told = {"done": self._done, "total": self._total, "seconds": seconds}
            with suppress(OSError, ValueError):  # nobody reads it any more
                sys.stderr.write(f"{self._words.say(self._key(), **told)}\n")
                sys.stderr.flush()

    def _key(self) -> str:
        if self._done:
            return "how_far.line"
        return "how_far.line_learning" if self._total else "how_far.line_preparing"


@contextmanager
def how_far(about: Context, total: int) -> Iterator[HowFar]:
    """Tell how far work of so many steps is, as long as the block takes."""
    shown = HowFar(about.words)
    shown.begin(total)
    try:
        yield shown
    finally:
        shown.end()


@contextmanager
def told_if_interrupted(about: Context, key: str, /, **details: object) -> Iterator[None]:
    """Whoever ends it before its time hears what became of it."""
    try:
        yield
    except KeyboardInterrupt:
        about.terminal.say(key, "yellow", **details)
        raise typer.Exit(INTERRUPTED) from None
