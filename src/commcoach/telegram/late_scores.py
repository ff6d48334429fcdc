"""Scores that come after their line: the message completed, also after a crash in between."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import structlog
import tenacity

from commcoach.coaching.mail import Kind, Outgoing
from commcoach.coaching.releasing import UnknownRelease
from commcoach.coaching.storage import DatabaseUnusable, RowUnreadable
from commcoach.coaching.turns import score_late
from commcoach.presentation.wording import Wording
from commcoach.telegram.desk import Desk
from commcoach.telegram.turn_message import (
    promise_of,
    promised_turn,
    turn_key,
    turn_rows,
    turn_text,
)

log = structlog.get_logger()

Place = tuple[str, int, int]
"""A turn: session, number, attempt."""

LONGEST_PAUSE = 30.0
"""Seconds between attempts while the database cannot be used."""


async def complete(desk: Desk, place: Place) -> None:
    """Score a turn that has no score yet, and replace its message by the one with remarks.

    Done twice it is done once. A database that cannot be used is waited out.
    """
    patient = tenacity.AsyncRetrying(
        retry=tenacity.retry_if_exception(_passing),
        wait=tenacity.wait_random_exponential(multiplier=0.5, max=LONGEST_PAUSE),
    )
    async for attempt in patient:
        with attempt:
            await _complete(desk, *place)


def _passing(error: BaseException) -> bool:
    return isinstance(error, DatabaseUnusable) and not isinstance(error, RowUnreadable)


async def lost_scores(desk: Desk) -> list[Place]:
    """The turns whose message waits for remarks; asked before the lanes take up theirs.

    Either they have no score, or the score was kept and the edit was not queued. A turn whose
    update is not settled is completed when that is worked on again.
    """
    unsettled = {f"m{update.about.get('message')}" for update in await desk.house.inbox.unsettled()}
    lost = dict.fromkeys(
        place
        for key in await desk.house.outbox.unkept_promises()
        if (place := promised_turn(key)) is not None
    )
    for id, number, attempt in await desk.house.sessions.unscored_turns():
        try:
            session = await desk.house.sessions.get(id)
        except RowUnreadable:
            log.warning("score_not_completed", session=id, reason="row_unreadable")
            continue
        for turn in session.turns if session is not None else ():
            here = (turn.number, turn.attempt) == (number, attempt)
            # A turn without a line was given up; its message never went out.
            sent = turn.line is not None and turn.message is not None
            if here and sent and turn.message not in unsettled:
                lost[id, number, attempt] = None
    return list(lost)


async def complete_lost_scores(desk: Desk, lost: Sequence[Place]) -> None:
    """Complete these turns; a debrief waits for those of its chat."""
    chats = set()
    for place in dict.fromkeys(lost):
        session = await desk.house.sessions.get(place[0])
        chat = await desk.house.chats.of_learner(session.learner) if session is not None else None
        if chat is not None:
            desk.work_on(chat.id, partial(complete, desk, place))
            chats.add(chat.id)
    for id in chats:
        await desk.late_scores(id)


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
    edit = Outgoing(
        key=promise_of(taken.session, taken.turn),
        chat=chat.id,
        text=turn_text(taken, coach.library, words),
        kind=Kind.EDIT,
        buttons=turn_rows(words, taken, scenario),
        edits=turn_key(taken.session, taken.turn),
    )
    await desk.house.outbox.add([edit], desk.now())
    desk.wake(chat.id)
