"""Calibration maps for a terminal: a small picture, the figures, the refusals in words."""

from __future__ import annotations

from commcoach.coaching.calibrating import Fitting
from commcoach.domain.chance import NotEstimable, Reason, Result
from commcoach.domain.link_choice import FOLDS, MINIMUM, Figures, LinkChoice
from commcoach.domain.linking import Link, LinkKind
from commcoach.domain.rubric import Criterion
from commcoach.presentation.row_numbers import rows_of
from commcoach.presentation.wording import N_, Wording

_BARS = " ▁▂▃▄▅▆▇█"
_PER_LEVEL = 8
"""Columns of a picture for each level."""
_KINDS = {
    LinkKind.IDENTITY: N_("link.identity"),
    LinkKind.LINEAR: N_("link.linear"),
    LinkKind.ISOTONIC: N_("link.isotonic"),
}
_REFUSED = {
    Reason.TOO_FEW_GROUPS: N_("link.too_few_groups"),
    Reason.ONE_LEVEL_GRADED: N_("link.one_level_graded"),
    Reason.ONE_LEVEL_GIVEN: N_("link.one_level_given"),
}


def figure(result: Result, words: Wording, form: str = ".2f") -> str:
    """A number with its interval and n, or that it cannot be estimated."""
    if isinstance(result, NotEstimable):
        return words.say("link.not_estimable", n=result.n)
    n = rows_of(result, words)
    if result.interval is None:
        return words.say("link.estimate_bare", value=format(result.value, form), n=n)
    low, high = result.interval
    return words.say(
        "link.estimate",
        value=format(result.value, form),
        low=format(low, form),
        high=format(high, form),
        n=n,
    )


def picture(link: Link, lowest: int, highest: int) -> tuple[str, ...]:
    """The map as bars: the raw value to the right, the calibrated value upward, a row a level."""
    columns = (highest - lowest) * _PER_LEVEL + 1
    values = [link(lowest + place / _PER_LEVEL) - lowest for place in range(columns)]
    rows = []
    for level in range(highest, lowest, -1):
        floor = level - 1 - lowest
        heights = [round(8 * min(1.0, max(0.0, value - floor))) for value in values]
        rows.append(f"{level:>3}┤" + "".join(_BARS[height] for height in heights))
    marks = "┴".join("─" * (_PER_LEVEL - 1) for _ in range(lowest, highest))
    numbers = "".join(f"{level:<{_PER_LEVEL}}" for level in range(lowest, highest + 1)).rstrip()
    return (*rows, f"{lowest:>3}└{marks}┴", f"    {numbers}")


def link_lines(fitting: Fitting, criterion: Criterion, words: Wording) -> tuple[str, ...]:
    """What came of fitting one criterion: picture and figures, or why there is no link."""
    title = criterion.title.said_in(words.language)
    choice = fitting.result
    if isinstance(choice, NotEstimable):
        return (_refusal(title, fitting.n, choice, words),)
    levels = range(criterion.lowest, criterion.highest + 1)
    head = words.say("link.head", criterion=title, n=choice.n, kind=words.say(_KINDS[choice.kind]))
    if fitting.needs_none:
        return (head, *_figures_alone(choice, words), *_about_graders(choice, words))
    lines = [
        head,
        words.say("link.axes"),
        *picture(choice.link, criterion.lowest, criterion.highest),
        words.say(
            "link.points",
            raw=" ".join(str(level) for level in levels),
            linked=" ".join(f"{choice.link(level):.1f}" for level in levels),
        ),
        *_figures(choice, words),
        *_about_graders(choice, words),
    ]
    return tuple(lines)


def _about_graders(choice: LinkChoice, words: Wording) -> tuple[str, ...]:
    if choice.graders_differ_more is None:
        return (words.say("link.single_graded"),)
    return (words.say("link.graders_differ"),) if choice.graders_differ_more else ()


def _figures(choice: LinkChoice, words: Wording) -> tuple[str, ...]:
    linked = dict(_told(choice.after))
    lines = [
        words.say(
            "link.figure",
            what=words.say(key),
            before=figure(raw, words),
            after=figure(linked[key], words),
        )
        for key, raw in _told(choice.before)
    ]
    return (*lines, words.say("link.gain", gain=figure(choice.gain, words)))


def _figures_alone(choice: LinkChoice, words: Wording) -> tuple[str, ...]:
    """Of raw values that nothing is done to: before and after are the same."""
    return tuple(
        words.say("link.figure_alone", what=words.say(key), value=figure(value, words))
        for key, value in _told(choice.before)
    )


def _told(figures: Figures) -> tuple[tuple[str, Result], ...]:
    return (
        (N_("link.kappa"), figures.quadratic),
        (N_("link.bias"), figures.bias),
        (N_("link.error"), figures.absolute_error),
    )


def _refusal(title: str, n: int, refused: NotEstimable, words: Wording) -> str:
    if n < MINIMUM:
        return words.say("link.too_few", criterion=title, n=n, missing=MINIMUM - n, needed=MINIMUM)
    key = _REFUSED.get(refused.reason, N_("link.unfit"))
    return words.say(key, criterion=title, n=n, needed=FOLDS)
