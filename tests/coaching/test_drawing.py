"""Drawing for graders: the pool, codes, strata and weights, and the key that maps rows back."""

from __future__ import annotations

import json
import random
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from statistics import fmean

import pytest

from commcoach.coaching.drawing import (
    MADE_BY,
    Key,
    KeyRow,
    Order,
    corrections_left_out,
    draw,
    drawable,
    key_text,
    read_key,
    to_be_scored,
)
from commcoach.domain.agreement import quadratic_kappa
from commcoach.domain.cases import Grade, GradedCase, Said
from commcoach.domain.language import Language
from commcoach.domain.library import Library
from commcoach.domain.linking import LinearLink, LinkKind, fit
from commcoach.domain.score import CriterionScore, EngineName, NotApplicable, Scored, Unscored
from commcoach.domain.weighing import effective_number, weighed
from tests.shipped import library

ID = "open_question"
ORDER = Order(ID, ("甲", "乙"), frozenset(Language), 100, by_level=False, seed=1)


def case(number: int, *grades: Grade, language: Language = Language.ZH) -> GradedCase:
    return GradedCase(f"case-{number}", (Said("", "问"),), f"答{number}", grades, language)


def scored(*levels: int | None) -> list[tuple[GradedCase, CriterionScore]]:
    return [
        (case(number), NotApplicable(ID) if level is None else Scored(ID, level, level + 0.1, ()))
        for number, level in enumerate(levels)
    ]


def key(*levels: int | None, order: Order = ORDER) -> Key:
    rows, strata = draw(scored(*levels), order)
    at = datetime(2026, 1, 2, tzinfo=UTC)
    engine = EngineName("embedded", "4")
    return Key(ID, "hash", "release", engine, at, 1, ("甲", "乙"), len(levels), strata, rows)


def with_cases(*cases: GradedCase) -> Library:
    return replace(library(), cases=cases)


def by_level(number: int, seed: int = 5) -> Order:
    return replace(ORDER, number=number, by_level=True, seed=seed)


@pytest.mark.parametrize("order", [ORDER, by_level(3)])
def test_a_key_reads_back_as_it_was_written(order: Order) -> None:
    made = key(0, 1, None, 4, order=order)
    assert read_key(key_text(made)) == made


@pytest.mark.parametrize(
    "text",
    ["", "{}", "[]", "null", '{"made_by": "x"}', f'{{"made_by": "{MADE_BY}"}}'],
)
def test_another_file_is_no_key(text: str) -> None:
    assert read_key(text) is None


def test_a_key_that_drew_more_of_a_level_than_there_were_is_none() -> None:
    data = json.loads(key_text(key(0, 1, None, 4, order=by_level(4))))
    data["strata"][0]["replies"] = 0
    assert read_key(json.dumps(data)) is None


def test_graded_and_ungraded_cases_are_drawn_alike() -> None:
    graded = case(1, Grade("author", "author", {ID: 2}))
    assert drawable(with_cases(graded, case(2)), ORDER) == (graded, case(2))


def test_nobody_grades_a_reply_again() -> None:
    own = case(1, Grade("乙", "human", {ID: 2}))
    other = case(2, Grade("丙", "human", {ID: 2}))
    elsewhere = case(3, Grade("乙", "human", {"paraphrase_check": 2}))
    assert drawable(with_cases(own, other, elsewhere), ORDER) == (other, elsewhere)


def test_a_reply_whose_twin_somebody_graded_is_not_drawn_either() -> None:
    twin = replace(case(1, Grade("甲", "human", {ID: 2})), id="twin", reply="答1 ")
    assert drawable(with_cases(case(1), twin), ORDER) == ()


def test_a_text_that_stands_in_two_cases_is_drawn_once() -> None:
    twin = replace(case(1), id="twin", reply="答1 ")
    assert drawable(with_cases(case(1), twin), ORDER) == (case(1),)


def test_a_learners_corrected_reply_is_not_given_to_others_to_grade() -> None:
    own = replace(case(1, Grade("王老师", "human", {ID: 2})), id="correction-0123456789ab")
    elsewhere = replace(case(3, language=Language.EN), id="correction-123456789abc")
    content = with_cases(own, case(2), elsewhere)
    order = replace(ORDER, languages=frozenset({Language.ZH}))
    assert drawable(content, order) == (case(2),)
    assert corrections_left_out(content, order) == 1


def test_a_learners_corrected_reply_is_known_by_more_than_its_id() -> None:
    renamed = replace(case(1), source="correction")
    assert drawable(with_cases(renamed, case(2)), ORDER) == (case(2),)


def test_words_of_a_learner_that_an_author_wrote_as_well_are_drawn_as_the_authors() -> None:
    own = replace(case(1), id="correction-0123456789ab")
    assert drawable(with_cases(own, case(1)), ORDER) == (case(1),)
    graded = replace(own, grades=(Grade("甲", "human", {ID: 2}),))
    assert drawable(with_cases(graded, case(1)), ORDER) == ()


def test_only_the_languages_that_were_asked_for_are_drawn() -> None:
    english = case(2, language=Language.EN)
    order = replace(ORDER, languages=frozenset({Language.EN}))
    assert drawable(with_cases(case(1), english), order) == (english,)


def test_cases_of_a_scenario_that_does_not_practise_the_criterion_are_left_out() -> None:
    scenarios = library().scenarios
    uses = next(id for id, one in scenarios.items() if ID in one.focus)
    other = next(id for id, one in scenarios.items() if ID not in one.weights)
    inside, outside = replace(case(1), scenario=uses), replace(case(2), scenario=other)
    graded = replace(case(3, Grade("author", "author", {ID: 1})), scenario=other)
    assert drawable(with_cases(inside, outside, graded), ORDER) == (inside, graded)
    assert drawable(with_cases(outside), ORDER) == (outside,)


def test_by_chance_only_those_drawn_are_scored_by_level_all() -> None:
    cases = [case(number) for number in range(20)]
    assert len(to_be_scored(cases, replace(ORDER, number=5))) == 5
    assert set(to_be_scored(cases, by_level(5))) == set(cases)


def test_every_level_has_its_turn_and_rare_ones_are_all_there() -> None:
    rows, strata = draw(scored(*([0] * 50), *([1] * 50), 3, 3, None), by_level(13))
    assert Counter(row.level for row in rows) == {0: 5, 1: 5, 3: 2, None: 1}
    assert strata == {0: 50, 1: 50, 3: 2, None: 1}


def test_codes_follow_neither_the_cases_nor_the_levels() -> None:
    rows, _ = draw(scored(*([0] * 20), *([4] * 20)), by_level(40))
    assert [row.code for row in rows][:2] == ["R01", "R02"]
    assert [row.case for row in rows] != sorted(row.case for row in rows)
    levels = [row.level for row in rows]
    assert levels not in (sorted(levels, key=str), [0, 4] * 20, [4, 0] * 20)


def test_what_could_not_be_scored_has_no_level() -> None:
    ((row,), _) = draw([(case(1), Unscored(ID))], by_level(1))
    assert (row.level, row.expected) == (None, None)


def test_a_row_drawn_by_level_stands_for_its_level_in_the_pool() -> None:
    made = key(*([0] * 60), *([1] * 30), *([4] * 10), order=by_level(15))
    codes = {row.code for row in made.rows}
    weights = made.weights(codes)
    each = {row.level: weights[row.code] for row in made.rows}
    assert each == pytest.approx({0: 1.8, 1: 0.9, 4: 0.3})
    assert fmean(weights.values()) == pytest.approx(1)
    assert effective_number(list(weights.values())) == pytest.approx(15**2 / (5 * 4.14))
    assert set(key(0, 1, 2).weights({"R1", "R2"}).values()) == {1.0}


def test_a_level_of_which_none_came_back_is_told() -> None:
    made = key(*([0] * 60), *([1] * 30), *([4] * 10), order=by_level(15))
    codes = {row.code for row in made.rows if row.level != 4}
    assert made.unseen(codes) == pytest.approx(0.1)
    assert fmean(made.weights(codes).values()) == pytest.approx(1)
    assert made.unseen({row.code for row in made.rows}) == 0


def pool(
    number: int,
) -> tuple[list[tuple[GradedCase, CriterionScore]], dict[str, tuple[float, float]]]:
    """Replies of which most are of one level, as a machine and two people see them."""
    dice = random.Random(11)

    def seen(true: float, off: float) -> int:
        cuts = (-1.9, 0.6, 1.3, 1.9)
        return sum(true + dice.gauss(0, off) > cut for cut in cuts)

    machine: list[tuple[GradedCase, CriterionScore]] = []
    people: dict[str, tuple[float, float]] = {}
    for index in range(number):
        true, one = dice.gauss(0, 1), case(index)
        level = seen(true, 0.5)
        machine.append((one, Scored(ID, level, float(level), ())))
        people[one.id] = seen(true, 0.6), seen(true, 0.6)
    return machine, people


def mean_kappa(
    rows: list[tuple[KeyRow, ...]], people: dict[str, tuple[float, float]], keys: list[Key] | None
) -> float:
    found = []
    for at, drawn in enumerate(rows):
        weights = keys[at].weights({row.code for row in drawn}) if keys else {}
        graded = Counter((people[row.case], weights.get(row.code, 1.0)) for row in drawn)
        kappa = weighed(quadratic_kappa)(graded)
        assert isinstance(kappa, float)
        found.append(kappa)
    return fmean(found)


def test_weights_give_back_the_agreement_that_drawing_by_level_inflates() -> None:
    machine, people = pool(3000)
    truth = quadratic_kappa(Counter(people.values()))
    assert isinstance(truth, float)
    keys = []
    for seed in range(60):
        rows, strata = draw(machine, by_level(60, seed))
        keys.append(replace(key(), replies=3000, strata=strata, rows=rows))
    drawn = [one.rows for one in keys]
    assert abs(mean_kappa(drawn, people, keys) - truth) < 0.03
    assert mean_kappa(drawn, people, None) > truth + 0.08


def test_weights_give_back_the_link_that_drawing_by_level_bends() -> None:
    machine, people = pool(3000)
    pairs = [(fmean(people[one.id]), float(score.level)) for one, score in machine]  # type: ignore[union-attr]  # all are scored
    whole = fit(LinkKind.LINEAR, pairs, 0, 4)
    rows, strata = draw(machine, by_level(600))
    made = replace(key(), replies=3000, strata=strata, rows=rows)
    weights = made.weights({row.code for row in rows})
    drawn = [(fmean(people[row.case]), float(row.level or 0)) for row in rows]
    back = fit(LinkKind.LINEAR, drawn, 0, 4, [weights[row.code] for row in rows])
    bent = fit(LinkKind.LINEAR, drawn, 0, 4)
    assert isinstance(whole, LinearLink)
    assert isinstance(back, LinearLink)
    assert isinstance(bent, LinearLink)
    assert abs(back.slope - whole.slope) < 0.05
    assert abs(bent.slope - whole.slope) > 0.1
