"""What any language model must be able to do, and how it may fail."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, ClassVar, Literal, Protocol


class Job(StrEnum):
    """What a model is asked for."""

    READER = "reader"
    VOICE = "voice"
    SCORER = "scorer"
    REWRITE = "rewrite"
    DEBRIEF = "debrief"


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a prompt."""

    role: Literal["system", "user", "assistant"]
    text: str


@dataclass(frozen=True, slots=True)
class Ask:
    """What a model is asked: the prompt, and the form of the answer.

    `job` is a `Job`, or names a trial. With a `schema`
    (JSON Schema of an object) the answer is an object that satisfies it. `temperature` is 0 to 2,
    `most_tokens` the longest answer, thinking included. `session`, `learner` and `release` (of the
    content) say for whom and from what, for budget and records. `patience` is how many seconds the
    answer may take, of all models together that are asked for it; `None`: as long as they are set.
    """

    job: str
    messages: tuple[Message, ...]
    schema: Mapping[str, Any] | None = None
    temperature: float = 0.0
    most_tokens: int = 1024
    logprobs: bool = False
    seed: int | None = None
    session: str | None = None
    learner: str | None = None
    release: str = ""
    patience: float | None = None


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of one call; `cached` are those of the prompt that the server had seen before."""

    prompt: int = 0
    completion: int = 0
    cached: int = 0


@dataclass(frozen=True, slots=True)
class TokenChance:
    """A token of the answer with its likeliest alternatives and their log probabilities."""

    token: str
    alternatives: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Answered:
    """What a model answered: `text` without its thinking aloud, `data` if a schema was given.

    `latency` is in seconds; `model` is what the server says it used. `by` is the name of the model
    that answered because the one that was asked did not; empty if that one answered itself.
    """

    text: str
    data: Mapping[str, Any] | None
    usage: Usage
    latency: float
    model: str
    chances: tuple[TokenChance, ...] = field(default=())
    by: str = ""


class ModelFailed(Exception):
    """The model gave no usable answer.

    `said` are the particulars, without a word of the prompt or the answer; `status` is that of
    HTTP, if there was one. `usage` is what it cost all the same, as far as that was told; if it was
    not, `worked` says whether the model was at work, which costs too. `reason` names the kind of
    failure in records.
    """

    reason: ClassVar[str] = "failed"

    def __init__(self, said: str = "") -> None:
        super().__init__((self.__doc__ or "").partition("\n")[0])
        self.said = said
        self.status: int | None = None
        self.usage = Usage()
        self.worked = False


class ModelUnavailable(ModelFailed):
    """The model cannot be reached, is overloaded or too slow; it may answer later.

    `retry_after` is how many seconds the server asks to wait, if it does.
    """

    reason = "unavailable"

    def __init__(
        self, said: str = "", retry_after: float | None = None, *, worked: bool = False
    ) -> None:
        super().__init__(said)
        self.retry_after = retry_after
        self.worked = worked


class ModelMisconfigured(ModelFailed):
    """The model's address, key or name is wrong; asking again will not help."""

    reason = "misconfigured"


class AnswerUnusable(ModelFailed):
    """The model answered with something else than what was asked for."""

    reason = "unusable"

    def __init__(self, said: str = "") -> None:
        super().__init__(said)
        self.worked = True


class ThoughtsHeard(AnswerUnusable):
    """Words of a stream turned out to be the model's thoughts; nothing of them may stand."""


class AnswerCutOff(AnswerUnusable):
    """The model's answer was cut off."""

    reason = "cut_off"


class AnswerRefused(AnswerUnusable):
    """The model refused to answer."""

    reason = "refused"


class BudgetSpent(ModelFailed):
    """The budget for models is spent; `whose` is `day` or `learner`."""

    reason = "budget"

    def __init__(self, whose: str) -> None:
        super().__init__()
        self.whose = whose


class PromptUnusable(Exception):
    """A prompt cannot be read.

    `file` is its name, `line` counts from 1 if it is known, `said` tells what is wrong.
    """

    def __init__(self, file: str, said: str, line: int | None = None) -> None:
        super().__init__((self.__doc__ or "").partition("\n")[0])
        self.file = file
        self.said = said
        self.line = line


class LanguageModel(Protocol):
    """A model behind any interface; every failure is a `ModelFailed`."""

    @property
    def provider(self) -> str:
        """The name of the provider in the settings."""
        ...

    @property
    def name(self) -> str:
        """The name of the model."""
        ...

    async def ask(self, ask: Ask) -> Answered:
        """One answer."""
        ...

    def stream(self, ask: Ask) -> AsyncIterator[str]:
        """The answer piece by piece, for an `Ask` without a schema; a cut stream is an error."""
        ...

    async def aclose(self) -> None:
        """Give back what the model holds."""
        ...
