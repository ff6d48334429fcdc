"""How scores add up, as a specification."""

from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commcoach.domain.rubric import SessionEffect
from commcoach.domain.score import (
    Band,
    CriterionScore,
    NotApplicable,
    Scorecard,
    Unscored,
    band,
    repaired_gates,
    session_effects,
    session_score,
    turn_score,
)
from tests.builders import by_id, make_card, make_gate, make_score

WEIGHTS = {"listen": 3, "paraphrase": 3, "plain": 2, "honest": 1, "timely": 1}
GATES = by_id(
    make_gate("leak", 1.0, session=SessionEffect.CANNOT_PASS),
    make_gate("insult", 1.0, session=SessionEffect.AT_MOST_BASIC, lifts_to=2.0),
    make_gate(
        "promise", 2.0, session=SessionEffect.AT_MOST_COMPETENT, lifts_to=3.0, within_turns=1
    ),
    make_gate("lie", 1.0, session=SessionEffect.CANNOT_PASS, lifts_to=2.0),
    make_gate("off_task", None, lifts_to=4.0),
)
CAPPING = [id for id, gate in GATES.items() if gate.cap is not None]

levels = st.dictionaries(st.sampled_from(list(WEIGHTS)), st.integers(0, 4), min_size=2)
gate_sets = st.lists(st.sampled_from(CAPPING), unique=True)
turn_values = st.lists(st.none() | st.floats(0, 4), max_size=8)
shares = st.floats(0, 1)


def worth(card: Scorecard, repaired: frozenset[str] = frozenset()) -> float | None:
    return turn_score(card, WEIGHTS, GATES, {}, repaired)


def scores_of(given_levels: dict[str, int]) -> list[CriterionScore]:
    return [make_score(id, level) for id, level in given_levels.items()]


# -- turn -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given_levels", "score"),
    [
        ({"listen": 4, "paraphrase": 4}, 4.0),
        ({"listen": 0, "paraphrase": 0}, 0.0),
        ({"listen": 4, "honest": 0}, 3.0),
        ({"listen": 1, "paraphrase": 2, "plain": 3, "honest": 4, "timely": 0}, 1.9),
        ({"listen": 3}, None),
        ({}, None),
    ],
)
def test_a_turn_is_the_weighted_mean_of_two_criteria_or_more(
    given_levels: dict[str, int], score: float | None
) -> None:
    assert worth(make_card(*scores_of(given_levels))) == score


def test_a_criterion_without_a_weight_in_the_scenario_does_not_count() -> None:
    stranger = make_score("stranger", 0)
    assert worth(make_card(make_score("listen", 3), make_score("plain", 3), stranger)) == 3.0
    assert worth(make_card(make_score("listen", 3), stranger)) is None


@given(levels, st.data())
def test_not_applicable_and_unscored_never_count(
    given_levels: dict[str, int], data: st.DataObject
) -> None:
    rest = [id for id in WEIGHTS if id not in given_levels]
    blanks: list[CriterionScore] = [
        Unscored(id) if data.draw(st.booleans()) else NotApplicable(id) for id in rest
    ]
    scores = scores_of(given_levels)
    assert worth(make_card(*scores, *blanks)) == worth(make_card(*scores))


@pytest.mark.parametrize("blank", [NotApplicable, Unscored])
def test_a_criterion_without_a_level_does_not_make_up_for_a_missing_one(
    blank: type[NotApplicable | Unscored],
) -> None:
    assert worth(make_card(make_score("listen", 4), blank("plain"), blank("honest"))) is None


def test_not_applicable_and_unscored_are_not_the_same_and_neither_is_scored() -> None:
    scored = make_score("listen", 0)
    blanks: set[CriterionScore] = {NotApplicable("plain"), Unscored("plain")}
    assert len(blanks) == 2
    assert make_card(*blanks, scored).scored() == (scored,)


@given(levels, gate_sets, st.randoms(use_true_random=False))
def test_the_order_of_scores_weights_and_gates_does_not_matter(
    given_levels: dict[str, int], gates: list[str], random: object
) -> None:
    def shuffled(things: list) -> list:  # type: ignore[type-arg]  # any list
        return random.sample(things, len(things))  # type: ignore[attr-defined,no-any-return]  # the stub lacks it

    scores = scores_of(given_levels)
    mixed = make_card(*shuffled(scores), gates=shuffled(gates))
    weights = dict(shuffled(list(WEIGHTS.items())))
    assert turn_score(mixed, weights, GATES, {}) == worth(make_card(*scores, gates=gates))


@given(levels, gate_sets)
def test_a_turn_lies_between_its_lowest_and_its_highest_level_and_0_and_4(
    given_levels: dict[str, int], gates: list[str]
) -> None:
    free = worth(make_card(*scores_of(given_levels)))
    held = worth(make_card(*scores_of(given_levels), gates=gates))
    assert free is not None
    assert held is not None
    assert min(given_levels.values()) <= free <= max(given_levels.values())
    assert 0 <= held <= free <= 4


@given(levels, st.data())
def test_a_higher_level_never_lowers_the_turn(
    given_levels: dict[str, int], data: st.DataObject
) -> None:
    id = data.draw(st.sampled_from(list(given_levels)))
    better = {**given_levels, id: data.draw(st.integers(given_levels[id], 4))}
    lower, higher = (worth(make_card(*scores_of(one))) for one in (given_levels, better))
    assert lower is not None
    assert higher is not None
    assert lower <= higher


@pytest.mark.parametrize(
    ("level", "lowest_and_highest", "stretched"),
    [(0, (0, 4), 0.0), (1, (1, 3), 0.0), (2, (1, 3), 2.0), (3, (1, 3), 4.0), (1, (0, 1), 4.0)],
)
def test_other_scales_are_stretched_onto_0_to_4(
    level: int, lowest_and_highest: tuple[int, int], stretched: float
) -> None:
    card = make_card(make_score("listen", level), make_score("paraphrase", level))
    ranges = {"listen": lowest_and_highest, "paraphrase": lowest_and_highest}
    assert turn_score(card, WEIGHTS, GATES, ranges) == stretched


# -- gates ----------------------------------------------------------------------------------

BRILLIANT = scores_of(dict.fromkeys(WEIGHTS, 4))
POOR = scores_of({"listen": 0, "paraphrase": 1})


@pytest.mark.parametrize(
    ("gates", "repaired", "score"),
    [
        ([], [], 4.0),
        (["promise"], [], 2.0),
        (["insult"], [], 1.0),
        (["promise", "insult"], [], 1.0),
        (["insult", "promise"], [], 1.0),
        (["insult"], ["insult"], 2.0),
        (["promise"], ["promise"], 3.0),
        (["insult"], ["promise"], 1.0),
        (["insult", "promise"], ["insult"], 2.0),
        (["insult", "promise"], ["promise"], 1.0),
        (["leak"], ["leak"], 1.0),
        (["off_task"], [], None),
        (["off_task"], ["off_task"], None),
        (["insult", "off_task"], [], None),
    ],
)
def test_a_gate_caps_the_turn_and_a_repair_lifts_exactly_its_own_cap(
    gates: list[str], repaired: list[str], score: float | None
) -> None:
    assert worth(make_card(*BRILLIANT, gates=gates), frozenset(repaired)) == score


def test_a_cap_does_not_lift_a_turn_that_is_below_it() -> None:
    assert worth(make_card(*POOR, gates=["insult"])) == 0.5
    assert worth(make_card(*POOR, gates=["insult"]), frozenset({"insult"})) == 0.5


def test_a_repair_never_lowers_a_cap() -> None:
    strict = by_id(make_gate("odd", 2.0, lifts_to=1.0))
    card = make_card(*BRILLIANT, gates=["odd"])
    assert turn_score(card, WEIGHTS, strict, {}, frozenset({"odd"})) == 2.0


@given(levels, gate_sets, st.sets(st.sampled_from(CAPPING)))
def test_no_turn_is_above_the_lowest_cap_of_its_gates(
    given_levels: dict[str, int], gates: list[str], repaired: set[str]
) -> None:
    score = worth(make_card(*scores_of(given_levels), gates=gates), frozenset(repaired))
    assert score is not None
    for id in gates:
        repair = GATES[id].repair
        lifted = repair.lifts_to if repair is not None and id in repaired else GATES[id].cap
        assert score <= lifted


def test_a_single_scored_criterion_gives_no_number_even_under_a_gate() -> None:
    assert worth(make_card(make_score("listen", 4), gates=["insult"])) is None


FIRED, NOTHING = make_card(gates=["insult"]), make_card()
SORRY = make_card(repairs=["insult"])
SORRY_AND_AGAIN = make_card(gates=["insult"], repairs=["insult"])


@pytest.mark.parametrize(
    ("cards", "made_good"),
    [
        ([FIRED], False),
        ([FIRED, SORRY], True),
        ([FIRED, NOTHING, SORRY], True),
        ([FIRED, NOTHING, NOTHING, SORRY], False),
        ([FIRED, SORRY_AND_AGAIN], False),
        ([FIRED, SORRY_AND_AGAIN, SORRY], True),
        ([FIRED, make_card(repairs=["promise"])], False),
        ([SORRY_AND_AGAIN, NOTHING], False),
        ([NOTHING, SORRY], False),
    ],
)
def test_a_gate_is_made_good_by_one_of_the_next_replies_that_does_not_fire_it_again(
    cards: list[Scorecard], made_good: bool
) -> None:
    assert repaired_gates(cards, 0, GATES) == ({"insult"} if made_good else frozenset())


def test_a_gate_is_made_good_only_within_its_own_number_of_turns() -> None:
    cards = [
        make_card(gates=["insult", "promise"]),
        NOTHING,
        make_card(repairs=["insult", "promise"]),
    ]
    assert repaired_gates(cards, 0, GATES) == {"insult"}


def test_a_gate_without_a_repair_rule_stays_as_it_is() -> None:
    assert (
        repaired_gates([make_card(gates=["leak"]), make_card(repairs=["leak"])], 0, GATES) == set()
    )


# -- session --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("turns", "share", "score"),
    [
        ([4.0, 4.0, 4.0], 1.0, 4.0),
        ([0.0, 0.0], 0.0, 0.0),
        ([2.0], 0.0, 1.2),
        ([0.0], 1.0, 1.6),
        ([0.0, 3.0], 0.0, 1.2),  # (0.5 * 0 + 3) / 1.5 = 2
        ([3.0, 0.0], 0.0, 0.6),  # (0.5 * 3 + 0) / 1.5 = 1
        ([4.0, 2.0, 2.0], 0.5, 2.24),  # (2 + 2 + 2) / 2.5 = 2.4
        ([None, 3.0, 1.0], 0.0, 1.2),
        ([3.0, None, 0.0], 0.0, 0.6),
        ([], 1.0, None),
        ([None, None], 1.0, None),
    ],
)
def test_a_session_is_60_percent_turns_with_the_first_at_half_weight_and_40_percent_outcome(
    turns: list[float | None], share: float, score: float | None
) -> None:
    assert session_score(turns, share) == (None if score is None else pytest.approx(score))


@given(turn_values, shares)
def test_a_session_lies_between_0_and_4(turns: list[float | None], share: float) -> None:
    score = session_score(turns, share)
    if any(turn is not None for turn in turns):
        assert score is not None
        assert 0 <= score <= 4 + 1e-9
    else:
        assert score is None


@given(turn_values.filter(lambda turns: len(turns) > 1), shares, st.data())
def test_the_order_of_later_turns_does_not_matter_and_blank_ones_never_count(
    turns: list[float | None], share: float, data: st.DataObject
) -> None:
    later = data.draw(st.permutations([*turns[1:], None]))
    expected = session_score(turns, share)
    assert session_score([turns[0], *later], share) == (
        None if expected is None else pytest.approx(expected)
    )


@pytest.mark.parametrize(
    ("score", "reached"),
    [
        (0.0, Band.STARTING),
        (1.4, Band.STARTING),
        (1.5, Band.BASIC),
        (2.4, Band.BASIC),
        (2.5, Band.COMPETENT),
        (3.2, Band.COMPETENT),
        (3.3, Band.EXEMPLARY),
        (4.0, Band.EXEMPLARY),
    ],
)
def test_a_session_score_reads_as_a_band(score: float, reached: Band) -> None:
    assert band(score) is reached


def test_rounding_noise_does_not_cost_a_band() -> None:
    # Turns 0.5 and 3.0, one outcome point of eight: 0.6 * 3.25 / 1.5 + 1.6 / 8 is exactly 1.5.
    score = session_score([0.5, 3.0], 1 / 8)
    assert score is not None
    assert band(score) is Band.BASIC


@pytest.mark.parametrize(
    ("effects", "best"),
    [
        ([], Band.EXEMPLARY),
        ([SessionEffect.NONE], Band.EXEMPLARY),
        ([SessionEffect.AT_MOST_COMPETENT], Band.COMPETENT),
        ([SessionEffect.AT_MOST_BASIC], Band.BASIC),
        ([SessionEffect.CANNOT_PASS], Band.STARTING),
        ([SessionEffect.AT_MOST_COMPETENT, SessionEffect.AT_MOST_BASIC], Band.BASIC),
        (list(SessionEffect), Band.STARTING),
    ],
)
def test_gates_hold_the_band_down_to_the_lowest_ceiling_and_never_lift_it(
    effects: list[SessionEffect], best: Band
) -> None:
    for order in permutations(effects):
        assert band(4.0, order) is best
        assert band(1.0, order) is Band.STARTING


@pytest.mark.parametrize(
    ("gate", "repaired", "effect"),
    [
        ("insult", False, SessionEffect.AT_MOST_BASIC),
        ("insult", True, SessionEffect.AT_MOST_COMPETENT),
        ("promise", False, SessionEffect.AT_MOST_COMPETENT),
        ("promise", True, SessionEffect.NONE),
        ("lie", False, SessionEffect.CANNOT_PASS),
        ("lie", True, SessionEffect.AT_MOST_BASIC),
        ("leak", True, SessionEffect.CANNOT_PASS),
        ("off_task", True, SessionEffect.NONE),
    ],
)
def test_a_repaired_gate_weighs_one_step_less_on_the_session(
    gate: str, repaired: bool, effect: SessionEffect
) -> None:
    cards = [make_card(gates=[gate]), make_card(repairs=[gate] if repaired else [])]
    assert session_effects(cards, GATES) == (effect,)


def test_a_session_answers_for_every_gate_that_fired() -> None:
    cards = [make_card(gates=["insult"]), make_card(gates=["leak", "promise"])]
    assert sorted(session_effects(cards, GATES)) == [
        SessionEffect.AT_MOST_BASIC,
        SessionEffect.AT_MOST_COMPETENT,
        SessionEffect.CANNOT_PASS,
    ]
