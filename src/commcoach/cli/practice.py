"""`commcoach practice`: a dialogue at the terminal."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack, aclosing
from pathlib import Path
from typing import Annotated

import typer

from commcoach import bootstrap
from commcoach.cli.context import Context, context
from commcoach.cli.help_texts import command_name, help_text
from commcoach.cli.terminal import EndOfInput, Terminal, UsageError
from commcoach.coaching.arms import Taken
from commcoach.coaching.debriefing import debrief
from commcoach.coaching.enrolment import meet
from commcoach.coaching.practice import Practice, finish_session, start_session
from commcoach.coaching.progressing import progress_of
from commcoach.coaching.turns import SetAside, rewrite_reply, take_turn
from commcoach.domain.dialogue import Action, PracticeSession, allowed_actions
from commcoach.domain.library import Library
from commcoach.domain.scenario import Scenario
from commcoach.presentation.cards import (
    bar_lines,
    briefing,
    debrief_sections,
    difficulty,
)
from commcoach.presentation.engines import calibration
from commcoach.presentation.reasons import mask_notice, objection, why_lines
from commcoach.presentation.remarks import remarks

STOP = ("/stop", "/finish", "/结束", "结束", "q", "quit", "exit", "退出")
WHY = ("/why", "/评分")
RETRY = ("/retry", "/重写", "重写")
CARD = ("/card", "/卡片")
HELP = ("/help", "/帮助", "/?")


def practice(
    scenario: Annotated[str | None, typer.Option(help=help_text("practice.scenario"))] = None,
    lang: Annotated[str | None, typer.Option(help=help_text("lang"))] = None,
    content: Annotated[Path | None, typer.Option(help=help_text("content"))] = None,
) -> None:
    """See the message catalogue."""
    asyncio.run(_practise(context(lang, content), scenario))


async def _practise(about: Context, wanted: str | None) -> None:
    with about.terminal.waiting("practice.loading"):
        library = bootstrap.load_library(about.settings)
    here = [one for one in library.scenarios.values() if about.words.language in one.languages]
    chosen = _find(here, wanted) if wanted else None
    async with bootstrap.open_house(about.settings) as house, AsyncExitStack() as keep_open:
        terminal = about.terminal
        _greet(about)
        if chosen is None:
            progress = await progress_of(house.sessions, library, about.settings.learner)
            chosen = _choose(terminal, library, here, progress.recommended)
        if chosen is None:
            return
        _brief(terminal, chosen)
        await bootstrap.record_release(about.settings, house, library)
        criteria = tuple(chosen.weights)
        models = await keep_open.enter_async_context(
            aclosing(bootstrap.Models(about.settings, house.calls))
        )
        coach = bootstrap.wire_practice(about.settings, library, house.sessions, criteria, models)
        language = about.words.language
        learner = await meet(house.enrolment(), about.settings.learner, language)
        session = await start_session(coach, chosen, learner.id, language)
        learning = asyncio.get_running_loop().run_in_executor(None, coach.scorer.prepare)
        session = await _Dialogue(terminal, coach, chosen, session).run()
        await learning
        await _show_debrief(terminal, coach, session)


def _find(scenarios: Sequence[Scenario], wanted: str) -> Scenario:
    for one in scenarios:
        if wanted.lower() in (one.id, one.number.lower()):
            return one
    known = ", ".join(one.id for one in scenarios)
    raise UsageError("error.unknown_scenario", given=wanted, known=known)


def _greet(about: Context) -> None:
    terminal = about.terminal
    terminal.panel(terminal.words.say("practice.title"), terminal.words.say("practice.engine"))
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


class _Dialogue:
    """The dialogue itself: reads replies and commands until the session is over."""

    def __init__(
        self, terminal: Terminal, coach: Practice, scenario: Scenario, session: PracticeSession
    ) -> None:
        self._terminal = terminal
        self._words = terminal.words
        self._coach = coach
        self._scenario = scenario
        self._session = session
        self._name = scenario.persona.name.said_in(self._words.language)

    async def run(self) -> PracticeSession:
        """The session once it is over."""
        self._counterpart_says(self._session.opening)
        action = Action.REPLY
        while action in allowed_actions(self._session, self._scenario):
            try:
                typed = self._terminal.ask(self._prompt(action))
            except EndOfInput:
                break
            command = typed.strip().lower()
            if not command:
                continue
            if command in STOP:
                break
            if command in RETRY:
                action = self._begin_rewrite(action)
            elif not self._answer_command(command):
                action = await self._take(typed, action)
        ended = await finish_session(self._coach, self._session)
        if ended.closing:
            self._counterpart_says(ended.closing)
        return ended

    def _prompt(self, action: Action) -> str:
        number = len(self._session.course()) + (action is Action.REPLY)
        key = "practice.prompt" if action is Action.REPLY else "practice.prompt_rewrite"
        return self._words.say(key, number=number, turns=self._scenario.turns)

    def _begin_rewrite(self, action: Action) -> Action:
        if Action.REWRITE in allowed_actions(self._session, self._scenario):
            self._terminal.say("practice.rewrite_now", "dim")
            return Action.REWRITE
        self._terminal.say("practice.no_rewrite", "yellow")
        return action

    def _answer_command(self, command: str) -> bool:
        if command in WHY:
            course = self._session.course()
            lines = why_lines(
                course[-1] if course else None,
                self._coach.library,
                self._words,
                self._session.engine,
            )
            for line in lines:
                self._terminal.show(line)
        elif command in CARD:
            self._terminal.sections(briefing(self._scenario, self._words))
        elif command in HELP:
            self._terminal.say("practice.commands")
        elif command.startswith("/"):
            self._terminal.say("practice.unknown_command", "yellow", given=command)
        else:
            return False
        return True

    async def _take(self, typed: str, action: Action) -> Action:
        take = take_turn if action is Action.REPLY else rewrite_reply
        with self._terminal.waiting("practice.scoring"):
            result = await take(self._coach, self._session, typed)
        if isinstance(result, SetAside):
            self._terminal.show(objection(result.reason, self._words), "yellow")
            return action
        self._session = result.session
        self._show_turn(result)
        return Action.REPLY

    def _show_turn(self, taken: Taken) -> None:
        words, terminal = self._words, self._terminal
        if taken.masked:
            terminal.show(mask_notice(taken.masked, words), "yellow")
        turn = taken.turn
        told = (
            turn.reaction.state.told - set(turn.reaction.opened) if turn.reaction else frozenset()
        )
        covered = turn.reading.points if turn.reading else ()
        said = remarks(
            taken.advice, self._coach.library, self._scenario, covered, frozenset(told), words
        )
        if said.keep:
            terminal.labelled(words.say("remarks.keep"), said.keep, "green")
        if said.change:
            key = "remarks.change" if said.keep else "remarks.change_only"
            terminal.labelled(words.say(key), said.change, "magenta")
        elif said.all_reached:
            terminal.say("remarks.nothing", "green")
        elif not said.keep:
            terminal.say("remarks.nothing_seen", "dim")
        if turn.line:
            self._counterpart_says(turn.line)

    def _counterpart_says(self, line: str) -> None:
        terminal = self._terminal
        terminal.labelled(self._words.say("practice.speaker", name=self._name), line, "bold yellow")


async def _show_debrief(terminal: Terminal, coach: Practice, session: PracticeSession) -> None:
    words = terminal.words
    terminal.show()
    if not session.turns:
        terminal.say("debrief.no_turns")
        return
    report = await debrief(coach.library, coach.judge, session)
    terminal.panel(words.say("debrief.title"), report.scenario.title.said_in(words.language))
    terminal.sections(debrief_sections(report, coach.library, words))
    bars = bar_lines(report.bars, words)
    if bars:
        terminal.say("debrief.bars", "bold cyan")
        for line in bars:
            terminal.show(f"  {line}")
        terminal.show(calibration(session.engine, words), "dim")
    terminal.say("debrief.next", "dim", command=command_name())
