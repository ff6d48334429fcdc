"""Whatever the domain can say survives the way to JSON and rows and back."""

from __future__ import annotations

import json
from datetime import UTC
from types import SimpleNamespace

from hypothesis import given
from hypothesis import strategies as st

from commcoach.domain.dialogue import Turn
from commcoach.domain.persona import Event, PersonaState, Reaction, Stage
from commcoach.domain.reading import FoundMove, Reading
from commcoach.domain.score import (
    Evidence,
    GateHit,
    NotApplicable,
    Scorecard,
    Scored,
    Unscored,
)
from commcoach.store.encoding import (
    evidence_from,
    part_values,
    reaction_from_json,
    reaction_to_json,
    reading_from_json,
    reading_to_json,
    score_from,
    score_values,
    turn_from,
    turn_values,
)

words = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
places = st.integers(0, 20_000)
shares = st.floats(0, 1)

moves = st.builds(FoundMove, words, words, places, places, st.none() | words)
readings = st.builds(
    Reading, st.lists(moves, max_size=3).map(tuple), st.tuples(words, words), words
)
states = st.builds(
    PersonaState,
    st.integers(0, 10),
    st.frozensets(words, max_size=3),
    st.frozensets(words, max_size=3),
    st.frozensets(st.tuples(words, st.none() | words), max_size=4),
    st.sampled_from(Stage),
    st.booleans(),
)
reactions = st.builds(Reaction, states, st.sampled_from(Event), st.tuples(words), st.none() | words)
evidence = st.builds(Evidence, words, places, places, st.sampled_from(["reply", "context"]))
scores = st.one_of(
    st.builds(
        Scored,
        words,
        st.integers(0, 6),
        st.floats(0, 6),
        st.lists(evidence, max_size=2).map(tuple),
        st.none() | st.dictionaries(st.integers(0, 6), shares),
        words,
    ),
    st.builds(NotApplicable, words, words),
    st.builds(Unscored, words, words),
)
cards = st.builds(
    Scorecard,
    st.lists(scores, max_size=4, unique_by=lambda score: score.criterion).map(tuple),
    st.lists(st.builds(GateHit, words, words, places, places), max_size=2).map(tuple),
    st.lists(words, max_size=2).map(tuple),
    words,
)
turns = st.builds(
    Turn,
    st.integers(1, 9),
    st.integers(1, 3),
    words,
    words,
    st.datetimes(timezones=st.just(UTC)),
    st.booleans(),
    st.none() | words,
    st.none() | readings,
    st.none() | reactions,
    st.none() | words,
    card=st.none() | cards,
)


@given(readings)
def test_a_reading_survives_json(reading: Reading) -> None:
    assert reading_from_json(json.loads(json.dumps(reading_to_json(reading)))) == reading


@given(reactions)
def test_a_reaction_survives_json(reaction: Reaction) -> None:
    assert reaction_from_json(json.loads(json.dumps(reaction_to_json(reaction)))) == reaction


@given(turns)
def test_a_turn_survives_its_rows(turn: Turn) -> None:
    row = SimpleNamespace(**turn_values("t1", "s1", turn), **part_values(turn))
    values, quotes = score_values("t1", turn.card) if turn.card is not None else ([], [])
    read = tuple(
        score_from(
            SimpleNamespace(**score),
            tuple(
                evidence_from(SimpleNamespace(**quote))
                for quote in quotes
                if quote["criterion"] == score["criterion"]
            ),
        )
        for score in values
    )
    assert turn_from(row, read, ()) == turn
