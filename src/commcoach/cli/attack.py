"""`commcoach rubric attack`: whether manipulations raise the levels that an engine gives."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from commcoach import bootstrap
from commcoach.cli.context import Context, context
from commcoach.cli.engines import EMBEDDED, MODEL, is_model
from commcoach.cli.help_texts import command_name, help_text, wording_of_this_call
from commcoach.cli.long_commands import how_far
from commcoach.cli.model_cures import daily_budgets
from commcoach.cli.terminal import UsageError
from commcoach.coaching.attacking import Assault, Bill
from commcoach.domain.attacks import Attack, AttackKind
from commcoach.domain.library import Library
from commcoach.domain.resistance import beyond_noise, count
from commcoach.presentation.attack_report import attack_report, is_attack_report
from commcoach.presentation.attacks import (
    kind_named,
    kind_names,
    risen_first,
    risen_lines,
    table,
    targets,
    verdict,
)
from commcoach.presentation.engines import engine_name
from commcoach.presentation.wording import N_, Wording

REPEATS = {EMBEDDED: 1, MODEL: 3}
"""The embedded engine gives the same words the same levels every time."""
FIRST = 10
_STOPPED = {
    "budget": N_("attack.stopped.budget"),
    "misconfigured": N_("attack.stopped.misconfigured"),
    "unavailable": N_("attack.stopped.unavailable"),
}


def _help(key: str, **details: object) -> str:
    return wording_of_this_call().say(key, **details)


def attack(
    engine: Annotated[str, typer.Option(help=help_text("attack.engine"))] = EMBEDDED,
    criterion: Annotated[str | None, typer.Option(help=help_text("attack.criterion"))] = None,
    kind: Annotated[
        str | None,
        typer.Option(help=_help("help.attack.kind", kinds=kind_names(wording_of_this_call()))),
    ] = None,
    repeats: Annotated[
        int | None, typer.Option(min=1, help=help_text("attack.repeats"), show_default=False)
    ] = None,
    list_all: Annotated[
        bool, typer.Option("--all", help=_help("help.attack.all", most=FIRST))
    ] = False,
    report: Annotated[Path | None, typer.Option("--json", help=help_text("attack.json"))] = None,
    content: Annotated[Path | None, typer.Option(help=help_text("content"))] = None,
    lang: Annotated[str | None, typer.Option(help=help_text("lang"))] = None,
) -> None:
    """See the message catalogue."""
    about = context(lang, content)
    is_model(about, engine)
    if report is not None:
        _refuse_wrong_output(report)
    wanted = _kind(about, kind)
    library = bootstrap.load_library(about.settings)
    chosen = _chosen(library, criterion, wanted)
    done = _run(about, library, chosen, engine, repeats or REPEATS[engine])
    _show(about, library, criterion, done, None if list_all else FIRST)
    if report is not None:
        report.write_text(attack_report(done), encoding="utf-8")
        about.terminal.say("attack.written", "green", path=report)
    if done.stopped or not count(done.tried).tells or beyond_noise(done.tried) is not None:
        raise typer.Exit(1)


def _refuse_wrong_output(report: Path) -> None:
    """Said before a model is paid for: nothing is written over that is no report of this kind."""
    if not report.parent.is_dir():
        raise UsageError("error.no_such_path", path=report.parent)
    if report.exists():
        is_ours = report.is_file() and is_attack_report(
            report.read_text(encoding="utf-8", errors="replace")
        )
        if not is_ours:
            raise UsageError("error.not_an_attack_report", path=report)


def _kind(about: Context, given: str | None) -> AttackKind | None:
    kind = kind_named(given) if given is not None else None
    if given is not None and kind is None:
        raise UsageError("error.attack_kind", given=given, known=kind_names(about.words))
    return kind


def _chosen(library: Library, criterion: str | None, kind: AttackKind | None) -> tuple[Attack, ...]:
    if criterion is not None and criterion not in library.criteria:
        raise UsageError("error.unknown_criteria", given=criterion, known=list(library.criteria))
    chosen = tuple(
        one
        for one in library.attacks
        if (kind is None or one.kind == kind) and (criterion is None or criterion in one.criteria)
    )
    if criterion is not None and not any(criterion in one.criteria for one in library.attacks):
        one = library.criteria[criterion]
        told = {"criterion": one.id, "spoken": one.languages[0], "level": one.lowest + 1}
        raise UsageError("error.no_attacks_on", **told)
    if not chosen:
        raise UsageError("error.no_attacks")
    if criterion is None:
        return chosen
    return tuple(replace(one, levels={criterion: one.levels[criterion]}) for one in chosen)


def _run(
    about: Context, library: Library, chosen: Sequence[Attack], engine: str, repeats: int
) -> Assault:
    if engine == MODEL:
        # Nobody should have to guess what a run will cost before it has begun.
        about.terminal.say("attack.calls", "dim", number=2 * len(chosen) * repeats)
    attack_engine = bootstrap.attack_model if engine == MODEL else bootstrap.attack_embedded
    with how_far(about, len(chosen)) as shown:
        return asyncio.run(attack_engine(about.settings, library, chosen, repeats, shown.advance))


def _show(
    about: Context, library: Library, criterion: str | None, done: Assault, most: int | None
) -> None:
    terminal, words = about.terminal, about.words
    if done.stopped:
        terminal.say(
            _STOPPED[done.stopped],
            "yellow",
            done=len(done.tried),
            planned=done.planned,
            command=command_name(),
            settings=words.say("punctuation.list").join(daily_budgets(about.settings)),
            zone=about.settings.timezone,
        )
    terminal.panel(
        words.say("attack.title", engine=_engine(done, words)),
        words.say("attack.about", number=len(done.tried), repeats=done.repeats),
    )
    titles = {id: one.title.said_in(words.language) for id, one in library.criteria.items()}
    asked = titles if criterion is None else {criterion: titles[criterion]}
    for line in targets(done.tried, asked, words):
        terminal.show(line, "dim")
    bad = beyond_noise(done.tried) is not None
    first, *rest = verdict(done, words)
    terminal.show(first, "bold red" if bad else "bold")
    for line in rest:
        terminal.show(line)
    if done.tried:
        terminal.show()
    for line in table(done.tried, words):
        terminal.show(line)
    if done.tried:
        terminal.say("attack.legend", "dim")
    _list(about, titles, done, most)
    if done.bill is not None:
        _bill(about, done.bill)


def _engine(done: Assault, words: Wording) -> str:
    if done.engine.model is not None:
        return words.say("attack.model", model=done.engine.model)
    return engine_name(done.engine.name, words)


def _list(about: Context, titles: Mapping[str, str], done: Assault, most: int | None) -> None:
    risen = risen_first(done.tried)
    if not risen:
        return
    about.terminal.show()
    within = beyond_noise(done.tried) is None
    about.terminal.say("attack.list_within_noise" if within else "attack.list", "bold cyan")
    for one in risen[:most]:
        for line in risen_lines(one, titles, about.words):
            about.terminal.show(line)
    if most is not None and len(risen) > most:
        about.terminal.say("attack.more", "dim", number=len(risen) - most)


def _bill(about: Context, bill: Bill) -> None:
    about.terminal.show()
    about.terminal.say(
        "attack.bill", "dim", calls=bill.calls, prompt=bill.prompt, completion=bill.completion
    )
    if bill.cost is not None:
        about.terminal.say("attack.cost", "dim", cost=f"{bill.cost:.4f}")
