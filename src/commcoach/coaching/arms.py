"""Both arms of a turn side by side, and what comes of them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from commcoach.coaching.counterpart import Scene, answer, react, unheard
from commcoach.coaching.practice import Practice, occasion_of
from commcoach.coaching.scorer import ScoringTask
from commcoach.domain.dialogue import (
    Ending,
    PracticeSession,
    Turn,
    add_turn,
    natural_ending,
    said_before,
    state_before,
)
from commcoach.domain.feedback import Advice, choose_advice, target
from commcoach.domain.library import Library
from commcoach.domain.scenario import Scenario
from commcoach.domain.score import Scorecard, Unscored
from commcoach.domain.wording import language_of


@dataclass(frozen=True, slots=True)
class Taken:
    """A turn that was taken, with what to say about it.

    If the score was too slow, the turn has none yet and `late` brings the completed turn.
    """

    session: PracticeSession
    turn: Turn
    advice: Advice
    masked: tuple[str, ...]
    ending: Ending | None
    late: asyncio.Task[Taken] | None = None


class Watch(Protocol):
    """Looks on while a turn is made; where nothing takes long, it may be told nothing."""

    def remark(self, taken: Taken) -> None:
        """The score is there; the line is not yet, or not whole."""
        ...

    def hear(self, words: str) -> None:
        """What the line begins with; told again as it grows, and only behind the remarks."""
        ...


async def hand_over(
    practice: Practice,
    session: PracticeSession,
    turn: Turn,
    masked: tuple[str, ...] = (),
    watch: Watch | None = None,
) -> Taken:
    """Fill what a turn still lacks, and say what is to be said about it.

    Both arms run side by side; each result is kept when it arrives, and none is made twice.
    """
    making = _Making(practice, session, turn, masked, watch)
    scoring = asyncio.ensure_future(making.score())
    try:
        await making.answer()
        await asyncio.wait({scoring}, timeout=practice.patience)
    except asyncio.CancelledError:
        scoring.cancel()
        raise
    except Exception:
        # What the scorer finds is kept also when the counterpart fails.
        await asyncio.gather(scoring, return_exceptions=True)
        raise
    if scoring.done():
        await scoring
        return making.taken()

    async def complete() -> Taken:
        await scoring
        return making.taken()

    return making.taken(asyncio.ensure_future(complete()))


@dataclass(slots=True)
class _Making:
    """A turn that is being filled."""

    practice: Practice
    session: PracticeSession
    turn: Turn
    masked: tuple[str, ...]
    watch: Watch | None
    _heard: str = ""
    _remarked: bool = False

    async def answer(self) -> None:
        """The counterpart's arm."""
        if self.turn.line is not None:
            return
        scene = _scene(self.session, self._scenario, self.turn)
        reaction = self.turn.reaction
        if reaction is None:
            reading, reaction = await react(self.practice.reader, scene)
            await self._keep(reading=reading, reaction=reaction)
            self._remark()
        hear = unheard if self.watch is None else self._hear
        spoken = await answer(self.practice.voice, scene, reaction, hear)
        await self._keep(line=spoken.text, line_stand_in=spoken.stand_in)

    async def score(self) -> None:
        """The scorer's arm."""
        if self.turn.card is not None:
            return
        task = task_of(self.practice.library, self.session, self.turn)
        await self._keep(card=await _scored(self.practice, task))
        self._remark()

    def taken(self, late: asyncio.Task[Taken] | None = None) -> Taken:
        """The turn as far as it is filled."""
        going_on = add_turn(self.session, self.turn)
        # The turn itself, which need not be the last attempt: its score may come after a rewrite.
        earlier = [one for one in going_on.course() if one.number < self.turn.number]
        advice = advice_on(self.practice.library, self._scenario, [*earlier, self.turn])
        return Taken(
            session=going_on,
            turn=self.turn,
            advice=advice,
            masked=self.masked,
            ending=natural_ending(going_on, self._scenario),
            late=late,
        )

    @property
    def _scenario(self) -> Scenario:
        return self.practice.library.scenarios[self.session.scenario]

    def _remark(self) -> None:
        """Let the remarks be made once all is known that they are about, if the line is not."""
        turn = self.turn
        if self.watch is None or self._remarked or turn.line is not None:
            return
        if turn.card is not None and turn.reading is not None:
            self._remarked = True
            self.watch.remark(self.taken())
            self._hear(self._heard)

    def _hear(self, words: str) -> None:
        """Pass on what the line begins with, but not before the remarks."""
        self._heard = words
        if self.watch is not None and words and self._remarked:
            self.watch.hear(words)

    async def _keep(self, **filled: object) -> None:
        self.turn = replace(self.turn, **filled)  # type: ignore[arg-type]  # fields of Turn
        await self.practice.sessions.save_turn(self.session.id, self.turn)


async def _scored(practice: Practice, task: ScoringTask) -> Scorecard:
    """What the scorer says; if it fails, everything unscored: the talk goes on all the same."""
    try:
        card = await practice.scorer.score(task)
    except Exception as error:  # noqa: BLE001  # whatever is wrong with a scorer costs no line
        practice.trouble("score", error)
        why = f"error:{type(error).__name__}"
        return Scorecard(tuple(Unscored(id, why) for id in task.criteria))
    # A stand-in says itself who it was; it is never taken for the scorer that it stood in for.
    unsigned = card.by is None and not card.stand_in
    return replace(card, by=practice.scorer.engine) if unsigned else card


def _scene(session: PracticeSession, scenario: Scenario, turn: Turn) -> Scene:
    """The moment in which the counterpart answers the turn."""
    return Scene(
        scenario=scenario,
        state=state_before(session, scenario, turn.number),
        reply=turn.reply,
        language=session.language,
        said=session.lines(),
        seed=f"{session.id}:{turn.number}:{turn.attempt}:{turn.reply}",
        last=turn.number >= scenario.turns,
        dialogue=said_before(session, turn.number),
        occasion=occasion_of(session),
    )


def task_of(library: Library, session: PracticeSession, turn: Turn) -> ScoringTask:
    """What the scorer is given for a turn; `library` is the content of the session's release."""
    scenario = library.scenarios[session.scenario]
    earlier = tuple(one for one in session.course() if one.number < turn.number)
    return ScoringTask(
        reply=turn.reply,
        context=said_before(session, turn.number),
        criteria=tuple(scenario.weights),
        language=language_of(turn.reply),
        scenario=scenario,
        told=state_before(session, scenario, turn.number).told,
        crossed=frozenset(
            hit.gate for one in earlier if one.card is not None for hit in one.card.gates
        ),
        reached=_lately_reached(library, earlier),
        occasion=occasion_of(session),
    )


LATELY = 2
"""Replies for which a behaviour that was shown need not be shown again."""


def _lately_reached(library: Library, earlier: Sequence[Turn]) -> frozenset[str]:
    """The criteria whose target level one of the last replies reached."""
    criteria = library.criteria
    return frozenset(
        score.criterion
        for turn in earlier[-LATELY:]
        if turn.card is not None
        for score in turn.card.scored()
        if score.level >= target(criteria[score.criterion])
    )


def advice_on(library: Library, scenario: Scenario, turns: Sequence[Turn]) -> Advice:
    """What to keep and what to change after the last of these turns.

    The remark does not dwell on what the one before was about, if something else lacks as well.
    """
    advice = Advice()
    for turn in turns:
        said_last = advice.change.criterion if advice.change is not None else None
        advice = (
            Advice()
            if turn.card is None
            else choose_advice(
                turn.card,
                scenario.focus,
                scenario.support,
                library.criteria,
                library.gates,
                said_last,
            )
        )
    return advice
