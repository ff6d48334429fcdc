"""Testing a rubric: what a scorer gives graded cases that it has not learned from."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from commcoach.coaching.attacking import Bill
from commcoach.coaching.giving_up import FAILED, GivingUp
from commcoach.coaching.occasion import Occasion
from commcoach.coaching.records import ModelCall
from commcoach.coaching.scorer import Scorer, ScoringTask, own_scores
from commcoach.domain.case_groups import can_be_learned, folds_of, groups_of, without_kin
from commcoach.domain.case_scores import CaseScore, FloorVerdict, floor_verdict
from commcoach.domain.cases import GradedCase
from commcoach.domain.criterion_figures import CriterionReport
from commcoach.domain.criterion_report import criterion_report
from commcoach.domain.cues import has_cue
from commcoach.domain.library import Library
from commcoach.domain.score import CriterionScore, EngineName, Unscored
from commcoach.domain.twins import padded, trimmed
from commcoach.domain.wording import fold, language_of

__all__ = [
    "FOLDS",
    "NO_TWINS",
    "Advance",
    "CaseScore",
    "Engine",
    "EngineReport",
    "FloorVerdict",
    "Trial",
    "Twins",
    "bill_of",
    "calls_planned",
    "cases_scored",
    "floor_verdict",
    "joined",
    "reported",
    "tasks_planned",
    "trial",
]

FOLDS = 5
NOTHING_LEFT = "nothing_to_learn_from"
"""Why a case is unscored if all there is to learn from is kin to it."""
_SESSION = "test:"


class Engine(Protocol):
    """An engine that can be tested: a scorer for any library."""

    @property
    def name(self) -> EngineName:
        """Who scores."""
        ...

    @property
    def learns(self) -> bool:
        """Whether it learns from graded cases, so that it must be tested by cross-validation."""
        ...

    async def scorer(self, library: Library) -> Scorer:
        """A scorer that has learned from this library, ready to score; may take seconds."""
        ...


Advance = Callable[[int], None]
"""Is told how many more scores are made, twins not counted."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What an engine gave the graded cases, by criterion.

    `planned` is the number of scores that were to be made, twins not counted. `stopped` is the
    reason of the failure that ended it before its time; empty if it did not.
    """

    engine: EngineName
    planned: int
    scores: Mapping[str, tuple[CaseScore, ...]]
    stopped: str = ""
    bill: Bill | None = None

    @property
    def done(self) -> int:
        """The number of scores that were made."""
        return sum(map(len, self.scores.values()))


@dataclass(frozen=True, slots=True)
class EngineReport:
    """A trial with what it shows, criterion by criterion."""

    trial: Trial
    reports: Mapping[str, CriterionReport]

    @property
    def fails(self) -> bool:
        """Whether a binding floor is missed, or courtesies move the scores of a criterion."""
        return any(one.fails for one in self.reports.values())


def reported(done: Trial, library: Library) -> EngineReport:
    """What a trial shows; may take seconds."""
    known, pool = library.criteria, len(library.cases)
    return EngineReport(
        done, {id: criterion_report(known[id], scores, pool) for id, scores in done.scores.items()}
    )


@dataclass(frozen=True, slots=True)
class Twins:
    """For how many cases the padded and the trimmed reply are scored too; `None` for all."""

    most: int | None = None


NO_TWINS = Twins(0)


async def cases_scored(
    engine: Engine,
    library: Library,
    criteria: Sequence[str],
    folds: int = FOLDS,
    advance: Advance = lambda _: None,
) -> Mapping[str, tuple[CaseScore, ...]]:
    """What the engine gives every case graded for these criteria, without having learned from it.

    An engine that learns is cross-validated: no case of a group, and no example that answers the
    same words, is among what it has learned from when the group is scored.
    """
    return (await trial(engine, library, criteria, folds, advance)).scores


async def trial(
    engine: Engine,
    library: Library,
    criteria: Sequence[str],
    folds: int = FOLDS,
    advance: Advance = lambda _: None,
    *,
    at_once: int = 1,
    twins: Twins = NO_TWINS,
    cases: Sequence[GradedCase] | None = None,
) -> Trial:
    """`cases_scored` with the twins of the replies, so many cases at once.

    With `cases`, these are scored on all the criteria, graded or not.

    A model whose budget is spent, that is set wrongly or cannot be reached ends it: the trial has
    what was scored until then.
    """
    groups = groups_of(library)
    watch = GivingUp()
    found: dict[str, dict[str, CaseScore]] = {id: {} for id in criteria}
    planned = 0
    for one in _rounds(engine, library, criteria, groups, folds, cases):
        planned += one.size
        if watch.stopped:
            continue
        work = _Work(engine, library, groups, _with_twins(one.cases, twins), watch, advance)
        for score in await work.do(one, at_once):
            found[score.score.criterion][score.case.id] = score
    scores = {
        id: tuple(found[id][case.id] for case in library.cases if case.id in found[id])
        for id in criteria
    }
    return Trial(engine.name, planned, scores, watch.stopped)


def joined(trials: Sequence[Trial]) -> Trial:
    """Trials of one engine on different criteria as one; there must be one at least."""
    scores = {id: each for one in trials for id, each in one.scores.items()}
    return replace(trials[0], planned=sum(one.planned for one in trials), scores=scores)


def calls_planned(library: Library, criteria: Sequence[str], twins: Twins) -> int:
    """How many replies a model is shown at least; one that must be asked twice costs more."""
    cases = [case for case in library.cases if _graded(case, criteria)]
    chosen = [case for case in cases if case.id in _with_twins(cases, twins)]
    return len(cases) + sum(len(tuple(_twins(case))) for case in chosen)


def tasks_planned(library: Library, criteria: Sequence[str], twins: Twins) -> list[ScoringTask]:
    """What a model is shown at least, each task as it will be; as many as `calls_planned`."""
    cases = [case for case in library.cases if _graded(case, criteria)]
    chosen = _with_twins(cases, twins)
    return [
        _task(library, case, reply, _graded(case, criteria))
        for case in cases
        for reply in (case.reply, *(twin for _, twin in _twins(case) if case.id in chosen))
    ]


def _task(library: Library, case: GradedCase, reply: str, criteria: tuple[str, ...]) -> ScoringTask:
    scenario = library.scenarios.get(case.scenario or "")
    before = fold(case.context_text())
    language = case.language or language_of(case.reply)
    points = scenario.salient_points if scenario is not None else ()
    told = frozenset(
        point.after for point in points if point.after and has_cue(point.cues, before, language)
    )
    return ScoringTask(
        reply,
        case.context,
        criteria,
        language,
        scenario,
        told=told,
        occasion=Occasion(f"{_SESSION}{case.id}", release=library.release),
    )


def bill_of(calls: Iterable[ModelCall]) -> Bill:
    """What the calls for tests took, among these."""
    own = [one for one in calls if (one.session or "").startswith(_SESSION)]
    costs = [one.cost for one in own if one.cost is not None]
    return Bill(
        len(own),
        sum(one.prompt_tokens for one in own),
        sum(one.completion_tokens for one in own),
        sum(costs) if costs else None,
    )


@dataclass(frozen=True, slots=True)
class _Round:
    """Cases to score with what was learned from one library; `None` if there is nothing in it."""

    learned: Library | None
    cases: tuple[GradedCase, ...]
    criteria: tuple[str, ...]
    graded_only: bool

    def asked(self, case: GradedCase) -> tuple[str, ...]:
        """The criteria that a case is scored on."""
        return _graded(case, self.criteria) if self.graded_only else self.criteria

    @property
    def size(self) -> int:
        return sum(len(self.asked(case)) for case in self.cases)


def _rounds(
    engine: Engine,
    library: Library,
    criteria: Sequence[str],
    groups: Mapping[str, str],
    folds: int,
    wanted: Sequence[GradedCase] | None,
) -> Iterator[_Round]:
    graded_only = wanted is None
    if not engine.learns:
        graded = [case for case in library.cases if _graded(case, criteria)]
        yield _Round(
            library, tuple(graded if wanted is None else wanted), tuple(criteria), graded_only
        )
        return
    for id in criteria:
        graded = [case for case in library.cases if case.levels_of(id)]
        for held in folds_of(graded if wanted is None else wanted, groups, folds):
            rest = without_kin(library, library.criteria[id], held, groups)
            yield _Round(rest if can_be_learned(rest) else None, held, (id,), graded_only)


def _graded(case: GradedCase, criteria: Sequence[str]) -> tuple[str, ...]:
    return tuple(id for id in criteria if case.levels_of(id))


def _with_twins(cases: Sequence[GradedCase], twins: Twins) -> frozenset[str]:
    """The ids of the cases whose twins are scored: always the same ones, from all over."""
    ids = sorted((case.id for case in cases), key=lambda id: hashlib.sha256(id.encode()).digest())
    return frozenset(ids[: twins.most])


def _twins(case: GradedCase) -> Iterator[tuple[str, str]]:
    """The name and the reply of each twin."""
    language = case.language or language_of(case.reply)
    yield "padded", padded(case.reply, language)
    shorter = trimmed(case.reply, language)
    if shorter is not None:
        yield "trimmed", shorter


@dataclass(slots=True)
class _Work:
    """Scores the cases of one round."""

    engine: Engine
    library: Library
    groups: Mapping[str, str]
    with_twins: frozenset[str]
    watch: GivingUp
    advance: Advance
    found: list[CaseScore] = field(default_factory=list)

    async def do(self, one: _Round, at_once: int) -> list[CaseScore]:
        """The scores of all its cases, as far as they were made."""
        if one.learned is None:
            for case in one.cases:
                self._keep(case, {id: Unscored(id, NOTHING_LEFT) for id in one.criteria}, {})
            return self.found
        scorer = await self.engine.scorer(one.learned)
        left = iter(one.cases)

        async def work() -> None:
            for case in left:
                if self.watch.stopped:
                    return
                await asyncio.sleep(0)  # an engine that never waits is to be interrupted as well
                await self._score(scorer, case, one.asked(case))

        async with asyncio.TaskGroup() as workers:
            for _ in range(at_once):
                workers.create_task(work())
        return [one for one in self.found if not self._came_too_late(one.score)]

    async def _score(self, scorer: Scorer, case: GradedCase, criteria: tuple[str, ...]) -> None:
        first = await self._card(scorer, case, case.reply, criteria)
        twins: dict[str, Mapping[str, CriterionScore]] = {}
        if case.id in self.with_twins:
            for name, reply in _twins(case):
                if not self.watch.stopped:
                    twins[name] = await self._card(scorer, case, reply, criteria)
        self._keep(case, first, twins)

    def _keep(
        self,
        case: GradedCase,
        scores: Mapping[str, CriterionScore],
        twins: Mapping[str, Mapping[str, CriterionScore]],
    ) -> None:
        for id, score in scores.items():
            of_twins = {name: self._in_time(card[id]) for name, card in twins.items()}
            self.found.append(CaseScore(case, self.groups[case.id], score, **of_twins))
        self.advance(len(scores))

    async def _card(
        self, scorer: Scorer, case: GradedCase, reply: str, criteria: tuple[str, ...]
    ) -> Mapping[str, CriterionScore]:
        given = await scorer.score(_task(self.library, case, reply, criteria))
        self.watch.see(given)
        card = own_scores(given, self.engine.name)
        return {score.criterion: score for score in card.scores}

    def _in_time(self, score: CriterionScore) -> CriterionScore | None:
        return None if self._came_too_late(score) else score

    def _came_too_late(self, score: CriterionScore) -> bool:
        """Whether it is unscored for the reason that ended the trial: nobody's verdict."""
        stopped = self.watch.stopped
        return bool(stopped) and isinstance(score, Unscored) and score.rationale == FAILED + stopped
