"""`commcoach practice`: a dialogue at the terminal."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from contextlib import AsyncExitStack, aclosing
from pathlib import Path
from typing import Annotated

import typer

from commcoach import bootstrap
from commcoach.cli.context import Context, context
from commcoach.cli.dialogue import STOP, Dialogue
from commcoach.cli.help_texts import command_name, help_text
from commcoach.cli.logs import log_to_stderr
from commcoach.cli.terminal import EndOfInput, Terminal, UsageError
from commcoach.coaching.debriefing import debrief
from commcoach.coaching.enrolment import meet
from commcoach.coaching.house import House
from commcoach.coaching.language_model import Job
from commcoach.coaching.practice import Practice, start_session
from commcoach.coaching.progressing import progress_of
from commcoach.coaching.standing import calibrated_criteria, verdicts_for
from commcoach.domain.dialogue import PracticeSession
from commcoach.domain.library import Library
from commcoach.domain.scenario import Scenario
from commcoach.presentation.cards import (
    bar_lines,
    briefing,
    debrief_sections,
    difficulty,
)
from commcoach.presentation.engines import calibration, calibration_of, spoken_for


def practice(
    scenario: Annotated[str | None, typer.Option(help=help_text("practice.scenario"))] = None,
    lang: Annotated[str | None, typer.Option(help=help_text("lang"))] = None,
    content: Annotated[Path | None, typer.Option(help=help_text("content"))] = None,
) -> None:
    """See the message catalogue."""
    # What else is logged would break into the talk; the screen says it in words.
    log_to_stderr(logging.ERROR)
    try:
        asyncio.run(_practise(context(lang, content), scenario, pinned=content is not None))
    except KeyboardInterrupt:
        raise typer.Exit(130) from None


async def _practise(about: Context, wanted: str | None, pinned: bool) -> None:
    async with bootstrap.open_house(about.settings) as house, AsyncExitStack() as keep_open:
        terminal = about.terminal
        with terminal.waiting("practice.loading"):
            in_force = await bootstrap.content_in_force(about.settings, house, pinned, pinned)
        library = in_force.library
        here = [one for one in library.scenarios.values() if about.words.language in one.languages]
        chosen = _find(here, wanted) if wanted else None
        models = await keep_open.enter_async_context(
            aclosing(bootstrap.Models(about.settings, house.calls))
        )
        scorer = bootstrap.scorer_named(about.settings, library, models, in_force.root)
        cases = await calibrated_criteria(house.calibrations, library.release, scorer)
        _greet(about, models, calibration_of(library.criteria, cases, about.words))
        if chosen is None:
            progress = await progress_of(house.sessions, library, about.settings.learner)
            chosen = _choose(terminal, library, here, progress.recommended)
        if chosen is None:
            return
        _brief(terminal, chosen)
        criteria = tuple(chosen.weights)
        coach = bootstrap.wire_practice(
            about.settings, library, house.sessions, criteria, models, in_force.root
        )
        coach = await bootstrap.calibrated_practice(house, coach)
        language = about.words.language
        learner = await meet(house.enrolment(), about.settings.learner, language)
        session = await start_session(coach, chosen, learner.id, language)
        learning = asyncio.get_running_loop().run_in_executor(None, coach.scorer.prepare)
        try:
            session = await Dialogue(terminal, coach, chosen, session, house.calibrations).run()
        except asyncio.CancelledError:  # Ctrl-C while a model is waited for
            terminal.show()
            terminal.say("practice.interrupted", "yellow")
            raise
        await learning
        await _show_debrief(terminal, coach, house, session)


def _find(scenarios: Sequence[Scenario], wanted: str) -> Scenario:
    for one in scenarios:
        if wanted.lower() in (one.id, one.number.lower()):
            return one
    known = [one.id for one in scenarios]
    raise UsageError("error.unknown_scenario", given=wanted, known=known)


def _greet(about: Context, models: bootstrap.Models, standing: str) -> None:
    terminal, words = about.terminal, about.terminal.words
    names = list(dict.fromkeys(filter(None, map(models.name_for, Job))))
    if names:
        named = words.say("punctuation.list").join(names)
        engine = words.say("practice.engine_model", engine=named, standing=standing)
    else:
        engine = words.say("practice.engine", standing=standing)
    terminal.panel(words.say("practice.title"), engine)
    for name in about.settings.budgets_without_prices():
        terminal.say("budget.no_price", "yellow", name=name)
    services = words.say("punctuation.list").join(models.services())
    if services:
        terminal.say("practice.no_real_data_model", "dim", services=services)
    else:
        terminal.say("practice.no_real_data", "dim")


def _choose(
    terminal: Terminal,
    library: Library,
    scenarios: Sequence[Scenario],
    recommended: Scenario | None,
) -> Scenario | None:
    words = terminal.words
    if not scenarios:
        raise UsageError("error.no_scenarios")
    terminal.show()
    terminal.say("practice.menu", "bold")
    for index, one in enumerate(scenarios, start=1):
        module = library.rubrics[one.module].title.said_in(words.language)
        mark = words.say("practice.recommended") if one is recommended else ""
        line = words.say(
            "practice.menu_line",
            number=index,
            code=one.number,
            title=one.title.said_in(words.language),
            module=module,
            difficulty=difficulty(one),
        )
        terminal.show(f"{line} {mark}".rstrip())
    while True:
        try:
            typed = terminal.ask(words.say("practice.menu_prompt")).strip()
        except EndOfInput:
            return None
        if typed.lower() in STOP:
            return None
        if not typed and recommended is not None:
            return recommended
        if typed.isdecimal() and 1 <= int(typed) <= len(scenarios):
            return scenarios[int(typed) - 1]
        named = [one for one in scenarios if typed.lower() in (one.id, one.number.lower())]
        if named:
            return named[0]
        terminal.say("practice.menu_again", "yellow", most=len(scenarios))


def _brief(terminal: Terminal, scenario: Scenario) -> None:
    words = terminal.words
    terminal.show()
    terminal.panel(
        scenario.title.said_in(words.language),
        words.say(
            "briefing.facts_of_session",
            relation=scenario.relation.said_in(words.language),
            difficulty=difficulty(scenario),
            turns=scenario.turns,
        ),
    )
    terminal.sections(briefing(scenario, words))
    terminal.show()
    terminal.say("practice.commands", "dim")
    terminal.show()


async def _show_debrief(
    terminal: Terminal, coach: Practice, house: House, session: PracticeSession
) -> None:
    words = terminal.words
    terminal.show()
    if not session.turns:
        terminal.say("debrief.no_turns")
        return
    verdicts = await verdicts_for(house.calibrations, [session])
    report = await debrief(coach.library, coach.judge, session, verdicts)
    terminal.panel(words.say("debrief.title"), report.scenario.title.said_in(words.language))
    terminal.sections(debrief_sections(report, coach.library, words))
    bars = bar_lines(report.bars, words)
    if bars:
        terminal.say("debrief.bars", "bold cyan")
        for line in bars:
            terminal.show(f"  {line}")
        engine, standing = report.engine, report.standing
        who = calibration(engine, standing, coach.library, words, report.stood_in)
        terminal.show(who, "dim")
    if stood_in := spoken_for(session, words):
        terminal.show(stood_in, "dim")
    terminal.say("debrief.next", "dim", command=command_name())
