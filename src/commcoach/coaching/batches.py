"""What scoring a file of replies with a model will take, and how it went."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from commcoach.coaching.language_model import ModelFailed
from commcoach.coaching.records import ModelCall
from commcoach.coaching.scorer import Tally


@dataclass(frozen=True, slots=True)
class Batch:
    """A file of replies, where their scores go, by which criteria, and how carefully.

    So many `samples` of each score; all criteria of a reply in one call, or `each_alone`.
    """

    rows_in: Path
    scores_out: Path
    criteria: tuple[str, ...]
    samples: int = 1
    each_alone: bool = False

    @property
    def calls_a_row(self) -> int:
        """How many calls a row takes at most, without repetitions."""
        return self.samples * (len(self.criteria) if self.each_alone else 1)


@dataclass(frozen=True, slots=True)
class Estimate:
    """What is ahead before a model is asked, without repetitions and without a server's cache.

    `prompt` and `completion` are tokens, `cost` is in the currency of the prices if these are set;
    `tokens_left` and `money_left` are what the budget of the day leaves, `None` without a limit.
    """

    rows: int
    calls: int
    prompt: int
    completion: int
    cost: float | None = None
    tokens_left: int | None = None
    money_left: float | None = None

    @property
    def affordable(self) -> int:
        """How many of the rows the budget of the day is enough for."""
        shares = [1.0]
        if self.tokens_left is not None:
            shares.append(self.tokens_left / max(1, self.prompt + self.completion))
        if self.money_left is not None and self.cost:
            shares.append(self.money_left / self.cost)
        return int(self.rows * max(0.0, min(shares)))


@dataclass(frozen=True, slots=True)
class Expense:
    """What the calls of a run took: tokens, cost if prices are set, and seconds from end to end."""

    calls: int
    prompt: int
    cached: int
    completion: int
    cost: float | None
    seconds: float

    @property
    def cached_share(self) -> float:
        """The share of the prompts' tokens that the server had seen before, 0 to 1."""
        return self.cached / self.prompt if self.prompt else 0.0


def expense_of(calls: Iterable[ModelCall], seconds: float) -> Expense:
    """What these calls took together."""
    listed = list(calls)
    costs = [one.cost for one in listed if one.cost is not None]
    return Expense(
        len(listed),
        sum(one.prompt_tokens for one in listed),
        sum(one.cached_tokens for one in listed),
        sum(one.completion_tokens for one in listed),
        sum(costs) if costs else None,
        seconds,
    )


@dataclass(frozen=True, slots=True)
class Asked:
    """How the rows of a file fared with a model.

    `levels` is how many scores this run gave, `unscored` how many of them carry no verdict,
    `unanswered` how many rows are tried again by the next run because the model failed. `stopped`
    is the failure that ended the run before its end.
    """

    tally: Tally
    levels: int = 0
    unscored: int = 0
    unanswered: int = 0
    stopped: ModelFailed | None = None

    @property
    def unscored_share(self) -> float:
        """The share of scores without a verdict, 0 to 1."""
        return self.unscored / self.levels if self.levels else 0.0
