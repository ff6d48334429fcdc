"""The figures of a calibration in words: never alone, and never one that cannot be estimated."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from commcoach.coaching.grading_report import Differing, GradingReport
from commcoach.domain.chance import Estimate, NotEstimable, Reason, Result
from commcoach.presentation.row_numbers import rows_of
from commcoach.presentation.wording import N_, Wording

_MEASURES = {
    "quadratic": N_("calibration.measure.quadratic"),
    "exact": N_("calibration.measure.exact"),
    "adjacent": N_("calibration.measure.adjacent"),
    "alpha": N_("calibration.measure.alpha"),
}
_SHARES = ("exact", "adjacent")
_REASONS = {
    Reason.TOO_FEW: N_("calibration.reason.too_few"),
    Reason.TOO_FEW_GROUPS: N_("calibration.reason.too_few"),
    Reason.TOO_FEW_SCORED: N_("calibration.reason.too_few"),
    Reason.NOT_DOUBLE_GRADED: N_("calibration.reason.not_double_graded"),
    Reason.ONE_LEVEL_GRADED: N_("calibration.reason.one_level"),
    Reason.ONE_LEVEL_GIVEN: N_("calibration.reason.one_level"),
    Reason.NO_SPREAD: N_("calibration.reason.one_level"),
    Reason.EXPLAINED: N_("calibration.reason.one_level"),
}


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure of people with each other beside the same of the machine with people."""

    name: str
    people: str
    machine: str


def measures(report: GradingReport, words: Wording) -> list[Measure]:
    """Every measure, as text with interval and number."""
    return [
        Measure(
            words.say(_MEASURES[name]),
            in_words(found.humans, words, as_share=name in _SHARES),
            in_words(found.machine_for_each, words, as_share=name in _SHARES),
        )
        for name, found in report.measures.items()
    ]


def alone(report: GradingReport, words: Wording) -> str:
    """Why nothing can be compared: a single grader's sheet came; empty if several did."""
    if len(report.graded) > 1:
        return ""
    others = [by for by in report.key.graders if by not in report.graded]
    if not others:
        return words.say("calibration.single_grader")
    return words.say("calibration.sheets_missing", by=words.say("punctuation.list").join(others))


def severities(report: GradingReport, words: Wording) -> Mapping[str, str]:
    """How lenient or severe each grader is beside the mean of all."""
    found = report.measures["quadratic"].severity
    return {by: in_words(result, words, signed=True) for by, result in found.items()}


def in_words(
    result: Result, words: Wording, *, as_share: bool = False, signed: bool = False
) -> str:
    """A value with its interval and the number of rows; or that there is none, and why."""
    if isinstance(result, NotEstimable):
        why = words.say(_REASONS[result.reason], n=result.n)
        return words.say("calibration.not_estimable", why=why)
    value, n = _number(result.value, as_share, signed), rows_of(result, words)
    if result.interval is None:
        return words.say("calibration.value_alone", value=value, n=n)
    low, high = (_number(bound, as_share, signed) for bound in result.interval)
    return words.say("calibration.value", value=value, low=low, high=high, n=n)


def verdict(report: GradingReport, words: Wording) -> str:
    """What the figures come to, without more than they can tell.

    By the difference on the same replies: two intervals may overlap and yet differ, or not.
    """
    behind = report.measures["quadratic"].behind
    if not isinstance(behind, Estimate):
        return words.say("calibration.verdict.unknown")
    if behind.low is None or behind.high is None:
        return words.say("calibration.verdict.too_few")
    difference = in_words(behind, words, signed=True)
    if behind.low > 0:
        return words.say("calibration.verdict.people_differ", difference=difference)
    if behind.high < 0:
        return words.say("calibration.verdict.machine_worse", difference=difference)
    return words.say("calibration.verdict.alike", difference=difference)


def notes(report: GradingReport, words: Wording) -> Iterator[str]:
    """What must be known to read the figures: weights, and what stands behind none of them."""
    replies, effective = report.key.replies, round(report.effective)
    if effective < report.without_level.number:
        yield words.say("calibration.weighted", replies=replies, effective=effective)
    if report.unseen:
        yield words.say("calibration.unseen", share=_number(report.unseen, True, False))
    found = report.measures["quadratic"]
    if found.scored < found.n:
        yield words.say("calibration.unscored", number=found.n - found.scored, all=found.n)


def not_applicable(report: GradingReport, words: Wording) -> str:
    """How many replies each person called not applicable, and the machine gave no level."""
    each = [
        words.say("calibration.share_of", by=by, number=number, all=report.graded[by])
        for by, number in report.not_applicable.items()
    ]
    return words.say(
        "calibration.not_applicable",
        each=words.say("punctuation.list").join(each),
        number=f"{report.without_level.hits:g}",
        all=report.without_level.number,
    )


def floor_line(report: GradingReport, words: Wording) -> str:
    """How far it is to where the criterion's floor binds."""
    floor = report.floor
    if floor is None:
        return words.say("calibration.no_floor", double=report.double)
    told = {
        "graders": floor.graders,
        "cases": floor.min_cases,
        "double": report.double,
        "needed": report.still_needed,
        "kappa": f"{floor.kappa:g}",
    }
    if report.still_needed:
        return words.say("calibration.floor_needs", **told)
    return words.say("calibration.floor_reached", **told)


def levels_line(one: Differing, words: Wording) -> str:
    """Who gave a reply what."""
    parts = [
        words.say("calibration.gave", by=by, level="n/a" if level is None else f"{level:g}")
        for by, level in one.levels.items()
    ]
    if one.machine is not None:
        parts.append(words.say("calibration.machine_gave", level=one.machine))
    return words.say("punctuation.list").join(parts)


def _number(value: float, as_share: bool, signed: bool) -> str:
    if as_share:
        return f"{round(100 * value)} %"
    shown = f"{value:+.2f}" if signed else f"{value:.2f}"
    return shown.replace("-", "−")
