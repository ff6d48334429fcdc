"""The figures of one criterion on cases whose agreement is known by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from commcoach.domain.case_scores import CaseScore
from commcoach.domain.chance import Estimate, NotEstimable, Reason, Result
from commcoach.domain.criterion_figures import CriterionReport
from commcoach.domain.criterion_report import criterion_report
from commcoach.domain.engine_comparison import compared
from commcoach.domain.language import Language
from tests.domain.report_cases import ID, criterion, graded, scored


def value(result: Result) -> float:
    assert isinstance(result, Estimate), result
    return round(result.value, 9)


def report(*scores: CaseScore) -> CriterionReport:
    return criterion_report(criterion(), scores)


def test_agreement_is_as_counted_by_hand() -> None:
    # Grades 0 1 2 3 four times over; the scorer is one too high on every 0 and right elsewhere.
    found = report(*(scored(graded(n, n % 4), max(1, n % 4)) for n in range(16)))
    assert found.fit.n == 16
    assert value(found.fit.exact) == 0.75
    assert value(found.fit.adjacent) == 1.0
    assert value(found.bias) == 0.25
    # 1 - 4 / (16 * (variance of both sides + squared distance of the means)).
    assert value(found.fit.quadratic) == pytest.approx(1 - 4 / (16 * (1.25 + 0.6875 + 0.0625)))
    assert found.confusion[0] == (0, 4, 0, 0, 0)
    assert [one.case.case.id for one in found.worst] == [f"own-en-{n:03}" for n in (0, 4, 8, 12)]


def test_what_has_no_level_is_counted_and_not_compared() -> None:
    levels = [scored(graded(n, n % 4), n % 4) for n in range(12)]
    others = (
        scored(graded(20, None), "not applicable"),
        scored(graded(21, 2), "not applicable"),
        scored(graded(22, None), 1),
        scored(graded(23, 2), "off_task"),
    )
    found = report(*levels, *others)
    cover = found.coverage
    assert (cover.cases, cover.scored, cover.not_applicable, cover.unscored) == (16, 13, 2, 1)
    assert (cover.both, cover.only_scorer, cover.only_graders) == (1, 1, 1)
    assert value(cover.applicability) == round(13 / 15, 9)
    assert found.fit.n == 12


def test_a_scorer_that_always_says_the_same_is_not_estimable() -> None:
    found = report(*(scored(graded(n, n % 4), 2) for n in range(20)))
    for result in (found.fit.quadratic, found.spearman, found.length.partial):
        assert isinstance(result, NotEstimable)
    assert found.fit.quadratic == NotEstimable(Reason.ONE_LEVEL_GIVEN, 20)


def test_of_a_handful_of_cases_nothing_is_estimable() -> None:
    found = report(*(scored(graded(n, n % 4), n % 4) for n in range(9)))
    for result in (found.fit.exact, found.fit.quadratic, found.alpha, found.bias):
        assert result == NotEstimable(Reason.TOO_FEW, 9, 10)


def test_cases_of_one_group_give_no_interval() -> None:
    found = report(*(scored(graded(n, n % 4), n % 3, group="one") for n in range(20)))
    assert isinstance(found.fit.quadratic, Estimate)
    assert found.fit.quadratic.interval is None
    assert (found.groups, found.largest) == (1, 20)


def test_a_scorer_that_counts_letters_is_found_out() -> None:
    cases = [graded(n, n % 3, reply="word " * (1 + n % 4 * 5)) for n in range(60)]
    found = report(*(scored(case, len(case.reply) / 25) for case in cases))
    assert value(found.length.partial) == 1.0


def test_where_the_grade_follows_length_length_alone_reaches_it() -> None:
    cases = [graded(n, n % 3, reply="word " * 4 ** (1 + n % 3)) for n in range(60)]
    found = report(*(scored(case, n % 2) for n, case in enumerate(cases)))
    assert value(found.length.quadratic) == 1.0
    assert value(found.length.above) < -0.5


def test_one_length_tells_nothing() -> None:
    found = report(*(scored(graded(n, n % 3, reply="same size"), n % 3) for n in range(30)))
    length = found.length.quadratic
    assert isinstance(length, NotEstimable) or length.value < 0.1


def test_people_are_compared_with_each_other_where_several_graded() -> None:
    rows = [scored(graded(n, n % 4, min(3, n % 4 + n % 2)), n % 4) for n in range(40)]
    found = report(*rows, *(scored(graded(n, n % 4), 1) for n in range(50, 60)))
    assert found.people.n == 40
    assert isinstance(found.people.humans, Estimate)
    authors = report(*(scored(graded(n, n % 4, n % 3, kind="author"), 1) for n in range(40)))
    assert authors.people.humans == NotEstimable(Reason.NOT_DOUBLE_GRADED, 0)


def test_people_are_compared_also_where_the_scorer_gave_no_level() -> None:
    rows = [
        scored(graded(n, n % 4, min(3, n % 4 + n % 2)), "not applicable" if n % 2 else n % 4)
        for n in range(40)
    ]
    found = report(*rows).people
    assert (found.n, found.scored) == (40, 20)
    assert isinstance(found.humans, Estimate)
    assert found.humans.n == 40


def test_people_who_saw_the_levels_of_others_are_no_witnesses() -> None:
    rows = []
    for n in range(40):
        case = graded(n, n % 4, n % 4)
        seen = tuple(replace(grade, blind={}) for grade in case.grades)
        rows.append(scored(replace(case, grades=seen), n % 4))
    assert report(*rows).people.n == 0


def test_cases_of_an_uneven_drawing_count_by_their_weight() -> None:
    def drawn(weight: float) -> CriterionReport:
        rows = []
        for n in range(40):
            off = n >= 30
            case = graded(n, n % 4)
            blind = {ID: weight if off else 1.0}
            grades = tuple(replace(grade, blind=blind) for grade in case.grades)
            rows.append(scored(replace(case, grades=grades), (n + off) % 4))
        return report(*rows)

    even, rare = drawn(1.0), drawn(0.1)
    assert value(even.fit.exact) == 0.75
    assert value(rare.fit.exact) == round(30 / 31, 9)
    assert value(rare.fit.quadratic) > value(even.fit.quadratic)


def test_what_became_of_the_cases_is_counted_for_both_sides() -> None:
    rows = [
        scored(graded(n, None if n < 4 else n % 4), "not applicable" if n < 10 else n % 4)
        for n in range(40)
    ]
    cover = criterion_report(criterion(), rows, pool=100).coverage
    assert (cover.pool, cover.cases) == (100, 40)
    assert (cover.graded_level, cover.graded_not_applicable) == (36, 4)
    assert (cover.not_applicable, cover.both) == (10, 4)


def test_kinds_of_graders_are_told_apart() -> None:
    people = [scored(graded(n, n % 4), n % 4) for n in range(12)]
    authors = [scored(graded(n, n % 4, kind="author"), 0) for n in range(20, 34)]
    found = report(*people, *authors).by_kind
    assert {kind: fit.n for kind, fit in found.items()} == {"author": 14, "human": 12}
    assert value(found["human"].exact) == 1.0


def test_parallel_cases_are_compared_across_languages() -> None:
    scores = [
        scored(graded(n, n % 3, language=language), n % 3 + (0.5 if language == "zh" else 0))
        for n in range(12)
        for language in Language
    ]
    found = report(*scores).languages
    assert (found.pairs, value(found.difference), value(found.correlation)) == (12, 0.5, 1.0)


@pytest.mark.parametrize(("moved", "passed"), [(0.25, True), (-0.25, True), (0.3, False)])
def test_courtesies_may_move_the_expected_level_by_a_quarter(moved: float, passed: bool) -> None:
    found = report(*(scored(graded(n, n % 3), 1, padded=1 + moved) for n in range(12)))
    assert found.padded.passed is passed
    assert found.fails is not passed
    assert found.trimmed.passed is None


def test_two_engines_are_compared_on_the_cases_that_both_scored() -> None:
    cases = [graded(n, n % 4) for n in range(40)]
    good = [scored(case, n % 4) for n, case in enumerate(cases)]
    poor = [scored(case, 3 - n % 4) for n, case in enumerate(cases[:30])]
    found = compared(ID, poor, good)
    assert found.n == 30
    assert value(found.quadratic) > 1
    assert value(compared(ID, good, good).spearman) == 0.0
