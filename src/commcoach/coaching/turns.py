"""One turn: the reply taken, both arms run side by side, what to say about it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace

from commcoach.coaching.admission import Reason
from commcoach.coaching.counterpart import Scene, answer_reply
from commcoach.coaching.practice import Practice, occasion_of
from commcoach.coaching.scorer import ScoringTask
from commcoach.coaching.sessions import SetAsideReply
from commcoach.domain.dialogue import (
    Action,
    Ending,
    PracticeSession,
    Turn,
    add_turn,
    allowed_actions,
    last_line,
    natural_ending,
    said_before,
    state_before,
)
from commcoach.domain.feedback import Advice, choose_advice, target
from commcoach.domain.library import Library
from commcoach.domain.scenario import Scenario
from commcoach.domain.score import Scorecard, Unscored
from commcoach.domain.wording import language_of


class NotPossibleNow(Exception):
    """The session does not allow this now."""


@dataclass(frozen=True, slots=True)
class Received:
    """A reply as it arrived; `masked` are the kinds blotted out before."""

    text: str
    message: str | None = None
    masked: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SetAside:
    """The reply did not become a turn."""

    reason: Reason


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


async def take_turn(
    practice: Practice,
    session: PracticeSession,
    reply: str,
    message: str | None = None,
    masked: tuple[str, ...] = (),
) -> Taken | SetAside:
    """Take the learner's next reply.

    The `message` that brought it names the turn: given again, for example after a crash, the same
    turn is completed by what it still lacks, and nothing is done twice. `masked` are the kinds of
    personal data that were blotted out on the way here.
    """
    return await _take(practice, session, Received(reply, message, masked), Action.REPLY)


async def rewrite_reply(
    practice: Practice,
    session: PracticeSession,
    reply: str,
    message: str | None = None,
    masked: tuple[str, ...] = (),
) -> Taken | SetAside:
    """Take a second attempt at the last reply; it is assisted and never counts."""
    return await _take(practice, session, Received(reply, message, masked), Action.REWRITE)


async def _take(
    practice: Practice, session: PracticeSession, received: Received, action: Action
) -> Taken | SetAside:
    masked = practice.mask(received.text)
    found = (*received.masked, *masked.found)
    known = session.brought_by(received.message)
    if known is not None:
        return await _handed_over(practice, session, known, found)
    scenario = practice.library.scenarios[session.scenario]
    if action not in allowed_actions(session, scenario):
        raise NotPossibleNow(action)
    objection = practice.doorkeeper.objection(
        masked.text, scenario, session.language, session.lines()
    )
    if objection is not None:
        aside = SetAsideReply(masked.text, objection, practice.now(), received.message)
        await practice.sessions.set_aside(session.id, aside)
        return SetAside(objection)
    course = session.course()
    number = len(course) + (action is Action.REPLY)
    turn = Turn(
        number=number,
        attempt=course[-1].attempt + 1 if action is Action.REWRITE else 1,
        context=last_line(session, number),
        reply=masked.text,
        at=practice.now(),
        masked=bool(found),
        message=received.message,
    )
    await practice.sessions.save_turn(session.id, turn)
    return await _handed_over(practice, session, turn, found)


async def score_late(practice: Practice, id: str, number: int, attempt: int) -> Taken | None:
    """Complete a turn that lost its score to a crash; `None` if there is no such turn."""
    session = await practice.sessions.get(id)
    for turn in session.turns if session is not None else ():
        if session is not None and (turn.number, turn.attempt) == (number, attempt):
            handed = await _handed_over(practice, session, turn, ())
            return handed if handed.late is None else await handed.late
    return None


async def _handed_over(
    practice: Practice, session: PracticeSession, turn: Turn, masked: tuple[str, ...]
) -> Taken:
    """Run both arms side by side; each result is kept when it arrives, and none is made twice."""
    scenario = practice.library.scenarios[session.scenario]
    done = turn

    async def keep(**filled: object) -> None:
        nonlocal done
        done = replace(done, **filled)  # type: ignore[arg-type]  # fields of Turn, named below
        await practice.sessions.save_turn(session.id, done)

    async def answer() -> None:
        if turn.line is None:
            scene = _scene(session, scenario, turn)
            reading, reaction, line = await answer_reply(practice.reader, practice.voice, scene)
            await keep(reading=reading, reaction=reaction, line=line)

    async def score() -> None:
        if turn.card is None:
            await keep(card=await _scored(practice, _task(practice, session, scenario, turn)))

    def taken(late: asyncio.Task[Taken] | None = None) -> Taken:
        going_on = add_turn(session, done)
        # The turn itself, which need not be the last attempt: its score may come after a rewrite.
        earlier = [one for one in going_on.course() if one.number < done.number]
        advice = advice_on(practice.library, scenario, [*earlier, done])
        return Taken(going_on, done, advice, masked, natural_ending(going_on, scenario), late)

    scoring = asyncio.ensure_future(score())
    try:
        await answer()
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
        return taken()

    async def complete() -> Taken:
        await scoring
        return taken()

    return taken(asyncio.ensure_future(complete()))


async def _scored(practice: Practice, task: ScoringTask) -> Scorecard:
    """What the scorer says; if it fails, everything unscored: the talk goes on all the same."""
    try:
        return await practice.scorer.score(task)
    except Exception as error:  # noqa: BLE001  # whatever is wrong with a scorer costs no line
        return Scorecard(tuple(Unscored(id, type(error).__name__) for id in task.criteria))


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


def _task(
    practice: Practice, session: PracticeSession, scenario: Scenario, turn: Turn
) -> ScoringTask:
    """What the scorer is given for the turn."""
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
        reached=_lately_reached(practice.library, earlier),
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
