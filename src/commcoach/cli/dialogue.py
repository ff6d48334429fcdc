"""A dialogue at the terminal: reads replies and commands, shows remarks and lines."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing

from commcoach.cli.terminal import EndOfInput, Growing, Terminal
from commcoach.coaching.arms import Taken
from commcoach.coaching.calibrating import Calibrations
from commcoach.coaching.one_way import one_way
from commcoach.coaching.practice import Practice, finish_session
from commcoach.coaching.standing import verdicts_for
from commcoach.coaching.turns import SetAside, rewrite_reply, take_turn
from commcoach.domain.dialogue import Action, PracticeSession, allowed_actions
from commcoach.domain.scenario import Scenario
from commcoach.presentation.cards import briefing
from commcoach.presentation.engines import stand_in_notice
from commcoach.presentation.one_way import way_text
from commcoach.presentation.reasons import mask_notice, objection, why_lines
from commcoach.presentation.remarks import remarks

STOP = ("/stop", "/finish", "/结束", "结束", "q", "quit", "exit", "退出")
WAY = ("/way", "/写法")
WHY = ("/why", "/评分")
RETRY = ("/retry", "/重写", "重写")
CARD = ("/card", "/卡片")
HELP = ("/help", "/帮助", "/?")
SPEAKER = "bold yellow"


class Dialogue:
    """The dialogue itself: reads replies and commands until the session is over."""

    def __init__(
        self,
        terminal: Terminal,
        coach: Practice,
        scenario: Scenario,
        session: PracticeSession,
        calibrations: Calibrations,
    ) -> None:
        self._terminal = terminal
        self._words = terminal.words
        self._coach = coach
        self._scenario = scenario
        self._session = session
        self._calibrations = calibrations
        self._taken: Taken | None = None
        self.counterpart = scenario.persona.name.said_in(self._words.language)

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
            elif command in WAY:
                await self._show_way()
            elif not await self._answer_command(command):
                action = await self._take(typed, action)
        with self._terminal.waiting("practice.finishing"):
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

    async def _show_way(self) -> None:
        """One way to put the last reply."""
        if self._taken is None:
            self._terminal.say("one_way.no_reply", "yellow")
            return
        with self._terminal.waiting("practice.finding_way"):
            way = await one_way(self._coach, self._taken)
        if way is None:
            self._terminal.say("one_way.none")
            return
        title, text = way_text(way, self._words)
        self._terminal.show(title, "bold")
        self._terminal.show(text)

    async def _answer_command(self, command: str) -> bool:
        if command in WHY:
            await self._show_why()
        elif command in CARD:
            self._terminal.sections(briefing(self._scenario, self._words))
        elif command in HELP:
            self._terminal.say("practice.commands")
        elif command.startswith("/"):
            self._terminal.say("practice.unknown_command", "yellow", given=command)
        else:
            return False
        return True

    async def _show_why(self) -> None:
        """Levels, anchors and evidence of the last reply."""
        session = self._session
        last = session.course()[-1:]
        verdicts = await verdicts_for(self._calibrations, [session])
        standing = verdicts.standing(session, last)
        turn = last[0] if last else None
        for line in why_lines(turn, self._coach.library, self._words, session.engine, standing):
            self._terminal.show(line)

    async def _take(self, typed: str, action: Action) -> Action:
        take = take_turn if action is Action.REPLY else rewrite_reply
        with (
            self._terminal.waiting("practice.scoring") as stop_waiting,
            closing(_Watching(self._terminal, self, stop_waiting)) as watching,
        ):
            watch = watching if self._terminal.interactive else None
            result = await take(self._coach, self._session, typed, watch=watch)
            if isinstance(result, Taken):
                stop_waiting()
                watching.end(result)
        if isinstance(result, SetAside):
            self._terminal.show(objection(result.reason, self._words), "yellow")
            return action
        self._session, self._taken = result.session, result
        return Action.REPLY

    def show_remarks(self, taken: Taken) -> None:
        """What is said about a turn before its line."""
        words, terminal = self._words, self._terminal
        if notice := self.notice(taken):
            terminal.show(notice, "yellow")
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

    def notice(self, taken: Taken) -> str:
        """That the embedded engine works in place of the model from here on, if so."""
        return stand_in_notice(taken, self._words)

    def speaker(self) -> str:
        """What stands before the counterpart's lines."""
        return self._words.say("practice.speaker", name=self.counterpart)

    def _counterpart_says(self, line: str) -> None:
        self._terminal.labelled(self.speaker(), line, SPEAKER)


class _Watching:
    """Shows a turn while it is made: the remarks, then the line as it is spoken."""

    def __init__(
        self, terminal: Terminal, dialogue: Dialogue, stop_waiting: Callable[[], None]
    ) -> None:
        self._terminal = terminal
        self._dialogue = dialogue
        self._stop_waiting = stop_waiting
        self._remarked = False
        self._noticed = ""
        self._line: Growing | None = None

    def remark(self, taken: Taken) -> None:
        """The remarks."""
        self._stop_waiting()
        self._remarked = True
        self._noticed = self._dialogue.notice(taken)
        self._dialogue.show_remarks(taken)
        self._stop_waiting = self._terminal.waiting_for(self._dialogue.counterpart)

    def hear(self, words: str) -> None:
        """The line so far."""
        self._stop_waiting()
        if self._line is None:
            self._line = self._terminal.growing(self._dialogue.speaker(), SPEAKER)
        self._line.show(words)

    def end(self, taken: Taken) -> None:
        """What has not been shown yet."""
        if not self._remarked:
            self.remark(taken)
        self._stop_waiting()
        if taken.turn.line:
            if self._line is not None:
                self._line.show(taken.turn.line)
            else:
                self._terminal.labelled(self._dialogue.speaker(), taken.turn.line, SPEAKER)
        notice = self._dialogue.notice(taken)
        if notice and not self._noticed:
            # It was the line that the model did not speak, after the remarks were made.
            self.close()
            self._terminal.show(notice, "yellow")

    def close(self) -> None:
        """Leave the line as it is."""
        self._stop_waiting()
        if self._line is not None:
            self._line.end()
            self._line = None
