"""How the counterpart changes, as a specification."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commcoach.domain.persona import (
    Event,
    PersonaState,
    Reaction,
    Stage,
    initial_state,
    step,
)
from commcoach.domain.reading import FoundMove, Reading
from commcoach.domain.scenario import AllOf, AnyOf, MoveKey, Scenario, TensionKey, UnlockKey
from tests.builders import make_fact, make_move, make_reading, make_scenario

DELTAS = {
    "open_question": -1,
    "reflect_feeling": -1,
    "acknowledge_burden": -1,
    "full_apology": -2,
    "flattery": 0,
    "small_talk": 0,
    "brush_off": 1,
    "insult": 2,
}
MOVES = [make_move(id, delta) for id, delta in DELTAS.items()]
FACTS = [
    make_fact("asked_about_roof", MoveKey("open_question", "roof")),
    make_fact("felt_seen", MoveKey("reflect_feeling")),
    make_fact("either_way", AnyOf((MoveKey("full_apology"), MoveKey("open_question", "money")))),
    make_fact("at_ease", AllOf((TensionKey(2), MoveKey("acknowledge_burden")))),
    make_fact(
        "nested",
        AllOf((MoveKey("small_talk"), AnyOf((TensionKey(3), MoveKey("open_question"))))),
    ),
]
PLAIN = make_scenario(moves=MOVES)
SECRETIVE = make_scenario(moves=MOVES, facts=FACTS)

found_moves = st.builds(
    lambda move, topic, start: FoundMove(move, "字", start, start + 1, topic),
    st.sampled_from([*DELTAS, "no_such_move"]),
    st.sampled_from([None, "roof", "money"]),
    st.integers(0, 50),
)
readings = st.builds(Reading, st.lists(found_moves, max_size=5).map(tuple))
talks = st.lists(readings, max_size=14)
soothing_readings = st.builds(
    Reading,
    st.lists(found_moves.filter(lambda hit: DELTAS.get(hit.move, 0) < 0), min_size=1).map(tuple),
)
starts = st.integers(0, 8)


def state_at(tension: int, **more: object) -> PersonaState:
    return replace(PersonaState(tension), **more)  # type: ignore[arg-type]  # named fields


def play(
    scenario: Scenario, talk: list[Reading], start: int
) -> list[tuple[PersonaState, Reaction]]:
    """Every state before a reply, with the reaction to it."""
    state, course = state_at(start), []
    for reading in talk:
        reaction = step(scenario, state, reading)
        course.append((state, reaction))
        state = reaction.state
    return course


def key_is_met(key: UnlockKey, reading: Reading, tension: int) -> bool:
    """The meaning of keys, written a second time on purpose."""
    if isinstance(key, MoveKey):
        pairs = {(hit.move, hit.topic) for hit in reading.moves}
        named = {move for move, _ in pairs}
        return (key.move, key.topic) in pairs if key.topic else key.move in named
    if isinstance(key, TensionKey):
        return tension <= key.at_most
    verdicts = [key_is_met(part, reading, tension) for part in key.keys]
    return True in verdicts if isinstance(key, AnyOf) else False not in verdicts


# -- tension --------------------------------------------------------------------------------


def test_the_talk_starts_at_the_personas_own_tension_with_nothing_told() -> None:
    state = initial_state(make_scenario(start_tension=7))
    assert state == PersonaState(tension=7, stage=Stage.TALKING, repair_used=False)
    assert state.happened == frozenset()


@pytest.mark.parametrize(
    ("before", "moves", "after"),
    [
        (5, [], 5),
        (5, ["brush_off"], 6),
        (5, ["insult"], 7),
        (5, ["insult", "brush_off"], 7),
        (5, ["brush_off", "brush_off"], 6),
        (5, ["open_question"], 4),
        (5, ["full_apology"], 3),
        (5, ["open_question", "reflect_feeling"], 3),
        (5, ["open_question", "reflect_feeling", "acknowledge_burden"], 3),
        (5, ["full_apology", "open_question", "reflect_feeling"], 3),
        (5, ["brush_off", "open_question"], 5),
        (5, ["insult", "open_question"], 6),
        (5, ["flattery"], 5),
        (5, ["no_such_move"], 5),
        (0, ["full_apology"], 0),
        (1, ["full_apology"], 0),
    ],
)
def test_a_reply_moves_the_tension_by_its_moves(before: int, moves: list[str], after: int) -> None:
    assert step(PLAIN, state_at(before), make_reading(*moves)).state.tension == after


@given(starts, talks)
def test_the_tension_stays_between_0_and_10(start: int, talk: list[Reading]) -> None:
    assert all(0 <= after.state.tension <= 10 for _, after in play(SECRETIVE, talk, start))


@given(starts, readings)
def test_one_reply_calms_by_2_at_most(start: int, reading: Reading) -> None:
    assert start - step(PLAIN, state_at(start), reading).state.tension <= 2


def test_a_raising_move_counts_again_in_the_next_reply() -> None:
    tensions = [after.state.tension for _, after in play(PLAIN, [make_reading("brush_off")] * 3, 3)]
    assert tensions == [4, 5, 6]


def test_a_soothing_move_on_a_new_topic_calms_again() -> None:
    talk = [make_reading(("open_question", topic)) for topic in ("roof", "money", "roof")]
    assert [after.state.tension for _, after in play(PLAIN, talk, 5)] == [4, 3, 3]


@given(starts, soothing_readings, st.integers(1, 6))
def test_repeating_a_reply_does_not_calm_further(start: int, reading: Reading, times: int) -> None:
    first, *more = play(PLAIN, [reading] * (1 + times), start)
    assert {after.state.tension for _, after in more} == {first[1].state.tension}


@given(starts, st.lists(st.sampled_from(["flattery", "small_talk", "no_such_move"]), max_size=9))
def test_flattery_and_small_talk_never_calm(start: int, moves: list[str]) -> None:
    talk = [make_reading(move, "flattery") for move in moves]
    tensions = [start, *(after.state.tension for _, after in play(PLAIN, talk, start))]
    assert tensions == sorted(tensions)


def test_every_second_reply_that_does_nothing_for_them_wears_patience_thin() -> None:
    tensions = [after.state.tension for _, after in play(PLAIN, [Reading()] * 5, 4)]
    assert tensions == [4, 5, 5, 6, 6]


def test_a_soothing_move_restores_patience_even_when_it_soothes_no_more() -> None:
    again = make_reading("open_question", "home")
    talk = [again, Reading(), again, Reading(), again]
    assert [after.state.tension for _, after in play(PLAIN, talk, 6)] == [5, 5, 5, 5, 5]


# -- hidden facts ---------------------------------------------------------------------------


@given(starts, talks)
def test_a_locked_fact_stays_locked_until_its_key_is_met(start: int, talk: list[Reading]) -> None:
    for reading, (before, after) in zip(talk, play(SECRETIVE, talk, start), strict=True):
        assert after.state.told == before.told | set(after.opened)
        for id in after.opened:
            assert id not in before.told
            assert key_is_met(SECRETIVE.fact(id).unlock, reading, after.state.tension)


@given(starts, talks)
def test_a_calm_reply_that_meets_a_key_opens_the_fact(start: int, talk: list[Reading]) -> None:
    for reading, (before, after) in zip(talk, play(SECRETIVE, talk, start), strict=True):
        raises = any(DELTAS.get(hit.move, 0) > 0 for hit in reading.moves)
        if before.stage is not Stage.TALKING or raises:
            assert after.opened == ()
        else:
            met = [
                fact.id
                for fact in FACTS
                if fact.id not in before.told
                and key_is_met(fact.unlock, reading, after.state.tension)
            ]
            assert list(after.opened) == met[:2]


@pytest.mark.parametrize(
    ("key", "tension", "moves", "opens"),
    [
        (MoveKey("open_question"), 5, [("open_question", "roof")], True),
        (MoveKey("open_question", "roof"), 5, [("open_question", "roof")], True),
        (MoveKey("open_question", "roof"), 5, [("open_question", "money")], False),
        (MoveKey("open_question", "roof"), 5, ["open_question"], False),
        (MoveKey("open_question", "roof"), 5, ["open_question", ("flattery", "roof")], False),
        (TensionKey(4), 5, [], False),
        (TensionKey(4), 5, ["open_question"], True),
        (TensionKey(4), 4, [], True),
        (AllOf((MoveKey("open_question"), TensionKey(4))), 6, ["open_question"], False),
        (AllOf((MoveKey("open_question"), TensionKey(4))), 5, ["open_question"], True),
        (AnyOf((MoveKey("open_question"), TensionKey(4))), 9, ["open_question"], True),
        (AnyOf((MoveKey("open_question"), TensionKey(4))), 9, ["flattery"], False),
    ],
)
def test_a_key_is_met_by_its_move_its_topic_and_the_tension_after_the_reply(
    key: UnlockKey, tension: int, moves: list[str | tuple[str, str]], opens: bool
) -> None:
    scenario = make_scenario(moves=MOVES, facts=[make_fact("secret", key)])
    reaction = step(scenario, state_at(tension), make_reading(*moves))
    assert reaction.opened == (("secret",) if opens else ())


def test_the_parts_of_a_joint_key_must_be_met_by_the_same_reply() -> None:
    both = AllOf((MoveKey("open_question"), MoveKey("reflect_feeling")))
    scenario = make_scenario(moves=MOVES, facts=[make_fact("secret", both)])
    talk = [make_reading("open_question"), make_reading("reflect_feeling")]
    assert [after.opened for _, after in play(scenario, talk, 5)] == [(), ()]


def test_a_reply_that_raises_the_tension_opens_nothing_even_if_it_calms_more() -> None:
    reading = make_reading("brush_off", "full_apology", "reflect_feeling")
    reaction = step(SECRETIVE, state_at(5), reading)
    assert (reaction.state.tension, reaction.opened) == (4, ())


def test_a_repeated_question_still_opens_what_an_insult_kept_shut() -> None:
    talk = [
        make_reading(("open_question", "roof"), "insult"),
        make_reading(("open_question", "roof")),
    ]
    assert [after.opened for _, after in play(SECRETIVE, talk, 5)] == [(), ("asked_about_roof",)]


def test_no_more_than_two_facts_open_at_once_and_the_rest_wait_for_their_key() -> None:
    key = MoveKey("open_question")
    scenario = make_scenario(moves=MOVES, facts=[make_fact(f"fact_{n}", key) for n in range(3)])
    talk = [make_reading("open_question"), Reading(), make_reading("open_question")]
    opened = [after.opened for _, after in play(scenario, talk, 5)]
    assert opened == [("fact_0", "fact_1"), (), ("fact_2",)]


# -- breaking off ---------------------------------------------------------------------------


def test_the_counterpart_breaks_off_at_9() -> None:
    at_8, at_9 = (after for _, after in play(PLAIN, [make_reading("brush_off")] * 2, 7))
    assert (at_8.event, at_8.state.stage) == (Event.WENT_ON, Stage.TALKING)
    assert (at_9.event, at_9.state.stage, at_9.state.tension) == (
        Event.BROKE_OFF,
        Stage.BROKEN_OFF,
        9,
    )


@pytest.mark.parametrize(
    ("moves", "event"),
    [
        (["open_question"], Event.REPAIRED),
        (["full_apology", "flattery"], Event.REPAIRED),
        ([("open_question", "money")], Event.REPAIRED),
        ([], Event.LEFT),
        (["flattery"], Event.LEFT),
        (["brush_off"], Event.LEFT),
        (["full_apology", "brush_off"], Event.LEFT),
        (["reflect_feeling"], Event.LEFT),  # already tried before the break
    ],
)
def test_after_breaking_off_only_a_fresh_soothing_reply_without_a_sting_repairs(
    moves: list[str | tuple[str, str]], event: Event
) -> None:
    broken = step(PLAIN, state_at(8), make_reading("insult", "reflect_feeling")).state
    assert broken.stage is Stage.BROKEN_OFF
    reaction = step(PLAIN, broken, make_reading(*moves))
    assert reaction.event is event
    if event is Event.REPAIRED:
        assert (reaction.state.stage, reaction.state.tension) == (Stage.TALKING, 6)
    else:
        assert reaction.state.stage is Stage.GONE


def test_the_second_break_is_the_last() -> None:
    talk = [make_reading(one) for one in ("insult", "full_apology", "insult", "insult")]
    talk += [make_reading("open_question")]
    events = [after.event for _, after in play(PLAIN, talk, 8)]
    assert events == [Event.BROKE_OFF, Event.REPAIRED, Event.WENT_ON, Event.LEFT, Event.LEFT]


@given(starts, talks)
def test_the_counterpart_breaks_off_once_and_gives_one_chance(
    start: int, talk: list[Reading]
) -> None:
    events = [after.event for _, after in play(SECRETIVE, talk, start)]
    assert events.count(Event.BROKE_OFF) <= 1
    assert events.count(Event.REPAIRED) <= 1
    for event, following in pairwise(events):
        if event is Event.BROKE_OFF:
            assert following in (Event.REPAIRED, Event.LEFT)
        if event is Event.LEFT:
            assert following is Event.LEFT
        if following is Event.REPAIRED:
            assert event is Event.BROKE_OFF


@given(starts, talks)
def test_the_talk_goes_on_below_9_and_only_there(start: int, talk: list[Reading]) -> None:
    for before, after in play(SECRETIVE, talk, start):
        if before.stage is Stage.TALKING:
            assert (after.state.stage is Stage.TALKING) == (after.state.tension < 9)


# -- the same, always -----------------------------------------------------------------------


@given(starts, talks)
def test_the_same_moves_lead_to_the_same_path(start: int, talk: list[Reading]) -> None:
    again = [Reading(tuple(replace(hit) for hit in reading.moves)) for reading in talk]
    assert play(SECRETIVE, talk, start) == play(SECRETIVE, again, start)


@given(starts, talks, st.randoms(use_true_random=False))
def test_the_order_of_moves_within_a_reply_changes_neither_state_nor_disclosures(
    start: int, talk: list[Reading], random: object
) -> None:
    shuffled = [
        Reading(tuple(random.sample(reading.moves, len(reading.moves))))  # type: ignore[attr-defined]  # the stub lacks it
        for reading in talk
    ]
    paths = [
        [(after.state, after.event, after.opened) for _, after in play(SECRETIVE, one, start)]
        for one in (talk, shuffled)
    ]
    assert paths[0] == paths[1]


@given(starts, talks)
def test_what_has_happened_is_never_forgotten(start: int, talk: list[Reading]) -> None:
    for before, after in play(SECRETIVE, talk, start):
        assert before.happened <= after.state.happened
        assert before.soothed <= after.state.soothed


@pytest.mark.parametrize(
    ("moves", "answers"),
    [
        ([], None),
        (["no_such_move"], None),
        (["flattery"], "flattery"),
        (["open_question", "brush_off"], "brush_off"),
        (["full_apology", "brush_off", "insult"], "insult"),
        (["open_question", "full_apology"], "full_apology"),
        (["open_question", "acknowledge_burden"], "open_question"),
        (["reflect_feeling", "open_question"], "open_question"),  # the feeling is old news
    ],
)
def test_the_counterpart_answers_the_move_that_weighs_most(
    moves: list[str], answers: str | None
) -> None:
    state = state_at(5, soothed=frozenset({("reflect_feeling", None)}))
    assert step(PLAIN, state, make_reading(*moves)).answers == answers
