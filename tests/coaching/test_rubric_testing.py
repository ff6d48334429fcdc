"""Cross-validation that leaks nothing, and models that stop half-way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from statistics import fmean

import pytest

from commcoach.coaching.rubric_testing import (
    NOTHING_LEFT,
    CaseScore,
    Trial,
    Twins,
    calls_planned,
    cases_scored,
    reported,
    tasks_planned,
    trial,
)
from commcoach.coaching.scorer import ScoringTask
from commcoach.domain.case_groups import folds_of, groups_of, origin_of
from commcoach.domain.cases import GradedCase, last_words
from commcoach.domain.chance import Estimate
from commcoach.domain.language import Language
from commcoach.domain.library import Library
from commcoach.domain.score import EngineName, Scorecard, Scored, Unscored
from commcoach.domain.wording import fold
from tests.shipped import library

IDS = {case.id for case in library().cases}
ID = "common_goal"
SCRIPTED = EngineName("scripted", "1")
MODEL = EngineName("model", "1", "scripted")
Judge = Callable[[ScoringTask], float | str]


def given(value: float | str) -> Scored | Unscored:
    return Unscored(ID, value) if isinstance(value, str) else Scored(ID, round(value), value, ())


@dataclass
class ScriptedScorer:
    """Gives every criterion what a function says; a word is why there is no level."""

    judge: Judge
    engine: EngineName = SCRIPTED

    def prepare(self) -> None:
        """There is nothing to prepare."""

    async def score(self, task: ScoringTask) -> Scorecard:
        value = self.judge(task)
        return Scorecard(tuple(replace(given(value), criterion=id) for id in task.criteria))


@dataclass
class ScriptedModel:
    """A model that learns nothing; counts what it is asked."""

    judge: Judge
    learns: bool = False
    name: EngineName = MODEL
    tasks: list[ScoringTask] = field(default_factory=list)

    async def scorer(self, library: Library) -> ScriptedScorer:
        del library

        def judge(task: ScoringTask) -> float | str:
            self.tasks.append(task)
            return self.judge(task)

        return ScriptedScorer(judge, self.name)


def key(text: str) -> str:
    return fold(text).text


@dataclass
class Memoriser:
    """Knows the level of every reply, and of every context, that it was shown; else the mean."""

    learns: bool = True
    name: EngineName = SCRIPTED
    shown: list[Library] = field(default_factory=list)

    async def scorer(self, library: Library) -> ScriptedScorer:
        self.shown.append(library)
        criterion = library.criteria[ID]
        known: dict[str, list[float]] = {}
        for case in library.cases:
            level = case.levels_of(ID)[0] if case.levels_of(ID) else None
            if level is not None:
                for text in (case.reply, last_words(case.context), origin_of(case, IDS)):
                    known.setdefault(key(text), []).append(level)
        for one in (*criterion.look_alikes, *(e for lv in criterion.levels for e in lv.examples)):
            stimulus = criterion.stimulus(one.stimulus)
            for said in (one.text, *([stimulus.text] if stimulus else [])):
                for text in filter(None, (said.zh, said.en)):
                    known.setdefault(key(text), []).append(one.level)

        def judge(task: ScoringTask) -> float:
            exact = known.get(key(task.reply)) or known.get(key(last_words(task.context)))
            return fmean(exact) if exact else 2.0

        return ScriptedScorer(judge)


async def test_what_memorises_its_library_scores_held_out_groups_at_chance() -> None:
    scores = (await cases_scored(Memoriser(), library(), (ID,)))[ID]
    assert len(scores) == 200
    assert {one.score.expected for one in scores if isinstance(one.score, Scored)} == {2.0}


async def test_the_same_memory_is_perfect_where_it_has_seen_the_cases() -> None:
    scorer = await Memoriser().scorer(library())
    case = next(one for one in library().cases if one.levels_of(ID) and one.levels_of(ID)[0] == 4)
    card = await scorer.score(ScoringTask(case.reply, case.context, (ID,), Language.ZH))
    assert card.scored()[0].level == 4


async def test_no_fold_learns_from_kin_of_what_it_scores() -> None:
    engine = Memoriser()
    await trial(engine, library(), (ID,))
    groups = groups_of(library())
    graded = [case for case in library().cases if case.levels_of(ID)]
    assert len(engine.shown) == 5
    for shown in engine.shown:
        assert list(shown.criteria) == [ID]
        left = {case.id for case in shown.cases}
        held = [case for case in graded if case.id not in left]
        assert {groups[case.id] for case in held}.isdisjoint(groups[id] for id in left)
        words = {key(last_words(case.context)) for case in held}
        criterion = shown.criteria[ID]
        for example in (e for level in criterion.levels for e in level.examples):
            stimulus = criterion.stimulus(example.stimulus)
            assert stimulus is not None
            assert words.isdisjoint(
                key(text or "") for text in (stimulus.text.zh, stimulus.text.en)
            )
    held_once = Counter(
        case.id for shown in engine.shown for case in graded if case not in shown.cases
    )
    assert set(held_once.values()) == {1}


def test_kin_share_a_group_and_others_do_not() -> None:
    groups = groups_of(library())
    by_words: dict[str, set[str]] = {}
    by_origin: dict[str, set[str]] = {}
    for case in library().cases:
        by_words.setdefault(key(last_words(case.context)), set()).add(groups[case.id])
        by_origin.setdefault(origin_of(case, IDS), set()).add(groups[case.id])
    assert all(len(found) == 1 for found in (*by_words.values(), *by_origin.values()))
    sizes = Counter(groups.values())
    assert max(sizes.values()) < 100
    assert len(sizes) > 100


def test_folds_are_of_about_one_size_and_the_same_each_time() -> None:
    cases = [case for case in library().cases if case.levels_of("paraphrase_check")]
    groups = groups_of(library())
    parts = folds_of(cases, groups, 5)
    assert [len(part) for part in parts] == pytest.approx([120] * 5, abs=3)
    assert parts == folds_of(cases, groups, 5)


async def test_what_cannot_be_learned_without_kin_is_unscored() -> None:
    own = library().criteria[ID]
    bare = replace(
        own, look_alikes=(), levels=tuple(replace(one, examples=()) for one in own.levels)
    )
    rubric = replace(library().rubrics[own.module], criteria=(bare,))
    cases = tuple(case for case in library().cases if case.levels_of(ID))[:8]
    small = replace(library(), rubrics={own.module: rubric}, cases=cases)
    scores = (await cases_scored(Memoriser(), small, (ID,)))[ID]
    assert {one.score for one in scores} == {Unscored(ID, NOTHING_LEFT)}


def grade(task: ScoringTask) -> float:
    """What the cases' authors gave."""
    return GRADES[task.reply]


GRADES = {
    case.reply: case.levels_of(ID)[0] or 0.0 for case in library().cases if case.levels_of(ID)
}


async def test_a_scorer_that_knows_the_grades_agrees_with_them() -> None:
    model = ScriptedModel(grade)
    found = reported(await trial(model, library(), (ID,)), library()).reports[ID]
    assert isinstance(found.fit.quadratic, Estimate)
    assert found.fit.quadratic.value == 1.0
    assert found.worst == ()


async def test_a_model_sees_each_case_once_for_all_its_criteria() -> None:
    model = ScriptedModel(lambda _: 1.0)
    ids = (ID, "probe_interest")
    seen: list[int] = []
    done = await trial(model, library(), ids, advance=seen.append, at_once=8)
    assert len(model.tasks) == 200 == calls_planned(library(), ids, Twins(0))
    assert {task.criteria for task in model.tasks} == {ids}
    assert (done.planned, done.done, sum(seen)) == (400, 400, 400)


async def test_twins_are_scored_for_as_many_cases_as_wished() -> None:
    model = ScriptedModel(lambda task: len(task.reply) / 1000)
    done = await trial(model, library(), (ID,), twins=Twins(30))
    tried = [one for one in done.scores[ID] if one.padded is not None]
    assert len(tried) == 30
    assert all(longer(one) for one in tried)
    assert len(model.tasks) == calls_planned(library(), (ID,), Twins(30))
    planned = tasks_planned(library(), (ID,), Twins(30))
    assert sorted(map(repr, planned)) == sorted(map(repr, model.tasks))


def longer(one: CaseScore) -> bool:
    padded, plain = one.padded, one.score
    return (
        isinstance(padded, Scored)
        and isinstance(plain, Scored)
        and padded.expected > plain.expected
    )


async def stopping(reason: str, after: int) -> Trial:
    asked: list[GradedCase | ScoringTask] = []

    def judge(task: ScoringTask) -> float | str:
        asked.append(task)
        return 1.0 if len(asked) <= after else f"model:{reason}"

    return await trial(ScriptedModel(judge), library(), (ID,), at_once=4)


async def test_a_spent_budget_ends_it_with_what_was_scored() -> None:
    done = await stopping("budget", 25)
    assert (done.stopped, done.done, done.planned) == ("budget", 25, 200)


async def test_a_model_that_cannot_be_reached_is_given_up() -> None:
    done = await stopping("unavailable", 25)
    assert (done.stopped, done.done) == ("unavailable", 25)


async def test_an_unusable_answer_is_a_verdict_like_any_other() -> None:
    done = await trial(ScriptedModel(lambda _: "unusable:quote"), library(), (ID,))
    assert (done.stopped, done.done) == ("", 200)
