"""Why a reply was set aside, what was masked, and why a level was given."""

from __future__ import annotations

from collections.abc import Sequence

from commcoach.coaching.admission import Reason
from commcoach.coaching.debriefing import EMBEDDED
from commcoach.coaching.standing import UNCALIBRATED, Standing
from commcoach.domain.dialogue import Turn
from commcoach.domain.library import Library
from commcoach.domain.rubric import Criterion
from commcoach.domain.score import CriterionScore, GateHit, NotApplicable, Scored
from commcoach.presentation.engines import stand_in_lines, why_note
from commcoach.presentation.level_names import level_name
from commcoach.presentation.remarks import quote
from commcoach.presentation.wording import N_, Wording

_OBJECTIONS = {
    Reason.EMPTY: N_("set_aside.empty"),
    Reason.TOO_LONG: N_("set_aside.too_long"),
    Reason.PASTED: N_("set_aside.pasted"),
    Reason.TO_THE_SCORER: N_("set_aside.to_the_scorer"),
    Reason.OTHER_LANGUAGE: N_("set_aside.other_language"),
}
_KINDS = {
    "identity": N_("masked.identity"),
    "card": N_("masked.card"),
    "phone": N_("masked.phone"),
    "email": N_("masked.email"),
    "secrecy": N_("masked.secrecy"),
}


def objection(reason: Reason, words: Wording) -> str:
    """Why the reply did not become a turn, and what to do."""
    return words.say(_OBJECTIONS[reason])


def mask_notice(kinds: Sequence[str], words: Wording) -> str:
    """Which personal data was blotted out."""
    named = words.say("punctuation.list").join(words.say(_KINDS[kind]) for kind in kinds)
    return words.say("masked.notice", kinds=named)


def standing_level(turn: Turn, score: CriterionScore, library: Library, words: Wording) -> str:
    """The level as it stands, after a correction with the one that the engine gave."""
    given = turn.card.scores if turn.card is not None else ()
    first = next((one for one in given if one.criterion == score.criterion), score)
    top = library.criteria[score.criterion].highest
    now, before = _level(score, top, words), _level(first, top, words)
    return now if now == before else words.say("why.was", level=now, before=before)


def _level(score: CriterionScore, top: int, words: Wording) -> str:
    if isinstance(score, Scored):
        return words.say("why.level", level=score.level, top=top)
    gone = isinstance(score, NotApplicable)
    return words.say("transcript.not_applicable" if gone else "transcript.unscored")


def correction_of(turn: Turn, criterion: str, words: Wording) -> str:
    """Who corrected a level last, and why; empty where nobody did."""
    made = [one for one in turn.overrides if one.criterion == criterion]
    if not made:
        return ""
    last = made[-1]
    given = {score.criterion: score.level for score in turn.card.scored()} if turn.card else {}
    same = last.level is not None and given.get(criterion) == last.level
    key = "why.confirmed" if same else "why.corrected"
    return words.say(key, by=last.by, reason=last.reason)


def why_lines(
    turn: Turn | None,
    library: Library,
    words: Wording,
    engine: str = EMBEDDED,
    standing: Standing = UNCALIBRATED,
) -> list[str]:
    """Level, anchor and evidence of every criterion of a turn, corrections included.

    First comes where the embedded engine stood in for a model, last who scored this very turn.
    """
    card = turn.standing() if turn is not None else None
    if turn is None or card is None:
        return [words.say("why.nothing_yet")]
    lines = [*stand_in_lines(turn, words)]
    for score in card.scores:
        criterion = library.criteria[score.criterion]
        title = criterion.title.said_in(words.language)
        correction = correction_of(turn, score.criterion, words)
        level = standing_level(turn, score, library, words)
        if isinstance(score, Scored):
            lines.append(_scored(score, criterion, level, words))
        elif correction:
            lines.append(words.say("why.taken_away", criterion=title, level=level))
        elif isinstance(score, NotApplicable):
            lines.append(words.say("why.not_applicable", criterion=title))
        else:
            lines.append(words.say("why.unscored", criterion=title))
        if correction:
            lines.append(words.say("why.correction", correction=correction))
        for evidence in score.evidence if isinstance(score, Scored) else ():
            # Quotes are blotted out with the words that they are taken from.
            if evidence.quote:
                key = "why.evidence" if evidence.source == "reply" else "why.evidence_context"
                lines.append(words.say(key, quote=quote(evidence.quote, 110)))
    lines += [gate_line(hit, library, words) for hit in card.gates]
    lines.append(why_note(engine, standing, library, words, card.stand_in))
    return lines


def _scored(score: Scored, criterion: Criterion, level: str, words: Wording) -> str:
    reached = criterion.level(score.level)
    return words.say(
        "why.scored",
        criterion=criterion.title.said_in(words.language),
        level=level,
        label=level_name(criterion, score.level, words),
        anchor=reached.anchor.said_in(words.language),
    )


def gate_line(hit: GateHit, library: Library, words: Wording) -> str:
    """The line that was crossed, with the words that crossed it while they are kept."""
    rule = library.gates[hit.gate].rule.said_in(words.language)
    if not hit.quote:
        return words.say("why.gate_alone", rule=rule)
    return words.say("why.gate", rule=rule, quote=quote(hit.quote, 110))
