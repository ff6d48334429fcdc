"""One way to put it: what is shown when a learner asks how else a reply could have been said."""

from __future__ import annotations

from dataclasses import dataclass

from commcoach.coaching.arms import Taken, task_of
from commcoach.coaching.practice import Practice
from commcoach.domain.feedback import example_of, target
from commcoach.domain.rubric import Criterion, Example, Gate, Stimulus
from commcoach.domain.scenario import Scenario


@dataclass(frozen=True, slots=True)
class Instead:
    """The reply crossed a gate, which says what to do instead."""

    gate: Gate


@dataclass(frozen=True, slots=True)
class Rewritten:
    """The learner's own reply in a model's words, scored higher on the criterion."""

    criterion: Criterion
    text: str


@dataclass(frozen=True, slots=True)
class Exemplified:
    """An example of the criterion, with what it answers; `here` if that is of this scenario."""

    criterion: Criterion
    example: Example
    stimulus: Stimulus | None
    here: bool


Way = Instead | Rewritten | Exemplified


async def one_way(practice: Practice, taken: Taken) -> Way | None:
    """One way to put the reply of a turn, for what it lacked; `None` if there is none to show."""
    library = practice.library
    scenario = library.scenarios[taken.session.scenario]
    if taken.advice.gate is not None:
        return Instead(library.gates[taken.advice.gate.gate])
    wanted = taken.advice.change
    criterion = library.criteria[wanted.criterion if wanted else next(iter(scenario.focus))]
    text = await _rewritten(practice, taken)
    if text is not None:
        return Rewritten(criterion, text)
    example = _example(criterion, scenario, taken.turn.context)
    if example is None:
        return None
    stimulus = next((one for one in criterion.stimuli if one.id == example.stimulus), None)
    here = stimulus is not None and stimulus.scenario == scenario.id
    return Exemplified(criterion, example, stimulus, here)


async def _rewritten(practice: Practice, taken: Taken) -> str | None:
    """The learner's own reply put another way, if a model can better the score that lacked."""
    wanted, turn = taken.advice.change, taken.turn
    stood_in = turn.card is not None and turn.card.stand_in
    if practice.rewriter is None or wanted is None or not turn.reply or stood_in:
        return None
    task = task_of(practice.library, taken.session, turn)
    return await practice.rewriter.rewrite(task, wanted)


def _example(criterion: Criterion, scenario: Scenario, line: str) -> Example | None:
    """An example that answers this very line if there is one, else one that may serve."""
    asked = {one.id for one in criterion.stimuli if line and line in (one.text.zh, one.text.en)}
    examples = [one for level in criterion.levels for one in level.examples]
    here = (one for one in examples if one.stimulus in asked and one.level >= target(criterion))
    return next(here, None) or example_of(criterion, scenario.id)
