"""Putting a reply another way with a model: nothing new in it, and shown only if it is better."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from commcoach.coaching.language_model import Answered, Job, ModelFailed
from commcoach.coaching.scorer import Scorer, ScoringTask
from commcoach.domain.cases import Said
from commcoach.domain.feedback import target
from commcoach.domain.library import Library
from commcoach.domain.score import Scored
from commcoach.prompted.asking import (
    LEARNER,
    OTHER_PARTY,
    UNUSABLE,
    Asking,
    Checked,
    Means,
    ask_twice,
    authority,
    dialogue_lines,
    situation,
    within,
)
from commcoach.prompted.prompts import Asked
from commcoach.prompted.rewrite_checks import LONGEST, Fault, faults_in
from commcoach.prompted.voice import tidied

REMEMBERED = 100
"""Rewrites of a process."""
MOST_TOKENS = 240
TEMPERATURE = 0.4


class PromptedRewriter:
    """Asks a model for other words; the `scorer` decides whether they are better.

    The last ones that were shown are remembered: who asks again for the same reply sees the same.
    """

    def __init__(self, means: Means, library: Library, scorer: Scorer) -> None:
        self._means = means
        self._library = library
        self._scorer = scorer
        self._shown: OrderedDict[tuple[ScoringTask, str], str] = OrderedDict()

    async def rewrite(self, task: ScoringTask, original: Scored) -> str | None:
        """The reply in other words, or `None` if there is nothing better to show."""
        known = (replace(task, scenario=None), original.criterion)
        if known not in self._shown:
            text = await self._made(task, original)
            if text is None:
                return None
            self._shown[known] = text
            while len(self._shown) > REMEMBERED:
                self._shown.popitem(last=False)
        return self._shown[known]

    async def _made(self, task: ScoringTask, original: Scored) -> str | None:
        fence = self._means.fence(task.occasion)

        def check(answer: Answered) -> Checked[str, Fault]:
            text = tidied(answer.text, LEARNER[task.language])
            faults = faults_in(text, task)
            return Checked(None if faults else text, faults)

        def again(faults: Sequence[Fault]) -> str:
            named = [
                {"kind": one.kind, "what": fence.excerpt(one.what)}
                for one in faults or (Fault("empty"),)
            ]
            values = {"fence": fence, "faults": named}
            return self._means.prompts.again(Job.REWRITE, task.language, values)

        try:
            asking = Asking(
                job=Job.REWRITE,
                prompt=self.prompt(task, original),
                occasion=task.occasion,
                most_tokens=MOST_TOKENS,
                temperature=TEMPERATURE,
            )
            # The learner waits for both: the words, and the score that says they are better.
            async with within(self._means.patience):
                text = await ask_twice(
                    lambda words: asking.put_to(self._means, words), check, again
                )
                better = text is not None and await self._is_better(text, task, original)
        except ModelFailed as failed:
            self._means.notice(Job.REWRITE, failed.reason)
            return None
        if text is None:
            self._means.notice(Job.REWRITE, UNUSABLE)
        return text if better else None

    async def _is_better(self, text: str, task: ScoringTask, original: Scored) -> bool:
        """Whether the other words reach a higher level on the criterion, and cross no gate."""
        rewritten = replace(task, reply=text, criteria=(original.criterion,), reached=frozenset())
        card = await self._scorer.score(rewritten)
        if card.gates or card.stand_in:
            # What the model has scored is not to be compared with levels of another engine.
            return False
        return any(
            score.criterion == original.criterion and score.level > original.level
            for score in card.scored()
        )

    def prompt(self, task: ScoringTask, original: Scored) -> Asked:
        """The prompt for a rewrite."""
        language, scenario = task.language, task.scenario
        criterion = self._library.criteria[original.criterion]
        fence = self._means.fence(task.occasion)
        names = {
            "learner": LEARNER[language],
            "counterpart": OTHER_PARTY[language],
            "": OTHER_PARTY[language],
        }
        shown: dict[str, Any] | None = None
        if scenario is not None:
            names["counterpart"] = scenario.persona.name.said_in(language)
            shown = {**situation(scenario, language), **authority(scenario, language)}
        aim = max(target(criterion), min(original.level + 1, criterion.highest))
        dialogue = (*task.context, Said("learner", task.reply))
        return self._means.prompts.fill(
            Job.REWRITE,
            language,
            {
                "fence": fence,
                "longest": LONGEST[language],
                "scenario": shown,
                "dialogue": dialogue_lines(dialogue, fence, names),
                "criterion": {
                    "title": criterion.title.said_in(language),
                    "summary": criterion.summary.said_in(language),
                    "anchor": criterion.level(aim).anchor.said_in(language),
                },
            },
        )
