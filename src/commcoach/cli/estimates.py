"""What a model will take, said before it is paid; whoever sits there agrees or does not."""

from __future__ import annotations

from collections.abc import Sequence

from commcoach.cli.context import Context
from commcoach.cli.terminal import EndOfInput
from commcoach.coaching.batches import Estimate

_YES = frozenset({"y", "yes", "是", "好", "开始"})


def say_estimate(about: Context, estimates: Sequence[Estimate]) -> None:
    """Rows, calls, tokens and, where prices are known, cost of all runs together."""
    terminal = about.terminal
    terminal.say(
        "score.estimate",
        rows=f"{sum(one.rows for one in estimates):,}",
        calls=f"{sum(one.calls for one in estimates):,}",
        prompt=f"{sum(one.prompt for one in estimates):,}",
        completion=f"{sum(one.completion for one in estimates):,}",
    )
    costs = [one.cost for one in estimates if one.cost is not None]
    if costs:
        terminal.say("score.estimate_cost", cost=f"{sum(costs):,.4f}")
    else:
        terminal.say("score.no_prices", "dim")


def agreed(about: Context, yes: bool) -> bool:
    """Whether to begin: `yes` was typed, nobody can be asked, or whoever was asked says so."""
    return yes or not about.terminal.interactive or asked(about, about.words.say("score.begin"))


def asked(about: Context, question: str) -> bool:
    """What whoever sits there says to a question; the end of input is a no."""
    try:
        answer = about.terminal.ask(question)
    except EndOfInput:
        return False
    return answer.strip().lower() in _YES
