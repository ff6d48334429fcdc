"""What practice adds up to, as a specification."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commcoach.domain.progress import (
    Mastery,
    Observation,
    easiest,
    mastery,
    next_practice,
    suited_difficulty,
)
from tests.builders import by_id, make_observations, make_past, make_scenario

many_levels = st.lists(st.integers(0, 4), max_size=15)


def mastered(**levels: float | None) -> dict[str, Mastery]:
    return {id: Mastery(id, 5, level, None) for id, level in levels.items()}


# -- mastery --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("levels", "level"),
    [
        ([4], None),
        ([4, 4], None),
        ([1, 4, 2], 2.0),
        ([1, 2, 3, 4], 2.5),
        ([0, 0, 4, 4, 4], 4.0),
        ([4, 4, 4, 0, 0, 0], 0.0),
        ([0, 0, 0, 0, 0, 3, 3, 3], 3.0),
    ],
)
def test_mastery_is_the_median_of_the_last_five_levels_from_three_on(
    levels: list[int], level: float | None
) -> None:
    known = mastery(make_observations(*levels))["listen"]
    assert (known.level, known.observations) == (level, len(levels))


@given(many_levels)
def test_mastery_follows_the_formula_for_any_history(levels: list[int]) -> None:
    known = mastery(make_observations(*levels)).get("listen")
    if not levels:
        assert known is None
    else:
        assert known is not None
        expected = median(levels[-5:]) if len(levels) >= 3 else None
        assert known.level == expected
        assert (known.trend is None) == (expected is None)


@given(many_levels, st.lists(st.integers(0, 4), max_size=8), st.randoms(use_true_random=False))
def test_assisted_attempts_never_count(
    levels: list[int], helped: list[int], random: object
) -> None:
    unaided = make_observations(*levels)
    with_help = [*unaided, *make_observations(*helped, assisted=True, start=0.5)]
    random.shuffle(with_help)  # type: ignore[attr-defined]  # the stub lacks it
    assert mastery(with_help) == mastery(unaided)


@given(many_levels, many_levels, st.randoms(use_true_random=False))
def test_the_order_in_which_observations_arrive_does_not_matter(
    listen: list[int], plain: list[int], random: object
) -> None:
    observations: list[Observation] = [
        *make_observations(*listen),
        *make_observations(*plain, criterion="plain"),
    ]
    mixed = random.sample(observations, len(observations))  # type: ignore[attr-defined]  # the stub lacks it
    assert mastery(mixed) == mastery(observations)


def test_each_criterion_has_its_own_mastery() -> None:
    known = mastery([*make_observations(1, 1, 1), *make_observations(4, 4, criterion="plain")])
    assert (known["listen"].level, known["plain"].level) == (1.0, None)


@pytest.mark.parametrize(
    ("levels", "trend"),
    [
        ([1, 1], None),
        ([1, 0, 3], 2.0),
        ([3, 3, 2, 2], -1.0),
        ([0, 1, 4, 2, 3], 2.0),
        ([4, 0, 0, 1, 2, 2], 2.0),
        ([2, 2, 2, 2, 2], 0.0),
    ],
)
def test_the_trend_is_the_newer_half_of_the_last_five_minus_the_older_half(
    levels: list[int], trend: float | None
) -> None:
    assert mastery(make_observations(*levels))["listen"].trend == trend


# -- difficulty -----------------------------------------------------------------------------

LADDER = by_id(*(make_scenario(f"d{level}", difficulty=level) for level in range(1, 6)))
GOOD, FAIR, POOR = {"a": 3.0, "b": 3.6}, {"a": 2.0, "b": 4.0}, {"a": 1.4, "b": 4.0}


@pytest.mark.parametrize(
    ("past", "suited"),
    [
        ([], 1),
        ([("d3", GOOD)], 3),
        ([("d3", GOOD), ("d3", GOOD)], 4),
        ([("d3", FAIR), ("d3", GOOD)], 3),
        ([("d3", GOOD), ("d3", FAIR)], 3),
        ([("d3", GOOD), ("d3", GOOD), ("d3", FAIR)], 3),
        ([("d3", POOR), ("d3", POOR)], 2),
        ([("d3", GOOD), ("d3", POOR)], 3),
        ([("d3", {"a": 1.5}), ("d3", {"a": 1.5})], 3),
        ([("d3", {"a": 2.99}), ("d3", GOOD)], 3),
        ([("d5", GOOD), ("d5", GOOD)], 5),
        ([("d1", POOR), ("d1", POOR)], 1),
        ([("d3", {}), ("d3", GOOD)], 3),
        ([("d3", GOOD), ("gone", GOOD)], 3),
        ([("gone", GOOD)], 1),
    ],
)
def test_difficulty_steps_after_two_sessions_alike_in_a_row(
    past: list[tuple[str, dict[str, float]]], suited: int
) -> None:
    assert suited_difficulty(make_past(*past), LADDER) == suited


@given(
    st.lists(
        st.tuples(st.sampled_from(list(LADDER)), st.sampled_from([GOOD, FAIR, POOR, {}])),
        min_size=1,
        max_size=6,
    ),
    st.randoms(use_true_random=False),
)
def test_difficulty_never_moves_more_than_one_step_whatever_the_order_of_the_records(
    sessions: list[tuple[str, dict[str, float]]], random: object
) -> None:
    past = make_past(*sessions)
    suited = suited_difficulty(past, LADDER)
    assert 1 <= suited <= 5
    assert abs(suited - LADDER[sessions[-1][0]].difficulty) <= 1
    mixed = random.sample(past, len(past))  # type: ignore[attr-defined]  # the stub lacks it
    assert suited_difficulty(mixed, LADDER) == suited


# -- what next ------------------------------------------------------------------------------


def recommended(
    scenarios: Iterable[object], past: Sequence[tuple[str, dict[str, float]]] = (), **known: float
) -> str | None:
    chosen = next_practice(by_id(*scenarios), make_past(*past), mastered(**known))
    return chosen.id if chosen is not None else None


def test_without_scenarios_nothing_is_recommended() -> None:
    assert recommended([]) is None


def test_the_scenario_nearest_to_the_suited_difficulty_is_recommended() -> None:
    assert recommended(LADDER.values()) == "d1"
    assert recommended(LADDER.values(), [("d2", GOOD), ("d2", GOOD)]) == "d3"


def test_the_easier_one_is_recommended_when_two_are_equally_near() -> None:
    hard, easy = make_scenario("hard", difficulty=4), make_scenario("easy", difficulty=2)
    middle = make_scenario("middle", difficulty=3)
    assert recommended([hard, easy, middle], [("middle", FAIR)]) == "easy"


def test_the_last_scenario_is_not_recommended_again_unless_it_is_the_only_one() -> None:
    near, far = make_scenario("near", difficulty=1), make_scenario("far", difficulty=5)
    assert recommended([near, far], [("near", FAIR)]) == "far"
    assert recommended([near], [("near", FAIR)]) == "near"


def test_the_one_practised_least_is_recommended() -> None:
    scenarios = [make_scenario(id) for id in ("a", "b", "c")]
    assert recommended(scenarios, [("a", FAIR), ("b", FAIR), ("a", FAIR), ("c", FAIR)]) == "b"


def test_the_one_with_the_weakest_focus_criterion_is_recommended() -> None:
    one = make_scenario("one", number="S01", focus={"listen": 3, "honest": 3})
    two = make_scenario("two", number="S02", focus={"plain": 6})
    assert recommended([one, two], listen=2.5, honest=4.0, plain=1.0) == "two"
    assert recommended([one, two], listen=4.0, honest=0.5, plain=1.0) == "one"


@pytest.mark.parametrize(("plain", "chosen"), [(2.5, "known"), (3.5, "unknown")])
def test_a_scenario_of_unknown_focus_ranks_as_one_at_the_target(plain: float, chosen: str) -> None:
    known = make_scenario("known", number="S02", focus={"plain": 6})
    unknown = make_scenario("unknown", number="S03", focus={"listen": 6})
    assert recommended([known, unknown], plain=plain) == chosen


def test_an_unknown_focus_criterion_counts_as_the_target_beside_a_strong_known_one() -> None:
    half_known = make_scenario("half_known", number="S02", focus={"listen": 3, "honest": 3})
    known = make_scenario("known", number="S01", focus={"plain": 6})
    assert recommended([half_known, known], listen=3.8, plain=3.5) == "half_known"


def test_the_number_of_the_scenario_decides_when_all_else_is_equal() -> None:
    scenarios = [make_scenario("a", number="S18"), make_scenario("b", number="S06")]
    assert recommended(scenarios) == recommended(scenarios[::-1]) == "b"


# -- the first try --------------------------------------------------------------------------


def test_a_first_try_is_the_easiest_and_of_those_the_first_by_number() -> None:
    scenarios = [
        make_scenario("hard", number="S01", difficulty=3),
        make_scenario("easy_later", number="S03", difficulty=2),
        make_scenario("easy", number="S02", difficulty=2),
    ]
    for order in (scenarios, scenarios[::-1]):
        chosen = easiest(order)
        assert chosen is not None
        assert chosen.id == "easy"


def test_without_scenarios_there_is_no_first_try() -> None:
    assert easiest([]) is None
