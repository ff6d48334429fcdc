"""Language models by the settings: one for each choice, shared by all jobs and releases."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import structlog

from commcoach.bootstrap.content import content_root
from commcoach.bootstrap.keeping import now
from commcoach.coaching.language_model import LanguageModel
from commcoach.coaching.records import ModelCalls
from commcoach.domain.library import Library
from commcoach.settings import Settings

if TYPE_CHECKING:
    from commcoach.coaching.counterpart import Reader, Voice
    from commcoach.coaching.scorer import Scorer
    from commcoach.llm.budget import Ledger, Prices
    from commcoach.llm.providers import ModelChoice
    from commcoach.prompted.asking import Means
    from commcoach.prompted.prompts import Job

log = structlog.get_logger()

FENCE_KEY = "fence.key"


class Models:
    """The models of a process; a job without a model stays with the embedded engine.

    Raises `ModelMisconfigured` or `PromptUnusable` where a job cannot be done as it is set.
    """

    def __init__(self, settings: Settings, calls: ModelCalls) -> None:
        self._settings = settings
        self._calls = calls
        self._open: dict[Sequence[object], LanguageModel] = {}
        self._shared: Ledger | None = None

    def reader(self, embedded: Reader) -> Reader:
        """Who reads replies."""
        from commcoach.prompted.prompts import Job
        from commcoach.prompted.reader import PromptedReader

        means = self._means(Job.READER)
        return PromptedReader(means, embedded) if means is not None else embedded

    def voice(self, embedded: Voice) -> Voice:
        """Who speaks for the counterpart."""
        from commcoach.prompted.prompts import Job
        from commcoach.prompted.voice import PromptedVoice

        means = self._means(Job.VOICE)
        return PromptedVoice(means, embedded) if means is not None else embedded

    def scorer(self, embedded: Scorer, library: Library) -> Scorer:
        """Who scores."""
        from commcoach.prompted.prompts import Job
        from commcoach.prompted.scorer import PromptedScorer

        means = self._means(Job.SCORER)
        if means is None:
            return embedded
        return PromptedScorer(means, library, embedded, stand_in=True)

    async def aclose(self) -> None:
        """Give back what the models hold."""
        for model in self._open.values():
            await model.aclose()

    def _means(self, job: Job) -> Means | None:
        from commcoach.prompted.asking import Means
        from commcoach.prompted.prompts import Prompts

        first = self._choice(job)
        if first is None:
            return None
        second = self._second()
        key = (first, second)
        if key not in self._open:
            self._open[key] = self._steady([first] if second is None else [first, second])
        return Means(
            model=self._open[key],
            prompts=Prompts(content_root(self._settings.content), content_root(None)),
            secret=fence_secret(self._settings.data_dir),
            patience=self._settings.model_timeout,
            notice=lambda which, reason: log.info("fell_back", job=which.value, reason=reason),
            thinking=self._settings.model_thinking,
        )

    def _choice(self, job: Job) -> ModelChoice | None:
        def chosen(name: str) -> object:
            own = getattr(self._settings, f"{name}_{job.value}")
            return own if own is not None else getattr(self._settings, name)

        return self._model_choice(
            chosen("model_provider"),
            chosen("model"),
            chosen("model_base_url"),
            chosen("model_api_key"),
        )

    def _second(self) -> ModelChoice | None:
        settings = self._settings
        return self._model_choice(
            (settings.model_second_provider or settings.model_provider)
            if settings.model_second
            else None,
            settings.model_second,
            settings.model_second_base_url or settings.model_base_url,
            settings.model_second_api_key or settings.model_api_key,
        )

    def _model_choice(
        self, provider: object, name: object, base_url: object, key: object
    ) -> ModelChoice | None:
        from pydantic import SecretStr

        from commcoach.llm.providers import ModelChoice

        if provider is None:
            return None
        return ModelChoice(
            provider=str(provider),
            name=str(name),
            base_url=str(base_url) if base_url is not None else None,
            api_key=key.get_secret_value() if isinstance(key, SecretStr) else "",
            timeout=self._settings.model_timeout,
            cache=self._settings.cache_dir / "servers",
            context=self._settings.model_context,
            parallel=self._settings.model_parallel,
        )

    def _steady(self, choices: Sequence[ModelChoice]) -> LanguageModel:
        from commcoach.llm.chain import ChainModel
        from commcoach.llm.providers import open_model
        from commcoach.llm.steady import Limits, SteadyModel

        settings = self._settings
        limits = Limits(
            settings.model_timeout,
            settings.model_attempts,
            settings.model_at_once,
            settings.model_failures,
            settings.model_rest,
        )
        models = [
            SteadyModel(open_model(one), self._ledger(), limits, self._prices()) for one in choices
        ]
        return models[0] if len(models) == 1 else ChainModel(models)

    def _prices(self) -> Prices | None:
        from commcoach.llm.budget import Prices

        prompt = self._settings.model_price_prompt
        completion = self._settings.model_price_completion
        if prompt is None or completion is None:
            return None
        return Prices(prompt, completion, self._settings.model_price_cached)

    def _ledger(self) -> Ledger:
        from commcoach.llm.budget import Budget, Ledger

        if self._shared is None:
            settings = self._settings
            budget = Budget(
                settings.budget_tokens_a_day,
                settings.budget_money_a_day,
                settings.budget_tokens_a_learner,
                settings.budget_money_a_learner,
            )
            self._shared = Ledger(self._calls, now, settings.zone(), budget)
        return self._shared


def fence_secret(folder: Path) -> bytes:
    """What the fences around learners' words are made from: made once, kept with the data."""
    place = folder / FENCE_KEY
    try:
        return bytes.fromhex(place.read_text(encoding="ascii"))
    except (OSError, ValueError):
        secret = secrets.token_bytes(32)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    place.touch(mode=0o600)
    place.write_text(secret.hex(), encoding="ascii")
    return secret
