"""Graded cases that an engine gave no level, in words: which, and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from commcoach.coaching.admission import Reason
from commcoach.coaching.rubric_testing import NOTHING_LEFT
from commcoach.domain.case_scores import CaseScore, FloorVerdict
from commcoach.domain.library import Library
from commcoach.domain.score import CriterionScore, NotApplicable, Scored
from commcoach.presentation.wording import N_, Wording

_WHY = {
    Reason.EMPTY.value: N_("left_out.empty"),
    Reason.TOO_LONG.value: N_("left_out.too_long"),
    Reason.PASTED.value: N_("left_out.pasted"),
    Reason.TO_THE_SCORER.value: N_("left_out.to_the_scorer"),
    Reason.OTHER_LANGUAGE.value: N_("left_out.language"),
    "language": N_("left_out.language"),
    NOTHING_LEFT: N_("left_out.nothing_to_learn_from"),
}
_NAMED = 10
"""Cases that are named; the others are counted."""


def left_out_line(cases: Sequence[CaseScore], words: Wording) -> str:
    """The cases by their ids, each with the reason; nothing if there are none."""
    if not cases:
        return ""
    told = [
        words.say("left_out.case", id=one.case.id, why=words.say(_why(one.score)))
        for one in cases[:_NAMED]
    ]
    named = words.say("punctuation.list").join(told)
    key = N_("left_out.these") if len(cases) <= _NAMED else N_("left_out.these_and_more")
    return words.say(key, number=len(cases), cases=named)


def left_out_lines(
    floors: Iterable[FloorVerdict],
    left_out: Mapping[str, Sequence[CaseScore]],
    library: Library,
    words: Wording,
) -> tuple[str, ...]:
    """The same for each criterion that does not reach its floor, with its title."""
    return tuple(
        words.say(
            "left_out.of",
            criterion=library.criteria[one.criterion].title.said_in(words.language),
            told=told,
        )
        for one in floors
        if one.failed and (told := left_out_line(left_out.get(one.criterion, ()), words))
    )


def _why(score: CriterionScore) -> str:
    if isinstance(score, NotApplicable):
        return N_("left_out.not_applicable")
    rationale = "" if isinstance(score, Scored) else score.rationale
    return _WHY.get(rationale.partition(":")[0], N_("left_out.no_level"))
