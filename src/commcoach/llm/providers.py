"""The providers of models, by the names they have in the settings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from commcoach.coaching.language_model import LanguageModel, ModelMisconfigured
from commcoach.model_settings import OPENAI


@dataclass(frozen=True, slots=True)
class ModelChoice:
    """Which model, and how it is reached; each provider takes what it needs.

    `file` is the GGUF file of `local`, the script of `stub` and the recording of `recorded`; if it
    is not given, `name` is its path. `behind` is the model that a recording is made with. `timeout`
    is in seconds, `context` in tokens for each of `parallel` asks at once of a local model. What
    servers support is remembered in `cache`.
    """

    provider: str
    name: str = ""
    base_url: str | None = None
    api_key: str = field(default="", repr=False)
    timeout: float = 30.0
    cache: Path | None = None
    file: Path | None = None
    behind: ModelChoice | None = None
    context: int = 8192
    parallel: int = 2


def _openai(choice: ModelChoice) -> LanguageModel:
    from commcoach.llm.openai_model import OpenAIModel  # half a second to import

    base_url = choice.base_url or OPENAI
    return OpenAIModel(choice.name, base_url, choice.api_key, choice.timeout, choice.cache)


def _local(choice: ModelChoice) -> LanguageModel:
    from commcoach.llm.local_model import LocalModel

    return LocalModel(_file(choice), choice.timeout, choice.context, choice.parallel)


def _stub(choice: ModelChoice) -> LanguageModel:
    from commcoach.llm.stub import stub_of_file

    return stub_of_file(_file(choice))


def _recorded(choice: ModelChoice) -> LanguageModel:
    from commcoach.llm.recorded import RecordedModel

    behind = open_model(choice.behind) if choice.behind is not None else None
    return RecordedModel(_file(choice), behind)


PROVIDERS: Mapping[str, Callable[[ModelChoice], LanguageModel]] = {
    "openai": _openai,
    "local": _local,
    "stub": _stub,
    "recorded": _recorded,
}


def open_model(choice: ModelChoice) -> LanguageModel:
    """The model, ready to be asked; a local one is loaded here, which takes seconds.

    Raises:
        ModelMisconfigured: there is no such provider, or it lacks something; `said` tells what.
    """
    if choice.provider not in PROVIDERS:
        known = ", ".join(PROVIDERS)
        raise ModelMisconfigured(f"there is no provider {choice.provider}, there are: {known}")
    return PROVIDERS[choice.provider](choice)


def name_of(choice: ModelChoice) -> str:
    """The name that the model will have once it is open; a local one is not loaded for it."""
    if choice.behind is not None:
        return name_of(choice.behind)
    if choice.provider == "openai":
        return choice.name
    if choice.provider == "stub":
        return open_model(choice).name
    return _file(choice).name


def _file(choice: ModelChoice) -> Path:
    if choice.file is not None:
        return choice.file
    if not choice.name:
        raise ModelMisconfigured(f"the provider {choice.provider} needs a file")
    return Path(choice.name).expanduser()
