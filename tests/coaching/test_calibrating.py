"""Calibration links: from people's grades alone, and beside the raw value."""

from __future__ import annotations

from dataclasses import replace

from commcoach.coaching.calibrated_scorer import CalibratedScorer, calibrated
from commcoach.coaching.calibrating import (
    cases_by_people,
    fit_link,
    fit_links,
    to_be_fitted,
)
from commcoach.coaching.scorer import ScoringTask
from commcoach.domain.case_scores import CaseScore, grades_by_people
from commcoach.domain.cases import Grade, GradedCase, Said
from commcoach.domain.chance import NotEstimable, Reason
from commcoach.domain.language import Language
from commcoach.domain.link_choice import MINIMUM, LinkChoice
from commcoach.domain.linking import LinearLink, LinkKind
from commcoach.domain.score import EngineName, NotApplicable, Scorecard, Scored, Unscored
from tests.shipped import library, scorer

ID = "open_question"
LINK = LinearLink(0.5, 0.25, 0, 4)
ENGINE = EngineName("model", "1", "some-model")


def case(*grades: tuple[str, str, float | None], number: int = 1) -> GradedCase:
    """A case with grades of (by, kind, level)."""
    given = tuple(
        Grade(by, kind, {ID: level}, {ID: 1.0} if kind == "human" else {})
        for by, kind, level in grades
    )
    return GradedCase(f"c{number}", (Said("", f"第 {number} 句？"),), "好。", given)


def scores(number: int) -> list[CaseScore]:
    """Cases graded one by one; the engine sees the order and gives half of it, and 1 more."""
    found = []
    for place in range(number):
        level = float(place % 5)
        own = case(("g", "human", level), number=place)
        found.append(CaseScore(own, f"group {place}", Scored(ID, 1, 1 + level / 2, ())))
    return found


def test_only_people_count() -> None:
    grades = (("a", "author", 4.0), ("m", "model", 4.0), ("x", "import", 4.0), ("g", "human", 1.0))
    assert grades_by_people(case(*grades), ID) == (1.0,)
    assert grades_by_people(case(*grades[:3]), ID) == ()


def test_the_last_grade_of_a_person_counts() -> None:
    assert grades_by_people(case(("g", "human", 1.0), ("g", "human", 3.0)), ID) == (3.0,)


def test_a_case_that_most_people_call_not_applicable_has_no_level() -> None:
    two_of_three = (("a", "human", None), ("b", "human", None), ("c", "human", 2.0))
    assert grades_by_people(case(*two_of_three), ID) == ()
    assert grades_by_people(case(*two_of_three[1:]), ID) == (2.0,)


def test_the_shipped_cases_are_graded_by_no_people_so_nothing_is_calibrated() -> None:
    assert to_be_fitted(library(), tuple(library().criteria)) == ()
    (fitting,) = fit_links(library(), [ID], {})
    assert fitting.result == NotEstimable(Reason.TOO_FEW, 0, MINIMUM)


def test_a_criterion_is_fitted_from_forty_cases_on() -> None:
    cases = tuple(one.case for one in scores(MINIMUM))
    enough, one_less = replace(library(), cases=cases), replace(library(), cases=cases[1:])
    assert to_be_fitted(enough, [ID]) == (ID,)
    assert to_be_fitted(one_less, [ID]) == ()
    assert cases_by_people(one_less, ID) == MINIMUM - 1


def test_a_scale_that_is_drawn_together_is_stretched_again() -> None:
    choice = fit_link(library().criteria[ID], scores(60))
    assert isinstance(choice, LinkChoice)
    assert choice.kind is not LinkKind.IDENTITY
    assert [round(choice.link(1 + level / 2), 3) for level in range(5)] == [0, 1, 2, 3, 4]


def test_what_the_engine_could_not_score_is_left_out() -> None:
    rows = scores(60)
    rows[0] = replace(rows[0], score=Unscored(ID))
    rows[1] = replace(rows[1], score=NotApplicable(ID))
    choice = fit_link(library().criteria[ID], rows)
    assert isinstance(choice, LinkChoice)
    assert choice.n == 58


def test_calibrated_stands_beside_and_changes_nothing_else() -> None:
    score, other = Scored(ID, 2, 2.5, ()), Scored("paraphrase_check", 1, 1.0, ())
    card = Scorecard((score, other, NotApplicable("action_commitment")))
    found = calibrated(card, {ID: LINK, "action_commitment": LINK}, ENGINE)
    assert found.scores == (replace(score, calibrated=1.5), *card.scores[1:])


def test_a_stand_in_is_not_on_the_scale_of_the_link() -> None:
    card = Scorecard((Scored(ID, 2, 2.5, ()),), stand_in="unavailable")
    assert calibrated(card, {ID: LINK}, ENGINE) is card
    second = replace(card, stand_in="second_model", by=replace(ENGINE, model="another"))
    assert calibrated(second, {ID: LINK}, ENGINE) is second


def test_values_of_another_engine_are_not_on_the_scale_of_the_link() -> None:
    own = Scorecard((Scored(ID, 2, 2.5, ()),), by=ENGINE)
    other = replace(own, by=replace(ENGINE, model="another"))
    assert calibrated(own, {ID: LINK}, ENGINE) != own
    assert calibrated(other, {ID: LINK}, ENGINE) is other


async def test_a_calibrated_scorer_is_the_same_engine_with_the_same_levels() -> None:
    task = ScoringTask("您那边是卡在哪一步了？", (Said("", "又晚了。"),), (ID,), Language.ZH)
    plain = await scorer().score(task)
    linked = CalibratedScorer(scorer(), {ID: LINK})
    (score,) = (await linked.score(task)).scores
    assert linked.engine == scorer().engine
    assert isinstance(score, Scored)
    assert score.calibrated == LINK(score.expected)
    assert replace(score, calibrated=None) == plain.scores[0]


def test_what_was_not_graded_blind_is_fitted_to_nothing() -> None:
    seen = case(("g", "human", 1.0))
    grades = tuple(replace(one, blind={}) for one in seen.grades)
    assert grades_by_people(replace(seen, grades=grades), ID) == ()


def test_a_link_weighs_cases_by_what_they_stand_for() -> None:
    """Rare cases, drawn as often as others, on which the graders are a level more lenient."""

    def with_weight(one: CaseScore, weight: float, lenient: float) -> CaseScore:
        grades = tuple(
            replace(each, levels={ID: (each.levels[ID] or 0) + lenient}, blind={ID: weight})
            for each in one.case.grades
        )
        return replace(one, case=replace(one.case, grades=grades))

    rows = scores(80)
    uneven = [
        with_weight(one, 1.9 if at < 40 else 0.1, float(at >= 40)) for at, one in enumerate(rows)
    ]
    even = [with_weight(one, 1.0, float(at >= 40)) for at, one in enumerate(rows)]
    criterion = library().criteria[ID]
    weighty, plain = fit_link(criterion, uneven), fit_link(criterion, even)
    assert isinstance(weighty, LinkChoice)
    assert isinstance(plain, LinkChoice)
    assert abs(weighty.link(2.0) - 2.05) < 0.1
    assert abs(plain.link(2.0) - 2.5) < 0.1
