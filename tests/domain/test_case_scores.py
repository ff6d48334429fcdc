"""What a case is worth by its graders, and from when on a floor binds."""

from __future__ import annotations

from dataclasses import replace

import pytest

from commcoach.domain.case_scores import (
    CaseScore,
    blind_weight,
    floor_verdict,
    grades_by_people,
    reference,
    sample_weight,
)
from commcoach.domain.cases import Grade
from commcoach.domain.chance import Estimate, NotEstimable, Reason
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
    scores = tuple(scored(graded(n, n % 3, n % 3), n % 3 if n < 11 else silence) for n in range(14))
    verdict = floor_verdict(criterion(FLOOR), scores)
    assert (verdict.binds, verdict.graded, verdict.failed) == (True, 14, True)
    level = scored(graded(30, 1, 1), 1)
    assert floor_verdict(criterion(FLOOR), (*scores, level)).reached


@pytest.mark.parametrize(("levels", "reached"), [(48, True), (47, False)])
def test_a_floor_is_reached_only_by_a_scorer_that_gives_most_of_the_cases_a_level(
    levels: int, reached: bool
) -> None:
    scores = tuple(
        scored(graded(n, n % 3, n % 3), n % 3 if n < levels else "too_long") for n in range(60)
    )
    verdict = floor_verdict(criterion(FLOOR), scores)
    assert (verdict.graded, verdict.scored) == (60, levels)
    assert (verdict.reached, verdict.is_calibrated, verdict.failed) == (
        reached,
        reached,
        not reached,
    )
    if not reached:
        assert verdict.kappa == NotEstimable(Reason.TOO_FEW_SCORED, 47, 48)


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


def drawn(one: CaseScore, *weights: float | None) -> CaseScore:
    """The same with each grade from a drawing in which the reply had this weight, or from none."""
    grades = tuple(
        replace(grade, blind={} if weight is None else {ID: weight})
        for grade, weight in zip(one.case.grades, weights, strict=True)
    )
    return replace(one, case=replace(one.case, grades=grades))


def test_who_saw_the_levels_of_others_is_no_independent_witness() -> None:
    blind = tuple(scored(graded(n, n % 3, n % 3), n % 3) for n in range(12))
    seen = tuple(drawn(one, 1.0, None) for one in blind)
    assert floor_verdict(criterion(FLOOR), blind).binds
    verdict = floor_verdict(criterion(FLOOR), seen)
    assert (verdict.binds, verdict.graded) == (False, 0)
    assert [len(grades_by_people(one.case, ID)) for one in (blind[1], seen[1])] == [2, 1]


def test_a_floor_weighs_cases_by_what_they_stand_for() -> None:
    good = [scored(graded(n, n % 3, n % 3), n % 3) for n in range(12)]
    bad = [scored(graded(n, n % 3, n % 3), 2 - n % 3) for n in range(12, 24)]
    rare = [drawn(one, 0.1, 0.1) for one in good]
    common = [drawn(one, 1.9, 1.9) for one in bad]
    plain = floor_verdict(criterion(FLOOR), (*good, *bad)).kappa
    weighty = floor_verdict(criterion(FLOOR), (*rare, *common)).kappa
    assert isinstance(plain, Estimate)
    assert isinstance(weighty, Estimate)
    assert plain.value == pytest.approx(0)
    assert weighty.value == pytest.approx(-0.9)
    assert weighty.n == 24


def test_a_case_that_is_there_without_a_drawing_counts_once() -> None:
    one = drawn(scored(graded(1, 1, 2), 1), 0.2, 0.4).case
    assert (blind_weight(one, ID), sample_weight(one, ID)) == pytest.approx((0.3, 0.3))
    own = replace(one, grades=(*one.grades, Grade("author", "author", {ID: 1.0})))
    assert (blind_weight(own, ID), sample_weight(own, ID)) == pytest.approx((0.3, 1.0))
    assert blind_weight(replace(one, grades=()), ID) == 1.0


@pytest.mark.parametrize(("lost", "reached"), [(0.1, True), (1.0, True), (4.0, False)])
def test_a_floor_asks_for_levels_on_most_of_what_the_cases_stand_for(
    lost: float, reached: bool
) -> None:
    """Of 72 cases 60 get a level; those that get none were drawn rarely or often."""
    given = [scored(graded(n, n % 3, n % 3), n % 3 if n < 60 else "too_long") for n in range(72)]
    cases = [one if n < 60 else drawn(one, lost, lost) for n, one in enumerate(given)]
    verdict = floor_verdict(criterion(replace(FLOOR, min_cases=60)), tuple(cases))
    assert (verdict.binds, verdict.graded, verdict.scored) == (True, 72, 60)
    assert verdict.covered == pytest.approx(60 / (60 + 12 * lost))
    assert (verdict.reached, verdict.failed) == (reached, not reached)
    if not reached:
        assert verdict.kappa == NotEstimable(Reason.TOO_FEW_SCORED, 60, None)


def test_a_scorer_that_leaves_out_rows_that_stand_for_little_is_judged_by_the_rest() -> None:
    given = [scored(graded(n, n % 3, n % 3), n % 3 if n < 60 else "too_long") for n in range(90)]
    cases = [one if n < 60 else drawn(one, 0.2, 0.2) for n, one in enumerate(given)]
    verdict = floor_verdict(criterion(replace(FLOOR, min_cases=60)), tuple(cases))
    assert verdict.scored < 0.8 * verdict.graded
    assert verdict.reached


def test_a_floor_binds_by_cases_and_its_kappa_tells_what_they_are_worth() -> None:
    given = [scored(graded(n, n % 3, n % 3), n % 3 if n else 1) for n in range(60)]
    cases = [drawn(one, *((20.0, 20.0) if n < 5 else (0.1, 0.1))) for n, one in enumerate(given)]
    verdict = floor_verdict(criterion(replace(FLOOR, min_cases=60)), tuple(cases))
    assert verdict.binds
    assert isinstance(verdict.kappa, Estimate)
    assert (verdict.kappa.n, verdict.kappa.worth) == (60, 6)


@pytest.mark.parametrize(
    ("kin", "common", "reached"), [(1, 2, False), (1, 40, True), (20, 40, False)]
)
def test_perfect_agreement_calibrates_only_if_enough_groups_count(
    kin: int, common: int, reached: bool
) -> None:
    """Of 60 cases in groups of so many kin ones, so many are common, and all others are rare."""
    given = [scored(graded(n, n % 3, n % 3), n % 3, f"group-{n // kin}") for n in range(60)]
    given += [scored(graded(n, 1, 1), 1) for n in range(60, 72)]
    cases = [
        drawn(one, *((2.0, 2.0) if n < common else (0.01,) * 2)) for n, one in enumerate(given)
    ]
    verdict = floor_verdict(criterion(replace(FLOOR, min_cases=60)), tuple(cases))
    assert verdict.binds
    assert (verdict.reached, verdict.is_calibrated) == (reached, reached)
    if not reached:
        assert verdict.kappa == NotEstimable(Reason.TOO_FEW_GROUPS, 2, 10)


def test_a_verdict_rests_on_no_more_cases_than_they_are_worth() -> None:
    given = [scored(graded(n, n % 3, n % 3), n % 3) for n in range(60)]
    cases = [drawn(one, *((9.0, 9.0) if n < 15 else (0.1, 0.1))) for n, one in enumerate(given)]
    verdict = floor_verdict(criterion(replace(FLOOR, min_cases=60)), tuple(cases))
    assert (verdict.is_calibrated, verdict.graded, verdict.behind) == (True, 60, 16)
    assert floor_verdict(criterion(FLOOR), tuple(given)).behind == 60
