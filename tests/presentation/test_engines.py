"""Who scored is said, and never as somebody else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from commcoach.coaching.arms import Taken
from commcoach.coaching.debriefing import EMBEDDED, SECOND_MODEL
from commcoach.coaching.language_model import ModelFailed
from commcoach.coaching.standing import UNCALIBRATED
from commcoach.domain.dialogue import PracticeSession
from commcoach.domain.feedback import Advice
from commcoach.domain.language import Language
from commcoach.domain.reading import Reading
from commcoach.domain.score import Scorecard, Unscored
from commcoach.presentation.engines import (
    calibration,
    spoken_for,
    stand_in_lines,
    stand_in_notice,
    why_note,
)
from commcoach.presentation.reasons import why_lines
from commcoach.presentation.wording import Wording
from tests.builders import make_session, make_turn
from tests.prompted.office import FAILURES
from tests.shipped import library

ZH = Wording(Language.ZH)


def test_the_embedded_engine_is_named_with_its_limits() -> None:
    assert "内置引擎" in calibration(EMBEDDED, UNCALIBRATED, library(), ZH)
    assert "内置引擎" in why_note(EMBEDDED, UNCALIBRATED, library(), ZH)


def test_a_model_is_named_and_not_taken_for_the_embedded_engine() -> None:
    for say in (calibration, why_note):
        said = say("some-model", UNCALIBRATED, library(), ZH)
        assert "some-model" in said
        assert "未经专家校准" in said
        assert "内置引擎" not in said


def test_what_the_embedded_engine_did_in_place_of_a_model_is_said_with_the_reason() -> None:
    turn = make_turn(1, card=Scorecard(stand_in="budget"))
    turn = replace(turn, reading=Reading((), stand_in="unavailable"), line_stand_in="unavailable")
    assert stand_in_lines(turn, ZH) == (
        "这一轮由内置引擎代替模型读回复、接话：模型连不上，或者答得太慢。",
        "这一轮由内置引擎代替模型评分：模型的用量已到上限。",
    )
    assert stand_in_lines(make_turn(1, card=Scorecard()), ZH) == ()


@pytest.mark.parametrize("language", list(Language))
def test_every_way_a_model_fails_has_plain_words_of_its_own(language: Language) -> None:
    def said(failure: ModelFailed) -> tuple[str, ...]:
        turn = make_turn(1, card=Scorecard(stand_in=failure.reason))
        return stand_in_lines(turn, Wording(language))

    assert len({said(failure) for failure in FAILURES}) == len(FAILURES)
    assert all(failure.reason not in said(failure)[0].split() for failure in FAILURES[1:3])


def test_a_reason_that_is_not_known_is_a_failure() -> None:
    (line,) = stand_in_lines(make_turn(1, card=Scorecard(stand_in="from another version")), ZH)
    assert line.endswith("模型出了错。")


def test_why_begins_with_who_stood_in_and_names_who_scored_the_turn() -> None:
    card = Scorecard((Unscored("open_question"),), stand_in="refused")
    first, *_, last = why_lines(make_turn(1, card=card), library(), ZH, "some-model")
    assert first == "这一轮由内置引擎代替模型评分：模型拒绝作答。"
    assert last == why_note(EMBEDDED, UNCALIBRATED, library(), ZH)
    own = replace(card, stand_in="")
    first, *_, last = why_lines(make_turn(1, card=own), library(), ZH, "some-model")
    assert "代替" not in first
    assert last == why_note("some-model", UNCALIBRATED, library(), ZH)


def test_a_model_that_was_stood_in_for_on_some_turns_is_named_with_their_number() -> None:
    assert calibration("some-model", UNCALIBRATED, library(), ZH, 2) == (
        "模型 some-model 评分，其中 2 轮由内置引擎代评，都未经专家校准。仅供练习，不作考核依据。"
    )


def session_of(*reasons: str) -> PracticeSession:
    """A session whose lines were stood in for, for these reasons."""
    turns = [
        replace(make_turn(number), line_stand_in=reason)
        for number, reason in enumerate(reasons, start=1)
    ]
    return make_session(*turns)


def notices(*reasons: str) -> list[str]:
    session = session_of(*reasons)
    return [
        stand_in_notice(
            Taken(replace(session, turns=session.turns[:at]), turn, Advice(), (), None), ZH
        )
        for at, turn in enumerate(session.turns, start=1)
    ]


def test_a_stand_in_is_said_on_its_first_turn_and_again_when_its_reason_changes() -> None:
    unavailable = "（模型连不上，或者答得太慢，这一轮由内置引擎代替。）"
    refused = "（模型拒绝作答，这一轮由内置引擎代替。）"
    assert notices("", "unavailable", "", "unavailable", "refused", "refused") == [
        *("", unavailable, "", ""),
        *(refused, ""),
    ]


def test_a_spent_budget_is_said_in_its_own_words() -> None:
    first, second, third = notices("unavailable", "budget", "budget")
    assert first.startswith("（")
    assert second == ZH.say("practice.budget_spent")
    assert third == ""


def test_the_second_model_is_no_stand_in_of_the_embedded_engine() -> None:
    assert notices(SECOND_MODEL) == [""]
    assert spoken_for(session_of(SECOND_MODEL), ZH) == ""


def test_the_debrief_counts_the_lines_that_were_spoken_in_place_of_the_model() -> None:
    session = session_of("unavailable", "", "refused", "refused")
    assert spoken_for(session, ZH) == "有 3 轮对方的话由内置引擎代说。"
