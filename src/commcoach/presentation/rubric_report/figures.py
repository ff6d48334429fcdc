"""Figures in words: never a number without its interval and its number of cases."""

from __future__ import annotations

import re
from dataclasses import dataclass

from commcoach.domain.case_scores import COVERAGE
from commcoach.domain.chance import INTERVAL_MINIMUM, NotEstimable, Reason, Result
from commcoach.presentation.row_numbers import rows_of
from commcoach.presentation.wording import N_, Wording

_WHY = {
    Reason.TOO_FEW: N_("test.why.too_few"),
    Reason.TOO_FEW_GROUPS: N_("test.why.too_few"),
    Reason.TOO_FEW_SCORED: N_("test.why.too_few_scored"),
    Reason.ONE_LEVEL_GRADED: N_("test.why.one_level_graded"),
    Reason.ONE_LEVEL_GIVEN: N_("test.why.one_level_given"),
    Reason.NO_SPREAD: N_("test.why.no_spread"),
    Reason.NOT_DOUBLE_GRADED: N_("test.why.not_double_graded"),
    Reason.EXPLAINED: N_("test.why.explained"),
}
_DIGITS = re.compile(r"\.(\d)")
NOTHING = "–"
"""Stands in a table where there is no number."""


@dataclass(frozen=True, slots=True)
class Row:
    """A figure with its name; `bad` if it misses what it should reach.

    `gloss` says in half a sentence what it measures, for whoever meets the word the first time.
    """

    label: str
    value: str
    bad: bool = False
    gloss: str = ""


def figure(
    result: Result,
    words: Wording,
    form: str = ".2f",
    *,
    no_interval: str = N_("test.figure.no_interval"),
) -> str:
    """The value, its interval of 95 % and the number of cases, or why there is none.

    `no_interval` is what to say of a value without one, where the reason is known or told before.
    """
    if isinstance(result, NotEstimable):
        return words.say("test.not_estimable", why=_why(result, words))
    value, n = format(result.value, form), rows_of(result, words)
    if result.interval is None:
        told = {"value": value, "n": n, "least": INTERVAL_MINIMUM}
        return words.say(no_interval, **told)
    form = _fine_enough(result.interval, form)
    value, low, high = (format(one, form) for one in (result.value, *result.interval))
    return words.say("test.figure", value=value, low=low, high=high, n=n)


def short(result: Result, form: str = ".2f") -> str:
    """The value alone, for a table that has the number of cases in another column."""
    return NOTHING if isinstance(result, NotEstimable) else format(result.value, form)


def ranged(result: Result) -> str:
    """The value with its interval, for such a table; a value without one says so."""
    if isinstance(result, NotEstimable):
        return NOTHING
    if result.interval is None:
        return f"{result.value:.2f} [{NOTHING}]"
    form = _fine_enough(result.interval, ".2f")
    value, low, high = (format(one, form) for one in (result.value, *result.interval))
    return f"{value} [{low}, {high}]"


def _fine_enough(interval: tuple[float, float], form: str) -> str:
    """A form with one more digit where both ends would look alike."""
    low, high = interval
    if low == high or format(low, form) != format(high, form):
        return form
    return _DIGITS.sub(lambda found: f".{int(found[1]) + 1}", form)


def _why(refused: NotEstimable, words: Wording) -> str:
    if refused.reason is Reason.TOO_FEW_SCORED and refused.needed is None:
        return words.say("test.why.too_little_scored", n=refused.n, needed=f"{COVERAGE:.0%}")
    return words.say(_WHY[refused.reason], n=refused.n, needed=refused.needed or 2)
