"""Practise: start a session and finish it; `turns` has what happens between."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from commcoach.coaching.admission import Doorkeeper, Mask
from commcoach.coaching.counterpart import CALM_ENOUGH, Reader, Stage, Voice
from commcoach.coaching.debriefing import OutcomeJudge, Summariser, achieved_in, debrief
from commcoach.coaching.occasion import Occasion
from commcoach.coaching.rewriting import Rewriter
from commcoach.coaching.scorer import Scorer
from commcoach.coaching.sessions import Sessions
from commcoach.domain.dialogue import (
    Ending,
    PracticeSession,
    natural_ending,
    said_before,
    state_now,
)
from commcoach.domain.language import Language
from commcoach.domain.library import Library
from commcoach.domain.outcome import outcome_share
from commcoach.domain.persona import Reaction
from commcoach.domain.scenario import Scenario

Trouble = Callable[[str, Exception], None]
"""Is told what failed by a fault of the program's own, where the talk goes on all the same."""


def untold(_what: str, _error: Exception) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True)
class Practice:
    """What the use cases work with.

    `patience` is how many seconds a score may come after the line before the turn is handed over
    without it; `None` waits for every score. Without a `rewriter` examples show how to put it;
    without a `summariser` a debrief stands without a word about the talk as a whole. `trouble` is
    for logs.
    """

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
    rewriter: Rewriter | None = None
    summariser: Summariser | None = None
    patience: float | None = None
    trouble: Trouble = untold


async def start_session(
    practice: Practice,
    scenario: Scenario,
    learner: str,
    language: Language,
    id: str | None = None,
) -> PracticeSession:
    """Open a session; the counterpart's opening line stands in it.

    With an `id` that is known already, the session that it names, if it is the learner's own.
    """
    known = await practice.sessions.get(id) if id is not None else None
    if known is not None and known.learner == learner:
        return known
    session = PracticeSession(
        id=id if id is not None and known is None else practice.new_id(),
        learner=learner,
        scenario=scenario.id,
        language=language,
        release=practice.library.release,
        engine=practice.scorer.engine.model or practice.scorer.engine.name,
        started_at=practice.now(),
        opening=scenario.opening.said_in(language),
    )
    await practice.sessions.add(session)
    return session


def occasion_of(session: PracticeSession) -> Occasion:
    """On what occasion a model is asked in this session."""
    return Occasion(session.id, session.learner or None, session.release)


ENOUGH_REACHED = 0.5
"""The share of the outcome that must be reached for the counterpart to part in agreement."""


async def finish_session(practice: Practice, session: PracticeSession) -> PracticeSession:
    """End the session; the counterpart has the last word. Ending twice changes nothing.

    The closing line and the summary are made side by side, and kept with the ending.
    """
    if session.ending is not None:
        return session
    scenario = practice.library.scenarios[session.scenario]
    ended = replace(session, ending=natural_ending(session, scenario) or Ending.FINISHED)
    summarising = asyncio.ensure_future(_summary(practice, ended))
    try:
        closing = await last_words(practice.voice, practice.judge, ended, scenario)
    except BaseException:
        summarising.cancel()
        raise
    summary = await summarising
    ended = replace(ended, closing=closing, summary=summary, ended_at=practice.now())
    await practice.sessions.end(ended)
    return ended


async def last_words(
    voice: Voice, judge: OutcomeJudge, session: PracticeSession, scenario: Scenario
) -> str | None:
    """The counterpart's last words, if there was a talk and they are still there."""
    if not session.turns or session.ending is Ending.COUNTERPART_LEFT:
        return None
    state = state_now(session, scenario)
    stage = Stage(
        scenario=scenario,
        language=session.language,
        reaction=Reaction(state),
        said=session.lines(),
        reply="",
        seed=f"{session.id}:end",
        dialogue=said_before(session, scenario.turns + 1),
        occasion=occasion_of(session),
    )
    reached = await achieved_in(judge, session, scenario)
    agreed = state.tension <= CALM_ENOUGH and outcome_share(reached) >= ENOUGH_REACHED
    return await voice.close(stage, agreed)


async def _summary(practice: Practice, session: PracticeSession) -> str | None:
    """Where the talk turned; `None` if nobody was asked, empty if nothing usable came."""
    if practice.summariser is None or not session.turns:
        return None
    try:
        report = await debrief(practice.library, practice.judge, session)
        return await practice.summariser.summarise(session, report)
    except Exception as error:  # noqa: BLE001  # whatever is wrong with it, the session ends
        practice.trouble("summary", error)
        return ""
