"""A second opinion: the same task as then, beside what stands, and nothing is kept of it."""

from __future__ import annotations

import pytest

from commcoach.coaching.scorer import EngineName, ScoringTask
from commcoach.coaching.second_opinion import Compared, WordsExpired, second_opinion
from commcoach.domain.score import GateHit, NotApplicable, Scorecard, Scored, Unscored
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
)


class Careful:
    """A scorer that says the same every time, and remembers what it was given."""

    engine = ENGINE

    def __init__(self) -> None:
        self.tasks: list[ScoringTask] = []

    def prepare(self) -> None:
        """Nothing takes long."""

    async def score(self, task: ScoringTask) -> Scorecard:
        """The scorecard."""
        self.tasks.append(task)
        return CARD


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


def compared(**shares: float) -> Compared:
    levels = {int(level[1:]): share for level, share in shares.items()}
    return Compared("a", None, Scored("a", min(levels), 2.0, (), levels))


def test_samples_more_than_a_level_apart_are_not_stable() -> None:
    assert compared(l2=1.0).stable
    assert compared(l2=0.8, l3=0.2).stable
    assert not compared(l1=0.2, l2=0.4, l3=0.4).stable


@pytest.mark.parametrize("score", [NotApplicable("a"), Unscored("a", "model:unavailable")])
def test_what_has_no_level_has_no_shares(score: NotApplicable | Unscored) -> None:
    assert Compared("a", None, score).shares == {}


async def test_without_words_there_is_nothing_to_score() -> None:
    session = transcripts.expired(SESSION)
    scorer = Careful()
    with pytest.raises(WordsExpired):
        await second_opinion(scorer, library(), session, session.turns[0])
    assert scorer.tasks == []
