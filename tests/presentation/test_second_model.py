"""A score by the second model is said to be its own, and never taken for the embedded engine's."""

from __future__ import annotations

import pytest

from commcoach.coaching.debriefing import SECOND_MODEL, debrief
from commcoach.coaching.standing import UNCALIBRATED
from commcoach.domain.language import Language
from commcoach.domain.score import Scorecard
from commcoach.embedded.outcome import CueOutcomeJudge
from commcoach.presentation.engines import stand_in_lines, why_note
from commcoach.presentation.wording import Wording
from tests.builders import make_session, make_turn
from tests.shipped import library

ZH = Wording(Language.ZH)


@pytest.mark.parametrize("language", list(Language))
def test_it_is_said_of_the_turn(language: Language) -> None:
    turn = make_turn(1, card=Scorecard(stand_in=SECOND_MODEL))
    (line,) = stand_in_lines(turn, Wording(language))
    assert ("备用模型" if language is Language.ZH else "second model") in line
    assert "内置引擎" not in line
    assert "built-in" not in line


def test_the_note_below_the_reasons_does_not_name_the_embedded_engine() -> None:
    def said(stand_in: str) -> str:
        return why_note("small-1", UNCALIBRATED, library(), ZH, stand_in)

    assert "内置引擎" not in said(SECOND_MODEL)
    assert "内置引擎" in said("unavailable")


async def test_a_debrief_does_not_count_it_as_the_embedded_engines() -> None:
    turns = (
        make_turn(1, card=Scorecard(stand_in=SECOND_MODEL)),
        make_turn(2, card=Scorecard(stand_in="budget")),
    )
    more = {"scenario": "late_minutes_peer", "language": Language.ZH, "engine": "small-1"}
    session = make_session(*turns, **more)
    report = await debrief(library(), CueOutcomeJudge(), session)
    assert (report.engine, report.stood_in) == ("small-1", 1)
