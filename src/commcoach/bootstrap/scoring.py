"""Scoring files of replies."""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from commcoach.bootstrap.background import in_background
from commcoach.bootstrap.in_force import links_kept
from commcoach.bootstrap.keeping import now, open_house, release_folder
from commcoach.bootstrap.learning import learn_ahead
from commcoach.bootstrap.models import Models
from commcoach.bootstrap.practising import embedded_scorer
from commcoach.coaching.batches import Asked, Batch, Estimate, Expense, expense_of
from commcoach.coaching.calibrated_scorer import CalibratedScorer
from commcoach.coaching.calibrating import links_for
from commcoach.coaching.house import House
from commcoach.coaching.language_model import (
    Job,
    LanguageModel,
    ModelMisconfigured,
    Usage,
)
from commcoach.coaching.records import ModelCalls, day_begins
from commcoach.coaching.scorer import ScoringTask, Tally
from commcoach.coaching.second_opinion import SecondOpinion, second_opinion
from commcoach.coaching.watching import WatchedModel, watching
from commcoach.domain.dialogue import PracticeSession, Turn
from commcoach.domain.library import Library
from commcoach.domain.linking import Link
from commcoach.domain.people import consent_needed
from commcoach.domain.rubric import Criterion
from commcoach.settings import Settings

if TYPE_CHECKING:
    from commcoach.batch.running import BatchScorer
    from commcoach.batch.running import Job as BatchJob

LOOKED_AT = 50
"""Rows whose prompts are made for an estimate."""
REMEMBERED = timedelta(days=7)
"""How far back recorded calls say how long answers are."""


def count_rows(rows_in: Path) -> int:
    """How many rows a batch has."""
    from commcoach.batch.rows import count_rows

    return count_rows(rows_in)


def holds_scores(path: Path) -> bool:
    """Whether a file is empty or was written by a batch."""
    from commcoach.batch.rows import holds_scores

    return holds_scores(path)


def score_batch(
    settings: Settings,
    library: Library,
    criteria: Sequence[str],
    rows_in: Path,
    scores_out: Path,
    jobs: int,
    advance: Callable[[int], None],
) -> Tally:
    """Score the rows of a file into a file, going on where an earlier run stopped."""
    from commcoach.batch import rows, running
    from commcoach.masking import mask

    learn_ahead(settings, library, criteria)
    scorer = embedded_scorer(settings, library, criteria)
    scorer.prepare()
    links = asyncio.run(links_kept(settings, library.release, scorer.engine))
    job = _job(settings, library, criteria, links)
    read = rows.read_rows(rows_in, tuple(criteria), library, mask)
    done = running.finished_rows(scores_out, read, job, scorer.engine)
    return running.run(read, job, scores_out, done, jobs, advance)


async def score_with_model(
    settings: Settings,
    library: Library,
    batch: Batch,
    agree: Callable[[Estimate], bool],
    advance: Callable[[int], None],
) -> tuple[Asked, Expense] | None:
    """The same with the model that is set for scoring, and what its calls took.

    `agree` is asked before the first call, unless there is nothing to score; `None` if it does
    not. Raises `ModelMisconfigured` if no model is set, or one that cannot be opened.
    """
    from commcoach.batch import asking, inputs, rows, running
    from commcoach.masking import mask

    async with open_house(settings) as house:
        models = WatchedModels(settings, house.calls)
        try:
            embedded = embedded_scorer(settings, library, batch.criteria)
            careful = models.careful_scorer(embedded, library, batch.samples, batch.each_alone)
            links = await links_for(house.calibrations, library.release, careful.engine)
            scorer = CalibratedScorer(careful, links)
            job = _job(settings, library, batch.criteria, links)
            read = rows.read_rows(batch.rows_in, batch.criteria, library, mask)
            done = running.finished_rows(batch.scores_out, read, job, scorer.engine)
            tasks = [one.task for one in read if isinstance(one, rows.Row) and one.id not in done]
            if tasks:
                if not agree(await models.estimate(library, tasks, batch)):
                    return None
                await in_background(embedded.prepare)
            began, clock = now(), time.monotonic()
            pace = asking.Pace(models.rows_at_once(batch), settings.model_rest)
            asked = await asking.run(read, job, scorer, batch.scores_out, done, pace, advance)
        finally:
            await models.aclose()
        calls = await house.calls.since(began)
    return asked, expense_of(filter(inputs.is_of_a_batch, calls), time.monotonic() - clock)


async def may_be_sent(settings: Settings, house: House, learner: str) -> bool:
    """Whether a learner's words may go to the model: elsewhere only with the consent to that.

    At the terminal nobody is asked: who types there has set the model.
    """
    services = Models(settings, house.calls).services()
    known = await house.people.get(learner) if services else None
    if known is None or known.consent is None:
        return True
    return known.has_agreed_to(consent_needed(services))


async def ask_second_opinion(
    settings: Settings,
    house: House,
    library: Library,
    session: PracticeSession,
    turn: Turn,
    samples: int,
) -> SecondOpinion:
    """What the model says of a stored turn, by so many samples; `library` is that of its release.

    Raises the model's failure if it gave no answer, `WordsExpired` if there is nothing to score.
    """
    models = WatchedModels(settings, house.calls)
    try:
        in_use = tuple(library.scenarios[session.scenario].weights)
        embedded = embedded_scorer(settings, library, in_use)
        root = release_folder(settings, session.release)
        scorer = models.careful_scorer(embedded, library, samples, root=root)
        with watching() as seen:
            found = await second_opinion(scorer, library, session, turn)
    finally:
        await models.aclose()
    if not seen.answers and seen.failures:
        raise seen.failures[0]
    return found


def _job(
    settings: Settings, library: Library, criteria: Sequence[str], links: Mapping[str, Link]
) -> BatchJob:
    from commcoach.batch.calibrated import name_of
    from commcoach.batch.running import Job as BatchJob

    make_scorer = partial(_batch_scorer, settings, library, tuple(criteria), links)
    hashes: Mapping[str, str] = library.criterion_hashes()
    in_force = {id: hashes[id] for id in criteria}
    return BatchJob(make_scorer, library.release, in_force, name_of(links, criteria))


def _batch_scorer(
    settings: Settings, library: Library, criteria: Sequence[str], links: Mapping[str, Link]
) -> BatchScorer:
    from commcoach.batch.calibrated import CalibratedBatchScorer

    scorer = embedded_scorer(settings, library, criteria)
    return CalibratedBatchScorer(scorer, links) if links else scorer


class WatchedModels(Models):
    """The same models, watched, and with what they are going to cost."""

    def __init__(self, settings: Settings, calls: ModelCalls) -> None:
        super().__init__(settings, calls)
        self._recorded = calls

    def language_model(self, job: Job) -> LanguageModel | None:
        """The model that does a job, with its limits and its budget."""
        model = super().language_model(job)
        return WatchedModel(model) if model is not None else None

    def rows_at_once(self, batch: Batch) -> int:
        """No more than the model takes: what waits for its turn would run out of time."""
        (first, *_) = self.choices(Job.SCORER)
        settings = self._settings
        local = first.provider == "local"
        places = settings.model_parallel if local else settings.model_at_once
        return max(1, places // batch.calls_a_row)

    async def estimate(
        self, library: Library, tasks: Sequence[ScoringTask], batch: Batch
    ) -> Estimate:
        """What scoring these will take, by the prompts of some of them."""
        from commcoach.batch.estimating import answer_tokens, answered_share, tokens_of
        from commcoach.prompted.scoring_prompt import gates_to_ask, scoring_prompt
        from commcoach.prompted.verdicts import answer_schema

        means = self._means(Job.SCORER, None)
        if means is None:
            raise ModelMisconfigured("no model is set")
        looked_at = random.Random(0).sample(tasks, min(LOOKED_AT, len(tasks)))
        calls = criteria = prompt = 0.0
        for task in looked_at:
            for at, group in enumerate(_groups(library, task, batch.each_alone)):
                gates = gates_to_ask(task, library) if at == 0 else ()
                filled = scoring_prompt(means, task, group, gates)
                form = json.dumps(answer_schema(group, gates))
                prompt += tokens_of(filled.stable + filled.growing + form)
                calls += 1
                criteria += len(group)
        times = batch.samples * len(tasks) / len(looked_at)
        calls, criteria, prompt = calls * times, criteria * times, prompt * times
        share = answered_share(
            one
            for one in await self._recorded.since(now() - REMEMBERED)
            if one.job == Job.SCORER and one.model == means.model.name
        )
        by_rule = answer_tokens(round(calls), round(criteria), means.thinking)
        completion = by_rule if share is None else prompt * share
        usage, prices = Usage(round(prompt), round(completion)), self.prices()
        tokens_left, money_left = await self._left()
        return Estimate(
            rows=len(tasks),
            calls=round(calls),
            prompt=usage.prompt,
            completion=usage.completion,
            cost=prices.cost(usage) if prices is not None else None,
            tokens_left=tokens_left,
            money_left=money_left,
        )

    async def _left(self) -> tuple[int | None, float | None]:
        """Tokens and money that the budget of today leaves; `None` without a limit."""
        settings = self._settings
        tokens, money = settings.budget_tokens_a_day, settings.budget_money_a_day
        if tokens is None and money is None:
            return None, None
        today = day_begins(now(), settings.zone())
        spent = expense_of(await self._recorded.since(today), 0.0)
        return (
            max(0, tokens - spent.prompt - spent.completion) if tokens is not None else None,
            max(0.0, money - (spent.cost or 0.0)) if money is not None else None,
        )


def _groups(library: Library, task: ScoringTask, each_alone: bool) -> list[list[Criterion]]:
    """The criteria of each call for a task."""
    known = library.criteria
    asked = [known[id] for id in task.criteria if task.language in known[id].languages]
    if each_alone:
        return [[one] for one in asked]
    return [asked] if asked else []
