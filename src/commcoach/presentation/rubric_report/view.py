"""A test report as labelled texts, the same for the terminal and the page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from commcoach.coaching.attacking import Bill
from commcoach.coaching.rubric_testing import FOLDS, EngineReport
from commcoach.domain.agreement import nearest_level
from commcoach.domain.case_scores import HUMAN
from commcoach.domain.cases import last_words
from commcoach.domain.chance import NotEstimable
from commcoach.domain.criterion_report import (
    MOST_SHIFT,
    CriterionReport,
    Disagreement,
    Shift,
)
from commcoach.domain.engine_comparison import Comparison, compared
from commcoach.domain.rubric import Criterion
from commcoach.presentation.engines import engine_name
from commcoach.presentation.rubric_report.figures import figure, ranged, short
from commcoach.presentation.wording import N_, Wording

_KINDS = {
    "human": N_("test.kind.human"),
    "author": N_("test.kind.author"),
    "model": N_("test.kind.model"),
    "import": N_("test.kind.import"),
}
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
    N_("test.column.padded"),
)


@dataclass(frozen=True, slots=True)
class Row:
    """A figure with its name; `bad` if it misses what it should reach."""

    label: str
    value: str
    bad: bool = False


@dataclass(frozen=True, slots=True)
class WorstView:
    """A disagreement: the talk, then what the graders gave and what the scorer gave, and why."""

    id: str
    group: str
    context: str
    reply: str
    graded: str
    anchor: str
    given: str
    rationale: str
    quotes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """A count of the confusion matrix; `shade` from 0 to 1 by its share of the row."""

    count: int
    shade: float
    same: bool


@dataclass(frozen=True, slots=True)
class CriterionView:
    """Everything of one criterion."""

    id: str
    title: str
    status: str
    rows: tuple[Row, ...]
    levels: tuple[int, ...]
    confusion: tuple[tuple[Cell, ...], ...]
    worst: tuple[WorstView, ...]


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
    people = sum(any(grade.kind == HUMAN for grade in case.grades) for case in cases.values())
    if people:
        yield words.say("test.grades.people", cases=len(cases), people=people)
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
            short(one.padded.mean, "+z.2f"),
        )
        for id, one in report.reports.items()
    ]


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
    free = [id for id, one in report.reports.items() if not one.floor.binds]
    if free:
        names = words.say("punctuation.list").join(free)
        every = len(free) == len(report.reports)
        text = words.say("test.uncalibrated.all" if every else "test.uncalibrated.some")
        yield Row("" if every else names, text)


def criterion_view(report: CriterionReport, words: Wording) -> CriterionView:
    """Everything of one criterion, in words."""
    criterion = report.criterion
    return CriterionView(
        criterion.id,
        criterion.title.said_in(words.language),
        _status(report, words),
        tuple(_rows(report, words)),
        criterion.numbers,
        tuple(
            tuple(
                Cell(count, count / (sum(row) or 1), level == given)
                for given, count in zip(criterion.numbers, row, strict=True)
            )
            for level, row in zip(criterion.numbers, report.confusion, strict=True)
        ),
        tuple(_worst(one, criterion, words) for one in report.worst),
    )


def _status(report: CriterionReport, words: Wording) -> str:
    verdict, floor = report.floor, report.criterion.floor
    if floor is None:
        return words.say("test.status.no_floor")
    told: dict[str, object] = {
        "graded": verdict.graded,
        "needed": floor.min_cases,
        "graders": floor.graders,
    }
    if not verdict.binds:
        return words.say("test.status.uncalibrated", **told)
    told["floor"] = f"{floor.kappa:.2f}"
    told["kappa"] = figure(verdict.kappa, words) if verdict.kappa is not None else ""
    return words.say("test.status.reached" if verdict.reached else "test.status.missed", **told)


def _rows(report: CriterionReport, words: Wording) -> Iterator[Row]:
    say, cover, fit = words.say, report.coverage, report.fit
    yield Row(
        say("test.row.cases"),
        say("test.cases", cases=cover.cases, groups=report.groups, largest=report.largest),
    )
    yield Row(
        say("test.row.coverage"),
        say(
            "test.coverage",
            scored=cover.scored,
            not_applicable=cover.not_applicable,
            unscored=cover.unscored,
        ),
    )
    yield Row(
        say("test.row.applicability"),
        say(
            "test.applicability",
            share=figure(cover.applicability, words, ".0%"),
            both=cover.both,
            only_scorer=cover.only_scorer,
            only_graders=cover.only_graders,
        ),
    )
    yield Row(say("test.row.exact"), figure(fit.exact, words, ".0%"))
    yield Row(say("test.row.adjacent"), figure(fit.adjacent, words, ".0%"))
    yield Row(say("test.row.kappa"), figure(fit.quadratic, words))
    if len(report.by_kind) > 1:
        for kind, own in report.by_kind.items():
            name = say(_KINDS[kind]) if kind in _KINDS else kind
            yield Row(say("test.row.kappa_of", kind=name), figure(own.quadratic, words))
    yield Row(say("test.row.alpha"), figure(report.alpha, words))
    yield Row(say("test.row.spearman"), figure(report.spearman, words))
    yield Row(say("test.row.bias"), figure(report.bias, words, "+z.2f"))
    yield Row(say("test.row.length_kappa"), figure(report.length.quadratic, words))
    yield Row(say("test.row.length_spearman"), figure(report.length.spearman, words))
    yield Row(say("test.row.above_length"), figure(report.length.above, words, "+z.2f"))
    yield Row(say("test.row.partial"), figure(report.length.partial, words, "+z.2f"))
    yield Row(say("test.row.people"), figure(report.people.humans, words))
    if report.people.n:
        yield Row(say("test.row.as_person"), figure(report.people.machine_for_each, words))
    yield Row(say("test.row.zh_en"), figure(report.languages.difference, words, "+z.2f"))
    yield Row(say("test.row.zh_en_together"), figure(report.languages.correlation, words))
    for label, shift in (
        (N_("test.row.padded"), report.padded),
        (N_("test.row.trimmed"), report.trimmed),
    ):
        yield Row(say(label), _shift(shift, words), bad=shift.passed is False)


def _shift(shift: Shift, words: Wording) -> str:
    mean = figure(shift.mean, words, "+z.2f")
    if isinstance(shift.mean, NotEstimable):
        return mean
    beyond = short(shift.beyond, ".0%")
    text = words.say("test.shift", mean=mean, beyond=beyond, most=MOST_SHIFT)
    return text + (words.say("test.shift.lost", lost=shift.lost) if shift.lost else "")


def _worst(one: Disagreement, criterion: Criterion, words: Wording) -> WorstView:
    case, score = one.case.case, one.score
    comma = words.say("punctuation.list")
    grades = comma.join(
        f"{grade.by} {_level(grade.levels[criterion.id], words)}" for grade in one.grades
    )
    return WorstView(
        case.id,
        one.case.group,
        last_words(case.context),
        case.reply,
        words.say("test.worst.graded", level=f"{one.grade:g}", grades=grades),
        criterion.level(nearest_level(one.grade)).anchor.said_in(words.language),
        words.say("test.worst.given", level=score.level, expected=f"{score.expected:.2f}"),
        score.rationale,
        tuple(evidence.quote for evidence in score.evidence),
    )


def _level(level: float | None, words: Wording) -> str:
    return words.say("test.not_applicable") if level is None else f"{level:g}"


@dataclass(frozen=True, slots=True)
class BenchView:
    """One engine against the first: `rows` are criterion, cases, kappa and Spearman apart."""

    title: str
    rows: tuple[tuple[str, str, str, str], ...]


BENCH_COLUMNS = (
    N_("test.column.criterion"),
    N_("test.column.cases"),
    N_("test.column.kappa_more"),
    N_("test.column.spearman_more"),
)


def comparisons(first: EngineReport, second: EngineReport) -> dict[str, Comparison]:
    """The second engine against the first, criterion by criterion; takes seconds."""
    return {
        id: compared(id, scores, second.trial.scores.get(id, ()))
        for id, scores in first.trial.scores.items()
    }


def bench_view(
    first: EngineReport, second: EngineReport, against: dict[str, Comparison], words: Wording
) -> BenchView:
    """The comparison in words."""
    told = {"first": engine_title(first, words), "second": engine_title(second, words)}
    return BenchView(
        words.say("test.bench", **told),
        tuple(
            (id, str(one.n), _more(one, words, "quadratic"), _more(one, words, "spearman"))
            for id, one in against.items()
        ),
    )


def _more(one: Comparison, words: Wording, which: str) -> str:
    result = one.quadratic if which == "quadratic" else one.spearman
    if isinstance(result, NotEstimable):
        return figure(result, words)
    if result.interval is None:
        return f"{result.value:+z.2f}"
    low, high = result.interval
    return f"{result.value:+z.2f} [{low:+z.2f}, {high:+z.2f}]"
