"""What buttons carry."""

from __future__ import annotations

import pytest

from commcoach.telegram.taps import Tap, Verb, data_of, tap_of


@pytest.mark.parametrize("verb", Verb)
def test_a_button_means_what_it_meant(verb: Verb) -> None:
    assert tap_of(data_of(verb, "x", 3)) == Tap(verb, ("x", "3"))


def test_every_verb_has_room_for_a_session_a_turn_and_an_attempt() -> None:
    assert all(len(data_of(verb, "f" * 32, 99, 9).encode()) <= 64 for verb in Verb)


def test_a_button_that_says_too_much_is_a_mistake_of_ours() -> None:
    with pytest.raises(ValueError, match="xxx"):
        data_of(Verb.MODULE, "x" * 70)


@pytest.mark.parametrize("data", ["", "nonsense", "begun:S01", ":::"])
def test_an_unknown_button_is_none(data: str) -> None:
    assert tap_of(data) is None
