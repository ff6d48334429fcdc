"""The course of a session, as a specification."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commcoach.domain.dialogue import (
    Action,
    Ending,
    PracticeSession,
    Turn,
    add_turn,
    allowed_actions,
    last_line,
    natural_ending,
    state_before,
    state_now,
)
from commcoach.domain.persona import Stage, initial_state
from commcoach.domain.score import Override
from tests.builders import (
    NOON,
    make_card,
    make_reaction,
    make_scenario,
    make_score,
    make_session,
    make_turn,
)

SCENARIO = make_scenario(turns=3, start_tension=4)
GONE = make_reaction(9, Stage.GONE)
BROKEN_OFF = make_reaction(9, Stage.BROKEN_OFF)

REWRITTEN = make_session(
    make_turn(1, reaction=make_reaction(5)),
    make_turn(2, reaction=make_reaction(8)),
    make_turn(2, attempt=2, reaction=make_reaction(3)),
)

attempts = st.lists(st.tuples(st.integers(1, 6), st.integers(1, 3)), max_size=12, unique=True).map(
    lambda pairs: [make_turn(number, attempt) for number, attempt in pairs]
)


def in_order(turns: tuple[Turn, ...]) -> list[tuple[int, int]]:
    return [(turn.number, turn.attempt) for turn in turns]


# -- first attempts and rewrites ------------------------------------------------------------


def test_the_first_attempt_is_not_assisted_and_every_rewrite_is() -> None:
    assert [make_turn(1, attempt).assisted for attempt in (1, 2, 3)] == [False, True, True]


def test_the_first_attempt_counts_and_the_last_one_carries_the_dialogue_on() -> None:
    assert in_order(REWRITTEN.first_attempts()) == [(1, 1), (2, 1)]
    assert in_order(REWRITTEN.course()) == [(1, 1), (2, 2)]


def test_a_rewrite_leaves_the_first_attempt_on_record() -> None:
    before = make_session(make_turn(1))
    after = add_turn(before, make_turn(1, attempt=2))
    assert after.turns == (before.turns[0], make_turn(1, attempt=2))


def test_everything_said_is_known_the_lines_a_rewrite_replaced_included() -> None:
    assert REWRITTEN.lines() == ("opening", "line 1.1", "line 2.1", "line 2.2")


def test_a_turn_that_still_waits_for_its_line_adds_nothing_said() -> None:
    assert make_session(make_turn(1), make_turn(2, line=None)).lines() == ("opening", "line 1.1")


# -- filling a turn -------------------------------------------------------------------------


def test_a_turn_is_filled_in_place_when_its_score_arrives() -> None:
    waiting = make_session(make_turn(1), make_turn(2))
    card = make_card(make_score("listen", 3))
    filled = add_turn(waiting, make_turn(1, card=card))
    assert in_order(filled.turns) == [(1, 1), (2, 1)]
    assert filled.turns[0].card == card


def test_adding_a_turn_leaves_the_session_it_was_added_to_alone() -> None:
    before = make_session(make_turn(1))
    add_turn(before, make_turn(2))
    assert before == make_session(make_turn(1))


@given(attempts)
def test_turns_stand_in_order_however_they_arrive(turns: list[Turn]) -> None:
    session = make_session()
    for turn in turns:
        session = add_turn(session, turn)
    assert in_order(session.turns) == sorted((turn.number, turn.attempt) for turn in turns)
    assert add_turn(session, turns[0]) == session if turns else session.turns == ()


@given(attempts)
def test_the_course_has_every_number_once_with_its_last_attempt(turns: list[Turn]) -> None:
    session = make_session()
    for turn in turns:
        session = add_turn(session, turn)
    last: dict[int, int] = {}
    for turn in turns:
        last[turn.number] = max(turn.attempt, last.get(turn.number, 0))
    assert in_order(session.course()) == sorted(last.items())


# -- state and line -------------------------------------------------------------------------


def test_a_session_without_turns_is_in_the_scenarios_first_state() -> None:
    assert state_now(make_session(), SCENARIO) == initial_state(SCENARIO)
    assert last_line(make_session(), 1) == "opening"


def test_the_dialogue_goes_on_from_the_rewrite() -> None:
    assert state_now(REWRITTEN, SCENARIO).tension == 3
    assert last_line(REWRITTEN, 3) == "line 2.2"


def test_a_rewrite_starts_from_the_state_before_the_first_attempt() -> None:
    assert state_before(REWRITTEN, SCENARIO, 2).tension == 5
    assert state_before(REWRITTEN, SCENARIO, 1) == initial_state(SCENARIO)
    assert last_line(REWRITTEN, 2) == "line 1.1"
    assert last_line(REWRITTEN, 1) == "opening"


def test_a_turn_without_a_reaction_yet_changes_no_state() -> None:
    waiting = make_turn(2, reaction=None, line=None)
    session = make_session(make_turn(1, reaction=make_reaction(7)), waiting)
    assert state_now(session, SCENARIO).tension == 7
    assert last_line(session, 3) == "line 1.1"


# -- what may happen next -------------------------------------------------------------------

ALL = {Action.REPLY, Action.REWRITE, Action.FINISH}
NO_REWRITE = {Action.REPLY, Action.FINISH}
NO_REPLY = {Action.REWRITE, Action.FINISH}


@pytest.mark.parametrize(
    ("session", "actions"),
    [
        pytest.param(make_session(), NO_REWRITE, id="nothing said yet"),
        pytest.param(make_session(make_turn(1)), ALL, id="one reply"),
        pytest.param(REWRITTEN, NO_REWRITE, id="the last reply is rewritten already"),
        pytest.param(
            make_session(make_turn(1), make_turn(1, attempt=2), make_turn(2)),
            ALL,
            id="only an earlier reply is rewritten",
        ),
        pytest.param(
            make_session(make_turn(1, reaction=BROKEN_OFF)), ALL, id="one chance to repair"
        ),
        pytest.param(make_session(make_turn(1, reaction=GONE)), NO_REPLY, id="counterpart gone"),
        pytest.param(
            make_session(make_turn(1, reaction=GONE), make_turn(1, attempt=2)),
            NO_REWRITE,
            id="the rewrite kept the counterpart",
        ),
        pytest.param(
            make_session(make_turn(1), make_turn(2), make_turn(3)), NO_REPLY, id="turns used up"
        ),
        pytest.param(
            make_session(make_turn(1), make_turn(2), make_turn(3), make_turn(3, attempt=2)),
            {Action.FINISH},
            id="turns used up and the last one rewritten",
        ),
    ],
)
def test_a_learner_replies_until_the_turns_are_used_up_and_rewrites_the_last_reply_once(
    session: PracticeSession, actions: set[Action]
) -> None:
    assert allowed_actions(session, SCENARIO) == actions


@pytest.mark.parametrize("ending", list(Ending))
def test_nothing_is_possible_once_the_session_has_ended(ending: Ending) -> None:
    assert allowed_actions(make_session(make_turn(1), ending=ending), SCENARIO) == set()


@pytest.mark.parametrize(
    ("session", "ending"),
    [
        (make_session(), None),
        (make_session(make_turn(1), make_turn(2)), None),
        (REWRITTEN, None),  # a rewrite uses up no turn
        (make_session(make_turn(1, reaction=BROKEN_OFF)), None),
        (make_session(make_turn(1), make_turn(2), make_turn(3)), Ending.ALL_TURNS),
        (make_session(make_turn(1, reaction=GONE)), Ending.COUNTERPART_LEFT),
        (
            make_session(make_turn(1), make_turn(2), make_turn(3, reaction=GONE)),
            Ending.COUNTERPART_LEFT,
        ),
    ],
)
def test_a_talk_ends_when_its_turns_are_used_up_or_the_counterpart_has_left(
    session: PracticeSession, ending: Ending | None
) -> None:
    assert natural_ending(session, SCENARIO) is ending


@given(attempts)
def test_finishing_is_possible_as_long_as_the_session_is_open(turns: list[Turn]) -> None:
    session = make_session()
    for turn in turns:
        session = add_turn(session, turn)
    assert Action.FINISH in allowed_actions(session, SCENARIO)


# -- what brought a turn, and what of it stands ---------------------------------------------


def test_a_turn_is_found_by_the_message_that_brought_it() -> None:
    session = make_session(
        make_turn(1, message="m1"), make_turn(1, attempt=2, message="m2"), make_turn(2)
    )
    found = [session.brought_by(message) for message in ("m1", "m2", "m3")]
    assert [one and (one.number, one.attempt) for one in found] == [(1, 1), (1, 2), None]


def test_without_a_message_no_turn_is_meant_not_even_one_without_a_message() -> None:
    assert make_session(make_turn(1)).brought_by(None) is None


def test_scores_stand_with_their_corrections_and_the_card_stays_as_it_was() -> None:
    card = make_card(make_score("listen", 1))
    turn = make_turn(1, card=card, overrides=(Override(1, 1, "listen", 3, "", "Wang", NOON),))
    standing = turn.standing()
    assert standing is not None
    assert [score.level for score in standing.scored()] == [3]
    assert turn.card == card


def test_where_there_are_no_scores_none_stand() -> None:
    assert make_turn(1, overrides=(Override(1, 1, "listen", 3, "", "W", NOON),)).standing() is None
