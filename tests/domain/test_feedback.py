"""What to say after a reply: one thing to keep and one to change, as a specification."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commcoach.domain.feedback import Advice, choose_advice, example_of, target
from commcoach.domain.rubric import Criterion, Example, Level, Stimulus
from commcoach.domain.score import CriterionScore, NotApplicable, Scorecard, Scored, Unscored
from tests.builders import (
    NOBODY,
    by_id,
    make_card,
    make_criterion,
    make_gate,
    make_score,
    text,
)

FOCUS = {"listen": 3, "paraphrase": 3}
SUPPORT = {"plain": 2, "honest": 1, "timely": 1}
CRITERIA = by_id(*(make_criterion(id) for id in (*FOCUS, *SUPPORT, "stranger")))
GATES = by_id(
    make_gate("off_task", None, order=0), make_gate("safety", order=1), make_gate("insult", order=2)
)

some_levels = st.dictionaries(
    st.sampled_from([*FOCUS, *SUPPORT]),
    st.tuples(st.integers(0, 4), st.sampled_from(["reply", "context"])),
)


def advise(*scores: CriterionScore, gates: Sequence[str] = ()) -> Advice:
    return choose_advice(make_card(*scores, gates=gates), FOCUS, SUPPORT, CRITERIA, GATES)


def named(score: Scored | None) -> str | None:
    return score.criterion if score is not None else None


def levels(**given_levels: int) -> list[Scored]:
    return [make_score(id, level) for id, level in given_levels.items()]


@pytest.mark.parametrize(
    ("numbers", "aim"),
    [((0, 1), 1), ((0, 1, 2), 2), ((0, 1, 2, 3), 2), ((0, 1, 2, 3, 4), 3), ((1, 2, 3, 4, 5), 4)],
)
def test_the_aim_is_one_below_the_top_where_there_are_more_than_three_levels(
    numbers: tuple[int, ...], aim: int
) -> None:
    assert target(make_criterion(levels=numbers)) == aim


# -- what to change -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("scores", "change"),
    [
        pytest.param(levels(listen=1, paraphrase=2), "listen", id="the larger gap"),
        pytest.param(levels(listen=2, paraphrase=1), "paraphrase", id="the larger gap, again"),
        pytest.param(levels(listen=1, paraphrase=1), "listen", id="by name at a tie"),
        pytest.param(levels(listen=2, plain=0), "listen", id="focus before support"),
        pytest.param(
            levels(listen=3, plain=0, honest=2), "honest", id="the cheapest support to mend"
        ),
        pytest.param(
            levels(listen=4, paraphrase=3, plain=2, honest=2), "plain", id="the heavier at a tie"
        ),
        pytest.param(levels(honest=2, timely=2), "honest", id="by name at a full tie"),
        pytest.param(levels(listen=3, paraphrase=4, plain=3), None, id="no fault is invented"),
        pytest.param(levels(stranger=0), None, id="only the scenario's own criteria"),
        pytest.param([], None, id="nothing scored"),
        pytest.param(
            [NotApplicable("listen"), Unscored("paraphrase"), make_score("plain", 1)],
            "plain",
            id="what was not scored is no fault",
        ),
    ],
)
def test_the_focus_with_the_largest_gap_is_changed_first_then_the_cheapest_support(
    scores: list[CriterionScore], change: str | None
) -> None:
    assert named(advise(*scores).change) == change


def test_the_heavier_focus_comes_first_at_the_same_gap() -> None:
    advice = choose_advice(
        make_card(*levels(listen=1, paraphrase=1)), {"listen": 2, "paraphrase": 4}, {}, CRITERIA, {}
    )
    assert named(advice.change) == "paraphrase"


# -- what to keep ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("scores", "keep"),
    [
        pytest.param(levels(listen=3, paraphrase=2), "listen", id="what is reached"),
        pytest.param(levels(listen=3, plain=4), "listen", id="focus before support"),
        pytest.param(levels(listen=3, paraphrase=4), "paraphrase", id="the better of two"),
        pytest.param(
            levels(listen=2, paraphrase=1, plain=3),
            "plain",
            id="reached support before short focus",
        ),
        pytest.param(levels(listen=0, paraphrase=1), None, id="nothing earned it"),
        pytest.param(levels(listen=2), None, id="not what is to be changed"),
        pytest.param(levels(stranger=4), None, id="only the scenario's own criteria"),
        pytest.param([], None, id="nothing scored"),
        pytest.param(
            [make_score("listen", 4, source="context"), make_score("plain", 3)],
            "plain",
            id="only what the reply itself proves",
        ),
    ],
)
def test_the_best_criterion_proven_by_the_reply_itself_is_kept_if_any_earned_it(
    scores: list[CriterionScore], keep: str | None
) -> None:
    assert named(advise(*scores).keep) == keep


def test_a_level_that_means_absence_is_never_praised() -> None:
    sparse = by_id(make_criterion("listen", levels=(0, 1, 2), absence_up_to=2))
    advice = choose_advice(make_card(make_score("listen", 2)), {"listen": 10}, {}, sparse, {})
    assert advice == Advice()


def test_of_two_equal_levels_the_surer_one_is_kept() -> None:
    advice = advise(make_score("listen", 3, 2.8), make_score("paraphrase", 3, 3.4))
    assert named(advice.keep) == "paraphrase"


# -- gates ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("gates", "first"),
    [
        (["insult"], "insult"),
        (["insult", "safety"], "safety"),
        (["safety", "insult", "off_task"], "off_task"),
    ],
)
def test_a_gate_comes_first_and_alone(gates: list[str], first: str) -> None:
    advice = advise(*levels(listen=0, plain=4), gates=gates)
    assert advice.gate is not None
    assert (advice.gate.gate, advice.keep, advice.change) == (first, None, None)


# -- always ---------------------------------------------------------------------------------


def build(chosen: dict[str, tuple[int, str]]) -> list[Scored]:
    return [make_score(id, level, source=source) for id, (level, source) in chosen.items()]  # type: ignore[arg-type]  # "reply" or "context"


@given(some_levels, st.randoms(use_true_random=False))
def test_the_order_of_scores_does_not_change_the_advice(
    chosen: dict[str, tuple[int, str]], random: object
) -> None:
    scores = build(chosen)
    mixed = random.sample(scores, len(scores))  # type: ignore[attr-defined]  # the stub lacks it
    assert advise(*mixed) == advise(*scores)


@given(some_levels)
def test_advice_is_always_earned_and_never_about_one_thing_twice(
    chosen: dict[str, tuple[int, str]],
) -> None:
    scores = build(chosen)
    advice = advise(*scores)
    assert (advice.change is not None) == any(score.level < 3 for score in scores)
    if advice.change is not None:
        assert advice.change in scores
        assert advice.change.level < 3
        assert named(advice.keep) != advice.change.criterion
    if advice.keep is not None:
        assert advice.keep.level > CRITERIA[advice.keep.criterion].absence_up_to
        assert advice.keep.evidence[0].source == "reply"


@given(some_levels, st.lists(st.sampled_from(list(GATES)), min_size=1, max_size=3))
def test_under_a_gate_nothing_else_is_said(
    chosen: dict[str, tuple[int, str]], gates: list[str]
) -> None:
    advice = advise(*build(chosen), gates=gates)
    assert advice == Advice(gate=advice.gate)
    assert advice.gate in Scorecard(gates=make_card(gates=gates).gates).gates


# -- one way to put it ----------------------------------------------------------------------


def showing(*examples: tuple[str, int, str | None]) -> Criterion:
    """A criterion with these examples: words, level, and what was said before."""
    made = [Example(text(words), level, stimulus) for words, level, stimulus in examples]
    levels = tuple(
        Level(
            number,
            NOBODY,
            NOBODY,
            NOBODY,
            NOBODY,
            tuple(one for one in made if one.level == number),
        )
        for number in range(5)
    )
    stimuli = (Stimulus("roof", NOBODY, "leaking_roof"), Stimulus("noise", NOBODY, "noise"))
    return replace(make_criterion(), levels=levels, stimuli=stimuli)


@pytest.mark.parametrize(
    ("examples", "shown"),
    [
        ([], None),
        ([("too low", 2, "roof")], None),
        ([("low", 1, None), ("at the target", 3, None), ("top", 4, None)], "at the target"),
        ([("top", 4, None)], "top"),
        ([("first", 3, None), ("second", 3, None)], "first"),
        ([("elsewhere", 3, "noise"), ("here", 3, "roof")], "here"),
        ([("elsewhere", 3, "noise"), ("here, higher", 4, "roof")], "here, higher"),
        ([("nowhere", 3, None), ("elsewhere", 3, "noise")], "nowhere"),
    ],
)
def test_the_example_shown_is_at_the_target_from_this_scenario_if_it_can_be(
    examples: list[tuple[str, int, str | None]], shown: str | None
) -> None:
    found = example_of(showing(*examples), "leaking_roof")
    assert (found and found.text.en) == shown
