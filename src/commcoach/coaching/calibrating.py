"""Calibrating: what graded cases say about an engine on a release, and where that is kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import fmean
from typing import Protocol

from commcoach.domain.case_scores import (
    CaseScore,
    FloorVerdict,
    blind_weight,
    grades_by_people,
)
from commcoach.domain.chance import NotEstimable, Reason
from commcoach.domain.library import Library
from commcoach.domain.link_choice import MINIMUM, LinkChoice, choose_link
from commcoach.domain.linking import Link, LinkKind
from commcoach.domain.rubric import Criterion
from commcoach.domain.score import EngineName, Scored


@dataclass(frozen=True, slots=True)
class Calibration:
    """The link of one criterion for one engine on the content of one release."""

    release: str
    engine: EngineName
    criterion: str
    choice: LinkChoice
    at: datetime


@dataclass(frozen=True, slots=True)
class Fitting:
    """What came of fitting one criterion: a link, or why there is none.

    `n` is the number of cases that have a level by people.
    """

    criterion: str
    n: int
    result: LinkChoice | NotEstimable

    @property
    def has_link(self) -> bool:
        """Whether levels are linked: raw values that are best as they are need none."""
        return isinstance(self.result, LinkChoice) and self.result.kind is not LinkKind.IDENTITY

    @property
    def needs_none(self) -> bool:
        """Whether the raw values are best as they are."""
        return isinstance(self.result, LinkChoice) and not self.has_link


@dataclass(frozen=True, slots=True)
class Examination:
    """What came of scoring the graded cases of one release with one engine, once.

    It may be of some criteria alone: for each a fitting, a verdict on its floor, or both. `by` is
    who asked for it.
    """

    release: str
    engine: EngineName
    at: datetime
    by: str
    fittings: tuple[Fitting, ...] = ()
    verdicts: tuple[FloorVerdict, ...] = ()

    @property
    def calibrations(self) -> dict[str, Calibration]:
        """The links that were found, by criterion."""
        return {
            one.criterion: Calibration(
                self.release, self.engine, one.criterion, one.result, self.at
            )
            for one in self.fittings
            if isinstance(one.result, LinkChoice)
        }


class Calibrations(Protocol):
    """Keeps the examinations of releases; nothing is ever changed or removed.

    Of several examinations of a criterion the newest that fitted it counts for its link, and the
    newest that judged its floor for its verdict.
    """

    async def of(self, release: str, engine: EngineName) -> dict[str, Calibration]:
        """The links for exactly this engine on this release, by criterion.

        A criterion whose newest fitting has no link has none.
        """
        ...

    async def verdicts(self, release: str, engine: EngineName) -> dict[str, FloorVerdict]:
        """The verdicts for exactly this engine on this release, by criterion."""
        ...

    async def number(self, release: str, engine: EngineName) -> int:
        """How many examinations by this engine there are: a higher number tells of a newer one."""
        ...

    async def add(self, examination: Examination) -> None:
        """Keep an examination as the newest; `UnknownRelease` if its release is not recorded."""
        ...


async def links_for(
    calibrations: Calibrations, release: str, engine: EngineName
) -> dict[str, Link]:
    """The links for exactly this engine on this release, by criterion."""
    kept = await calibrations.of(release, engine)
    return {id: one.choice.link for id, one in kept.items()}


def cases_by_people(library: Library, criterion: str) -> int:
    """How many cases have a level by people on a criterion."""
    return sum(bool(grades_by_people(case, criterion)) for case in library.cases)


def to_be_fitted(library: Library, criteria: Sequence[str]) -> tuple[str, ...]:
    """The criteria that people have graded often enough to try a link."""
    return tuple(id for id in criteria if cases_by_people(library, id) >= MINIMUM)


def fit_links(
    library: Library, criteria: Sequence[str], scores: Mapping[str, Sequence[CaseScore]]
) -> tuple[Fitting, ...]:
    """For each criterion a link, or why it has none; `scores` by `to_be_fitted`. Takes seconds."""
    fittings = []
    for id in criteria:
        n = cases_by_people(library, id)
        if n < MINIMUM:
            result: LinkChoice | NotEstimable = NotEstimable(Reason.TOO_FEW, n, MINIMUM)
        else:
            result = fit_link(library.criteria[id], scores[id])
        fittings.append(Fitting(id, n, result))
    return tuple(fittings)


def fit_link(criterion: Criterion, scores: Sequence[CaseScore]) -> LinkChoice | NotEstimable:
    """The link of a criterion by what a scorer gave the cases without having learned from them.

    Cases count that have both a level by people and one by the scorer.
    """
    rows = [
        (
            grades_by_people(one.case, criterion.id),
            one.score.expected,
            one.group,
            blind_weight(one.case, criterion.id),
        )
        for one in scores
        if isinstance(one.score, Scored)
    ]
    rows = [row for row in rows if row[0]]
    return choose_link(
        [(fmean(grades), raw) for grades, raw, *_ in rows],
        [group for _, _, group, _ in rows],
        lowest=criterion.lowest,
        highest=criterion.highest,
        grades=[grades for grades, *_ in rows],
        weights=[weight for *_, weight in rows],
    )
