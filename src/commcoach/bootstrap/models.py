"""Language models by the settings: one for each choice, shared by all jobs and releases."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import structlog

from commcoach.bootstrap.content import content_root
from commcoach.bootstrap.embedding import embedding_addresses
from commcoach.bootstrap.keeping import now
from commcoach.coaching.language_model import Job, LanguageModel, ModelMisconfigured
from commcoach.coaching.records import ModelCalls
from commcoach.domain.library import Library
from commcoach.model_settings import OPENAI, same_address
from commcoach.settings import Settings

if TYPE_CHECKING:
    from commcoach.coaching.counterpart import Reader, Voice
    from commcoach.coaching.debriefing import Summariser
    from commcoach.coaching.rewriting import Rewriter
    from commcoach.coaching.scorer import Scorer
    from commcoach.coaching.second_opinion import CarefulScorer
    from commcoach.domain.score import EngineName
    from commcoach.llm.budget import Ledger, Prices
    from commcoach.llm.providers import ModelChoice
    from commcoach.prompted.asking import Means
    from commcoach.prompted.prompts import Prompts

log = structlog.get_logger()

FENCE_KEY = "fence.key"
_SHARES = {Job.READER: 0.4, Job.VOICE: 0.6}
"""The voice speaks after the reader has read: together they take no longer than the scorer may."""


class Models:
    """The models of a process; a job without a model stays with the embedded engine.

    Prompts are those of the content folder `root`, where none is named of the one in force. Raises
    `ModelMisconfigured` or `PromptUnusable` where a job cannot be done as it is set.
    """

    def __init__(self, settings: Settings, calls: ModelCalls) -> None:
        self._settings = settings
        self._calls = calls
        self._open: dict[ModelChoice, LanguageModel] = {}
        self._chains: dict[Sequence[ModelChoice], LanguageModel] = {}
        self._prompts: dict[Path, Prompts] = {}
        self._shared: Ledger | None = None

    def name_for(self, job: Job) -> str:
        """The name of the model that is to do this job; empty if none is."""
        choice = self._choice(job)
        return "" if choice is None else (choice.behind or choice).name.rpartition("/")[2]

    def services(self) -> tuple[str, ...]:
        """The hosts of services elsewhere that replies are sent to: models and embeddings."""
        chosen = [one.behind or one for job in Job for one in self.choices(job)]
        urls = [one.base_url or OPENAI for one in chosen if one.provider == "openai"]
        urls += embedding_addresses(self._settings)
        hosts = dict.fromkeys(urlsplit(url).hostname or "" for url in urls)
        return tuple(host for host in hosts if not _is_here(host))

    def reader(self, embedded: Reader, root: Path | None = None) -> Reader:
        """Who reads replies."""
        from commcoach.prompted.reader import PromptedReader

        means = self._means(Job.READER, root)
        return PromptedReader(means, embedded) if means is not None else embedded

    def voice(self, embedded: Voice, root: Path | None = None) -> Voice:
        """Who speaks for the counterpart."""
        from commcoach.prompted.voice import PromptedVoice

        means = self._means(Job.VOICE, root)
        return PromptedVoice(means, embedded) if means is not None else embedded

    def scorer(self, embedded: Scorer, library: Library, root: Path | None = None) -> Scorer:
        """Who scores; the embedded engine stands in for a model that does not answer."""
        from commcoach.prompted.scorer import PromptedScorer

        means = self._means(Job.SCORER, root)
        if means is None:
            return embedded
        return PromptedScorer(means, library, embedded, stand_in=True)

    def scorer_name(self, embedded: EngineName, root: Path | None = None) -> EngineName:
        """Who `scorer` will be; no model is opened for it, which may take seconds."""
        from commcoach.llm.providers import name_of
        from commcoach.prompted.scorer import engine_name

        choice = self._choice(Job.SCORER)
        if choice is None:
            return embedded
        prompts = self._prompts_in(root or content_root(self._settings.content))
        return engine_name(prompts, name_of(choice))

    def careful_scorer(
        self,
        embedded: Scorer,
        library: Library,
        samples: int,
        each_alone: bool = False,
        root: Path | None = None,
    ) -> CarefulScorer:
        """The model as a scorer, so many samples of each score; what it leaves out is unscored.

        `ModelMisconfigured` if no model is to score.
        """
        from commcoach.prompted.scorer import Care, PromptedScorer

        means = self._means(Job.SCORER, root)
        if means is None:
            raise ModelMisconfigured("no model is set")
        return PromptedScorer(means, library, embedded, Care(samples, each_alone))

    def rewriter(
        self, library: Library, scorer: Scorer, root: Path | None = None
    ) -> Rewriter | None:
        """Who puts a reply another way, if a model is there for it."""
        from commcoach.prompted.rewriting import PromptedRewriter

        means = self._means(Job.REWRITE, root)
        return PromptedRewriter(means, library, scorer) if means is not None else None

    def summariser(self, library: Library, root: Path | None = None) -> Summariser | None:
        """Who says where a talk turned, if a model is there for it."""
        from commcoach.prompted.debriefing import PromptedSummariser

        means = self._means(Job.DEBRIEF, root)
        return PromptedSummariser(means, library) if means is not None else None

    def language_model(self, job: Job) -> LanguageModel | None:
        """The model that does a job, with its limits and its budget.

        A second one that cannot be opened is done without: what is to help must not harm.
        """
        choices = self.choices(job)
        if not choices:
            return None
        if choices not in self._chains:
            self._chains[choices] = self._chain(choices)
        return self._chains[choices]

    async def aclose(self) -> None:
        """Give back what the models hold."""
        for model in self._open.values():
            await model.aclose()

    def _means(self, job: Job, root: Path | None) -> Means | None:
        from commcoach.prompted.asking import Means

        model, choice = self.language_model(job), self._choice(job)
        if model is None or choice is None:
            return None
        return Means(
            model=model,
            prompts=self._prompts_in(root or content_root(self._settings.content)),
            secret=fence_secret(self._settings.data_dir),
            patience=choice.timeout * _SHARES.get(job, 1.0),
            notice=lambda which, reason: log.info("fell_back", job=which.value, reason=reason),
            thinking=self._settings.model_thinking,
        )

    def _prompts_in(self, root: Path) -> Prompts:
        from commcoach.prompted.prompts import Prompts

        if root not in self._prompts:
            self._prompts[root] = Prompts(root, content_root(None))
        return self._prompts[root]

    def choices(self, job: Job) -> tuple[ModelChoice, ...]:
        """The model of a job and the one behind it; none if the embedded engine does it."""
        first, second = self._choice(job), self._second()
        return tuple(one for one in (first, second) if one is not None) if first else ()

    def _choice(self, job: Job) -> ModelChoice | None:
        def chosen(name: str) -> object:
            own = getattr(self._settings, f"{name}_{job.value}", None)
            return own if own is not None else getattr(self._settings, name)

        return self._model_choice(
            chosen("model_provider"),
            chosen("model"),
            chosen("model_base_url"),
            getattr(self._settings, f"model_api_key_{job.value}", None),
        )

    def _second(self) -> ModelChoice | None:
        settings = self._settings
        return self._model_choice(
            (settings.model_second_provider or settings.model_provider)
            if settings.model_second
            else None,
            settings.model_second,
            settings.model_second_base_url or settings.model_base_url,
            settings.model_second_api_key,
        )

    def _model_choice(
        self, provider: object, name: object, base_url: object, key: object
    ) -> ModelChoice | None:
        from pydantic import SecretStr

        from commcoach.llm.providers import ModelChoice

        if provider is None:
            return None
        record = self._settings.model_record
        base_url = str(base_url) if base_url is not None else None
        if key is None and same_address(base_url, self._settings.model_base_url):
            # To another service nobody's key goes but its own.
            key = self._settings.model_api_key
        choice = ModelChoice(
            provider=str(provider),
            name=str(name),
            base_url=base_url,
            api_key=key.get_secret_value() if isinstance(key, SecretStr) else "",
            timeout=self._settings.seconds(str(provider)),
            cache=self._settings.cache_dir / "servers",
            context=self._settings.model_context,
            parallel=self._settings.model_parallel,
        )
        if record is None:
            return choice
        return ModelChoice("recorded", file=record, behind=choice, timeout=choice.timeout)

    def _chain(self, choices: Sequence[ModelChoice]) -> LanguageModel:
        from commcoach.llm.chain import ChainModel

        first, *others = choices
        models = [self._steady(first)]
        for one in others:
            try:
                models.append(self._steady(one))
            except ModelMisconfigured as failure:
                log.warning("second_model_left_out", provider=one.provider, said=failure.said)
        return models[0] if len(models) == 1 else ChainModel(models)

    def _steady(self, choice: ModelChoice) -> LanguageModel:
        from commcoach.llm.providers import open_model
        from commcoach.llm.steady import Limits, SteadyModel

        settings = self._settings
        if choice not in self._open:
            limits = Limits(
                choice.timeout,
                settings.model_attempts,
                settings.model_at_once,
                settings.model_failures,
                settings.model_rest,
            )
            model = open_model(choice)
            self._open[choice] = SteadyModel(model, self.ledger(), limits, self.prices())
        return self._open[choice]

    def prices(self) -> Prices | None:
        """What tokens cost, if that is set."""
        from commcoach.llm.budget import Prices

        prompt = self._settings.model_price_prompt
        completion = self._settings.model_price_completion
        if prompt is None or completion is None:
            return None
        return Prices(prompt, completion, self._settings.model_price_cached)

    def ledger(self) -> Ledger:
        """Where calls are recorded, and what they are checked against."""
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


def _is_here(host: str) -> bool:
    """Whether a host is this machine."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


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
