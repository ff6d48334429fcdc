"""Who scored, how far that can be trusted, and where the embedded engine stood in for a model."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from commcoach.coaching.arms import Taken
from commcoach.coaching.debriefing import EMBEDDED, SECOND_MODEL
from commcoach.coaching.embedding import WITHOUT_EMBEDDINGS
from commcoach.coaching.language_model import BudgetSpent
from commcoach.coaching.standing import Standing
from commcoach.domain.dialogue import PracticeSession, Turn
from commcoach.domain.library import Library
from commcoach.presentation.wording import N_, Wording


def engine_name(engine: str, words: Wording) -> str:
    """The engine by its name, the one without a model in plain words."""
    return words.say("engine.embedded") if engine == EMBEDDED else engine


def calibration(
    engine: str, standing: Standing, library: Library, words: Wording, stood_in: int = 0
) -> str:
    """Who scored a session, what of it is calibrated against people, and what it is not for.

    `stood_in` is on how many turns the embedded engine scored in place of the model.
    """
    mixed = bool(stood_in) and engine != EMBEDDED
    if standing.cases:
        key = "debrief.by_mixed"
        who = words.say(key, engine=engine, turns=stood_in) if mixed else _by(engine, words)
        return _calibrated(who, standing, library, words)
    if engine == EMBEDDED:
        return words.say("debrief.uncalibrated")
    if mixed:
        return words.say("debrief.uncalibrated_mixed", engine=engine, turns=stood_in)
    return words.say("debrief.uncalibrated_model", engine=engine)


def calibration_over(standing: Standing, library: Library, words: Wording) -> str:
    """The same over several sessions, which different engines may have scored."""
    if len(standing.engines) <= 1:
        return calibration("".join(standing.engines) or EMBEDDED, standing, library, words)
    who = words.say("punctuation.list").join(_by(one, words) for one in standing.engines)
    if standing.cases:
        return _calibrated(who, standing, library, words)
    return words.say("debrief.uncalibrated_several", who=who)


def _by(engine: str, words: Wording) -> str:
    if engine == EMBEDDED:
        return words.say("debrief.by_embedded")
    return words.say("debrief.by_model", engine=engine)


def _calibrated(who: str, standing: Standing, library: Library, words: Wording) -> str:
    if standing.whole:
        return words.say("debrief.calibrated", who=who, cases=standing.fewest)
    names = calibrated_names(standing, library, words)
    return words.say("debrief.calibrated_some", who=who, names=names)


def calibration_of(criteria: Collection[str], cases: Mapping[str, int], words: Wording) -> str:
    """How many of these criteria are calibrated, as half a sentence; `cases` has those that are."""
    number = sum(id in cases for id in criteria)
    if not number:
        return words.say("engine.uncalibrated")
    key = "engine.calibrated" if number == len(criteria) else "engine.calibrated_some"
    return words.say(key, number=number, others=len(criteria) - number)


def calibrated_names(standing: Standing, library: Library, words: Wording) -> str:
    """The criteria that are calibrated, each with the number of cases behind it."""
    known = library.criteria
    return words.say("punctuation.list").join(
        words.say(
            "debrief.calibrated_name",
            title=known[id].title.said_in(words.language) if id in known else id,
            cases=standing.cases[id],
        )
        for id in standing.criteria
        if id in standing.cases
    )


def why_note(
    engine: str, standing: Standing, library: Library, words: Wording, stand_in: str = ""
) -> str:
    """The same below the reasons for a turn's levels; `stand_in` is that of its scorecard."""
    embedded = engine == EMBEDDED or stand_in not in ("", SECOND_MODEL)
    if standing.cases:
        who = _by(EMBEDDED if embedded else engine, words)
        if standing.whole:
            return words.say("why.calibrated", who=who, cases=standing.fewest)
        names = calibrated_names(standing, library, words)
        return words.say("why.calibrated_some", who=who, names=names)
    if embedded:
        return words.say("why.engine")
    return words.say("why.engine_model", engine=engine)


_SECOND = N_("stand_in.second_model")
_NO_EMBEDDINGS = N_("stand_in.embeddings")
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
        elif reason == WITHOUT_EMBEDDINGS:
            by_reason.setdefault(_NO_EMBEDDINGS, [])
        elif reason:
            by_reason.setdefault(_REASONS.get(reason, _FAILED), []).append(words.say(work))
    lines = []
    for why, done in by_reason.items():
        work = words.say("punctuation.list").join(done)
        if why in (_SECOND, _NO_EMBEDDINGS):
            lines.append(words.say(why, work=work))
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
    if new == [WITHOUT_EMBEDDINGS]:
        return words.say("stand_in.embeddings_notice")
    return words.say("stand_in.notice", reason=words.say(_REASONS.get(new[0], _FAILED)))


def _reasons(turn: Turn) -> tuple[str, ...]:
    return tuple(reason for reason in turn.stand_ins() if reason != SECOND_MODEL)


def spoken_for(session: PracticeSession, words: Wording) -> str:
    """On how many turns the embedded engine spoke for the counterpart; empty if on none."""
    lines = [turn.line_stand_in for turn in session.course()]
    number = sum(reason not in ("", SECOND_MODEL) for reason in lines)
    return words.say("debrief.spoken_for", turns=number) if number else ""
