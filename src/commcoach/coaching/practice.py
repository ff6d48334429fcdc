"""Practise: start a session, take a turn, rewrite a reply, finish."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from commcoach.coaching.admission import Doorkeeper, Mask, Reason
from commcoach.coaching.counterpart import Reader, Scene, Stage, Voice, answer_reply
from commcoach.coaching.debriefing import OutcomeJudge, achieved_in
from commcoach.coaching.scorer import Scorer, ScoringTask
from commcoach.domain.cases import Said
from commcoach.domain.dialogue import (
    Action,
    Ending,
    PracticeSession,
    Turn,
    add_turn,
    allowed_actions,
    last_line,
    natural_ending,
    state_before,
    state_now,
)
from commcoach.domain.feedback import Advice, choose_advice, target
from commcoach.domain.language import Language
from commcoach.domain.library import Library
from commcoach.domain.outcome import outcome_share
from commcoach.domain.persona import Reaction
from commcoach.domain.scenario import Scenario
from commcoach.domain.wording import language_of


class Sessions(Protocol):
    """Keeps sessions; every write is committed before it returns."""

    async def add(self, session: PracticeSession) -> None:
        """Keep a new session."""
        ...

    async def get(self, id: str) -> PracticeSession | None:
        """The session with this id."""
        ...

    async def save_turn(self, session: str, turn: Turn) -> None:
        """Keep a new turn, or what has been added to it."""
        ...

    async def set_aside(self, session: str, reply: str, reason: Reason, at: datetime) -> None:
        """Keep a reply that did not become a turn."""
        ...

    async def end(self, session: PracticeSession) -> None:
        """Keep ending, closing line and time of a session."""
        ...

    async def of_learner(self, learner: str) -> list[PracticeSession]:
        """All sessions of a learner, oldest first."""
        ...


@dataclass(frozen=True, slots=True)
class Practice:
    """What the use cases work with."""

    library: Library
    sessions: Sessions
    reader: Reader
    voice: Voice
    scorer: Scorer
    judge: OutcomeJudge
    doorkeeper: Doorkeeper
    mask: Mask
    now: Callable[[], datetime]
    new_id: Callable[[], str]


class NotPossibleNow(Exception):
    """The session does not allow this now."""


@dataclass(frozen=True, slots=True)
class SetAside:
    """The reply did not become a turn."""

    reason: Reason


@dataclass(frozen=True, slots=True)
class Taken:
    """A turn that was taken, with what to say about it."""

    session: PracticeSession
    turn: Turn
    advice: Advice
    masked: tuple[str, ...]
    ending: Ending | None


async def start_session(
    practice: Practice, scenario: Scenario, learner: str, language: Language
) -> PracticeSession:
    """Open a session; the counterpart's opening line stands in it."""
    session = PracticeSession(
        id=practice.new_id(),
        learner=learner,
        scenario=scenario.id,
        language=language,
        release=practice.library.release,
        engine=practice.scorer.engine.name,
        started_at=practice.now(),
        opening=scenario.opening.said_in(language),
    )
    await practice.sessions.add(session)
    return session


async def take_turn(practice: Practice, session: PracticeSession, reply: str) -> Taken | SetAside:
    """Take the learner's next reply."""
    return await _take(practice, session, reply, Action.REPLY)


async def rewrite_reply(
    practice: Practice, session: PracticeSession, reply: str
) -> Taken | SetAside:
    """Take a second attempt at the last reply; it is assisted and never counts."""
    return await _take(practice, session, reply, Action.REWRITE)


async def _take(
    practice: Practice, session: PracticeSession, raw: str, action: Action
) -> Taken | SetAside:
    scenario = practice.library.scenarios[session.scenario]
    if action not in allowed_actions(session, scenario):
        raise NotPossibleNow(action)
    masked = practice.mask(raw)
    course = session.course()
    number = len(course) + (action is Action.REPLY)
    attempt = course[-1].attempt + 1 if action is Action.REWRITE else 1
    objection = practice.doorkeeper.objection(
        masked.text, scenario, session.language, session.lines()
    )
    if objection is not None:
        await practice.sessions.set_aside(session.id, masked.text, objection, practice.now())
        return SetAside(objection)
    turn = Turn(number, attempt, last_line(session, number), masked.text, bool(masked.found))
    await practice.sessions.save_turn(session.id, turn)
    turn = await _complete(practice, session, scenario, turn)
    session = add_turn(session, turn)
    return Taken(
        session,
        turn,
        advice_on(practice.library, scenario, session.course()),
        masked.found,
        natural_ending(session, scenario),
    )


async def _complete(
    practice: Practice, session: PracticeSession, scenario: Scenario, turn: Turn
) -> Turn:
    """Run both arms side by side; each result is kept when it arrives."""
    state = state_before(session, scenario, turn.number)
    earlier = tuple(one for one in session.course() if one.number < turn.number)
    done = turn

    async def keep(**filled: object) -> None:
        nonlocal done
        done = replace(done, **filled)  # type: ignore[arg-type]  # fields of Turn, named below
        await practice.sessions.save_turn(session.id, done)

    async def counterpart() -> None:
        scene = Scene(
            scenario,
            state,
            turn.reply,
            session.language,
            session.lines(),
            f"{session.id}:{turn.number}:{turn.attempt}:{turn.reply}",
            turn.number >= scenario.turns,
        )
        reading, reaction, line = await answer_reply(practice.reader, practice.voice, scene)
        await keep(reading=reading, reaction=reaction, line=line)

    async def scorer() -> None:
        said = [Said("counterpart", session.opening)]
        for one in earlier:
            said.append(Said("learner", one.reply))
            said.append(Said("counterpart", one.line or ""))
        task = ScoringTask(
            reply=turn.reply,
            context=tuple(said),
            criteria=tuple(scenario.weights),
            language=language_of(turn.reply),
            scenario=scenario,
            told=state.told,
            crossed=frozenset(
                hit.gate for one in earlier if one.card is not None for hit in one.card.gates
            ),
            reached=_lately_reached(practice.library, earlier),
        )
        await keep(card=await practice.scorer.score(task))

    await asyncio.gather(counterpart(), scorer())
    return done


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


CALM_ENOUGH = 4
"""The highest tension at which a counterpart parts in agreement."""
ENOUGH_REACHED = 0.5
"""The share of the outcome that must be reached for it."""


async def finish_session(practice: Practice, session: PracticeSession) -> PracticeSession:
    """End the session; the counterpart has the last word. Ending twice changes nothing."""
    if session.ending is not None:
        return session
    scenario = practice.library.scenarios[session.scenario]
    ending = natural_ending(session, scenario) or Ending.FINISHED
    closing = None
    if session.turns and ending is not Ending.COUNTERPART_LEFT:
        state = state_now(session, scenario)
        stage = Stage(
            scenario, session.language, Reaction(state), session.lines(), "", f"{session.id}:end"
        )
        reached = await achieved_in(practice.judge, session, scenario)
        agreed = state.tension <= CALM_ENOUGH and outcome_share(reached) >= ENOUGH_REACHED
        closing = await practice.voice.close(stage, agreed)
    ended = replace(session, ending=ending, closing=closing, ended_at=practice.now())
    await practice.sessions.end(ended)
    return ended
