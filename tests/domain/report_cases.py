"""Graded cases and their scores for tests of reports, with everything irrelevant filled in."""

from __future__ import annotations

from dataclasses import replace

from commcoach.domain.case_scores import CaseScore
from commcoach.domain.cases import Grade, GradedCase, Said
from commcoach.domain.language import Language
from commcoach.domain.rubric import Criterion, Floor
from commcoach.domain.score import CriterionScore, Evidence, NotApplicable, Scored, Unscored
from tests.shipped import library

ID = "open_question"


def criterion(floor: Floor | None = None) -> Criterion:
    """A shipped criterion with another floor."""
    return replace(library().criteria[ID], floor=floor)


def graded(
    number: int,
    *grades: float | None,
    kind: str = "human",
    language: Language = Language.EN,
    reply: str = "",
    context: str = "",
) -> GradedCase:
    """A case with a context of its own, graded by so many graders; by people blind."""
    blind = {ID: 1.0} if kind == "human" else {}
    return GradedCase(
        f"own-{language}-{number:03}",
        (Said("", context or f"What now, number {number}?"),),
        reply or f"Reply number {number}.",
        tuple(Grade(f"grader-{at}", kind, {ID: level}, blind) for at, level in enumerate(grades)),
        language,
    )


def level(given: float) -> Scored:
    """A score at this expected level."""
    return Scored(ID, round(given), given, (Evidence("Reply", 0, 5),), None, "because")


def scored(case: GradedCase, given: float | str, group: str = "", **twins: float) -> CaseScore:
    """What a case got; a word is why there is no level."""
    score: CriterionScore = (
        level(given)
        if not isinstance(given, str)
        else NotApplicable(ID)
        if given == "not applicable"
        else Unscored(ID, given)
    )
    own = {name: level(value) for name, value in twins.items()}
    return CaseScore(case, group or case.id, score, **own)
