"""Measuring models at their real work: turns of a scenario, asked as in a talk."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import chain, cycle, islice, zip_longest
from statistics import fmean, quantiles
from typing import TypeVar

from commcoach.coaching.counterpart import (
    Hear,
    Reader,
    Scene,
    Spoken,
    Stage,
    Voice,
    answer,
    react,
    unheard,
)
from commcoach.coaching.debriefing import OutcomeJudge, Summariser, debrief
from commcoach.coaching.examining import BENCH, Bench, JobBench, Spread
from commcoach.coaching.language_model import Job
from commcoach.coaching.occasion import Occasion
from commcoach.coaching.practice import last_words
from commcoach.coaching.records import ModelCall
from commcoach.coaching.rewriting import Rewriter
from commcoach.coaching.scorer import Scorer, ScoringTask
from commcoach.coaching.watching import watching
from commcoach.domain.cases import Said
from commcoach.domain.dialogue import Ending, PracticeSession, Turn
from commcoach.domain.language import Language
from commcoach.domain.library import Library
from commcoach.domain.persona import Reaction, initial_state
from commcoach.domain.persona import Stage as Talk
from commcoach.domain.reading import Reading
from commcoach.domain.scenario import Scenario
from commcoach.domain.score import Scorecard

LEVELS = (2, 3, 1, 4)
"""Of the replies, in turn: nobody practises at one level only."""

_THEN = datetime(2000, 1, 1, tzinfo=UTC)
"""When a measured talk is: nobody asks."""

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Exchange:
    """One piece of work of a job: how often a model was asked, and whether it failed after all."""

    job: Job
    asks: int
    failed: bool


@dataclass(slots=True)
class Watch:
    """Counts what is asked of watched models, and what comes of it.

    Jobs must not overlap with themselves.
    """

    exchanges: list[Exchange] = field(default_factory=list)
    noticed: Counter[Job] = field(default_factory=Counter)

    def notice(self, job: Job, _reason: str) -> None:
        """Be told that a job fell back."""
        self.noticed[job] += 1

    async def over(self, job: Job, work: Awaitable[_T]) -> _T:
        """The result of a piece of work; it counts only if a model was asked."""
        notices = self.noticed[job]
        with watching() as seen:
            result = await work
        if seen.asks[job]:
            failed = self.noticed[job] > notices
            self.exchanges.append(Exchange(job, seen.asks[job], failed))
        return result


@dataclass(frozen=True, slots=True)
class Engines:
    """Who does the work that is measured; without a `summariser` no talk is summed up."""

    reader: Reader
    voice: Voice
    scorer: Scorer
    rewriter: Rewriter | None
    judge: OutcomeJudge
    summariser: Summariser | None = None


@dataclass(frozen=True, slots=True)
class TurnTimes:
    """Seconds that the two arms of a turn took, side by side."""

    counterpart: float
    scorer: float


@dataclass(frozen=True, slots=True)
class _WatchedReader:
    reader: Reader
    watch: Watch

    async def read(self, scene: Scene) -> Reading:
        return await self.watch.over(Job.READER, self.reader.read(scene))


@dataclass(frozen=True, slots=True)
class _WatchedVoice:
    voice: Voice
    watch: Watch

    async def speak(self, stage: Stage, hear: Hear = unheard) -> Spoken:
        return await self.watch.over(Job.VOICE, self.voice.speak(stage, hear))

    async def close(self, stage: Stage, agreed: bool) -> str:
        return await self.watch.over(Job.VOICE, self.voice.close(stage, agreed))


def replies_for(library: Library, scenario: Scenario, language: Language) -> tuple[str, ...]:
    """What a learner may say in a scenario: its criteria's own examples, levels 1 to 4 mixed."""
    by_level: dict[int, list[str]] = {number: [] for number in LEVELS}
    criteria = library.criteria
    for criterion in (criteria[id] for id in scenario.weights):
        for level in criterion.levels:
            for example in level.examples:
                stimulus = criterion.stimulus(example.stimulus)
                text = example.text.get(language)
                here = stimulus is not None and stimulus.scenario == scenario.id
                if text and here and level.number in by_level:
                    by_level[level.number].append(text)
    mixed = chain.from_iterable(zip_longest(*by_level.values()))
    return tuple(dict.fromkeys(text for text in mixed if text is not None))


def _listened_to(_words: str) -> None:
    """Hear a line as it is spoken, as a learner does."""


async def measure(
    engines: Engines,
    watch: Watch,
    library: Library,
    scenario: Scenario,
    language: Language,
    replies: Sequence[str],
    clock: Callable[[], float] = time.perf_counter,
) -> list[TurnTimes]:
    """Take a turn for each of the replies; the talk begins anew when the scenario's are used up.

    After each turn a rewrite of its weakest score is asked for, if there is a rewriter; when a
    talk is over come the last words and the summary.
    """
    reader, voice = _WatchedReader(engines.reader, watch), _WatchedVoice(engines.voice, watch)
    occasion = Occasion(BENCH, None, library.release)
    opening = Said("counterpart", scenario.opening.said_in(language))
    state = initial_state(scenario)
    said: tuple[Said, ...] = (opening,)
    turns: tuple[Turn, ...] = ()
    times = []

    async def timed(work: Awaitable[_T]) -> tuple[_T, float]:
        began = clock()
        return await work, clock() - began

    for number, reply in enumerate(replies):
        turn = len(turns)
        scene = Scene(
            scenario=scenario,
            state=state,
            reply=reply,
            language=language,
            said=tuple(one.text for one in said if one.speaker == "counterpart"),
            seed=f"{BENCH}:{number}",
            last=turn + 1 == scenario.turns,
            dialogue=said,
            occasion=occasion,
        )
        task = ScoringTask(
            reply=reply,
            context=said,
            criteria=tuple(scenario.weights),
            language=language,
            scenario=scenario,
            told=state.told,
            occasion=occasion,
        )
        (answered, answered_in), (card, scored_in) = await asyncio.gather(
            timed(_answered(reader, voice, scene)),
            timed(watch.over(Job.SCORER, engines.scorer.score(task))),
        )
        times.append(TurnTimes(answered_in, scored_in))
        reading, reaction, spoken = answered
        state = reaction.state
        taken = Turn(
            number=turn + 1,
            attempt=1,
            context=said[-1].text,
            reply=reply,
            at=_THEN,
            reading=reading,
            reaction=reaction,
            line=spoken.text,
            card=card,
        )
        turns, said = (
            (*turns, taken),
            (*said, Said("learner", reply), Said("counterpart", spoken.text)),
        )
        await _rewrite(engines.rewriter, watch, task, card)
        gone = state.stage is Talk.GONE
        if gone or len(turns) == scenario.turns or number + 1 == len(replies):
            session = PracticeSession(
                id=BENCH,
                learner="",
                scenario=scenario.id,
                language=language,
                release=library.release,
                engine=engines.scorer.engine.name,
                started_at=_THEN,
                opening=opening.text,
                turns=turns,
                ending=Ending.COUNTERPART_LEFT if gone else Ending.FINISHED,
            )
            await _finish(engines, watch, library, voice, session)
            state, said, turns = initial_state(scenario), (opening,), ()
    return times


async def _answered(reader: Reader, voice: Voice, scene: Scene) -> tuple[Reading, Reaction, Spoken]:
    reading, reaction = await react(reader, scene)
    return reading, reaction, await answer(voice, scene, reaction, _listened_to)


async def _finish(
    engines: Engines, watch: Watch, library: Library, voice: Voice, session: PracticeSession
) -> None:
    await last_words(voice, engines.judge, session, library.scenarios[session.scenario])
    if engines.summariser is not None:
        report = await debrief(library, engines.judge, session)
        await watch.over(Job.DEBRIEF, engines.summariser.summarise(session, report))


async def _rewrite(
    rewriter: Rewriter | None, watch: Watch, task: ScoringTask, card: Scorecard
) -> None:
    scored = card.scored()
    if rewriter is not None and scored:
        weakest = min(scored, key=lambda one: one.level)
        await watch.over(Job.REWRITE, rewriter.rewrite(task, weakest))


def first_of(replies: Sequence[str], turns: int) -> tuple[str, ...]:
    """So many replies, from the beginning again if there are not enough."""
    return tuple(islice(cycle(replies), turns))


def spread(seconds: Sequence[float]) -> Spread:
    """Median, ninetieth percentile and longest of at least one value."""
    if len(seconds) == 1:
        return Spread(seconds[0], seconds[0], seconds[0])
    cuts = quantiles(seconds, n=10, method="inclusive")
    return Spread(cuts[4], cuts[8], max(seconds))


def summed_up(
    scenario: str,
    times: Sequence[TurnTimes],
    exchanges: Sequence[Exchange],
    calls: Sequence[ModelCall],
) -> Bench:
    """What the recorded calls and the exchanges of at least one turn amount to."""
    in_turns = [one for one in calls if one.job not in (Job.REWRITE, Job.DEBRIEF)]
    costs = [one.cost for one in in_turns if one.cost is not None]
    tokens = sum(one.prompt_tokens + one.completion_tokens for one in in_turns)
    return Bench(
        scenario=scenario,
        turns=len(times),
        jobs=tuple(
            _job(job, [one for one in exchanges if one.job is job], mine)
            for job in Job
            if (mine := [one for one in calls if one.job == job])
        ),
        counterpart=spread([one.counterpart for one in times]),
        scorer=spread([one.scorer for one in times]),
        turn=spread([max(one.counterpart, one.scorer) for one in times]),
        tokens=tokens / len(times),
        cost=sum(costs) / len(times) if costs else None,
    )


def _job(job: Job, exchanges: Sequence[Exchange], calls: Sequence[ModelCall]) -> JobBench:
    usable = [one for one in exchanges if not one.failed]
    prompt = sum(one.prompt_tokens for one in calls)
    cached = sum(one.cached_tokens for one in calls)
    return JobBench(
        job=job,
        calls=len(calls),
        latency=spread([one.latency for one in calls]),
        first=sum(one.asks == 1 for one in usable),
        again=sum(one.asks > 1 for one in usable),
        failed=len(exchanges) - len(usable),
        prompt=prompt / len(calls),
        cached=cached / prompt if prompt else 0.0,
        completion=fmean(one.completion_tokens for one in calls),
    )
