"""A curt, a blaming, an empty-but-polite and a skilled learner must see different things.

The replies were written without sight of the cues and examples (tests/data).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from statistics import mean

import pytest

from commcoach.coaching.debriefing import Debrief, debrief
from commcoach.coaching.practice import finish_session, start_session
from commcoach.coaching.turns import SetAside, take_turn
from commcoach.domain.dialogue import Action, PracticeSession, allowed_actions
from commcoach.domain.language import Language
from commcoach.embedded.outcome import CueOutcomeJudge
from tests.shipped import learners, library, practice

SCENARIOS = sorted(library().scenarios)
POOR = ("curt", "blaming", "empty_polite")


@dataclass(frozen=True)
class Played:
    kind: str
    session: PracticeSession
    report: Debrief

    @property
    def level(self) -> float:
        return mean(
            score.level
            for turn in self.session.turns
            if turn.card is not None
            for score in turn.card.scored()
        )

    @property
    def outcome(self) -> float:
        return mean(one.reached for one in self.report.achieved)


@cache
def rows(scenario: str, language: Language) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return tuple(
        (row["kind"], tuple(row["replies"]))
        for row in learners()
        if row["scenario"] == scenario and row["lang"] == language
    )


async def play_all(scenario: str, language: Language) -> dict[str, list[Played]]:
    played: dict[str, list[Played]] = {}
    chosen = library().scenarios[scenario]
    for kind, replies in rows(scenario, language):
        coach = practice()
        session = await start_session(coach, chosen, "learner", language)
        for reply in replies:
            if Action.REPLY in allowed_actions(session, chosen):
                result = await take_turn(coach, session, reply)
                if not isinstance(result, SetAside):
                    session = result.session
        session = await finish_session(coach, session)
        report = await debrief(library(), CueOutcomeJudge(), session)
        played.setdefault(kind, []).append(Played(kind, session, report))
    return played


both = pytest.mark.parametrize("language", list(Language))
each = pytest.mark.parametrize("scenario", SCENARIOS)


@both
@each
async def test_a_skilled_learner_is_scored_above_every_poor_kind(
    scenario: str, language: Language
) -> None:
    played = await play_all(scenario, language)
    skilled = mean(one.level for one in played["skilled"])
    for kind in POOR:
        assert skilled - mean(one.level for one in played[kind]) >= 0.4, kind


@both
@each
async def test_a_skilled_learner_learns_what_is_hidden_and_the_poor_kinds_do_not(
    scenario: str, language: Language
) -> None:
    played = await play_all(scenario, language)
    told = {
        kind: mean(len(one.report.state.told) for one in those) for kind, those in played.items()
    }
    assert told["skilled"] >= 1
    assert all(told[kind] <= 0.5 for kind in POOR), told


@both
@each
async def test_the_counterpart_ends_calmer_with_a_skilled_learner(
    scenario: str, language: Language
) -> None:
    played = await play_all(scenario, language)
    tension = {
        kind: mean(one.report.state.tension for one in those) for kind, those in played.items()
    }
    assert all(tension["skilled"] < tension[kind] for kind in POOR), tension


@both
@each
async def test_every_kind_hears_other_lines_and_other_last_words(
    scenario: str, language: Language
) -> None:
    played = await play_all(scenario, language)
    heard = {kind: played[kind][0].session.lines()[1:] for kind in (*POOR, "skilled")}
    kinds = list(heard)
    for index, one in enumerate(kinds):
        for other in kinds[index + 1 :]:
            shared = set(heard[one]) & set(heard[other])
            assert len(shared) <= len(heard[one]) / 3, (one, other)


@both
@each
async def test_a_polite_but_empty_learner_does_not_reach_competent(
    scenario: str, language: Language
) -> None:
    played = await play_all(scenario, language)
    for one in played["empty_polite"]:
        assert one.report.band in ("starting", "basic")
