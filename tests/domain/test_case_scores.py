"""What a case is worth by its graders, and from when on a floor binds."""

from __future__ import annotations

import pytest

from commcoach.domain.case_scores import floor_verdict, reference
from commcoach.domain.cases import Grade
from commcoach.domain.chance import NotEstimable
from commcoach.domain.rubric import Floor
from tests.domain.report_cases import ID, criterion, graded, scored

FLOOR = Floor(kappa=0.6, min_cases=12, graders=2)


def test_people_count_before_authors_and_their_mean_is_the_grade() -> None:
    case = graded(1, 3.0, 2.0)
    author = Grade("author", "author", {ID: 0.0})
    found = reference(type(case)(case.id, case.context, case.reply, (*case.grades, author)), ID)
    assert found is not None
    assert found.level == 2.5


@pytest.mark.parametrize(
    ("grades", "level"), [((None, None, 2.0), None), ((None, 2.0), 2.0), ((None,), None)]
)
def test_a_case_is_not_applicable_if_most_graders_say_so(
    grades: tuple[float | None, ...], level: float | None
) -> None:
    found = reference(graded(1, *grades), ID)
    assert found is not None
    assert found.level == level


def test_a_case_without_a_grade_has_no_reference() -> None:
    assert reference(graded(1), ID) is None


@pytest.mark.parametrize(("number", "binds"), [(11, False), (12, True), (13, True)])
def test_a_floor_binds_exactly_from_its_minimum_on(number: int, binds: bool) -> None:
    scores = tuple(scored(graded(n, n % 3, n % 3), n % 3) for n in range(number))
    verdict = floor_verdict(criterion(FLOOR), scores)
    assert (verdict.binds, verdict.graded, verdict.failed) == (binds, number, False)


def test_a_binding_floor_that_is_missed_fails() -> None:
    scores = tuple(scored(graded(n, n % 3, n % 3), 2 - n % 3) for n in range(12))
    assert floor_verdict(criterion(FLOOR), scores).failed


@pytest.mark.parametrize("silence", ["not applicable", "too_long"])
def test_cases_the_scorer_gave_no_level_count_against_a_binding_floor(silence: str) -> None:
    scores = tuple(scored(graded(n, n % 3, n % 3), n % 3 if n < 11 else silence) for n in range(20))
    verdict = floor_verdict(criterion(FLOOR), scores)
    assert (verdict.binds, verdict.graded, verdict.failed) == (True, 20, True)
    level = scored(graded(30, 1, 1), 1)
    assert floor_verdict(criterion(FLOOR), (*scores, level)).reached


def test_cases_that_most_people_call_not_applicable_do_not_make_a_floor_bind() -> None:
    scores = tuple(scored(graded(n, 1, 2, None, None, None), 1) for n in range(12))
    verdict = floor_verdict(criterion(FLOOR), scores)
    assert (verdict.binds, verdict.graded) == (False, 0)


def test_kin_cases_of_one_group_do_not_reach_a_binding_floor() -> None:
    scores = tuple(scored(graded(n, n % 3, n % 3), n % 3, "kin") for n in range(12))
    assert floor_verdict(criterion(FLOOR), scores).failed


def test_one_grader_twice_is_one_grader_and_authors_are_no_people() -> None:
    twice = graded(1, 1.0)
    again = type(twice)(twice.id, twice.context, twice.reply, (*twice.grades, *twice.grades))
    scores = (scored(again, 1), scored(graded(2, 1.0, 2.0, kind="author"), 1))
    assert floor_verdict(criterion(FLOOR), scores).graded == 0


def test_what_cannot_be_estimated_does_not_reach_a_binding_floor() -> None:
    scores = tuple(scored(graded(n, n % 3, n % 3), 1) for n in range(12))
    verdict = floor_verdict(criterion(FLOOR), scores)
    assert isinstance(verdict.kappa, NotEstimable)
    assert verdict.failed


def test_without_a_floor_a_criterion_is_uncalibrated_and_fails_nothing() -> None:
    verdict = floor_verdict(criterion(), (scored(graded(1, 1, 1), 3),))
    assert (verdict.binds, verdict.failed) == (False, False)
