"""A test report as labelled texts, the same for the terminal and the page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from commcoach.coaching.attacking import Bill
from commcoach.coaching.rubric_testing import FOLDS, EngineReport
from commcoach.domain.cases import HUMAN
from commcoach.domain.chance import Estimate, NotEstimable
from commcoach.domain.courtesy_shift import MOST_SHIFT
from commcoach.domain.criterion_figures import CriterionReport
from commcoach.presentation.engines import engine_name
from commcoach.presentation.rubric_report.figures import NOTHING, Row, figure, ranged, short
from commcoach.presentation.wording import N_, Wording

_STOPPED = {
    "budget": N_("test.stopped.budget"),
    "misconfigured": N_("test.stopped.misconfigured"),
    "unavailable": N_("test.stopped.unavailable"),
}
COLUMNS = (
    N_("test.column.criterion"),
    N_("test.column.cases"),
    N_("test.column.scored"),
    N_("test.column.exact"),
    N_("test.column.kappa"),
    N_("test.column.length"),
    N_("test.column.bias"),
    N_("test.column.twins"),
)


def engine_title(report: EngineReport, words: Wording) -> str:
    """Who scored, a model by its own name."""
    engine = report.trial.engine
    if engine.model is not None:
        return words.say("test.model", model=engine.model)
    return engine_name(engine.name, words)


def about_lines(reports: Sequence[EngineReport], words: Wording) -> Iterator[str]:
    """What the grades are and how was tested, so that nobody takes the figures for more."""
    cases = {
        score.case.id: score.case
        for one in reports
        for scores in one.trial.scores.values()
        for score in scores
    }
    human = [[one for one in case.grades if one.kind == HUMAN] for case in cases.values()]
    people = sum(map(bool, human))
    blind = sum(any(grade.blind for grade in grades) for grades in human)
    if people:
        yield words.say("test.grades.people", cases=len(cases), people=people, blind=blind)
    else:
        yield words.say("test.grades.author", cases=len(cases))
    if any(one.trial.engine.model is None for one in reports):
        yield words.say("test.how.embedded", folds=FOLDS)
    if any(one.trial.engine.model is not None for one in reports):
        yield words.say("test.how.model")


def stopped_line(report: EngineReport, words: Wording) -> str | None:
    """That the test ended before its time, if it did."""
    done = report.trial
    if not done.stopped:
        return None
    return words.say(_STOPPED[done.stopped], done=done.done, planned=done.planned)


def bill_lines(bill: Bill, words: Wording) -> Iterator[str]:
    """What the calls took."""
    yield words.say("test.bill", calls=bill.calls, prompt=bill.prompt, completion=bill.completion)
    if bill.cost is not None:
        yield words.say("test.cost", cost=f"{bill.cost:.4f}")


def compact_rows(report: EngineReport) -> list[tuple[str, ...]]:
    """A line for every criterion, under `COLUMNS`."""
    return [
        (
            id,
            str(one.fit.n),
            f"{one.coverage.scored / (one.coverage.cases or 1):.0%}",
            short(one.fit.exact, ".0%"),
            ranged(one.fit.quadratic),
            short(one.length.quadratic),
            short(one.bias, "+z.2f"),
            twins(one),
        )
        for id, one in report.reports.items()
    ]


def twins(one: CriterionReport) -> str:
    """The mean move of the twins that move farther, with a mark if it is too far."""
    means = [
        (abs(result.value), f"{result.value:+z.2f}{'' if shift.passed else ' ×'}")
        for shift in (one.padded, one.trimmed)
        if not isinstance(result := shift.mean, NotEstimable)
    ]
    return max(means)[1] if means else NOTHING


def remarks(report: EngineReport, words: Wording) -> Iterator[Row]:
    """What misses its mark, criterion by criterion, then which criteria are not calibrated."""
    for id, one in report.reports.items():
        floor = one.criterion.floor
        if one.floor.failed and floor is not None and one.floor.kappa is not None:
            kappa = figure(one.floor.kappa, words)
            text = words.say("test.floor.missed", floor=f"{floor.kappa:.2f}", kappa=kappa)
            yield Row(id, text, bad=True)
        for shift, key in (
            (one.padded, N_("test.shift.padded_too_far")),
            (one.trimmed, N_("test.shift.trimmed_too_far")),
        ):
            if shift.passed is False:
                told = {"shift": figure(shift.mean, words, "+z.3f"), "most": MOST_SHIFT}
                yield Row(id, words.say(key, **told), bad=True)
        kappa_of = one.fit.quadratic
        if isinstance(kappa_of, Estimate) and kappa_of.worth is not None:
            yield Row(id, words.say("test.worth", n=kappa_of.n, worth=kappa_of.worth))
    calibrated = [
        words.say("debrief.calibrated_name", title=id, cases=one.floor.behind)
        for id, one in report.reports.items()
        if one.floor.is_calibrated
    ]
    if calibrated:
        names = words.say("punctuation.list").join(calibrated)
        yield Row(names, words.say("test.status.calibrated"))
    free = [id for id, one in report.reports.items() if not one.floor.binds]
    if free:
        names = words.say("punctuation.list").join(free)
        every = len(free) == len(report.reports)
        text = words.say("test.uncalibrated.all" if every else "test.uncalibrated.some")
        yield Row("" if every else names, text)
