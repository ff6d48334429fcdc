"""Measuring models at work: what is counted, and what the numbers are made of."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from commcoach.coaching.counterpart import Hear, Spoken, Stage, unheard
from commcoach.coaching.language_model import Ask, Job, ModelUnavailable
from commcoach.coaching.records import ModelCall
from commcoach.coaching.watching import WatchedModel
from commcoach.domain.language import Language
from commcoach.embedded.outcome import CueOutcomeJudge
from commcoach.embedded.reader import CueReader
from commcoach.embedded.voice import ScriptedVoice
from commcoach.llm.stub import Scripted, StubModel
from commcoach.prompted.benching import (
    Engines,
    Exchange,
    TurnTimes,
    Watch,
    first_of,
    measure,
    replies_for,
    spread,
    summed_up,
)
from commcoach.prompted.debriefing import PromptedSummariser
from commcoach.prompted.reader import PromptedReader
from commcoach.prompted.rewriting import PromptedRewriter
from commcoach.prompted.scorer import PromptedScorer
from commcoach.prompted.voice import PromptedVoice
from tests.llm.clock import Clock
from tests.prompted.office import SCENARIOS, means, words_of
from tests.shipped import library, scorer

SCENARIO = library().scenarios["three_calls_no_owner"]
NOTHING_FOUND: dict[str, Any] = {"moves": [], "points": []}
LINES = ("那您先说说看吧。", "我已经打了三个电话了。", "反正每次都这么讲。", "您倒是给句准话。")


def engines(answer: Callable[[Ask], Scripted], watch: Watch) -> tuple[Engines, StubModel]:
    """Every job done by one stub under observation."""
    given, stub = means(answer)
    watched = replace(given, model=WatchedModel(stub), notice=watch.notice)
    library_ = library()
    return (
        Engines(
            PromptedReader(watched, CueReader()),
            PromptedVoice(watched, ScriptedVoice()),
            PromptedScorer(watched, library_, scorer(), stand_in=True),
            PromptedRewriter(watched, library_, scorer()),
            CueOutcomeJudge(),
            PromptedSummariser(watched, library_),
        ),
        stub,
    )


def learner_says(turns: int) -> tuple[str, ...]:
    """So many replies."""
    return first_of(replies_for(library(), SCENARIO, Language.ZH), turns)


class Model:
    """Answers every job; `takes` are the seconds by a clock of its own."""

    def __init__(self, clock: Clock, **takes: float) -> None:
        self._clock = clock
        self._takes = takes
        self._lines = 0

    def __call__(self, ask: Ask) -> Scripted:
        self._clock.seconds += self._takes.get(ask.job, 0.0)
        if ask.job == Job.READER:
            return NOTHING_FOUND
        if ask.job == Job.VOICE:
            self._lines += 1
            return LINES[(self._lines - 1) % len(LINES)]
        return ModelUnavailable("too busy")


# -- the turns ------------------------------------------------------------------------------


@pytest.mark.parametrize("scenario", SCENARIOS)
@pytest.mark.parametrize("language", list(Language))
def test_every_shipped_scenario_has_replies_of_all_levels(
    scenario: str, language: Language
) -> None:
    found = replies_for(library(), library().scenarios[scenario], language)
    assert len(found) == len(set(found)) > 20


async def test_a_turn_takes_as_long_as_its_slower_arm() -> None:
    watch, clock = Watch(), Clock()
    working, _ = engines(Model(clock, reader=1.0, voice=0.5, scorer=2.0), watch)
    times = await measure(
        working, watch, library(), SCENARIO, Language.ZH, learner_says(2), clock=clock
    )
    assert [one.counterpart for one in times] == [1.5, 1.5]
    found = summed_up("s", [TurnTimes(1.5, 2.0), TurnTimes(3.5, 1.0)], (), ())
    assert (found.turn.half, found.turn.longest) == (2.75, 3.5)


async def test_the_dialogue_grows_by_what_was_really_said() -> None:
    watch = Watch()
    working, stub = engines(Model(Clock()), watch)
    replies = learner_says(3)
    await measure(working, watch, library(), SCENARIO, Language.ZH, replies)
    last = [words_of(ask) for ask in stub.asks if ask.job == Job.VOICE][-1]
    assert LINES[0] in last
    assert LINES[1] in last
    assert all(ask.session == "bench" and ask.learner is None for ask in stub.asks)


async def test_the_talk_begins_anew_after_the_turns_of_the_scenario() -> None:
    watch = Watch()
    working, stub = engines(Model(Clock()), watch)
    short = replace(SCENARIO, turns=2)
    shorter = replace(library(), scenarios={**library().scenarios, short.id: short})
    await measure(working, watch, shorter, short, Language.ZH, learner_says(3))
    prompts = [words_of(ask) for ask in stub.asks if ask.job == Job.READER]
    assert [LINES[0] in prompt for prompt in prompts] == [False, True, False]


async def test_when_a_talk_is_over_come_the_last_words_and_the_summary() -> None:
    watch = Watch()
    working, stub = engines(Model(Clock()), watch)
    short = replace(SCENARIO, turns=2)
    content = replace(library(), scenarios={**library().scenarios, short.id: short})
    await measure(working, watch, content, short, Language.ZH, learner_says(3))
    jobs = [ask.job for ask in stub.asks if ask.job in (Job.VOICE, Job.DEBRIEF)]
    talks = "".join("d" if job == Job.DEBRIEF else "v" for job in jobs)
    # Two turns and the last words, then one; what cannot be used is asked for again.
    assert re.fullmatch(r"v{3,6}dv{2,4}d", talks)
    summaries = [one for one in watch.exchanges if one.job is Job.DEBRIEF]
    assert [(one.asks, one.failed) for one in summaries] == [(1, True)] * 2


async def test_the_voice_is_listened_to_as_it_is_in_practice() -> None:
    heard: list[str] = []

    class Aloud(ScriptedVoice):
        async def speak(self, stage: Stage, hear: Hear = unheard) -> Spoken:
            heard.append("nothing" if hear is unheard else "all")
            return await super().speak(stage, hear)

    alone = Engines(CueReader(), Aloud(), scorer(), None, CueOutcomeJudge())
    await measure(alone, Watch(), library(), SCENARIO, Language.ZH, learner_says(1))
    assert heard == ["all"]


# -- what is counted ------------------------------------------------------------------------


async def test_answers_at_the_first_ask_at_the_second_and_none_are_told_apart() -> None:
    watch = Watch()
    answers: list[Scripted] = [NOTHING_FOUND, "no object", NOTHING_FOUND, "nor here", "nor here"]
    read = iter(answers)
    usual = Model(Clock())

    def answer(ask: Ask) -> Scripted:
        return next(read) if ask.job == Job.READER else usual(ask)

    working, _ = engines(answer, watch)
    await measure(working, watch, library(), SCENARIO, Language.ZH, learner_says(3))
    reader = [one for one in watch.exchanges if one.job is Job.READER]
    assert [(one.asks, one.failed) for one in reader] == [(1, False), (2, False), (2, True)]
    scored = [one for one in watch.exchanges if one.job is Job.SCORER]
    assert {(one.asks, one.failed) for one in scored} == {(1, True)}


async def test_a_piece_of_work_without_a_model_is_not_counted() -> None:
    watch = Watch()
    alone = Engines(CueReader(), ScriptedVoice(), scorer(), None, CueOutcomeJudge())
    times = await measure(alone, watch, library(), SCENARIO, Language.ZH, learner_says(1))
    assert len(times) == 1
    assert watch.exchanges == []


# -- the numbers ----------------------------------------------------------------------------


def call(job: Job, latency: float = 1.0, cost: float | None = None, cached: int = 0) -> ModelCall:
    """A recorded call of 100 and 10 tokens."""
    at = datetime(2026, 11, 10, tzinfo=UTC)
    return ModelCall(
        at, job, "openai", "small-1", "", "", 100, 10, latency, cached_tokens=cached, cost=cost
    )


def test_the_numbers_of_a_job_come_from_its_recorded_calls() -> None:
    calls = [call(Job.VOICE, seconds / 10, cached=80) for seconds in range(1, 12)]
    exchanges = [
        *[Exchange(Job.VOICE, 1, failed=False)] * 7,
        *[Exchange(Job.VOICE, 2, failed=False)] * 2,
        Exchange(Job.VOICE, 2, failed=True),
        Exchange(Job.READER, 1, failed=False),
    ]
    [voice] = summed_up("s", [TurnTimes(1, 1)], exchanges, calls).jobs
    assert (voice.job, voice.calls) == (Job.VOICE, 11)
    assert voice.latency.half == pytest.approx(0.6)
    assert voice.latency.most == pytest.approx(1.0)
    assert voice.latency.longest == pytest.approx(1.1)
    assert (voice.first, voice.again, voice.failed) == (7, 2, 1)
    assert (voice.prompt, voice.cached, voice.completion) == (100, 0.8, 10)


def test_tokens_and_cost_are_of_a_turn_without_rewrite_and_summary() -> None:
    calls = [call(job, cost=0.5) for job in Job]
    found = summed_up("s", [TurnTimes(1, 1), TurnTimes(1, 1)], (), calls)
    assert found.tokens == 165
    assert found.cost == 0.75
    assert summed_up("s", [TurnTimes(1, 1)], (), [call(Job.VOICE)]).cost is None


def test_a_single_value_is_its_own_percentile() -> None:
    assert spread([2.5]).half == spread([2.5]).most == spread([2.5]).longest == 2.5
