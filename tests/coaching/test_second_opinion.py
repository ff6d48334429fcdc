"""A second opinion: the same task as then, beside what stands, and nothing is kept of it."""

from __future__ import annotations

import pytest

from commcoach.coaching.scorer import ScoringTask
from commcoach.coaching.second_opinion import Compared, Sampled, WordsExpired, second_opinion
from commcoach.domain.score import (
    CriterionScore,
    EngineName,
    GateHit,
    NotApplicable,
    Scorecard,
    Scored,
    Unscored,
)
from tests import transcripts
from tests.shipped import library

ENGINE = EngineName("model", "7-5", "judge-1")
SESSION = transcripts.session()
CARD = Scorecard(
    (
        Scored("own_view_clear", 2, 2.4, (), {1: 0.2, 2: 0.4, 3: 0.4}),
        Scored("behaviour_specific", 3, 3.0, (), {3: 1.0}),
        NotApplicable("open_question"),
        Unscored("feeling_named", "unusable:quote"),
    ),
    (GateHit("gate_insult_discrimination", "白痴", 0, 2),),
    stand_in="x",
)
SAMPLES: dict[str, tuple[CriterionScore, ...]] = {
    "own_view_clear": (
        *(Scored("own_view_clear", number, float(number), ()) for number in (3, 1, 3)),
        NotApplicable("own_view_clear"),
        Unscored("own_view_clear", "unusable:quote"),
    )
}


class Careful:
    """A scorer that says the same every time, and remembers what it was given."""

    engine = ENGINE

    def __init__(self) -> None:
        self.tasks: list[ScoringTask] = []

    def prepare(self) -> None:
        """Nothing takes long."""

    async def score(self, task: ScoringTask) -> Scorecard:
        """The scorecard."""
        return (await self.sampled(task)).card

    async def sampled(self, task: ScoringTask) -> Sampled:
        """The scorecard and its samples."""
        self.tasks.append(task)
        return Sampled(CARD, SAMPLES)


async def test_the_turn_is_scored_as_it_was_then_without_the_learners_budget() -> None:
    scorer = Careful()
    await second_opinion(scorer, library(), SESSION, SESSION.turns[0])
    (task,) = scorer.tasks
    scenario = library().scenarios[SESSION.scenario]
    assert task.reply == SESSION.turns[0].reply
    assert [said.text for said in task.context] == [SESSION.opening]
    assert task.criteria == tuple(scenario.weights)
    assert (task.occasion.session, task.occasion.learner) == (SESSION.id, None)


async def test_each_criterion_stands_beside_what_stands_on_record_corrections_included() -> None:
    found = await second_opinion(Careful(), library(), SESSION, SESSION.turns[0])
    view, specific, question, feeling = found.compared
    assert isinstance(view.standing, Scored)
    assert view.standing.level == 3
    assert isinstance(specific.standing, NotApplicable)
    assert isinstance(question.standing, Scored)
    assert feeling.standing is None
    assert (found.engine, found.gates) == (ENGINE, CARD.gates)


def compared(*samples: CriterionScore) -> Compared:
    return Compared("a", None, samples[0], samples)


def level(number: int) -> Scored:
    return Scored("a", number, float(number), ())


ABSENT, FAILED = NotApplicable("a"), Unscored("a", "model:unavailable")


async def test_the_samples_of_a_criterion_are_counted_by_what_they_say() -> None:
    found = await second_opinion(Careful(), library(), SESSION, SESSION.turns[0])
    view, specific, *_ = found.compared
    assert (view.levels, view.not_applicable, view.unusable) == ({1: 1, 3: 2}, 1, 1)
    assert (specific.levels, specific.not_applicable, specific.unusable) == ({}, 0, 0)


def test_samples_more_than_a_level_apart_are_not_stable() -> None:
    assert compared(level(2)).stable
    assert compared(level(2), level(3), FAILED).stable
    assert not compared(level(1), level(2), level(3)).stable


def test_samples_that_differ_on_whether_it_applies_are_not_stable() -> None:
    assert compared(ABSENT, ABSENT, FAILED).stable
    assert not compared(level(3), ABSENT, level(3)).stable


async def test_it_says_that_a_second_model_answered() -> None:
    assert (await second_opinion(Careful(), library(), SESSION, SESSION.turns[0])).stand_in == "x"


async def test_without_words_there_is_nothing_to_score() -> None:
    session = transcripts.expired(SESSION)
    scorer = Careful()
    with pytest.raises(WordsExpired):
        await second_opinion(scorer, library(), session, session.turns[0])
    assert scorer.tasks == []
