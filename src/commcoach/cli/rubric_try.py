"""`commcoach rubric try`: what a reply gets by a criterion, and why; again after each save."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from commcoach import bootstrap
from commcoach.cli.context import Context, context
from commcoach.cli.engines import EMBEDDED, is_model
from commcoach.cli.errors import EXPECTED, report
from commcoach.cli.help_texts import help_text
from commcoach.cli.rubric_show import find
from commcoach.cli.terminal import EndOfInput, UsageError, no_file
from commcoach.cli.trial_view import show_pair, show_trial
from commcoach.coaching.releasing import UnknownRelease
from commcoach.coaching.scorer import ScoringTask
from commcoach.coaching.trying import Trial, moved, saves
from commcoach.domain.cases import Said
from commcoach.domain.library import Library
from commcoach.domain.problems import ContentRefused
from commcoach.domain.rubric import Rubric
from commcoach.domain.scenario import Scenario
from commcoach.domain.wording import language_of
from commcoach.presentation.reasons import mask_notice
from commcoach.presentation.reply_rows import row_fault
from commcoach.presentation.trying import moved_lines

LOOK_EVERY = 0.3
"""Seconds between two looks at the files."""
_COUNTERPART = "counterpart"

Tasks = Callable[[Library, tuple[str, ...]], tuple[ScoringTask, ...]]
"""The replies to score, for the criteria of a version."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the options ask for; `old` is the version to compare with."""

    name: str
    with_model: bool
    old: bootstrap.Version | None
    scenario: str | None


def try_(
    name: Annotated[str, typer.Argument(help=help_text("try.name"))],
    said: Annotated[str | None, typer.Option("--context", help=help_text("try.context"))] = None,
    reply: Annotated[list[str] | None, typer.Option(help=help_text("try.reply"))] = None,
    file: Annotated[Path | None, typer.Option(help=help_text("try.file"))] = None,
    scenario: Annotated[str | None, typer.Option(help=help_text("try.scenario"))] = None,
    engine: Annotated[str, typer.Option(help=help_text("try.engine"))] = EMBEDDED,
    old: Annotated[str | None, typer.Option(help=help_text("try.old"))] = None,
    watch: Annotated[bool, typer.Option("--watch", help=help_text("try.watch"))] = False,
    content: Annotated[Path | None, typer.Option(help=help_text("content"))] = None,
    lang: Annotated[str | None, typer.Option(help=help_text("lang"))] = None,
) -> None:
    """See the message catalogue."""
    about = context(lang, content)
    with_model = is_model(about, engine)
    if reply and file is not None:
        raise UsageError("error.reply_or_file")
    before = version_of(about, old) if old is not None else None
    asked = _Asked(name, with_model, before, scenario)
    # Whatever is wrong is said before anybody types; while watching, a later save may mend it.
    library = None if watch else bootstrap.load_library(about.settings, (bootstrap.RUBRICS,))
    if library is not None:
        _chosen(asked, library)
    try:
        if file is not None:
            _run(about, asked, _from_file(about, asked, file, said), watch)
        elif reply:
            _run(about, asked, _from_words(about, asked, said, reply), watch)
        else:
            _converse(about, asked, said, watch)
    except KeyboardInterrupt:
        if not watch:
            raise
        about.terminal.say("try.interrupted", "dim")


def version_of(about: Context, name: str) -> bootstrap.Version:
    """The version of the content that a name stands for; a `UsageError` if it is none."""
    try:
        return asyncio.run(bootstrap.open_version(about.settings, name))
    except UnknownRelease:
        known = asyncio.run(bootstrap.known_releases(about.settings))
        shown = about.words.say("punctuation.list").join(known) or "-"
        raise UsageError("error.unknown_version", given=name, known=shown) from None


def _chosen(asked: _Asked, library: Library) -> tuple[str, ...]:
    """The criteria that were named; a `UsageError` if there are none, or no such scenario."""
    chosen = find(library, asked.name)
    if asked.scenario is not None and _situation(asked, library) is None:
        known = list(library.scenarios)
        raise UsageError("error.unknown_scenario", given=asked.scenario, known=known)
    ids = [one.id for one in chosen.criteria] if isinstance(chosen, Rubric) else [chosen.id]
    if asked.old is not None and not any(id in asked.old.library.criteria for id in ids):
        raise UsageError("error.criterion_not_in_old", given=asked.name)
    return tuple(ids)


def _situation(asked: _Asked, library: Library) -> Scenario | None:
    """The scenario that was named, by its id or its number."""
    named = (asked.scenario or "").lower()
    found = library.scenarios.values()
    return next((one for one in found if named in (one.id, one.number.lower())), None)


# -- what is tried --------------------------------------------------------------------------


def _converse(about: Context, asked: _Asked, said: str | None, watch: bool) -> None:
    """Ask for the context and for one reply after the other; while watching, for all at once."""
    terminal, words = about.terminal, about.words
    asks_context = said is None and asked.scenario is None
    terminal.say("try.how_to_type" if asks_context else "try.how_to_type_replies", "dim")
    terminal.say("try.how_to_end_a_text", "dim")
    terminal.say("try.how_to_begin_watching" if watch else "try.how_to_end", "dim")
    replies: list[str] = []
    try:
        if asks_context:
            said = _paragraph(about, words.say("try.ask_context"))
        while reply := _paragraph(about, words.say("try.ask_reply")):
            replies.append(reply)
            if not watch:
                _run(about, asked, _from_words(about, asked, said, [reply]), watch)
    except EndOfInput:
        pass  # the end of all there is to try
    if not replies and not terminal.interactive:
        raise UsageError("error.no_replies")
    if watch and replies:
        _run(about, asked, _from_words(about, asked, said, replies), watch)


def _paragraph(about: Context, prompt: str) -> str:
    """Lines up to an empty one, or to the end of the input."""
    lines = [about.terminal.ask(prompt)]
    more = about.words.say("try.ask_more")
    while lines[-1].strip():
        try:
            lines.append(about.terminal.ask(more))
        except EndOfInput:
            break
    return "\n".join(lines).strip()


def _from_words(about: Context, asked: _Asked, said: str | None, replies: Sequence[str]) -> Tasks:
    masked = [bootstrap.mask(text) for text in (said or "", *replies)]
    kinds = tuple(dict.fromkeys(kind for one in masked for kind in one.found))
    if kinds:
        about.terminal.show(mask_notice(kinds, about.words), "yellow")
    before, *clean = (one.text for one in masked)

    def tasks(library: Library, criteria: tuple[str, ...]) -> tuple[ScoringTask, ...]:
        scenario = _situation(asked, library)
        made = []
        for reply in clean:
            language = language_of(reply)
            opening = scenario.opening.said_in(language) if scenario is not None else ""
            words = before or opening
            spoken = (Said(_COUNTERPART, words),) if words else ()
            made.append(ScoringTask(reply, spoken, criteria, language, scenario))
        return tuple(made)

    return tasks


def _from_file(about: Context, asked: _Asked, file: Path, said: str | None) -> Tasks:
    if not file.is_file():
        raise no_file(file)
    if file.suffix.lower() != ".jsonl":
        try:
            text = file.read_bytes().decode("utf-8-sig")
        except UnicodeDecodeError:
            raise UsageError("error.file_not_utf8", path=file) from None
        paragraphs = "\n".join(line.rstrip() for line in text.splitlines()).split("\n\n")
        replies = [one.strip() for one in paragraphs if one.strip()]
        if not replies:
            raise UsageError("error.no_replies")
        return _from_words(about, asked, said, replies)

    def tasks(library: Library, criteria: tuple[str, ...]) -> tuple[ScoringTask, ...]:
        rows, wrong = bootstrap.read_replies(file, criteria, library)
        if wrong:
            listed = "\n".join(
                about.words.say("error.reply_row", line=line, said=row_fault(why, about.words))
                for line, why in wrong
            )
            raise UsageError("error.reply_rows", path=file, number=len(wrong), wrong=listed)
        if not rows:
            raise UsageError("error.no_replies")
        return rows

    return tasks


# -- trying ---------------------------------------------------------------------------------


def _run(about: Context, asked: _Asked, tasks: Tasks, watch: bool) -> None:
    if not watch:
        _show(about, *_try(about, asked, tasks))
        return
    root = bootstrap.content_root(about.settings.content)
    console = Console()
    last: Trial | None = None
    scored_at = ""
    for number, _ in enumerate(saves(lambda: bootstrap.content_stamp(root), _pause)):
        moment = f"{bootstrap.now().astimezone(about.words.zone):%H:%M:%S}"
        try:
            trial, old = _try(about, asked, tasks)
        except EXPECTED as error:
            # What was scored last stays on the screen: it stands until the cure.
            about.terminal.show()
            if number:
                broken = isinstance(error, ContentRefused)
                key = "try.broken" if broken else "try.not_scored"
                about.terminal.say(key, "bold yellow", moment=moment)
            report(error, about.words)
            if last is None:
                about.terminal.say("try.waiting_for_cure", "yellow")
            else:
                about.terminal.say("try.still_stands", "yellow", moment=scored_at)
        else:
            if number and console.is_terminal:
                console.clear()
            if number:
                about.terminal.say("try.saved_at", "dim", moment=moment)
            if last is not None:
                _show_moved(about, last, trial)
            _show(about, trial, old)
            last, scored_at = trial, moment
        about.terminal.say("try.watching", "dim", folder=root)


def _pause() -> None:
    time.sleep(LOOK_EVERY)


def _try(about: Context, asked: _Asked, tasks: Tasks) -> tuple[Trial, Trial | None]:
    version = asyncio.run(bootstrap.open_version(about.settings, bootstrap.CURRENT))
    chosen = _chosen(asked, version.library)
    replies = tasks(version.library, chosen)

    async def both() -> tuple[Trial, Trial | None]:
        settings, model = about.settings, asked.with_model
        new = await bootstrap.try_version(settings, version, replies, model)
        if asked.old is None:
            return new, None
        return new, await bootstrap.try_version(settings, asked.old, replies, model)

    with about.terminal.waiting("try.scoring"):
        return asyncio.run(both())


def _show(about: Context, trial: Trial, old: Trial | None) -> None:
    if old is None:
        show_trial(about.terminal, trial, about.words)
    else:
        show_pair(about.terminal, old, trial, about.words)


def _show_moved(about: Context, last: Trial, now: Trial) -> None:
    criteria = {**last.library.criteria, **now.library.criteria}
    for line in moved_lines(moved(last, now), criteria, about.words):
        about.terminal.show(line, "bold yellow")
