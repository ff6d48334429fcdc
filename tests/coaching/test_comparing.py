"""Comparing two versions on the same replies."""

from __future__ import annotations

from dataclasses import replace

from commcoach.coaching.comparing import Compared, compared_cases
from commcoach.domain.case_scores import CaseScore
from commcoach.domain.cases import Grade, GradedCase, Said
from commcoach.domain.chance import Estimate, NotEstimable
from commcoach.domain.criterion_report import criterion_report
from commcoach.domain.language import Language
from commcoach.domain.library import Library
from commcoach.domain.score import CriterionScore, NotApplicable
from tests.builders import make_score
from tests.shipped import library

ID = "open_question"


def case(number: int, graded: float | None = 2.0, reply: str = "好。") -> GradedCase:
    grade = Grade("author", "author", {ID: graded})
    return GradedCase(f"case-{number}", (Said("", "嗯。"),), reply, (grade,), Language.ZH)


def given(one: GradedCase, score: CriterionScore | int) -> CaseScore:
    made = make_score(ID, score) if isinstance(score, int) else score
    return CaseScore(one, one.id, made)


def compare(
    before: list[CaseScore], after: list[CaseScore], new: Library | None = None
) -> Compared:
    return compared_cases(ID, library(), new or library(), before, after)


def test_flips_are_counted_by_direction_with_the_farthest_first() -> None:
    cases = [case(number) for number in range(5)]
    before = [given(cases[0], 2), given(cases[1], 1), given(cases[2], 3), given(cases[3], 2)]
    after = [given(cases[0], 2), given(cases[1], 3), given(cases[2], 2)]
    after.append(given(cases[3], NotApplicable(ID)))
    done = compare(before, after)
    assert (len(done.rows), done.up, done.down) == (4, 1, 1)
    assert [row.id for row in done.flips] == ["case-1", "case-2", "case-3"]


def test_cases_of_one_version_or_with_other_words_are_left_out() -> None:
    before = [given(case(1), 2), given(case(2), 2), given(case(3), 2)]
    after = [given(case(1), 3), given(case(2, reply="不好。"), 3), given(case(4), 3)]
    done = compare(before, after)
    assert [row.id for row in done.rows] == ["case-1"]
    assert done.left_out == 3


def test_grades_by_people_count_before_those_of_authors_and_models() -> None:
    one = case(1, 0.0)
    people = tuple(Grade(by, "human", {ID: 4.0}) for by in ("甲", "乙"))
    model = Grade("model", "model", {ID: 0.0})
    one = replace(one, grades=(*one.grades, *people, model))
    done = compare([given(one, 2)], [given(one, 2)])
    assert [row.graded for row in done.rows] == [4.0]


def test_figures_are_paired_and_have_intervals() -> None:
    grades = [number % 5 for number in range(40)]
    cases = [case(number, float(grade)) for number, grade in enumerate(grades)]
    off = [min(4, grade + number % 2) for number, grade in enumerate(grades)]
    before = [given(one, level) for one, level in zip(cases, off, strict=True)]
    after = [given(one, level) for one, level in zip(cases, grades, strict=True)]
    kappa, mean = compare(before, after).kappa(), compare(before, after).mean()
    assert isinstance(kappa.before, Estimate)
    assert isinstance(kappa.after, Estimate)
    assert isinstance(kappa.change, Estimate)
    assert kappa.after.value == 1.0
    assert abs(kappa.change.value - (1.0 - kappa.before.value)) < 1e-12
    assert kappa.change.interval is not None
    assert isinstance(mean.change, Estimate)
    assert mean.change.value < 0


def test_kappa_is_the_one_that_a_test_report_gives_for_the_same_cases() -> None:
    grades = [number % 5 for number in range(40)]
    cases = [case(number, float(grade)) for number, grade in enumerate(grades)]
    scores = [
        given(one, min(4, grade + number % 3))
        for number, (one, grade) in enumerate(zip(cases, grades, strict=True))
    ]
    tested = criterion_report(library().criteria[ID], scores).fit.quadratic
    assert isinstance(tested, Estimate)
    assert tested.interval is not None
    kappa = compare(scores, scores).kappa()
    assert kappa.before == kappa.after == tested


def test_kappa_says_by_whose_grades_it_goes() -> None:
    people = replace(case(1), grades=(*case(1).grades, Grade("甲", "human", {ID: 4.0})))
    cases = [people, case(2), case(3), case(4, graded=None)]
    scores = [given(one, 2) for one in cases]
    assert compare(scores, scores).graders() == {"human": 1, "author": 2}


def test_too_little_for_a_figure_is_not_estimable() -> None:
    cases = [case(number, float(number % 3)) for number in range(9)]
    before = [given(one, number % 3) for number, one in enumerate(cases)]
    done = compare(before, before)
    assert isinstance(done.kappa().before, NotEstimable)
    assert isinstance(done.kappa().change, NotEstimable)
    assert isinstance(done.mean().after, NotEstimable)


def test_levels_of_another_scale_are_not_comparable() -> None:
    old = library()
    criterion = old.criteria[ID]
    cut = replace(criterion, levels=criterion.levels[:-1])
    rubric = replace(old.rubrics[criterion.module], criteria=(cut,))
    new = replace(old, rubrics={criterion.module: rubric})
    assert compare([given(case(1), 2)], [given(case(1), 2)]).comparable
    assert not compare([given(case(1), 2)], [given(case(1), 2)], new).comparable
