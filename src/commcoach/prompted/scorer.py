"""Scoring with a model: the proof first, the level second, nothing that cannot be proved."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from commcoach.coaching.debriefing import SECOND_MODEL
from commcoach.coaching.language_model import (
    Answered,
    AnswerRefused,
    AnswerUnusable,
    Job,
    ModelFailed,
)
from commcoach.coaching.scorer import Scorer, ScoringTask
from commcoach.coaching.second_opinion import Sampled
from commcoach.domain.library import Library
from commcoach.domain.rubric import Criterion, Gate
from commcoach.domain.score import (
    CriterionScore,
    EngineName,
    GateHit,
    NotApplicable,
    Scorecard,
    Scored,
    Unscored,
)
from commcoach.prompted.asking import UNUSABLE, Asking, Means, within
from commcoach.prompted.prompts import Asked, Prompts
from commcoach.prompted.samples import merged, with_chances
from commcoach.prompted.scoring_prompt import gates_to_ask, scoring_prompt
from commcoach.prompted.verdicts import (
    GATES,
    Fault,
    Sources,
    answer_schema,
    gate_hits,
    sources_of,
    verdict_on,
)

NAME = "model"
TOKENS_PER_CRITERION = 160
TOKENS_BESIDES = 240
WARM = 0.7
"""The temperature of samples that are to differ; a single one is taken at 0."""


@dataclass(frozen=True, slots=True)
class Care:
    """How carefully is scored: so many samples side by side, all criteria in a call or each alone.

    Of several samples `expected` is the mean; for a single one the server is asked for the chances
    of its tokens, from which it is made where they come.
    """

    samples: int = 1
    each_alone: bool = False


ONE_CALL = Care()


@dataclass(frozen=True, slots=True)
class _Sample:
    """What one call found; `by` names the model that answered, if not the one that was asked."""

    scores: Mapping[str, CriterionScore]
    gates: tuple[GateHit, ...] = ()
    failure: ModelFailed | None = None
    by: str = ""


def engine_name(prompts: Prompts, model: str, care: Care = ONE_CALL) -> EngineName:
    """A model as a scorer: by the wording it is asked with and the number of its samples."""
    alone = "a" if care.each_alone else ""
    return EngineName(NAME, f"{prompts.version(Job.SCORER)}-{care.samples}{alone}", model)


class PromptedScorer:
    """Asks a model for levels; the `gatekeeper`, an engine of this program, has the say on gates.

    Its gates and repairs stay in force, and a reply that it does not let through is not shown to
    the model. A card that a second model had a hand in says so. With `stand_in` the gatekeeper's
    scores are given, with the reason, where the model gives no answer at all; else they come back
    unscored.
    """

    def __init__(
        self,
        means: Means,
        library: Library,
        gatekeeper: Scorer,
        care: Care = ONE_CALL,
        stand_in: bool = False,
    ) -> None:
        self._means = means
        self._library = library
        self._gatekeeper = gatekeeper
        self._care = care
        self._stand_in = stand_in
        self._name = engine_name(means.prompts, means.model.name, care)

    @property
    def engine(self) -> EngineName:
        """The model, by the wording it is asked with and the number of its samples."""
        return self._name

    def prepare(self) -> None:
        """Make the gatekeeper ready."""
        self._gatekeeper.prepare()

    async def score(self, task: ScoringTask) -> Scorecard:
        """The scorecard of one reply."""
        return (await self.sampled(task)).card

    async def sampled(self, task: ScoringTask) -> Sampled:
        """The scorecard, with the samples that it was made of."""
        floor = await self._gatekeeper.score(task)
        forbidding = {id for id, gate in self._library.gates.items() if gate.cap is None}
        if any(hit.gate in forbidding for hit in floor.gates):
            return Sampled(replace(floor, by=self._gatekeeper.engine))
        known = self._library.criteria
        asked = [known[id] for id in task.criteria if task.language in known[id].languages]
        samples = await self._samples(task, asked) if asked else ()
        failures = [one.failure for one in samples if one.failure is not None]
        if failures:
            self._means.notice(Job.SCORER, failures[0].reason)
        elif any(isinstance(score, Unscored) for one in samples for score in one.scores.values()):
            self._means.notice(Job.SCORER, UNUSABLE)
        if samples and len(failures) == len(samples) and self._stand_in:
            own = self._gatekeeper.engine
            return Sampled(replace(floor, stand_in=failures[0].reason, by=own))
        taken = {
            criterion.id: tuple(
                one.scores[criterion.id] for one in samples if criterion.id in one.scores
            )
            for criterion in asked
        }
        scores = tuple(
            self._lately(task, merged(taken[id]))
            if id in taken
            else Unscored(id, f"language:{task.language}")
            for id in task.criteria
        )
        second = next((one.by for one in samples if one.by), "")
        stand_in = SECOND_MODEL if second else ""
        gates = self._all_gates(floor, samples)
        # Of a model that helped out nothing is known but its name; what is known of the one that
        # should have scored is not said of it.
        by = replace(self.engine, model=second) if second else self.engine
        return Sampled(Scorecard(scores, gates, floor.repairs, stand_in, by), taken)

    def _lately(self, task: ScoringTask, score: CriterionScore) -> CriterionScore:
        """What was shown a turn ago need not be shown again at once."""
        if not isinstance(score, Scored) or score.criterion not in task.reached:
            return score
        criterion = self._library.criteria[score.criterion]
        harm = score.level == criterion.lowest < criterion.absence_up_to
        if criterion.means_absence(score.level) and not harm:
            return NotApplicable(score.criterion)
        return score

    def _all_gates(self, floor: Scorecard, samples: Sequence[_Sample]) -> tuple[GateHit, ...]:
        """The gatekeeper's gates, and those that at least half of the samples name with proof."""
        crossed = {hit.gate: hit for hit in floor.gates}
        asked = [one for one in samples if one.failure is None]
        rounds = min(self._care.samples, len(asked))
        for hit in (hit for one in asked for hit in one.gates):
            times = sum(any(other.gate == hit.gate for other in one.gates) for one in asked)
            if 2 * times >= rounds:
                crossed.setdefault(hit.gate, hit)
        return tuple(sorted(crossed.values(), key=lambda hit: self._library.gates[hit.gate].order))

    async def _samples(
        self, task: ScoringTask, criteria: Sequence[Criterion]
    ) -> tuple[_Sample, ...]:
        groups = [[one] for one in criteria] if self._care.each_alone else [list(criteria)]
        calls = [
            self._sample(task, group, number, with_gates=at == 0)
            for number in range(self._care.samples)
            for at, group in enumerate(groups)
        ]
        return tuple(await asyncio.gather(*calls))

    async def _sample(
        self, task: ScoringTask, criteria: Sequence[Criterion], number: int, with_gates: bool
    ) -> _Sample:
        """One call, and a second one for what cannot be used of the first."""
        gates = gates_to_ask(task, self._library) if with_gates else ()
        sources = sources_of(task, self._means.fence(task.occasion))
        scores: dict[str, CriterionScore] = {}
        hits: tuple[GateHit, ...] = ()
        by = ""
        left, faults, failure = list(criteria), [Fault(one.id, "form") for one in criteria], None
        try:
            prompt = scoring_prompt(self._means, task, criteria, gates, number)
            async with within(self._means.patience):
                for last in (False, True):
                    words = self._again(task, faults) if last else ""
                    asking = self._asking(task, prompt, left, () if scores else gates, number)
                    try:
                        answer = await asking.put_to(self._means, words)
                    except AnswerUnusable as unusable:
                        if last or isinstance(unusable, AnswerRefused):
                            raise
                        continue
                    data, by = answer.data or {}, by or answer.by
                    hits = hits or gate_hits(data.get(GATES), gates, sources.reply)
                    faults = self._take(task, answer, left, sources, scores)
                    left = [one for one in left if one.id not in scores]
                    if not left:
                        break
        except ModelFailed as failed:
            failure = failed
        why = {fault.id: f"unusable:{fault.kind}" for fault in faults}
        if failure is not None:
            why = {one.id: f"model:{failure.reason}" for one in criteria}
        for one in left:
            scores[one.id] = Unscored(one.id, why.get(one.id, "unusable:form"))
        return _Sample(scores, hits, failure if len(left) == len(criteria) else None, by)

    def _take(
        self,
        task: ScoringTask,
        answer: Answered,
        criteria: Sequence[Criterion],
        sources: Sources,
        scores: dict[str, CriterionScore],
    ) -> list[Fault]:
        """Put what can be proved among the scores; returns what is wrong with the rest."""
        faults = []
        for criterion in criteria:
            entry = (answer.data or {}).get(criterion.id)
            verdict = verdict_on(criterion, entry, sources, task.language)
            if isinstance(verdict, Fault):
                faults.append(verdict)
            elif isinstance(verdict, Scored):
                scores[criterion.id] = with_chances(verdict, criterion, answer.chances)
            else:
                scores[criterion.id] = verdict
        return faults

    def _asking(
        self,
        task: ScoringTask,
        prompt: Asked,
        criteria: Sequence[Criterion],
        gates: Sequence[Gate],
        number: int,
    ) -> Asking:
        return Asking(
            job=Job.SCORER,
            prompt=prompt,
            occasion=task.occasion,
            schema=answer_schema(criteria, gates),
            most_tokens=TOKENS_BESIDES + TOKENS_PER_CRITERION * len(criteria),
            temperature=WARM if self._care.samples > 1 else 0.0,
            seed=number,
            logprobs=self._care.samples == 1,
        )

    def _again(self, task: ScoringTask, faults: Sequence[Fault]) -> str:
        fence = self._means.fence(task.occasion)
        named = [
            {"id": one.id, "kind": one.kind, "what": fence.excerpt(one.what)} for one in faults
        ]
        values = {"fence": fence, "faults": named}
        return self._means.prompts.again(Job.SCORER, task.language, values)
