"""`commcoach rubric diff`: what was changed between two versions, and which levels it flips."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

from commcoach import bootstrap
from commcoach.cli.context import Context, context
from commcoach.cli.engines import EMBEDDED, is_model
from commcoach.cli.estimates import agreed, say_estimate
from commcoach.cli.help_texts import command_name, help_text
from commcoach.cli.rubric_show import show_lines
from commcoach.cli.rubric_try import version_of
from commcoach.cli.terminal import UsageError
from commcoach.cli.trainer import By, find_sessions, trainer
from commcoach.coaching.batches import Estimate
from commcoach.coaching.comparing import Compared, DryRun
from commcoach.domain.edits import Edit, Engine, affected, edits, gates_changed
from commcoach.presentation.edit_report import (
    Report,
    diff_json,
    diff_page,
    is_diff_json,
    is_diff_page,
)
from commcoach.presentation.edits import EditView, in_brackets, kind_counts, parts_of
from commcoach.presentation.flips import FlipView, compared_view, gate_lines, how_scored
from commcoach.presentation.rubric_pages.lines import Line
from commcoach.presentation.wording import N_, Wording

FIRST = 12
"""Edits of one part, and flips of one criterion, that are shown at a terminal."""
_WAS, _IS = "    - ", "    + "
_NO_EFFECT = {
    Engine.EMBEDDED: N_("diff.no_effect_embedded"),
    Engine.MODEL: N_("diff.no_effect_model"),
}
_NOTHING_TO_COMPARE = {
    Engine.EMBEDDED: N_("diff.nothing_to_compare_embedded"),
    Engine.MODEL: N_("diff.nothing_to_compare_model"),
}


def diff(
    old: Annotated[str, typer.Argument(help=help_text("diff.old"))],
    new: Annotated[str, typer.Argument(help=help_text("diff.new"))],
    engine: Annotated[str, typer.Option(help=help_text("diff.engine"))] = EMBEDDED,
    cases: Annotated[bool, typer.Option("--cases/--no-cases", help=help_text("diff.cases"))] = True,
    practice: Annotated[int, typer.Option(min=0, help=help_text("diff.practice"))] = 0,
    html: Annotated[Path | None, typer.Option(help=help_text("diff.html"))] = None,
    report: Annotated[Path | None, typer.Option("--json", help=help_text("diff.json"))] = None,
    yes: Annotated[bool, typer.Option("--yes", help=help_text("score.yes"))] = False,
    by: By = None,
    content: Annotated[Path | None, typer.Option(help=help_text("content"))] = None,
    lang: Annotated[str | None, typer.Option(help=help_text("lang"))] = None,
) -> None:
    """See the message catalogue."""
    about = context(lang, content)
    chosen = Engine.MODEL if is_model(about, engine) else Engine.EMBEDDED
    for place, is_ours in ((html, is_diff_page), (report, is_diff_json)):
        if place is not None:
            _refuse_wrong_output(place, is_ours)
    before, after = version_of(about, old), version_of(about, new)
    found = edits(before.library, after.library)
    standing = asyncio.run(
        bootstrap.standing_of_version(about.settings, after, chosen is Engine.MODEL)
    )
    told = Report(old, new, before.library, after.library, chosen.value, found, None, standing)
    _show_edits(about, told)
    done = None
    if found and (cases or practice):
        criteria = affected(found, chosen, before.library, after.library)
        if criteria or gates_changed(found, Engine.EMBEDDED):
            plan = bootstrap.Plan(
                before,
                after,
                found,
                criteria,
                chosen,
                cases,
                practice,
                _sessions(about) if practice else (),
                trainer(by),
            )
            done = _run(about, plan, yes)
            _show_run(about, told, done)
        else:
            told = replace(told, why_not=_why_nothing_ran(about, found, chosen))
            about.terminal.show()
            about.terminal.show(told.why_not, "bold")
    told = replace(told, done=done)
    if html is not None:
        html.write_text(diff_page(told, about.words), encoding="utf-8")
        about.terminal.say("diff.written", "green", path=html)
    if report is not None:
        report.write_text(diff_json(told), encoding="utf-8")
        about.terminal.say("diff.written", "green", path=report)
    if done is not None and done.stopped:
        raise typer.Exit(1)


def _refuse_wrong_output(place: Path, is_ours: Callable[[str], bool]) -> None:
    """Said before a model is paid for: nothing is written over that is no such report."""
    if not place.parent.is_dir():
        raise UsageError("error.no_such_path", path=place.parent)
    if place.exists():
        ours = place.is_file() and is_ours(place.read_text(encoding="utf-8", errors="replace"))
        if not ours:
            raise UsageError("error.not_a_diff", path=place)


def _sessions(about: Context) -> tuple[str, ...]:
    """The sessions that trainers may read, newest first."""

    async def listed() -> tuple[str, ...]:
        async with bootstrap.open_house(about.settings) as house:
            found, _ = await find_sessions(house, None, None)
            return tuple(one.id for one in found)

    return asyncio.run(listed())


# -- edits ----------------------------------------------------------------------------------


def _show_edits(about: Context, told: Report) -> None:
    terminal, words = about.terminal, about.words
    title = words.say("diff.title", old=told.old_name, new=told.new_name)
    if not told.found:
        terminal.panel(title, words.say("diff.nothing"))
        return
    terminal.panel(title, kind_counts(told.found, words))
    more = 0
    for part in parts_of(told.found, told.old, told.new, words):
        terminal.show()
        terminal.show(part.title, "bold cyan")
        if part.note:
            terminal.show(f"  {part.note}", "yellow" if part.warns else "dim")
        if part.cases:
            terminal.show(f"  {part.cases}")
        for edit in part.edits[:FIRST]:
            _show_edit(about, edit)
        if len(part.edits) > FIRST:
            more += 1
            terminal.show("  " + words.say("diff.more", number=len(part.edits) - FIRST), "dim")
    terminal.show()
    terminal.say("edit.legend", "dim")
    if more:
        terminal.say("diff.all_in_html", "dim")


def _show_edit(about: Context, edit: EditView) -> None:
    head = " · ".join(filter(None, (edit.kind, edit.where)))
    about.terminal.show(f"  {head}  ({edit.engines})", "bold" if edit.counts else "")
    sides = ((_WAS, edit.before, "red"), (_IS, edit.after, "green"))
    shown = (Line(in_brackets(text), style, label) for label, text, style in sides if text)
    show_lines(about.terminal, shown)


def _why_nothing_ran(about: Context, found: Sequence[Edit], engine: Engine) -> str:
    """Either no edit counts for the engine, or none can be tried on both versions."""
    if any(engine in edit.engines for edit in found):
        return about.words.say(_NOTHING_TO_COMPARE[engine], command=command_name())
    return about.words.say(_NO_EFFECT[engine])


# -- dry run --------------------------------------------------------------------------------


def _run(about: Context, plan: bootstrap.Plan, yes: bool) -> DryRun:
    console = Console(stderr=True)
    columns = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    progress = Progress(*columns, console=console, disable=not console.is_terminal)
    task = progress.add_task("", total=bootstrap.cases_ahead(plan) if plan.cases else 0)

    def advance(number: int) -> None:
        progress.start()
        progress.advance(task, number)

    def agree(estimates: Sequence[Estimate]) -> bool:
        return _agreed(about, estimates, yes)

    try:
        done = asyncio.run(bootstrap.dry_run(about.settings, plan, agree, advance))
    finally:
        progress.stop()
    if done is None:
        about.terminal.say("diff.not_begun")
        raise typer.Exit(1)
    return done


def _agreed(about: Context, estimates: Sequence[Estimate], yes: bool) -> bool:
    """Say what both versions will take together; ask whoever sits there whether to begin."""
    if not estimates:
        return True
    about.terminal.show()
    say_estimate(about, estimates)
    return agreed(about, yes)


def _show_run(about: Context, told: Report, done: DryRun) -> None:
    terminal, words = about.terminal, about.words
    if done.stopped:
        terminal.say("diff.stopped", "yellow", reason=done.stopped)
    if done.cases:
        terminal.show()
        terminal.say("diff.cases", "bold cyan")
        for note in how_scored(told.engine, words):
            terminal.show(note, "dim")
        for compared in done.cases:
            _show_compared(about, told, compared)
    lines = list(gate_lines(done, told.old, told.new, words))
    if lines:
        terminal.show()
    for line in lines:
        terminal.show(line)
    if done.replies or done.skipped:
        terminal.show()
        terminal.say("diff.practice", "bold cyan")
        terminal.say("diff.practice_done", replies=done.replies)
        if done.skipped:
            terminal.say("diff.practice_skipped", "yellow", skipped=done.skipped)
        for compared in done.practice:
            _show_compared(about, told, compared)
    terminal.show()
    terminal.say("diff.nothing_stored", "dim")


def _show_compared(about: Context, told: Report, compared: Compared) -> None:
    terminal, words = about.terminal, about.words
    view = compared_view(compared, told.new, words, told.standing)
    terminal.show()
    terminal.show(view.title, "bold")
    terminal.show(f"  {view.summary}", "bold yellow" if view.any_flips else "green")
    for line in view.figures:
        terminal.show(f"  {line}")
    terminal.show(f"  {view.calibration}", "yellow")
    for flip in view.flips[:FIRST]:
        terminal.show()
        graded = words.say("diff.flip_graded", graded=flip.graded) if flip.graded else ""
        change = words.say("diff.flip", before=flip.before, after=flip.after, id=flip.id)
        terminal.show(f"  {change}{graded}", "bold")
        show_lines(terminal, _flip_lines(flip, words))
    if len(view.flips) > FIRST:
        terminal.say("diff.more_flips", "dim", number=len(view.flips) - FIRST)


def _flip_lines(flip: FlipView, words: Wording) -> Iterator[Line]:
    if flip.context:
        yield Line(words.say("try.context_line", context=flip.context), "dim", "    ")
    if flip.quotes_before == flip.quotes_after:
        yield Line(flip.quotes_after, "", "    ")
    else:
        yield Line(flip.quotes_before, "red", _WAS)
        yield Line(flip.quotes_after, "green", _IS)
