"""`commcoach rubric publish`, `rollback`, `history` and `calibrate`: which content is in force."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

from commcoach import bootstrap
from commcoach.cli.context import Context, context
from commcoach.cli.errors import show_problems
from commcoach.cli.help_texts import command_name, help_text
from commcoach.cli.terminal import UsageError
from commcoach.coaching.house import House
from commcoach.coaching.publishing import Checked
from commcoach.coaching.publishing import history as history_of
from commcoach.coaching.scorer import EngineName
from commcoach.coaching.transcripts import named_by
from commcoach.domain.library import Library
from commcoach.domain.linking import LinkChoice
from commcoach.domain.problems import ContentRefused
from commcoach.presentation.engines import engine_name
from commcoach.presentation.links import link_lines
from commcoach.presentation.publications import (
    calibration_lines,
    change_lines,
    history_lines,
    in_force_line,
    refusal_lines,
    self_test_line,
)

EMBEDDED, MODEL = "embedded", "model"
_NAMED = 12
"""Releases that are named where somebody gave one that is not known."""

Lang = Annotated[str | None, typer.Option(help=help_text("lang"))]
By = Annotated[str, typer.Option(help=help_text("publish.by"))]
Note = Annotated[str, typer.Option(help=help_text("publish.note"))]
WithEngine = Annotated[str, typer.Option(help=help_text("publish.engine"))]


def publish(
    by: By,
    content: Annotated[Path | None, typer.Option(help=help_text("content"))] = None,
    note: Note = "",
    engine: WithEngine = EMBEDDED,
    dry_run: Annotated[bool, typer.Option("--dry-run", help=help_text("publish.dry_run"))] = False,
    lang: Lang = None,
) -> None:
    """See the message catalogue."""
    about = context(lang, content)
    wish = bootstrap.Wish(
        root=bootstrap.content_root(about.settings.content),
        by=_who(by),
        note=note.strip(),
        with_model=_is_model(about, engine),
        only_look=dry_run,
    )
    asyncio.run(_publish(about, wish))


def _who(by: str) -> str:
    if not by.strip():
        raise UsageError("error.publish_needs")
    return by.strip()


def _is_model(about: Context, engine: str) -> bool:
    if engine not in (EMBEDDED, MODEL):
        raise UsageError("error.unknown_engine", given=engine)
    if engine == MODEL and not bootstrap.model_is_set(about.settings):
        raise UsageError("error.no_model")
    return engine == MODEL


async def _publish(about: Context, wish: bootstrap.Wish) -> None:
    terminal = about.terminal
    terminal.say("publish.checking", "dim")
    async with bootstrap.open_house(about.settings) as house:
        try:
            with _watched(about, wish.with_model) as watch:
                done = await bootstrap.publish_content(about.settings, house, wish, watch)
        except bootstrap.ContentChanged:
            _refuse([about.words.say("publish.content_changed")])
    if done.library is None:
        show_problems(done.problems, about.words)
        _refuse([about.words.say("publish.refused_files")])
    if done.in_force is not None:
        terminal.show(in_force_line(done.in_force, about.words))
        return
    _show(about, done, done.library)
    if done.refused:
        reasons = refusal_lines(done, done.library, about.words)
        head = about.words.say("publish.refused", number=len(reasons))
        _refuse([head, *(f"  · {reason}" for reason in reasons)])
    if done.published is None:
        terminal.say("publish.dry_run", "green")
        return
    if not done.published.anew:
        terminal.show(in_force_line(done.published.publication, about.words))
        return
    terminal.say("publish.done", "bold green", release=done.release)
    terminal.say("publish.undo", "dim", command=command_name())


def _refuse(lines: Iterable[str]) -> NoReturn:
    sys.stdout.flush()
    sys.stderr.writelines(f"{line}\n" for line in lines)
    raise typer.Exit(1)


def _show(about: Context, done: Checked, library: Library) -> None:
    """What the release changes, how it is calibrated, and which self-tests deserve a look."""
    terminal, words = about.terminal, about.words
    if done.changes.number:
        terminal.say("publish.changes", "bold cyan", number=done.changes.number)
        for line in change_lines(done.changes, library, words):
            terminal.show(f"  {line}")
    else:
        terminal.say("publish.no_changes")
    if done.engine is not None and done.fittings:
        terminal.say("publish.calibration", "bold cyan", engine=_engine(about, done.engine))
        for line in calibration_lines(done, library, words):
            terminal.show(f"  {line}")
    if done.warnings:
        terminal.say("publish.warnings", "yellow")
        for failure in done.warnings:
            terminal.show(f"  · {self_test_line(failure, library, words)}")


def _engine(about: Context, engine: EngineName) -> str:
    return engine_name(engine.model or engine.name, about.words)


@contextmanager
def _watched(about: Context, with_model: bool) -> Iterator[bootstrap.Watch]:
    """A bar at a terminal once the cases are scored; before a model is paid, how much it is."""
    console = Console(stderr=True)
    columns = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    progress = Progress(*columns, console=console, disable=not console.is_terminal)

    def begin(number: int) -> None:
        if not number:
            return
        if with_model:
            about.terminal.say("publish.calls", "dim", number=number)
        progress.add_task("", total=number)
        progress.start()

    def advance(number: int) -> None:
        progress.advance(progress.task_ids[0], number)

    try:
        yield bootstrap.Watch(begin, advance)
    finally:
        progress.stop()


def rollback(
    release: Annotated[str, typer.Argument(help=help_text("publish.release"))],
    by: By,
    note: Note = "",
    lang: Lang = None,
) -> None:
    """See the message catalogue."""
    asyncio.run(_roll_back(context(lang), release, _who(by), note.strip()))


async def _roll_back(about: Context, given: str, by: str, note: str) -> None:
    async with bootstrap.open_house(about.settings) as house:
        release = await _find(house, given)
        try:
            done, changes = await bootstrap.roll_back(about.settings, house, release, by, note)
        except ContentRefused as error:
            show_problems(error.problems, about.words)
            _refuse([about.words.say("publish.unreadable", release=release)])
    if done.anew:
        about.terminal.say(
            "publish.rolled_back", "bold green", release=release, number=changes.number
        )
    else:
        about.terminal.show(in_force_line(done.publication, about.words))


async def _find(house: House, given: str) -> str:
    """The release with this id, or the only one whose id begins so."""
    published = [one.release for one in await house.publications.all()]
    recorded = [one.id for one in reversed(await house.releases.all())]
    known = list(dict.fromkeys([*published, *recorded]))
    if not known:
        raise UsageError("error.no_release_yet")
    found = named_by(given, known)
    if len(found) > 1:
        raise UsageError("error.several_releases", given=given, known=", ".join(found[:_NAMED]))
    if not found:
        raise UsageError("error.no_such_release", given=given, known=", ".join(known[:_NAMED]))
    return found[0]


def history(lang: Lang = None) -> None:
    """See the message catalogue."""
    asyncio.run(_history(context(lang)))


async def _history(about: Context) -> None:
    async with bootstrap.open_house(about.settings) as house:
        told = await history_of(house.publishing())
    if not told:
        about.terminal.say("history.none", command=command_name())
    for line in history_lines(told, about.words):
        about.terminal.show(line)


def calibrate(
    criterion: Annotated[
        list[str] | None, typer.Option(help=help_text("publish.criterion"))
    ] = None,
    engine: WithEngine = EMBEDDED,
    lang: Lang = None,
) -> None:
    """See the message catalogue."""
    about = context(lang)
    asyncio.run(_calibrate(about, criterion, _is_model(about, engine)))


async def _calibrate(about: Context, criteria: list[str] | None, with_model: bool) -> None:
    terminal, words = about.terminal, about.words
    async with bootstrap.open_house(about.settings) as house:
        with _watched(about, with_model) as watch:
            try:
                done = await bootstrap.calibrate_in_force(
                    about.settings, house, criteria, with_model, watch
                )
            except bootstrap.UnknownCriteria as error:
                raise UsageError(
                    "error.unknown_criteria",
                    given=", ".join(error.given),
                    known=", ".join(error.known),
                ) from None
    terminal.say(
        "calibrate.title",
        "bold cyan",
        engine=_engine(about, done.engine),
        release=done.library.release,
    )
    if done.stopped:
        _refuse(
            [
                *refusal_lines(Checked(stopped=done.stopped), done.library, words),
                words.say("calibrate.stopped"),
            ]
        )
    for fitting in done.fittings:
        for line in link_lines(fitting, done.library.criteria[fitting.criterion], words):
            terminal.show(line)
        if isinstance(fitting.result, LinkChoice):
            terminal.show()
    kept = sum(isinstance(one.result, LinkChoice) for one in done.fittings)
    if kept:
        terminal.say("calibrate.kept", "green", number=kept)
    else:
        terminal.say("calibrate.none", "yellow")
