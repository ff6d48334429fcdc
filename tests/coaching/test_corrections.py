"""Corrected replies become cases: with the words that were seen, and nothing that names anybody."""

from __future__ import annotations

from dataclasses import replace

from commcoach import bootstrap
from commcoach.coaching.corrections import Corrections, corrected_cases
from commcoach.domain.cases import Grade, Said
from commcoach.domain.dialogue import PracticeSession
from commcoach.domain.language import Language
from commcoach.domain.score import Override
from tests.builders import days, make_session, make_turn
from tests.shipped import library

ID = "open_question"
CRITERIA = library().criteria


def correction(level: int | None, by: str = "王老师", day: float = 0, of: str = ID) -> Override:
    return Override(1, 1, of, level, "理由", by, days(day))


def talk(*corrections: Override, reply: str = "哪天方便？", **more: object) -> PracticeSession:
    """A session whose second reply was corrected."""
    turns = (
        make_turn(1, reply="您先说。", line="就这事。"),
        make_turn(2, reply=reply, overrides=corrections),
    )
    return make_session(*turns, opening="喂？", language=Language.ZH, **more)


def made(*sessions: PracticeSession) -> Corrections:
    return corrected_cases(sessions, CRITERIA, bootstrap.mask)


def test_a_corrected_reply_is_a_case_with_all_that_the_learner_had_seen() -> None:
    (case,) = made(talk(correction(3), scenario="night_piling")).cases
    assert case.reply == "哪天方便？"
    assert case.context == (
        Said("counterpart", "喂？"),
        Said("learner", "您先说。"),
        Said("counterpart", "就这事。"),
    )
    assert (case.language, case.scenario) == (Language.ZH, "night_piling")
    assert case.grades == (Grade("王老师", "human", {ID: 3}),)


def test_grades_of_corrections_are_never_blind() -> None:
    (case,) = made(talk(correction(3))).cases
    assert case.grades[0].blind == {}


def test_nothing_in_a_case_names_the_session_or_the_learner() -> None:
    one, other = (
        made(talk(correction(3), id=f"session-{name}", learner=f"learner-{name}"))
        for name in ("one", "two")
    )
    assert one == other
    assert "session" not in repr(one)
    assert "learner-" not in repr(one)


def test_the_last_correction_of_a_level_stands() -> None:
    found = made(
        talk(correction(3), correction(1, "李老师", 1), correction(None, of="own_view_clear"))
    )
    assert found.cases[0].grades == (
        Grade("李老师", "human", {ID: 1}),
        Grade("王老师", "human", {"own_view_clear": None}),
    )
    assert found.levels == 2


def test_the_same_words_twice_are_one_case_with_the_later_level() -> None:
    newer, older = talk(correction(1, day=2), id="a"), talk(correction(3, day=1), id="b")
    for found in (made(newer, older), made(older, newer)):
        assert [case.grades for case in found.cases] == [(Grade("王老师", "human", {ID: 1}),)]
        assert found.levels == 1


def test_personal_data_are_blotted_out_once_more() -> None:
    (case,) = made(talk(correction(3), reply="打我13912345678")).cases
    assert "13912345678" not in repr(case)


def test_what_has_expired_is_counted_and_left_out() -> None:
    session = talk(correction(3))
    first, second = session.turns
    for turns in ((first, replace(second, reply="")), (replace(first, reply=""), second)):
        found = made(replace(session, turns=turns))
        assert (found.cases, found.expired) == ((), 1)


def test_a_level_or_criterion_that_is_no_more_is_counted_and_left_out() -> None:
    found = made(
        talk(correction(7), correction(1, of="kindness"), correction(2, of="paraphrase_check"))
    )
    assert found.outdated == 2
    assert found.cases[0].grades == (Grade("王老师", "human", {"paraphrase_check": 2}),)


def test_replies_that_nobody_corrected_stay_at_home() -> None:
    assert made(talk()) == Corrections((), 0, 0, 0)
