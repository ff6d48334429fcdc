"""Transcripts as values: assembled for one session, found by a short id, listed in order."""

from __future__ import annotations

import pytest

from commcoach.coaching.review import Contest, Listed, Reviews
from commcoach.coaching.transcripts import (
    Transcript,
    expired,
    history,
    named_by,
    transcript_of,
    worth_a_look_first,
)
from commcoach.domain.dialogue import PracticeSession
from commcoach.domain.score import Override
from commcoach.embedded.outcome import CueOutcomeJudge
from tests import transcripts
from tests.builders import NOON, make_session
from tests.shipped import library


class Objections:
    """The learner's objections, and nothing else of a store."""

    async def listed(self, cohort: str | None = None, learner: str | None = None) -> list[Listed]:
        raise NotImplementedError

    async def override(self, session: str, override: Override) -> None:
        raise NotImplementedError

    async def contest(self, contest: Contest) -> None:
        raise NotImplementedError

    async def contests(self, session: str) -> list[Contest]:
        return list(transcripts.contests(session))


async def assembled(session: PracticeSession) -> Transcript:
    reviews: Reviews = Objections()
    return await transcript_of(session, library(), reviews, CueOutcomeJudge())


async def test_a_transcript_holds_scenario_objections_and_debrief() -> None:
    made = await assembled(transcripts.session())
    assert made.scenario.id == "late_minutes_peer"
    assert [one.criterion for one in made.contests] == ["own_view_clear"]
    assert made.report is not None
    assert made.report.gates == ("gate_insult_discrimination",)


async def test_without_the_words_there_is_no_debrief_that_would_judge_them() -> None:
    gone = transcripts.expired(transcripts.session())
    assert all(expired(turn) for turn in gone.turns)
    assert (await assembled(gone)).report is None


async def test_a_session_without_replies_has_no_debrief() -> None:
    empty = make_session(scenario="late_minutes_peer")
    assert (await assembled(empty)).report is None


def test_the_history_of_a_level_is_its_corrections_in_order() -> None:
    turn = transcripts.session().turns[0]
    assert [one.by for one in history(turn, "own_view_clear")] == ["王老师"]
    assert history(turn, "open_question") == ()


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ("3f9a1b", ("3f9a1b2c", "3f9a1bff")),
        ("3f9a1b2", ("3f9a1b2c",)),
        ("3F9A1B2", ("3f9a1b2c",)),
        ("3f9a1b2c", ("3f9a1b2c",)),
        ("3f9a1", ()),
        ("", ()),
        ("abc", ("abc",)),
        ("nowhere", ()),
    ],
)
def test_an_id_may_be_short_from_six_characters_on(given: str, found: tuple[str, ...]) -> None:
    assert named_by(given, ["3f9a1b2c", "3f9a1bff", "abc"]) == found


def test_open_objections_come_first_then_crossed_gates_then_the_rest_as_it_was() -> None:
    def listed(id: str, contests: int = 0, gates: int = 0) -> Listed:
        # A correction does not answer an objection that came after it.
        return Listed(id, "learner", "s", "r", NOON, True, 3, contests, 1, gates)

    shown = worth_a_look_first(
        [
            listed("newest"),
            listed("gate", gates=2),
            listed("contested", contests=1),
        ]
    )
    assert [one.id for one in shown] == ["contested", "gate", "newest"]
