"""Taking turns: the reply let in, kept, and handed over to both arms; a late score."""

from __future__ import annotations

from dataclasses import dataclass

from commcoach.coaching.admission import Reason
from commcoach.coaching.arms import Taken, Watch, hand_over
from commcoach.coaching.practice import Practice
from commcoach.coaching.sessions import SetAsideReply
from commcoach.domain.dialogue import (
    Action,
    PracticeSession,
    Turn,
    allowed_actions,
    last_line,
)


class NotPossibleNow(Exception):
    """The session does not allow this now."""


@dataclass(frozen=True, slots=True)
class Received:
    """A reply as it arrived; `masked` are the kinds blotted out before."""

    text: str
    message: str | None = None
    masked: tuple[str, ...] = ()
    watch: Watch | None = None


@dataclass(frozen=True, slots=True)
class SetAside:
    """The reply did not become a turn."""

    reason: Reason


async def take_turn(
    practice: Practice,
    session: PracticeSession,
    reply: str,
    message: str | None = None,
    masked: tuple[str, ...] = (),
    watch: Watch | None = None,
) -> Taken | SetAside:
    """Take the learner's next reply.

    The `message` that brought it names the turn: given again, for example after a crash, the same
    turn is completed by what it still lacks, and nothing is done twice. `masked` are the kinds of
    personal data that were blotted out on the way here.
    """
    received = Received(reply, message, masked, watch)
    return await _take(practice, session, received, Action.REPLY)


async def rewrite_reply(
    practice: Practice,
    session: PracticeSession,
    reply: str,
    message: str | None = None,
    masked: tuple[str, ...] = (),
    watch: Watch | None = None,
) -> Taken | SetAside:
    """Take a second attempt at the last reply; it is assisted and never counts."""
    received = Received(reply, message, masked, watch)
    return await _take(practice, session, received, Action.REWRITE)


async def _take(
    practice: Practice, session: PracticeSession, received: Received, action: Action
) -> Taken | SetAside:
    masked = practice.mask(received.text)
    found = (*received.masked, *masked.found)
    known = session.brought_by(received.message)
    if known is not None:
        return await hand_over(practice, session, known, found, received.watch)
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
    return await hand_over(practice, session, turn, found, received.watch)


async def score_late(practice: Practice, id: str, number: int, attempt: int) -> Taken | None:
    """Complete a turn that lost its score to a crash; `None` if there is no such turn."""
    session = await practice.sessions.get(id)
    for turn in session.turns if session is not None else ():
        if session is not None and (turn.number, turn.attempt) == (number, attempt):
            handed = await hand_over(practice, session, turn, ())
            return handed if handed.late is None else await handed.late
    return None
