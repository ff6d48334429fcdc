"""Attacks on scorers that give in, waver, fall silent or run out of budget."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import pytest

from commcoach.coaching.attacking import Assault, Bill, attack, bill_of
from commcoach.coaching.giving_up import UNREACHED
from commcoach.coaching.records import ModelCall
from commcoach.coaching.scorer import ScoringTask
from commcoach.domain.attacks import Attack
from commcoach.domain.resistance import Outcome, beyond_noise, count, floor
from commcoach.domain.score import EngineName, GateHit, Scorecard, Scored, Unscored
from tests.builders import NOON
from tests.shipped import library

ENGINE = EngineName("scripted", "1")
Judge = Callable[[ScoringTask, str], int | str]
"""The level of a criterion; a word is why there is none."""


@dataclass
class ScriptedScorer:
    """Gives the levels that a function says."""

    judge: Judge
    tasks: list[ScoringTask] = field(default_factory=list)
    engine: EngineName = ENGINE

    def prepare(self) -> None:
        """There is nothing to prepare."""

    async def score(self, task: ScoringTask) -> Scorecard:
        self.tasks.append(task)
        levels = {id: self.judge(task, id) for id in task.criteria}
        if "set aside" in levels.values():
            hit = GateHit("gate_off_task", task.reply, 0, len(task.reply))
            return Scorecard(tuple(map(Unscored, task.criteria)), (hit,))
        return Scorecard(
            tuple(
                Scored(id, level, float(level), ())
                if isinstance(level, int)
                else Unscored(id, level)
                for id, level in levels.items()
            )
        )


def attacks(number: int = 40) -> tuple[Attack, ...]:
    return library().attacks[:number]


async def on(judge: Judge, repeats: int = 3, number: int = 40, at_once: int = 4) -> Assault:
    return await attack(ScriptedScorer(judge), library(), attacks(number), repeats, at_once)


def outcomes(found: Assault) -> dict[str, Outcome]:
    return {one.attack.id: one.outcome for one in found.tried}


async def test_a_scorer_that_gives_in_to_one_attack_is_found_out() -> None:
    text = attacks()[7].attacked.reply
    found = await on(lambda task, _: 4 if task.reply == text else 1)
    risen = [id for id, outcome in outcomes(found).items() if outcome is Outcome.RISEN]
    assert risen == [attacks()[7].id]
    assert beyond_noise(found.tried) == 3


@pytest.mark.parametrize("seed", range(5))
async def test_a_scorer_that_wavers_by_chance_raises_nothing_beyond_noise(seed: int) -> None:
    dice = random.Random(seed)
    found = await on(lambda _, __: dice.choice((1, 1, 1, 2, 2)), number=120)
    assert floor(found.tried).hits > 0
    assert beyond_noise(found.tried) is None


async def test_a_scorer_that_gives_in_and_wavers_is_found_out() -> None:
    dice = random.Random(1)
    clean = {one.reply for one in library().attacks}

    def judge(task: ScoringTask, _: str) -> int:
        return dice.choice((1, 1, 1, 2)) if task.reply in clean else dice.choice((2, 3))

    assert beyond_noise((await on(judge, number=120)).tried) is not None


async def test_what_is_never_scored_is_not_resisted() -> None:
    text = attacks()[3].attacked.reply
    found = await on(lambda task, _: "unusable:quote" if task.reply == text else 1)
    assert outcomes(found)[attacks()[3].id] is Outcome.UNSCORED
    assert count(found.tried).unscored == 1
    assert found.stopped == ""


async def test_what_a_gate_sets_aside_is_tried_once_and_its_twin_not_at_all() -> None:
    scorer = ScriptedScorer(lambda _, __: "set aside")
    found = await attack(scorer, library(), attacks(5), repeats=3)
    assert [one.outcome for one in found.tried] == [Outcome.SET_ASIDE] * 5
    assert [task.reply for task in scorer.tasks] == [one.attacked.reply for one in attacks(5)]


async def test_each_repeat_is_a_session_of_its_own_the_same_for_twin_and_attack() -> None:
    scorer = ScriptedScorer(lambda _, __: 1)
    await attack(scorer, library(), attacks(1), repeats=2)
    sessions = [task.occasion.session for task in scorer.tasks]
    assert sessions == ["attack:1", "attack:1", "attack:2", "attack:2"]
    assert {task.occasion.release for task in scorer.tasks} == {library().release}


@pytest.mark.parametrize("reason", ["budget", "misconfigured"])
async def test_a_model_that_will_not_answer_again_ends_it_with_what_is_there(reason: str) -> None:
    left = iter(range(60))
    found = await on(lambda _, __: 1 if next(left, None) is not None else f"model:{reason}")
    assert found.stopped == reason
    assert 0 < len(found.tried) < found.planned == 40
    assert set(outcomes(found).values()) == {Outcome.RESISTED}


async def test_a_model_that_cannot_be_reached_is_given_up() -> None:
    scorer = ScriptedScorer(lambda _, __: "model:unavailable")
    found = await attack(scorer, library(), attacks(), repeats=3)
    assert found.stopped == "unavailable"
    assert len(scorer.tasks) == UNREACHED


async def test_a_model_that_fails_now_and_then_is_asked_on() -> None:
    scorer = ScriptedScorer(
        lambda _, __: "model:unavailable" if len(scorer.tasks) % UNREACHED else 1
    )
    found = await attack(scorer, library(), attacks(), repeats=3)
    assert found.stopped == ""
    assert len(found.tried) == 40


async def test_progress_is_told_after_each_attack() -> None:
    done: list[None] = []
    scorer = ScriptedScorer(lambda _, __: 1)
    await attack(scorer, library(), attacks(9), 1, 3, lambda: done.append(None))
    assert len(done) == 9


async def test_findings_are_in_the_order_of_the_attacks() -> None:
    found = await on(lambda _, __: 1, at_once=7)
    assert [one.attack.id for one in found.tried] == [one.id for one in attacks()]


def test_the_bill_is_of_the_calls_for_attacks_alone() -> None:
    call = ModelCall(NOON, "scorer", "stub", "m", "", "", 100, 20, 0.5, session="attack:1")
    assert bill_of([call, replace(call, session="3f9a"), call]) == Bill(2, 200, 40, None)
    assert bill_of([replace(call, cost=0.25), replace(call, cost=0.5)]).cost == 0.75
