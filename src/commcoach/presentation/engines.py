"""Who scored, how far that can be trusted, and where the embedded engine stood in for a model."""

from __future__ import annotations

from commcoach.coaching.arms import Taken
from commcoach.coaching.debriefing import EMBEDDED, SECOND_MODEL
from commcoach.coaching.language_model import BudgetSpent
from commcoach.domain.dialogue import PracticeSession, Turn
from commcoach.presentation.wording import N_, Wording


def engine_name(engine: str, words: Wording) -> str:
    """The engine by its name, the one without a model in plain words."""
    return words.say("engine.embedded") if engine == EMBEDDED else engine


def calibration(engine: str, words: Wording, stood_in: int = 0) -> str:
    """Who scored a session, that it is not calibrated against people, and what it is not for.

    `stood_in` is on how many turns the embedded engine scored in place of the model.
    """
    if engine == EMBEDDED:
        return words.say("debrief.uncalibrated")
    if stood_in:
        return words.say("debrief.uncalibrated_mixed", engine=engine, turns=stood_in)
    return words.say("debrief.uncalibrated_model", engine=engine)


def why_note(engine: str, words: Wording, stand_in: str = "") -> str:
    """The same below the reasons for a turn's levels; `stand_in` is that of its scorecard."""
    if engine == EMBEDDED or stand_in not in ("", SECOND_MODEL):
        return words.say("why.engine")
    return words.say("why.engine_model", engine=engine)


_SECOND = N_("stand_in.second_model")
_FAILED = N_("stand_in.reason.failed")
_REASONS = {
    "unavailable": N_("stand_in.reason.unavailable"),
    "misconfigured": N_("stand_in.reason.misconfigured"),
    "unusable": N_("stand_in.reason.unusable"),
    "cut_off": N_("stand_in.reason.cut_off"),
    "refused": N_("stand_in.reason.refused"),
    "budget": N_("stand_in.reason.budget"),
}
"""Why a model's work was not its own; any other reason is a failure like any other."""


def stand_in_lines(turn: Turn, words: Wording) -> tuple[str, ...]:
    """What another did for a turn in place of the model, and why; a line per reason."""
    works = (
        (N_("stand_in.reading"), turn.reading.stand_in if turn.reading is not None else ""),
        (N_("stand_in.speaking"), turn.line_stand_in),
        (N_("stand_in.scoring"), turn.card.stand_in if turn.card is not None else ""),
    )
    by_reason: dict[str, list[str]] = {}
    for work, reason in works:
        if reason == SECOND_MODEL:
            by_reason.setdefault(_SECOND, []).append(words.say(work))
        elif reason:
            by_reason.setdefault(_REASONS.get(reason, _FAILED), []).append(words.say(work))
    lines = []
    for why, done in by_reason.items():
        work = words.say("punctuation.list").join(done)
        if why == _SECOND:
            lines.append(words.say(_SECOND, work=work))
        else:
            lines.append(words.say("stand_in.turn", work=work, reason=words.say(why)))
    return tuple(lines)


def stand_in_notice(taken: Taken, words: Wording) -> str:
    """That the embedded engine works in place of the model from here on, and why.

    Said on the first turn where it does, and again only when the reason is another one than the
    last time; else empty.
    """
    turns = taken.session.turns
    before = turns[: turns.index(taken.turn)] if taken.turn in turns else turns
    known = next((reasons for one in reversed(before) if (reasons := _reasons(one))), ())
    new = [reason for reason in _reasons(taken.turn) if reason not in known]
    if not new:
        return ""
    if BudgetSpent.reason in new:
        return words.say("practice.budget_spent")
    return words.say("stand_in.notice", reason=words.say(_REASONS.get(new[0], _FAILED)))


def _reasons(turn: Turn) -> tuple[str, ...]:
    return tuple(reason for reason in turn.stand_ins() if reason != SECOND_MODEL)


def spoken_for(session: PracticeSession, words: Wording) -> str:
    """On how many turns the embedded engine spoke for the counterpart; empty if on none."""
    lines = [turn.line_stand_in for turn in session.course()]
    number = sum(reason not in ("", SECOND_MODEL) for reason in lines)
    return words.say("debrief.spoken_for", turns=number) if number else ""
