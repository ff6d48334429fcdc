"""Two engines on the same cases, as labelled texts."""

from __future__ import annotations

from dataclasses import dataclass

from commcoach.coaching.rubric_testing import EngineReport
from commcoach.domain.chance import NotEstimable
from commcoach.domain.engine_comparison import Comparison, compared
from commcoach.presentation.rubric_report.figures import figure
from commcoach.presentation.rubric_report.view import engine_title
from commcoach.presentation.wording import N_, Wording


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
