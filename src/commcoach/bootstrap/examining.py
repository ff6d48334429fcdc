"""Examining the house and its models for an operator, and measuring the models at work."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from commcoach.bootstrap.background import in_background
from commcoach.bootstrap.content import content_root, load_library
from commcoach.bootstrap.embedding import examine_embeddings
from commcoach.bootstrap.keeping import now, open_house
from commcoach.bootstrap.models import Models
from commcoach.bootstrap.practising import embedded_scorer, outcome_judge
from commcoach.bootstrap.scoring import WatchedModels
from commcoach.coaching.examining import (
    BENCH,
    TRIAL,
    Bench,
    Content,
    Examination,
    Examined,
    Fault,
    ModelPlace,
    Spending,
    Trouble,
)
from commcoach.coaching.language_model import Job, LanguageModel, ModelMisconfigured
from commcoach.coaching.records import ModelCalls, day_begins
from commcoach.coaching.storage import DatabaseUnusable
from commcoach.domain.language import Language
from commcoach.domain.library import Library
from commcoach.domain.problems import ContentRefused
from commcoach.domain.scenario import Scenario
from commcoach.model_settings import OPENAI
from commcoach.settings import Settings

if TYPE_CHECKING:
    from commcoach.llm.providers import ModelChoice
    from commcoach.prompted.asking import Means
    from commcoach.prompted.benching import Watch

DAY = timedelta(hours=24)
_FILES = (".env", "commcoach.toml")


# -- doctor ---------------------------------------------------------------------------------


async def examine(settings: Settings) -> Examination:
    """Look at everything an operator has to set; the models are asked a few small things.

    Raises what reading content and prompts raises.
    """
    from commcoach.prompted.prompts import Prompts
    from commcoach.store.memory_records import InMemoryModelCalls

    content = await asyncio.to_thread(_content, settings)
    root = content_root(settings.content)
    await asyncio.to_thread(Prompts, root, content_root(None))  # a PromptUnusable if one is
    spending, trouble, database = None, None, ""
    async with AsyncExitStack() as stack:
        calls: ModelCalls = InMemoryModelCalls()
        try:
            house = await stack.enter_async_context(open_house(settings))
            calls, database = house.calls, house.place
        except DatabaseUnusable as unusable:
            trouble, database = unusable, unusable.place
        models = Models(settings, calls)
        work = {job: models.choices(job) for job in Job}
        choices = dict.fromkeys(one for chosen in work.values() for one in chosen)
        examined = await asyncio.gather(*(_examine(one, models, settings) for one in choices))
        embeddings = await asyncio.to_thread(examine_embeddings, settings)
        if trouble is None:
            spending = await _spending(settings, calls)
    return Examination(
        files=_files(),
        content=content,
        database=database,
        trouble=trouble,
        bot_token=settings.telegram_token is not None,
        work={job: tuple(map(_place, chosen)) for job, chosen in work.items()},
        models=tuple(examined),
        spending=spending,
        embeddings=embeddings,
    )


def _files() -> tuple[str, ...]:
    return tuple(name for name in _FILES if Path(name).is_file())


def _content(settings: Settings) -> Content:
    place = str(content_root(settings.content))
    try:
        library = load_library(settings)
    except ContentRefused as refused:
        return Content(place, len(refused.problems))
    return Content(place, 0, len(library.criteria), len(library.scenarios))


async def _examine(choice: ModelChoice, models: Models, settings: Settings) -> Examined:
    """One model, without its recording: trials are not to be played again."""
    from commcoach.llm.examining import examine, fault_of
    from commcoach.llm.providers import open_model
    from commcoach.llm.steady import Limits, SteadyModel

    choice = choice.behind or choice
    place = _place(choice)
    if (trouble := _trouble_before_asking(choice)) is not None:
        return Examined(place, Fault(trouble))
    try:
        # Without what is remembered of the server: it may have learned something since.
        inner = open_model(replace(choice, cache=None))
    except ModelMisconfigured as failure:
        return Examined(place, fault_of(failure, choice.api_key))
    limits = Limits(choice.timeout, attempts=1)
    model = SteadyModel(inner, models.ledger(), limits, models.prices())
    try:
        if choice.provider not in ("openai", "local"):
            return Examined(place)
        found = await examine(
            place, model, lambda: _form(inner), settings.model_thinking, choice.api_key
        )
    finally:
        await model.aclose()
    _remember(choice, inner)
    return found


def _trouble_before_asking(choice: ModelChoice) -> Trouble | None:
    """What can be seen to be wrong: a key that no header can carry, a file that is not there."""
    key = choice.api_key
    if not key.isascii() or not key.isprintable() or " " in key:
        return Trouble.KEY
    replayed = choice.provider in ("stub", "recorded") and choice.name
    there = not replayed or Path(choice.name).expanduser().is_file()
    return None if there else Trouble.FILE


def _form(model: LanguageModel) -> str | None:
    from commcoach.llm.openai_model import OpenAIModel

    return model.abilities.form.value if isinstance(model, OpenAIModel) else None


def _remember(choice: ModelChoice, model: LanguageModel) -> None:
    """Let practice begin with what was found out just now."""
    from commcoach.llm.abilities import Memory
    from commcoach.llm.openai_model import OpenAIModel

    if not isinstance(model, OpenAIModel):
        return
    found, memory = model.abilities, Memory(choice.cache, choice.base_url or OPENAI, choice.name)
    if found.proven:
        memory.remember(found)
    elif found.plain is not None:
        memory.remember(replace(memory.recall(), plain=found.plain))


def _place(choice: ModelChoice) -> ModelPlace:
    from commcoach.llm.addresses import bare

    real = choice.behind or choice
    address = bare(real.base_url or OPENAI) if real.provider == "openai" else ""
    name = real.name or str(real.file or "")
    return ModelPlace(real.provider, name, address)


async def _spending(settings: Settings, calls: ModelCalls) -> Spending:
    moment = now()
    spent = await calls.since(day_begins(moment, settings.zone()))
    lately = [one for one in await calls.since(moment - DAY) if one.job != TRIAL]
    costs = [one.cost for one in spent if one.cost is not None]
    priced = None not in (settings.model_price_prompt, settings.model_price_completion)
    return Spending(
        tokens=sum(one.prompt_tokens + one.completion_tokens for one in spent),
        money=sum(costs) if priced or costs else None,
        most_tokens=settings.budget_tokens_a_day,
        most_money=settings.budget_money_a_day,
        calls=len(lately),
        failed=sum(bool(one.error) for one in lately),
        unpriced=sum(one.prompt_tokens + one.completion_tokens for one in spent if one.cost is None)
        if costs
        else 0,
    )


# -- model bench ----------------------------------------------------------------------------


class _BenchedModels(WatchedModels):
    """The models of the settings, with their limits, budget and records, under observation."""

    def __init__(self, settings: Settings, calls: ModelCalls, watch: Watch) -> None:
        super().__init__(settings, calls)
        self._watch = watch

    def _means(self, job: Job, root: Path | None) -> Means | None:
        means = super()._means(job, root)
        return replace(means, notice=self._watch.notice) if means is not None else None


def does_any_job(settings: Settings) -> bool:
    """Whether any job is to be done by a model."""
    from commcoach.store.memory_records import InMemoryModelCalls

    models = Models(settings, InMemoryModelCalls())
    return any(models.choices(job) for job in Job)


def bench_replies(library: Library, scenario: Scenario, language: Language) -> tuple[str, ...]:
    """What a learner says in a bench; nothing if the criteria have no examples for a scenario."""
    from commcoach.prompted.benching import replies_for

    return replies_for(library, scenario, language)


async def bench(
    settings: Settings,
    library: Library,
    scenario: Scenario,
    language: Language,
    replies: Sequence[str],
    turns: int,
) -> Bench:
    """Let the configured models do their work for so many turns, and sum up how they did.

    A rewrite is checked by the embedded scorer, so that the scorer's numbers are of turns alone.
    """
    from commcoach.embedded.reader import CueReader
    from commcoach.embedded.voice import ScriptedVoice
    from commcoach.prompted.benching import Engines, Watch, first_of, measure, summed_up

    async with open_house(settings) as house:
        watch = Watch()
        models = _BenchedModels(settings, house.calls, watch)
        began = now()
        try:
            embedded = embedded_scorer(settings, library, tuple(scenario.weights))
            engines = Engines(
                reader=models.reader(CueReader()),
                voice=models.voice(ScriptedVoice()),
                scorer=models.scorer(embedded, library),
                rewriter=models.rewriter(library, embedded),
                judge=outcome_judge(),
                summariser=models.summariser(library),
            )
            await in_background(partial(engines.scorer.prepare))
            chosen = first_of(replies, turns)
            times = await measure(engines, watch, library, scenario, language, chosen)
        finally:
            await models.aclose()
        calls = [one for one in await house.calls.since(began) if one.session == BENCH]
    return summed_up(scenario.id, times, watch.exchanges, calls)
