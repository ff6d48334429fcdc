"""Why a reply was set aside, what was masked, and why a level was given."""

from __future__ import annotations

from collections.abc import Sequence

from commcoach.coaching.admission import Reason
from commcoach.domain.dialogue import Turn
from commcoach.domain.library import Library
from commcoach.domain.score import NotApplicable, Scored
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
_LEVELS = {
    0: N_("level.0"),
    1: N_("level.1"),
    2: N_("level.2"),
    3: N_("level.3"),
    4: N_("level.4"),
}


def objection(reason: Reason, words: Wording) -> str:
    """Why the reply did not become a turn, and what to do."""
    return words.say(_OBJECTIONS[reason])


def mask_notice(kinds: Sequence[str], words: Wording) -> str:
    """Which personal data was blotted out."""
    named = words.say("punctuation.list").join(words.say(_KINDS[kind]) for kind in kinds)
    return words.say("masked.notice", kinds=named)


def why_lines(turn: Turn | None, library: Library, words: Wording) -> list[str]:
    """Level, anchor and evidence of every criterion of a turn."""
    if turn is None or turn.card is None:
        return [words.say("why.nothing_yet")]
    language = words.language
    lines = []
    for score in turn.card.scores:
        criterion = library.criteria[score.criterion]
        title = criterion.title.said_in(language)
        if isinstance(score, Scored):
            level = criterion.level(score.level)
            label = level.label.said_in(language)
            if not label and criterion.numbers == tuple(_LEVELS):
                label = words.say(_LEVELS[score.level])
            lines.append(
                words.say(
                    "why.scored",
                    criterion=title,
                    level=score.level,
                    top=criterion.highest,
                    label=label,
                    anchor=level.anchor.said_in(language),
                )
            )
            for evidence in score.evidence:
                key = "why.evidence" if evidence.source == "reply" else "why.evidence_context"
                lines.append(words.say(key, quote=quote(evidence.quote, 110)))
        elif isinstance(score, NotApplicable):
            lines.append(words.say("why.not_applicable", criterion=title))
        else:
            lines.append(words.say("why.unscored", criterion=title))
    for hit in turn.card.gates:
        rule = library.gates[hit.gate].rule.said_in(language)
        lines.append(words.say("why.gate", rule=rule, quote=quote(hit.quote, 110)))
    lines.append(words.say("why.engine"))
    return lines
