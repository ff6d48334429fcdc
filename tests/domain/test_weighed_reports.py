"""Every figure of a report counts cases by what they stand for."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from functools import cache

import pytest

from commcoach.domain.case_scores import CaseScore
from commcoach.domain.cases import Grade
from commcoach.domain.chance import Estimate, Result
from commcoach.domain.criterion_figures import CriterionReport
from commcoach.domain.criterion_report import criterion_report
from tests.domain.report_cases import ID, criterion, graded, scored

FIGURES: dict[str, Callable[[CriterionReport], Result]] = {
    "exact": lambda report: report.fit.exact,
    "adjacent": lambda report: report.fit.adjacent,
    "kappa": lambda report: report.fit.quadratic,
    "kappa by people": lambda report: report.by_kind["human"].quadratic,
    "alpha": lambda report: report.alpha,
    "spearman": lambda report: report.spearman,
    "bias": lambda report: report.bias,
    "kappa above length": lambda report: report.length.above,
    "length given the grade": lambda report: report.length.partial,
    "whether it applies": lambda report: report.coverage.applicability,
}


def cases(weight: float) -> tuple[CaseScore, ...]:
    """Of a hundred cases the second half is scored by chance and by length, and weighs as said."""
    dice = random.Random(3)
    found = []
    for n in range(100):
        off = n >= 50
        words = dice.randrange(1, 30)
        case = graded(n, n % 4, reply=f"Reply {n} " + "word " * words)
        given: float | str = words / 10 + dice.random() if off else n % 4 + dice.random() / 4
        if n % 5 == 4:
            given = "not applicable" if off else given
        grades = tuple(replace(grade, blind={ID: weight if off else 1.0}) for grade in case.grades)
        found.append(scored(replace(case, grades=grades), given))
    return tuple(found)


@cache
def report(weight: float, number: int = 100) -> CriterionReport:
    return criterion_report(criterion(), cases(weight)[:number])


def value(result: Result) -> float:
    assert isinstance(result, Estimate)
    return result.value


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_goes_by_what_cases_stand_for(name: str) -> None:
    """Cases that stand for next to nothing are as good as gone."""
    figure = FIGURES[name]
    rare, plain, gone = report(1e-6), report(1.0), report(1.0, 50)
    # What length tells is learned from other folds, which differ where cases are gone.
    assert value(figure(rare)) == pytest.approx(value(figure(gone)), abs=0.04)
    assert abs(value(figure(plain)) - value(figure(gone))) > 0.08
    found = figure(rare)
    assert isinstance(found, Estimate)
    assert found.worth is not None
    assert found.worth <= 50
    even = figure(plain)
    assert isinstance(even, Estimate)
    assert even.effective is None


def test_each_kind_of_grader_has_the_weight_of_its_own_grades() -> None:
    """Authors graded all cases; people some of them, in a drawing."""
    rows = [
        replace(
            one,
            case=replace(
                one.case, grades=(*one.case.grades, Grade("author", "author", {ID: n % 4}))
            ),
        )
        for n, one in enumerate(cases(1e-6))
    ]
    found, first = (criterion_report(criterion(), own).by_kind for own in (rows, rows[:50]))
    assert value(found["human"].quadratic) == pytest.approx(
        value(first["human"].quadratic), abs=0.001
    )
    assert value(found["author"].quadratic) < value(first["author"].quadratic) - 0.1


def test_counts_of_cases_are_counts() -> None:
    rare, plain = report(1e-6), report(1.0)
    assert rare.confusion == plain.confusion
    assert replace(rare.coverage, applicability=plain.coverage.applicability) == plain.coverage
