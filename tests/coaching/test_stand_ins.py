"""Whoever stands in for an engine does not count as that engine."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

from commcoach.coaching.attacking import attack
from commcoach.coaching.comparing import PastReply, score_practice
from commcoach.coaching.rubric_testing import Twins, trial
from commcoach.coaching.scorer import STAND_IN, Scorer, ScoringTask, own_scores
from commcoach.coaching.trying import try_replies
from commcoach.domain.language import Language
from commcoach.domain.library import Library
from commcoach.domain.resistance import Outcome
from commcoach.domain.score import (
    EngineName,
    GateHit,
    NotApplicable,
    Scorecard,
    Scored,
    Unscored,
)
from tests.builders import make_session, make_turn
from tests.shipped import library

ID = "open_question"
ENGINE = EngineName("model", "1", "examined")
SECOND = replace(ENGINE, model="second")
EMBEDDED = EngineName("embedded", "6")
OTHERS = [
    Scorecard(stand_in="second_model", by=SECOND),
    Scorecard(stand_in="unavailable", by=EMBEDDED),
    Scorecard(stand_in="unavailable"),
    Scorecard(by=EMBEDDED),
]


@dataclass
class Model:
    """An engine for which another one answers, always the same."""

    card: Scorecard
    learns: bool = False
    name: EngineName = ENGINE
    engine: EngineName = ENGINE

    async def scorer(self, library: Library) -> Scorer:
        del library
        return self

    def prepare(self) -> None:
        """There is nothing to prepare."""

    async def score(self, task: ScoringTask) -> Scorecard:
        return replace(self.card, scores=tuple(Scored(id, 2, 2.0, ()) for id in task.criteria))


@pytest.mark.parametrize("other", OTHERS)
def test_only_what_another_engine_gave_is_unscored(other: Scorecard) -> None:
    scores = (Scored(ID, 2, 2.0, ()), NotApplicable("feedback"), Unscored("why", "too_long"))
    card = replace(other, scores=scores, gates=(GateHit("gate_insult", "", 0, 0),))
    own = own_scores(card, ENGINE)
    assert own.scores == (Unscored(ID, STAND_IN), Unscored("feedback", STAND_IN), scores[2])
    assert own.gates == card.gates


@pytest.mark.parametrize(
    "own", [Scorecard(), Scorecard(by=ENGINE), Scorecard(stand_in="embeddings", by=ENGINE)]
)
def test_what_the_engine_gave_itself_stays(own: Scorecard) -> None:
    card = replace(own, scores=(Scored(ID, 2, 2.0, ()),))
    assert own_scores(card, ENGINE) is card


@pytest.mark.parametrize("other", OTHERS)
async def test_a_test_does_not_count_the_levels_of_a_stand_in(other: Scorecard) -> None:
    scores = (await trial(Model(other), library(), (ID,), twins=Twins(2))).scores[ID]
    assert {one.score for one in scores} == {Unscored(ID, STAND_IN)}
    twins = {one.padded for one in scores} | {one.trimmed for one in scores}
    assert twins <= {None, Unscored(ID, STAND_IN)}


async def test_an_attack_on_a_stand_in_is_not_resisted() -> None:
    found = await attack(Model(OTHERS[0]), library(), library().attacks[:3], repeats=1)
    assert {one.outcome for one in found.tried} == {Outcome.UNSCORED}


async def test_a_trial_shows_no_levels_of_a_stand_in() -> None:
    task = ScoringTask("好。", (), (ID,), Language.ZH)
    tried = await try_replies(Model(OTHERS[1]), None, library(), "new", (task,))
    assert tried.tried[0].score_of(ID) == Unscored(ID, STAND_IN)


async def test_a_version_is_not_compared_by_the_levels_of_a_stand_in() -> None:
    scenario = next(one for one in library().scenarios.values() if ID in one.weights)
    turn = make_turn(1, reply="您那边卡在哪一步了？", line="嗯。")
    session = replace(make_session(turn), scenario=scenario.id, release=library().release)
    found, skipped = await score_practice(
        (Model(Scorecard()), Model(OTHERS[0])),
        (library(), library()),
        [PastReply(session, turn)],
        [ID],
    )
    assert skipped == 0
    (row,) = found[0].rows
    assert (row.before, row.after) == (Scored(ID, 2, 2.0, ()), Unscored(ID, STAND_IN))
