"""Scores that a crash cut off: given at the next start, their messages completed."""

from __future__ import annotations

from collections.abc import Sequence

import structlog

from commcoach.coaching.releasing import UnknownRelease
from commcoach.coaching.turns import score_late
from commcoach.presentation.wording import Wording
from commcoach.telegram.desk import Desk
from commcoach.telegram.practising import completed
from commcoach.telegram.turn_message import turn_key, turn_rows, turn_text

log = structlog.get_logger()

Place = tuple[str, int, int]
"""A turn: session, number, attempt."""


async def lost_scores(desk: Desk) -> list[Place]:
    """The turns without a score whose message went out; asked before the lanes take up theirs.

    A turn whose update is not settled is completed when that is worked on again.
    """
    unsettled = {f"m{update.about.get('message')}" for update in await desk.house.inbox.unsettled()}
    lost = []
    for id, number, attempt in await desk.house.sessions.unscored_turns():
        session = await desk.house.sessions.get(id)
        for turn in session.turns if session is not None else ():
            here = (turn.number, turn.attempt) == (number, attempt)
            # A turn without a line was given up; its message never went out.
            sent = turn.line is not None and turn.message is not None
            if here and sent and turn.message not in unsettled:
                lost.append((id, number, attempt))
    return lost


async def complete_lost_scores(desk: Desk, lost: Sequence[Place]) -> None:
    """Score these turns and complete their messages; what fails is left for the next start."""
    for place in lost:
        try:
            await _complete(desk, *place)
        except Exception as error:  # noqa: BLE001  # one turn keeps back none of the others
            log.warning("score_not_completed", session=place[0], reason=type(error).__name__)


async def _complete(desk: Desk, id: str, number: int, attempt: int) -> None:
    session = await desk.house.sessions.get(id)
    if session is None:
        return
    try:
        coach = await desk.coaches.of(session.release)
    except UnknownRelease:
        log.warning("score_not_completed", session=id, reason="release_unknown")
        return
    taken = await score_late(coach, id, number, attempt)
    chat = await desk.house.chats.of_learner(session.learner)
    learner = await desk.house.people.get(session.learner)
    if taken is None or chat is None or learner is None:
        return
    words = Wording(learner.language, desk.zone)
    scenario = coach.library.scenarios[session.scenario]
    edit = completed(
        turn_key(taken.session, taken.turn),
        chat.id,
        turn_text(taken, coach.library, words),
        turn_rows(words, taken, scenario),
    )
    await desk.house.outbox.add([edit], desk.now())
    desk.wake(chat.id)
