"""Dry runs of two versions of the content; nothing of them is stored."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from commcoach.bootstrap.embedding import embedder
from commcoach.bootstrap.keeping import now, open_house
from commcoach.bootstrap.practising import embedded_scorer
from commcoach.bootstrap.rubric_testing import EmbeddedEngine, ModelEngine
from commcoach.bootstrap.scoring import WatchedModels, may_be_sent
from commcoach.bootstrap.trying import ONE_CALL, Version, open_scorer, reading
from commcoach.coaching.batches import Estimate
from commcoach.coaching.comparing import (
    Compared,
    DryRun,
    PastReply,
    compared_cases,
    gate_flips,
    newest_replies,
    score_practice,
    task_under,
)
from commcoach.coaching.rubric_testing import Trial, trial
from commcoach.coaching.scorer import ScoringTask
from commcoach.domain.cases import GradedCase
from commcoach.domain.edits import Edit, Engine, gates_changed
from commcoach.domain.library import Library
from commcoach.domain.wording import language_of
from commcoach.settings import Settings

Agree = Callable[[Sequence[Estimate]], bool]
"""Is told what a model will take, and says whether to go on."""
Advance = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Plan:
    """What a dry run is to do: criteria, graded cases or not, so many replies of practice.

    `sessions` are the sessions that may be looked into, newest first, `by` who looks.
    """

    old: Version
    new: Version
    found: tuple[Edit, ...]
    criteria: tuple[str, ...]
    engine: Engine
    cases: bool = True
    practice: int = 0
    sessions: tuple[str, ...] = ()
    by: str = ""

    @property
    def versions(self) -> tuple[Version, Version]:
        """The old one and the new one."""
        return self.old, self.new


def cases_ahead(plan: Plan) -> int:
    """How many cases will be scored for the criteria, both versions together."""
    return sum(
        sum(bool(case.levels_of(id)) for case in version.library.cases)
        for version in plan.versions
        for id in plan.criteria
    )


async def dry_run(settings: Settings, plan: Plan, agree: Agree, advance: Advance) -> DryRun | None:
    """What the change would do; `None` if `agree` does not.

    `agree` is asked before a model's first call. Raises what opening a model raises.
    """
    replies: tuple[PastReply, ...] = ()
    if plan.practice and plan.criteria:
        async with open_house(settings) as house:
            found = await newest_replies(house, plan.sessions, plan.practice, plan.by, now())
            elsewhere = plan.engine is Engine.MODEL
            replies = tuple(
                [
                    one
                    for one in found
                    if not elsewhere or await may_be_sent(settings, house, one.session.learner)
                ]
            )
    asks = plan.engine is Engine.MODEL and bool(plan.criteria)
    if asks and not agree(await _estimates(settings, plan, replies)):
        return None
    cases: tuple[Compared, ...] = ()
    stopped = ""
    if plan.cases and plan.criteria:
        before = await _scored(settings, plan, plan.old, advance)
        after = await _scored(settings, plan, plan.new, advance)
        stopped = before.stopped or after.stopped
        cases = tuple(
            compared_cases(
                id, plan.old.library, plan.new.library, before.scores[id], after.scores[id]
            )
            for id in plan.criteria
        )
    done = await _look_at_gates(settings, plan, DryRun(cases=cases, stopped=stopped))
    return await _practice(settings, plan, replies, done) if replies else done


async def _scored(settings: Settings, plan: Plan, version: Version, advance: Advance) -> Trial:
    if plan.engine is Engine.EMBEDDED:
        engine = EmbeddedEngine(version.library, embedder(settings))
        return await trial(engine, version.library, plan.criteria, advance=advance)
    async with (
        open_house(settings) as house,
        open_scorer(settings, version, plan.criteria, with_model=True) as (scorer, _),
    ):
        return await trial(
            ModelEngine(scorer),
            version.library,
            plan.criteria,
            advance=advance,
            at_once=WatchedModels(settings, house.calls).rows_at_once(ONE_CALL),
        )


async def _look_at_gates(settings: Settings, plan: Plan, done: DryRun) -> DryRun:
    """The gates that the embedded engine sees crossed in graded cases; a model adds to them."""
    if not (plan.cases and gates_changed(plan.found, Engine.EMBEDDED)):
        return done
    scorers = [embedded_scorer(settings, one.library, ()) for one in plan.versions]
    tasks = [replace(_task(case, plan.new.library), criteria=()) for case in plan.new.library.cases]
    rows = await gate_flips((scorers[0], scorers[1]), tasks)
    return replace(done, gates=rows, gate_replies=len(tasks))


async def _practice(
    settings: Settings, plan: Plan, replies: Sequence[PastReply], done: DryRun
) -> DryRun:
    with_model = plan.engine is Engine.MODEL
    async with (
        open_scorer(settings, plan.old, plan.criteria, with_model) as (before, _),
        open_scorer(settings, plan.new, plan.criteria, with_model) as (after, _),
    ):
        compared, skipped = await score_practice(
            (before, after),
            (plan.old.library, plan.new.library),
            replies,
            plan.criteria,
        )
    number = len(replies) - skipped
    return replace(done, practice=compared, replies=number, skipped=skipped)


async def _estimates(
    settings: Settings, plan: Plan, replies: Sequence[PastReply]
) -> list[Estimate]:
    """What each version will take."""
    found = []
    async with open_house(settings) as house:
        for version in plan.versions:
            library = version.library
            tasks = [
                replace(task, criteria=graded)
                for case in (library.cases if plan.cases else ())
                if (graded := tuple(id for id in plan.criteria if case.levels_of(id)))
                for task in (_task(case, library),)
            ]
            past = (task_under(one, library, plan.criteria) for one in replies)
            tasks += [task for task in past if task is not None]
            models = WatchedModels(reading(settings, version), house.calls)
            try:
                if tasks:
                    found.append(await models.estimate(library, tasks, ONE_CALL))
            finally:
                await models.aclose()
    return found


def _task(case: GradedCase, library: Library) -> ScoringTask:
    return ScoringTask(
        case.reply,
        case.context,
        (),
        case.language or language_of(case.reply),
        library.scenarios.get(case.scenario or ""),
    )
