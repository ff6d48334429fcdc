"""What is found when an operator has the house and its language models examined."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from commcoach.coaching.language_model import Job
from commcoach.coaching.storage import DatabaseUnusable

TRIAL = "trial"
"""The job in the records of what is asked only to see whether a model answers."""

BENCH = "bench"
"""The session in the records of what is asked only to measure a model."""


class Trouble(StrEnum):
    """Why a model cannot be used, by what mends it."""

    ADDRESS = "address"
    NO_ADDRESS = "no_address"
    PATH = "path"
    KEY = "key"
    UNPAID = "unpaid"
    MODEL = "model"
    NO_NAME = "no_name"
    FILE = "file"
    NOT_GGUF = "not_gguf"
    PACKAGE = "package"
    BUSY = "busy"
    SLOW = "slow"
    SERVER = "server"
    ANSWER = "answer"
    REFUSED = "refused"
    CUT_OFF = "cut_off"
    EMPTY = "empty"
    BUDGET = "budget"
    PROCESSOR = "processor"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Fault:
    """A trouble, and what was said about it: never the key, never a prompt or an answer."""

    trouble: Trouble
    said: str = ""


@dataclass(frozen=True, slots=True)
class ModelPlace:
    """A model as it is set, without key and password; of a file `address` is empty."""

    provider: str
    name: str
    address: str = ""


class ObjectForm(StrEnum):
    """How a model gives an object: see `commcoach.llm.abilities.Form`; `SOME` is not known how."""

    STRICT = "strict"
    SCHEMA = "schema"
    JSON = "json"
    PROMPT = "prompt"
    SOME = "some"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Supported:
    """What a model turned out to support; `None` where that could not be found out.

    `pieces` is in how many a streamed sentence came, 0 if it did not come to its end. `usage` and
    `cached` say whether tokens are reported, `thinks` whether it thinks before it answers.
    """

    objects: ObjectForm | None = None
    pieces: int | None = None
    logprobs: bool | None = None
    usage: bool | None = None
    cached: bool | None = None
    thinks: bool | None = None
    system: bool | None = None


@dataclass(frozen=True, slots=True)
class Examined:
    """One model: its fault, or how many seconds a short answer took and what it supports.

    A script or a recording is only opened.
    """

    place: ModelPlace
    fault: Fault | None = None
    latency: float | None = None
    supported: Supported | None = None

    @property
    def fine(self) -> bool:
        """Whether it can do every job."""
        found = self.supported or Supported()
        lacks = found.objects is ObjectForm.NONE or found.system is False
        return self.fault is None and not lacks


@dataclass(frozen=True, slots=True)
class Spending:
    """What models took today, and how they fared in the last 24 hours.

    The calls leave trials out, the tokens do not. `money` is `None` without prices, limits are
    `None` where there is none; `unpriced` are the tokens of calls that had no price yet.
    """

    tokens: int
    money: float | None
    most_tokens: int | None
    most_money: float | None
    calls: int
    failed: int
    unpriced: int = 0


@dataclass(frozen=True, slots=True)
class Content:
    """The content folder: how many problems it has, else how much is in it."""

    place: str
    problems: int
    criteria: int = 0
    scenarios: int = 0


@dataclass(frozen=True, slots=True)
class Examination:
    """The whole house: `files` are those that settings were read from besides the environment.

    `work` tells which models do a job, the second one where the first fails; none: the embedded
    engine. `spending` is `None` if the database cannot be used, `embeddings` if none are set.
    """

    files: tuple[str, ...]
    content: Content
    database: str
    trouble: DatabaseUnusable | None
    bot_token: bool
    work: Mapping[Job, tuple[ModelPlace, ...]]
    models: tuple[Examined, ...]
    spending: Spending | None
    embeddings: Examined | None = None

    @property
    def fine(self) -> bool:
        """Whether nothing has to be mended."""
        house = not self.content.problems and self.trouble is None
        embeddings = self.embeddings is None or self.embeddings.fine
        return house and embeddings and all(one.fine for one in self.models)


@dataclass(frozen=True, slots=True)
class Spread:
    """Seconds: the median, what nine of ten stay below, and the longest."""

    half: float
    most: float
    longest: float


@dataclass(frozen=True, slots=True)
class JobBench:
    """How a job went.

    Of its pieces of work so many were usable at the first ask, so many after a second one, and
    `failed` are those for which the embedded engine stood in or something stayed open. Tokens are
    means of a call; `cached` is the share of the prompt, 0 to 1.
    """

    job: Job
    calls: int
    latency: Spread
    first: int
    again: int
    failed: int
    prompt: float
    cached: float
    completion: float


@dataclass(frozen=True, slots=True)
class Bench:
    """How the models did in so many turns; tokens and cost are means of a turn.

    A turn takes as long as its slower arm: `counterpart` (reader, then voice) or `scorer`. Rewrites
    are asked for after a turn and are not part of it. `cost` is `None` without prices.
    """

    scenario: str
    turns: int
    jobs: tuple[JobBench, ...]
    counterpart: Spread
    scorer: Spread
    turn: Spread
    tokens: float
    cost: float | None
