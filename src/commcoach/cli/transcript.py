"""`commcoach transcript`: sessions for trainers to find, read and take along."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from commcoach import bootstrap
from commcoach.cli.context import Context, context
from commcoach.cli.help_texts import command_name, help_text
from commcoach.cli.second_opinion import second_opinion
from commcoach.cli.terminal import Terminal, UsageError
from commcoach.cli.trainer import By, Lang, find_session, find_sessions, trainer
from commcoach.coaching.house import House
from commcoach.coaching.records import Entry
from commcoach.coaching.review import Listed
from commcoach.coaching.standing import verdicts_for
from commcoach.coaching.transcripts import Transcript, transcript_of, worth_a_look_first
from commcoach.domain.dialogue import PracticeSession
from commcoach.domain.library import Library
from commcoach.domain.problems import ContentMissing, ContentRefused
from commcoach.presentation.transcripts.view import LineView, ReplyView, session_view
from commcoach.presentation.wording import Wording

transcript_app = typer.Typer(help=help_text("transcript_app"), no_args_is_help=True)
transcript_app.command("second-opinion", help=help_text("second_opinion"))(second_opinion)

InCohort = Annotated[str | None, typer.Option("--cohort", help=help_text("transcript.cohort"))]
OfLearner = Annotated[str | None, typer.Option("--learner", help=help_text("transcript.learner"))]

SHOWN = 8
"""Characters of an id in a list."""


class Format(StrEnum):
    """What a transcript can be written as."""

    HTML = "html"
    JSONL = "jsonl"
    XLSX = "xlsx"


@transcript_app.command("list", help=help_text("transcript.list"))
def show_list(
    cohort: InCohort = None,
    learner: OfLearner = None,
    limit: Annotated[int, typer.Option(min=1, help=help_text("transcript.limit"))] = 30,
    lang: Lang = None,
) -> None:
    """Show the sessions, those that deserve a look first."""
    asyncio.run(_list(context(lang), cohort, learner, limit))


@transcript_app.command("show", help=help_text("transcript.show"))
def show_one(
    session: Annotated[str, typer.Argument(help=help_text("transcript.session"))],
    by: By = None,
    lang: Lang = None,
) -> None:
    """Show one session."""
    asyncio.run(_show(context(lang), session, trainer(by)))


@transcript_app.command("export", help=help_text("transcript.export"))
def export(
    sessions: Annotated[
        list[str] | None, typer.Argument(help=help_text("transcript.sessions"), show_default=False)
    ] = None,
    cohort: InCohort = None,
    learner: OfLearner = None,
    form: Annotated[
        Format | None,
        typer.Option("--format", help=help_text("transcript.format"), show_default=False),
    ] = None,
    out: Annotated[Path | None, typer.Option(help=help_text("transcript.out"))] = None,
    force: Annotated[bool, typer.Option("--force", help=help_text("transcript.force"))] = False,
    by: By = None,
    lang: Lang = None,
) -> None:
    """Write sessions into a file."""
    about = context(lang)
    form = form or _format_of(out)
    target = out or Path(f"transcripts.{form.value}")
    if target.exists() and (target.is_dir() or not force):
        raise UsageError("error.file_exists", path=target)
    if not target.absolute().parent.is_dir():
        raise UsageError("error.no_such_path", path=target.absolute().parent)
    asyncio.run(_export(about, sessions or [], cohort, learner, form, target, trainer(by)))


def _format_of(out: Path | None) -> Format:
    """The format that the ending of a file asks for."""
    if out is None:
        return Format.HTML
    ending = out.suffix.lower().removeprefix(".")
    if ending not in (one.value for one in Format):
        raise UsageError("error.export_ending", path=out)
    return Format(ending)


# -- list -----------------------------------------------------------------------------------


async def _list(about: Context, cohort: str | None, learner: str | None, limit: int) -> None:
    async with bootstrap.open_house(about.settings) as house:
        found, left_out = await find_sessions(house, cohort, learner)
    listed = worth_a_look_first(found)
    terminal = about.terminal
    if listed:
        titles = await asyncio.to_thread(_titles, about)
        for one in listed[:limit]:
            style = "yellow" if one.contests or one.gates else ""
            terminal.show(_line(one, titles, terminal.words), style)
    else:
        terminal.say("transcript.none", place=house.place)
    if len(listed) > limit:
        terminal.say("transcript.more", "dim", number=len(listed) - limit)
    if left_out:
        terminal.say("transcript.left_out", "dim", number=left_out)
    if listed:
        terminal.say("transcript.next", "dim", command=command_name())


def _titles(about: Context) -> dict[str, str]:
    """What the scenarios in force are called; nothing if the content is out of order."""
    try:
        library = bootstrap.load_library(about.settings)
    except (ContentMissing, ContentRefused):
        return {}
    language = about.words.language
    return {id: one.title.said_in(language) for id, one in library.scenarios.items()}


def _line(one: Listed, titles: Mapping[str, str], words: Wording) -> str:
    marks = [f"{one.id[:SHOWN]} "]
    marks += [
        words.say(key, number=number)
        for key, number in (
            ("transcript.mark_contested", one.contests),
            ("transcript.mark_gates", one.gates),
            ("transcript.mark_overrides", one.overrides),
        )
        if number
    ]
    if not one.ended:
        marks.append(words.say("transcript.ending.none"))
    said = words.say(
        "transcript.line",
        at=words.moment(one.started_at),
        scenario=titles.get(one.scenario, one.scenario),
        learner=one.learner[:SHOWN],
        turns=one.turns,
    )
    return "  ".join([" ".join(marks).rstrip(), said])


# -- show -----------------------------------------------------------------------------------


async def _show(about: Context, given: str, by: str) -> None:
    async with bootstrap.open_house(about.settings) as house:
        session = await find_session(house, given)
        (transcript,) = await _assembled(about, house, [session])
        await house.audit.record(Entry(bootstrap.now(), by, "viewed", session.id))
    _print(transcript, about.terminal)


def _print(transcript: Transcript, terminal: Terminal) -> None:
    words = terminal.words
    view = session_view(transcript, words)
    terminal.panel(view.title, "\n".join(f"{name}  {value}" for name, value in view.facts))
    terminal.show(view.calibration, "dim")
    for contest in view.contests:
        terminal.show(f"{words.say('transcript.contests')}  {contest}", "yellow")
    for entry in view.dialogue:
        if isinstance(entry, LineView):
            label = words.say("practice.speaker", name=entry.speaker)
            said = "".join(piece.text for piece in entry.pieces)
            terminal.labelled(label, said, "dim" if entry.superseded else "bold yellow")
        else:
            _print_reply(entry, terminal)
    terminal.sections(view.report)
    for line in view.bars:
        terminal.show(f"  {line}")
    for name, value in view.fine_print:
        terminal.show(f"{name}  {value}", "dim")


def _print_reply(reply: ReplyView, terminal: Terminal) -> None:
    words = terminal.words
    label = words.say("practice.speaker", name=reply.label)
    said = "".join(piece.text for piece in reply.pieces) or words.say("transcript.expired")
    terminal.labelled(label, said, "dim" if reply.assisted else "bold green")
    if reply.assisted:
        terminal.show(f"    {words.say('transcript.assisted')}", "dim")
    for gate in reply.gates:
        terminal.show(f"    {gate}", "red")
    if not reply.scores:
        terminal.show(f"    {words.say('transcript.not_scored_yet')}", "dim")
    for said in reply.stand_ins:
        terminal.show(f"    {said}", "dim")
    for score in reply.scores:
        # The id is what `commcoach override` asks for.
        named = f"    {score.verdict}  {score.title}  [{score.criterion}]"
        terminal.show(named, "cyan" if score.has_level else "dim")
        if score.anchor:
            terminal.show(f"      {score.anchor}")
        for quote in score.quotes:
            terminal.show(f"      {quote}", "dim")
        if score.was:
            terminal.show(f"      {words.say('transcript.was', level=score.was)}", "dim")
        for correction in score.corrections:
            terminal.show(f"      {correction}", "yellow")


# -- export ---------------------------------------------------------------------------------


async def _export(
    about: Context,
    given: Sequence[str],
    cohort: str | None,
    learner: str | None,
    form: Format,
    target: Path,
    by: str,
) -> None:
    async with bootstrap.open_house(about.settings) as house:
        if given:
            chosen = [await find_session(house, one) for one in dict.fromkeys(given)]
        else:
            listed, _ = await find_sessions(house, cohort, learner)
            found = [await house.sessions.get(one.id) for one in listed]
            chosen = [one for one in found if one is not None]
        if not chosen:
            raise UsageError("error.nothing_to_export", command=command_name())
        transcripts = await _assembled(about, house, chosen)
        # Written down first: what left the house without a trace would be worse than an entry
        # about a file that could not be written.
        for session in chosen:
            entry = Entry(bootstrap.now(), by, "exported", session.id, form.value)
            await house.audit.record(entry)
    await asyncio.to_thread(_write, target, _written(transcripts, form, about.terminal.words))
    about.terminal.say("transcript.exported", "green", number=len(chosen), path=target)


def _write(target: Path, content: bytes) -> None:
    """Write a file that nobody else on this machine may read."""
    place = os.open(
        target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0), 0o600
    )
    with os.fdopen(place, "wb") as file:
        file.write(content)


def _written(transcripts: Sequence[Transcript], form: Format, words: Wording) -> bytes:
    # Imported one by one: a command pays only for the library it uses.
    if form is Format.HTML:
        from commcoach.presentation.transcripts.page import page

        return page(transcripts, words).encode()
    if form is Format.JSONL:
        from commcoach.presentation.transcripts.rows import json_lines

        return json_lines(transcripts).encode()
    from commcoach.presentation.transcripts.workbook import workbook

    return workbook(transcripts, words)


async def _assembled(
    about: Context, house: House, sessions: Sequence[PracticeSession]
) -> list[Transcript]:
    """The transcripts of these sessions, each with the content it is bound to."""
    judge = bootstrap.outcome_judge()
    verdicts = await verdicts_for(house.calibrations, sessions)
    libraries: dict[str, Library] = {}
    transcripts = []
    for session in sessions:
        if session.release not in libraries:
            libraries[session.release] = await bootstrap.library_of(
                about.settings, house, session.release
            )
        library = libraries[session.release]
        one = await transcript_of(session, library, house.reviews, judge, verdicts)
        transcripts.append(one)
    return transcripts
