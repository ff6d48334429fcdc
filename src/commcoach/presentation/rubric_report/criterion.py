"""All figures of one criterion, as labelled texts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from commcoach.domain.chance import INTERVAL_MINIMUM, NotEstimable, Result
from commcoach.domain.courtesy_shift import MOST_SHIFT, Shift
from commcoach.domain.criterion_figures import Coverage, CriterionReport
from commcoach.presentation.rubric_report.figures import Row, figure, short
from commcoach.presentation.rubric_report.worst import WorstView, worst_view
from commcoach.presentation.wording import N_, Wording

_KINDS = {
    "human": N_("test.kind.human"),
    "author": N_("test.kind.author"),
    "model": N_("test.kind.model"),
    "import": N_("test.kind.import"),
}


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
        tuple(worst_view(one, criterion, words) for one in report.worst),
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

    few = report.groups < INTERVAL_MINIMUM
    why = N_("test.figure.interval_told") if few else N_("test.figure.alike")
    why_of_part = why if few else N_("test.figure.no_interval")

    def row(
        label: str,
        result: Result,
        gloss: str = "",
        form: str = ".2f",
        *,
        name: str = "",
        no_interval: str = why,
    ) -> Row:
        meant = say(gloss) if gloss else ""
        shown = figure(result, words, form, no_interval=no_interval)
        return Row(say(label, kind=name), shown, gloss=meant)

    yield Row(say("test.row.cases"), _walk(report, words))
    if few and not isinstance(fit.quadratic, NotEstimable):
        told = say("test.few_groups", groups=report.groups, least=INTERVAL_MINIMUM)
        yield Row(say("test.row.interval"), told)
    yield Row(
        say("test.row.coverage"),
        say(
            "test.coverage",
            scored=_share(cover.scored, cover.cases, words),
            not_applicable=_share(cover.not_applicable, cover.cases, words),
            unscored=_share(cover.unscored, cover.cases, words),
            cases=cover.cases,
        ),
        gloss=say("test.gloss.coverage"),
    )
    yield Row(say("test.row.applicability"), _applicability(cover, words))
    yield row(N_("test.row.exact"), fit.exact, form=".0%")
    yield row(N_("test.row.adjacent"), fit.adjacent, form=".0%")
    yield row(N_("test.row.kappa"), fit.quadratic, N_("test.gloss.kappa"))
    if len(report.by_kind) > 1:
        for kind, own in report.by_kind.items():
            name = say(_KINDS[kind]) if kind in _KINDS else kind
            yield row(N_("test.row.kappa_of"), own.quadratic, name=name, no_interval=why_of_part)
    yield row(N_("test.row.alpha"), report.alpha, N_("test.gloss.alpha"))
    yield row(N_("test.row.spearman"), report.spearman, N_("test.gloss.spearman"))
    yield row(N_("test.row.bias"), report.bias, N_("test.gloss.bias"), "+z.2f")
    length = report.length
    yield row(N_("test.row.length_kappa"), length.quadratic, N_("test.gloss.length"))
    yield row(N_("test.row.length_spearman"), length.spearman)
    yield row(N_("test.row.above_length"), length.above, form="+z.2f")
    yield row(N_("test.row.partial"), length.partial, N_("test.gloss.partial"), "+z.2f")
    # People may have graded cases that the engine has no level for: these are other groups.
    of_people = N_("test.figure.no_interval")
    people = report.people
    yield row(N_("test.row.people"), people.humans, N_("test.gloss.people"), no_interval=of_people)
    if people.n:
        yield Row(
            say("test.row.people_cases"),
            say("test.people_cases", n=people.n, scored=people.scored),
        )
        yield row(N_("test.row.as_person"), people.machine_for_each, no_interval=of_people)
        yield row(
            N_("test.row.behind"),
            people.behind,
            N_("test.gloss.behind"),
            "+z.2f",
            no_interval=of_people,
        )
    spoken = report.languages
    yield row(
        N_("test.row.zh_en"),
        spoken.difference,
        N_("test.gloss.zh_en"),
        "+z.2f",
        no_interval=why_of_part,
    )
    yield row(N_("test.row.zh_en_together"), spoken.correlation, no_interval=why_of_part)
    for label, shift, gloss in (
        (N_("test.row.padded"), report.padded, N_("test.gloss.twins")),
        (N_("test.row.trimmed"), report.trimmed, ""),
    ):
        meant = say(gloss, most=MOST_SHIFT) if gloss else ""
        yield Row(
            say(label), _shift(shift, words, why_of_part), bad=shift.passed is False, gloss=meant
        )


def _walk(report: CriterionReport, words: Wording) -> str:
    """From all cases there are to those that every figure of agreement is reckoned from."""
    cover = report.coverage
    return words.say(
        "test.cases",
        pool=cover.pool,
        cases=cover.cases,
        levels=cover.graded_level,
        n=report.fit.n,
        groups=report.groups,
        largest=report.largest,
    )


def _applicability(cover: Coverage, words: Wording) -> str:
    return words.say(
        "test.applicability",
        graders=_share(cover.graded_not_applicable, cover.cases, words),
        engine=_share(cover.not_applicable, cover.cases, words),
        both=cover.both,
        share=figure(cover.applicability, words, ".0%"),
    )


def _share(number: int, of: int, words: Wording) -> str:
    """A count with its share."""
    return words.say("test.share", number=number, share=f"{number / (of or 1):.0%}")


def _shift(shift: Shift, words: Wording, no_interval: str) -> str:
    mean = figure(shift.mean, words, "+z.2f", no_interval=no_interval)
    if isinstance(shift.mean, NotEstimable):
        return mean
    beyond = short(shift.beyond, ".0%")
    text = words.say("test.shift", mean=mean, beyond=beyond, most=MOST_SHIFT)
    return text + (words.say("test.shift.lost", lost=shift.lost) if shift.lost else "")
