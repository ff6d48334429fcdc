"""Scenarios, their lines and keys, as a specification."""

from __future__ import annotations

import pytest

from commcoach.domain.language import Cues, Language, Localized, SalientPoint
from commcoach.domain.scenario import (
    AllOf,
    AnyOf,
    Mood,
    MoveKey,
    ScriptedLine,
    TensionKey,
    UnlockKey,
    keys_in,
)
from tests.builders import make_fact, make_move, make_scenario, text

ASKED, EASED = MoveKey("open_question", "roof"), TensionKey(4)


@pytest.mark.parametrize(
    ("tension", "mood"),
    [
        (0, Mood.CALM),
        (3, Mood.CALM),
        (4, Mood.GUARDED),
        (6, Mood.GUARDED),
        (7, Mood.UPSET),
        (10, Mood.UPSET),
    ],
)
def test_the_mood_follows_the_tension(tension: int, mood: Mood) -> None:
    assert Mood.at(tension) is mood


@pytest.mark.parametrize(
    ("after", "unless", "happened", "may"),
    [
        (set(), set(), set(), True),
        ({"a"}, set(), set(), False),
        ({"a"}, set(), {"a", "b"}, True),
        ({"a", "b"}, set(), {"a"}, False),
        (set(), {"c"}, {"a"}, True),
        (set(), {"c", "d"}, {"d"}, False),
        ({"a"}, {"c"}, {"a", "c"}, False),
    ],
)
def test_a_line_waits_for_all_its_conditions_and_is_barred_by_any_of_its_exceptions(
    after: set[str], unless: set[str], happened: set[str], may: bool
) -> None:
    line = ScriptedLine(text("好"), frozenset(after), frozenset(unless))
    assert line.may_follow(frozenset(happened)) is may


def test_a_point_becomes_known_when_the_fact_it_belongs_to_is_told() -> None:
    said_at_once = SalientPoint("three_calls", text("三次来电"), Cues())
    told_later = SalientPoint("night_shift", text("夜班"), Cues(), after="works_nights")
    scenario = make_scenario(points=[said_at_once, told_later])
    assert scenario.points_known(frozenset()) == (said_at_once,)
    assert scenario.points_known(frozenset({"works_nights"})) == (said_at_once, told_later)


def test_the_weights_of_a_scenario_name_its_focus_first() -> None:
    scenario = make_scenario(focus={"plain": 3, "listen": 3}, support={"honest": 4})
    assert list(scenario.weights.items()) == [("plain", 3), ("listen", 3), ("honest", 4)]


def test_moves_and_facts_are_found_by_id_and_an_unknown_fact_is_a_mistake() -> None:
    blame, secret = make_move("blame", 1), make_fact("secret", ASKED)
    scenario = make_scenario(moves=[blame], facts=[secret])
    assert scenario.move("blame") == blame
    assert scenario.move("praise") is None
    assert scenario.fact("secret") == secret
    with pytest.raises(KeyError):
        scenario.fact("praise")


@pytest.mark.parametrize(
    ("key", "single"),
    [
        (ASKED, [ASKED]),
        (AnyOf((ASKED, EASED)), [ASKED, EASED]),
        (AllOf((EASED, AnyOf((ASKED, AllOf((EASED,)))))), [EASED, ASKED, EASED]),
    ],
)
def test_every_single_key_is_found_inside_a_combined_one(
    key: UnlockKey, single: list[UnlockKey]
) -> None:
    assert list(keys_in(key)) == single


@pytest.mark.parametrize(
    ("localized", "zh", "en"),
    [
        (Localized("你好", "Hello"), "你好", "Hello"),
        (Localized(zh="你好"), "你好", "你好"),
        (Localized(en="Hello"), "Hello", "Hello"),
        (Localized(), "", ""),
    ],
)
def test_a_text_that_is_missing_in_one_language_is_said_in_the_other(
    localized: Localized, zh: str, en: str
) -> None:
    assert (localized.said_in(Language.ZH), localized.said_in(Language.EN)) == (zh, en)
