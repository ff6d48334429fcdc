"""What a scoring model is told: the criteria with their anchors, the gates, the talk."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

from commcoach.coaching.language_model import Job
from commcoach.coaching.scorer import ScoringTask
from commcoach.domain.cases import Said
from commcoach.domain.language import Language
from commcoach.domain.library import Library
from commcoach.domain.rubric import Criterion, Gate
from commcoach.prompted.asking import (
    LEARNER,
    OTHER_PARTY,
    Means,
    authority,
    dialogue_lines,
    situation,
)
from commcoach.prompted.prompts import Asked

_BEFORE = {Language.ZH: "此前", Language.EN: "Before"}
"""Who speaks in a context that is one plain text."""


def gates_to_ask(task: ScoringTask, library: Library) -> tuple[Gate, ...]:
    """The gates that only cap; without an authority card none that goes by one."""
    has_card = task.scenario is not None or bool(task.authority)
    return tuple(
        gate
        for gate in sorted(library.gates.values(), key=lambda gate: gate.order)
        if gate.cap is not None and (has_card or not gate.needs_authority)
    )


def scoring_prompt(
    means: Means,
    task: ScoringTask,
    criteria: Sequence[Criterion],
    gates: Sequence[Gate] = (),
    number: int = 0,
) -> Asked:
    """The prompt of sample `number`; each has its own order of levels, the same all session.

    Without a session it goes by the reply, so that no level stands first throughout a file.
    """
    language, scenario = task.language, task.scenario
    fence = means.fence(task.occasion)
    names = {
        "learner": LEARNER[language],
        "counterpart": OTHER_PARTY[language],
        "": _BEFORE[language],
    }
    shown: dict[str, Any] | None = None
    if scenario is not None:
        names["counterpart"] = scenario.persona.name.said_in(language)
        shown = {
            **situation(scenario, language),
            **authority(scenario, language),
            "fact_card": [one.said_in(language) for one in scenario.fact_card],
        }
    dialogue = (*task.context, Said("learner", task.reply))
    order = f"{task.occasion.session or task.reply}:{number}"
    return means.prompts.fill(
        Job.SCORER,
        language,
        {
            "fence": fence,
            "scenario": shown,
            "card": fence.around(task.authority) if task.authority else "",
            "criteria": [_described(one, language, order) for one in criteria],
            "gates": [
                {
                    "id": gate.id,
                    "title": gate.title.said_in(language),
                    "rule": gate.rule.said_in(language),
                }
                for gate in gates
            ],
            "dialogue": dialogue_lines(dialogue, fence, names),
            "reached": [one.id for one in criteria if one.id in task.reached],
        },
    )


def _described(criterion: Criterion, language: Language, order: str) -> dict[str, Any]:
    """A criterion as the prompt tells it, its levels in an order of their own."""
    levels = list(criterion.levels)
    random.Random(f"{order}:{criterion.id}").shuffle(levels)
    return {
        "id": criterion.id,
        "title": criterion.title.said_in(language),
        "summary": criterion.summary.said_in(language),
        "evidence_rule": criterion.evidence_rule.said_in(language),
        "applies": [one.when.said_in(language) for one in criterion.applies_when],
        "applies_not": [one.when.said_in(language) for one in criterion.not_applicable_when],
        "levels": [
            {"number": one.number, "anchor": one.anchor.said_in(language)} for one in levels
        ],
        "boundaries": [
            {
                "lower": one.lower,
                "upper": one.upper,
                "question": one.question.said_in(language),
            }
            for one in criterion.boundaries
        ],
    }
