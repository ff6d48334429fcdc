"""`commcoach rubric publish`, `rollback` and `history`: which content is in force."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from commcoach import bootstrap
from commcoach.cli.context import Context, context
from commcoach.cli.embedding_cures import refuse_without_embeddings
from commcoach.cli.errors import show_problems
from commcoach.cli.estimates import asked
from commcoach.cli.examined_cases import (
    WithEngine,
    Yes,
    engine_title,
    watched,
    with_model,
)
from commcoach.cli.help_texts import command_name, help_text
from commcoach.cli.long_commands import told_if_interrupted
from commcoach.cli.own_content import hint_of_unused
from commcoach.cli.terminal import UsageError
from commcoach.coaching.checking import Checked
from commcoach.coaching.house import House
from commcoach.coaching.losses import Loss
from commcoach.coaching.publishing import Told, folders_before
from commcoach.coaching.publishing import history as history_of
from commcoach.coaching.releasing import Release, ReleaseChanged, UnknownRelease
from commcoach.coaching.transcripts import SHORTEST_ID, named_by
from commcoach.domain.library import Library
from commcoach.domain.problems import ContentMissing, ContentRefused
from commcoach.presentation.losses import loss_lines
from commcoach.presentation.publications import (
    calibration_lines,
    change_lines,
    clock_line,
    history_lines,
    in_force_line,
    moved_line,
    overtaken_line,
    refusal_lines,
    self_test_line,
)
from commcoach.presentation.wording import Wording

_NAMED = 12
"""Lines of the history that are shown where somebody gave a release that is not known."""

Lang = Annotated[str | None, typer.Option(help=help_text("lang"))]
By = Annotated[str, typer.Option(help=help_text("publish.by"))]
Note = Annotated[str, typer.Option(help=help_text("publish.note"))]


def publish(
    by: By,
    content: Annotated[Path | None, typer.Option(help=help_text("content"))] = None,
    note: Note = "",
    engine: WithEngine = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help=help_text("publish.dry_run"))] = False,
    remove: Annotated[bool, typer.Option("--remove", help=help_text("publish.remove"))] = False,
    undo: Annotated[bool, typer.Option("--undo", help=help_text("publish.undo"))] = False,
    yes: Yes = False,
    lang: Lang = None,
) -> None:
    """See the message catalogue."""
    about = context(lang, content)
    wish = bootstrap.Wish(
        root=bootstrap.content_root(about.settings.content),
        by=_who(by),
        note=note.strip(),
        with_model=with_model(about, engine),
        remove=remove,
        undo=undo,
        only_look=dry_run,
    )
    refuse_without_embeddings(about)
    with told_if_interrupted(about, "publish.interrupted", command=command_name()):
        asyncio.run(_publish(about, wish, yes))


def _who(by: str) -> str:
    if not by.strip():
        raise UsageError("error.publish_needs")
    return by.strip()


async def _publish(about: Context, wish: bootstrap.Wish, yes: bool) -> None:
    terminal, words = about.terminal, about.words
    if hint := hint_of_unused(words):
        terminal.show(hint, "yellow")
    terminal.say("publish.checking", "dim")

    def give_up(lost: Sequence[Loss], before: Library | None, library: Library) -> bool:
        for line in loss_lines(lost, (library, before), wish.root, command_name(), words):
            terminal.show(line, "yellow")
        return asked(about, words.say("publish.give_up"))

    async with bootstrap.open_house(about.settings) as house:
        try:
            with watched(about, yes, give_up if terminal.interactive else None) as watch:
                done = await bootstrap.publish_content(about.settings, house, wish, watch)
        except bootstrap.ContentChanged:
            refuse([words.say("publish.content_changed")])
        except ContentMissing as error:
            if error.folder != bootstrap.SCENARIOS:
                raise
            raise UsageError("publish.no_scenarios", root=error.root) from None
    if done.library is None:
        show_problems(done.problems, words, wish.root)
        refuse([words.say("publish.refused_files")])
    if done.in_force is not None:
        terminal.show(in_force_line(done.in_force, words))
        return
    _conclude(about, wish, done, done.library)


def _conclude(about: Context, wish: bootstrap.Wish, done: Checked, library: Library) -> None:
    terminal, words = about.terminal, about.words
    if done.declined:
        # Whoever was asked about losses has seen them; who only looks was not asked.
        lost = done.losses if wish.only_look else ()
        lines = loss_lines(lost, (library, done.before), wish.root, command_name(), words)
        refuse([*lines, words.say("publish.declined")])
    _show(about, done, library)
    if done.overtaken is not None:
        refuse([overtaken_line(done.overtaken, wish.root, command_name(), words)])
    if done.refused:
        reasons = [
            *loss_lines(done.losses, (library, done.before), wish.root, command_name(), words),
            *refusal_lines(done, library, command_name(), words),
        ]
        head = words.say("publish.refused", number=len(reasons))
        more = [words.say("publish.unpaid")] if done.unpaid else []
        refuse([head, *(f"  · {reason}" for reason in reasons), *more])
    if done.published is None:
        terminal.say("publish.dry_run", "green")
        return
    terminal.say("publish.done", "bold green", release=done.release)
    terminal.say("publish.go_back", "dim", command=command_name())


def refuse(lines: Iterable[str]) -> NoReturn:
    """Say on standard error why nothing was done, and end."""
    sys.stdout.flush()
    sys.stderr.writelines(f"{line}\n" for line in lines)
    raise typer.Exit(1)


def _show(about: Context, done: Checked, library: Library) -> None:
    """What the release changes, how it is calibrated, and what deserves a look."""
    terminal, words = about.terminal, about.words
    if done.changes.number:
        terminal.say("publish.changes", "bold cyan", number=done.changes.number)
        for line in change_lines(done.changes, (library, done.before), words):
            terminal.show(f"  {line}")
    else:
        terminal.say("publish.no_changes")
    if done.engine is not None and done.fittings:
        title = engine_title(about, done.engine)
        terminal.say("publish.calibration", "bold cyan", engine=title)
        for line in calibration_lines(done.floors, done.fittings, library, words):
            terminal.show(f"  {line}")
    if done.self_test_warnings:
        terminal.say("publish.warnings", "yellow")
        for failure in done.self_test_warnings:
            terminal.show(f"  · {self_test_line(failure, library, words)}")
    if done.moved_warnings:
        terminal.say("publish.moved_warnings", "yellow")
        for one in done.moved_warnings:
            terminal.show(f"  · {moved_line(one, library, words)}")


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
        release = await _find(house, given, about.words)
        try:
            done, changes = await bootstrap.roll_back(about.settings, house, release, by, note)
        except ContentRefused as error:
            show_problems(error.problems, about.words)
            refuse([about.words.say("publish.unreadable", release=release)])
        except ReleaseChanged:
            refuse([about.words.say("rollback.changed", release=release)])
        except UnknownRelease:
            refuse([about.words.say("rollback.gone", release=release, command=command_name())])
    if done.anew:
        about.terminal.say(
            "publish.rolled_back", "bold green", release=release, number=changes.number
        )
    else:
        about.terminal.show(in_force_line(done.publication, about.words))


async def _find(house: House, given: str, words: Wording) -> str:
    """The release with this id, or the only one whose id begins so, of those once in force."""
    told, before = await _history_of(house)
    if not told:
        raise UsageError("error.no_release_yet")
    known = dict.fromkeys([*(one.publication.release for one in told), *(one.id for one in before)])
    found = named_by(given, known)
    if len(found) == 1:
        return found[0]
    lines = history_lines(told, before, words)
    if found:
        key, lines = "error.several_releases", tuple(one for one in lines if one.startswith(found))
    else:
        key = "error.short_release" if len(given) < SHORTEST_ID else "error.no_such_release"
    listed = "".join(f"\n  {line}" for line in lines[:_NAMED])
    raise UsageError(key, given=given, known=listed, least=SHORTEST_ID)


async def _history_of(house: House) -> tuple[tuple[Told, ...], tuple[Release, ...]]:
    publishing = house.publishing()
    return await history_of(publishing), await folders_before(publishing)


def history(lang: Lang = None) -> None:
    """See the message catalogue."""
    asyncio.run(_history(context(lang)))


async def _history(about: Context) -> None:
    async with bootstrap.open_house(about.settings) as house:
        told, before = await _history_of(house)
    own = about.settings.content
    if told:
        for line in history_lines(told, before, about.words):
            about.terminal.show(line)
        about.terminal.show(clock_line(about.words), "dim")
    elif own is not None:
        about.terminal.say("history.none_folder", command=command_name(), folder=own)
    else:
        about.terminal.say("history.none", command=command_name())
