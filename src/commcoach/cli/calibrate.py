"""`commcoach rubric calibrate`: the release in force examined anew, by the grades of people."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer

from commcoach import bootstrap
from commcoach.cli.context import Context, context
from commcoach.cli.embedding_cures import refuse_without_embeddings
from commcoach.cli.examined_cases import (
    WithEngine,
    Yes,
    engine_title,
    watched,
    with_model,
)
from commcoach.cli.help_texts import command_name, help_text
from commcoach.cli.long_commands import told_if_interrupted
from commcoach.cli.own_content import unused_content
from commcoach.cli.publishing import By, Lang, refuse
from commcoach.cli.terminal import UsageError
from commcoach.domain.library import Library
from commcoach.domain.link_choice import MINIMUM, LinkChoice
from commcoach.presentation.left_out import left_out_lines
from commcoach.presentation.links import link_lines
from commcoach.presentation.publications import calibration_lines, moved_line, stopped_line


def calibrate(
    criterion: Annotated[
        list[str] | None, typer.Option(help=help_text("publish.criterion"))
    ] = None,
    by: By = "",
    engine: WithEngine = None,
    yes: Yes = False,
    lang: Lang = None,
) -> None:
    """See the message catalogue."""
    about = context(lang)
    by_model = with_model(about, engine)
    refuse_without_embeddings(about)
    with told_if_interrupted(about, "publish.interrupted", command=command_name()):
        asyncio.run(_calibrate(about, criterion, by.strip(), by_model, yes))


async def _calibrate(
    about: Context, criteria: list[str] | None, by: str, by_model: bool, yes: bool
) -> None:
    words = about.words
    async with bootstrap.open_house(about.settings) as house:
        try:
            wanted = await bootstrap.to_calibrate(about.settings, house, criteria)
        except bootstrap.UnknownCriteria as error:
            raise _unknown(about, error) from None
        _say_what(about, wanted)
        with watched(about, yes) as watch:
            done = await bootstrap.calibrate_in_force(
                about.settings, house, wanted, by_model, watch, by
            )
    if done.declined:
        refuse([words.say("calibrate.stopped")])
    if done.stopped:
        refuse([stopped_line(done.stopped, words), words.say("calibrate.stopped")])
    _show(about, wanted.library, done, by_name=bool(criteria))


def _unknown(about: Context, error: bootstrap.UnknownCriteria) -> UsageError:
    """That criteria are not in force; one that lies in the author's folder, that it is not yet."""
    own = about.settings.content
    folders = unused_content() if own is None else [bootstrap.content_root(own)]
    for folder in folders:
        written = {one.stem for one in (folder / bootstrap.RUBRICS).glob("*/*.yaml")}
        for id in error.given:
            if id in written:
                command = command_name()
                return UsageError(
                    "error.criterion_unpublished", id=id, folder=folder, command=command
                )
    return UsageError("error.not_in_release", given=error.given, known=error.known)


def _show(about: Context, library: Library, done: bootstrap.Examined, by_name: bool) -> None:
    """The links, then how the criteria stand, then what was kept."""
    terminal, words = about.terminal, about.words
    for fitting in done.fittings:
        # Those with too few cases are told together below, unless they were asked for by name.
        if by_name or fitting.n >= MINIMUM:
            for line in link_lines(fitting, library.criteria[fitting.criterion], words):
                terminal.show(line)
        if isinstance(fitting.result, LinkChoice):
            terminal.show()
    title = engine_title(about, done.engine)
    terminal.say("publish.calibration", "bold cyan", engine=title)
    for line in calibration_lines(done.floors, done.fittings, library, words):
        terminal.show(f"  {line}")
    for line in left_out_lines(done.floors, done.left_out, library, words):
        terminal.show(f"  {line}")
    for one in done.moved:
        terminal.show(f"  {moved_line(one, library, words)}", "yellow")
    linked = sum(one.has_link for one in done.fittings)
    if linked:
        terminal.say("calibrate.kept", "green", release=library.release, number=linked)
    else:
        terminal.say("calibrate.none", "yellow", release=library.release)
    if any(one.n < MINIMUM for one in done.fittings):
        terminal.say("calibrate.grade_more", "dim", command=command_name())


def _say_what(about: Context, wanted: bootstrap.ToCalibrate) -> None:
    """Which content is calibrated; it need not be the one in the author's folder."""
    release, published = wanted.library.release, wanted.publication
    if published is None:
        about.terminal.say("calibrate.folder", "bold cyan", release=release, folder=wanted.root)
        return
    when = about.words.moment(published.at)
    about.terminal.say(
        "calibrate.published", "bold cyan", release=published.release, by=published.by, when=when
    )
    if wanted.aside is not None:
        about.terminal.say("calibrate.aside", "yellow", folder=wanted.aside)
