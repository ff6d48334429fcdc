"""What to say after a reply: the choice of one thing to keep and one to change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from commcoach.domain.rubric import Criterion, Example, Gate
from commcoach.domain.score import GateHit, Scorecard, Scored


@dataclass(frozen=True, slots=True)
class Advice:
    """At most one thing to keep and one to change: a gate, or a criterion."""

    keep: Scored | None = None
    change: Scored | None = None
    gate: GateHit | None = None


def target(criterion: Criterion) -> int:
    """The level to aim at: one below the top where there are more than three, else the top."""
    return criterion.highest - 1 if len(criterion.levels) > 3 else criterion.highest


def choose_advice(
    card: Scorecard,
    focus: Mapping[str, int],
    support: Mapping[str, int],
    criteria: Mapping[str, Criterion],
    gates: Mapping[str, Gate],
    said_last: str | None = None,
) -> Advice:
    """What to keep and what to change.

    Change: any gate first; else the focus criterion with the largest gap to its target; else the
    support criterion that is cheapest to mend. Keep: the best criterion at its target whose proof
    is in the reply itself, focus before support, and nothing where nothing earned it. `said_last`
    is the criterion that the last remark was about; it gives way to another that also lacks.
    Source: docs/scoring.md.
    """
    scored = {score.criterion: score for score in card.scored()}
    gap = {id: target(criteria[id]) - score.level for id, score in scored.items()}
    weight = {**focus, **support}

    hits = sorted(card.gates, key=lambda hit: (gates[hit.gate].order, hit.gate))
    lacking = [id for id in weight if gap.get(id, 0) > 0]
    if len(lacking) > 1:
        lacking = [id for id in lacking if id != said_last]
    lacking_focus = [id for id in lacking if id in focus]
    lacking_support = [id for id in lacking if id not in focus]
    change: Scored | None = None
    if not hits and lacking_focus:
        change = scored[min(lacking_focus, key=lambda id: (-gap[id], -weight[id], id))]
    elif not hits and lacking_support:
        change = scored[min(lacking_support, key=lambda id: (gap[id], -weight[id], id))]

    earned = [
        id
        for id, score in scored.items()
        if id in weight
        and (change is None or id != change.criterion)
        and gap[id] <= 0
        and score.level > criteria[id].absence_up_to
        and any(evidence.source == "reply" for evidence in score.evidence)
    ]
    keep = min(
        earned,
        key=lambda id: (id not in focus, -scored[id].expected, id),
        default=None,
    )
    return Advice(
        keep=scored[keep] if keep is not None and not hits else None,
        change=change,
        gate=hits[0] if hits else None,
    )


def example_of(criterion: Criterion, scenario: str) -> Example | None:
    """An example of the behaviour: at the target level, from this scenario if there is one.

    Of several the first as authored; a higher level serves where the target has none.
    """
    examples = [one for level in criterion.levels for one in level.examples]
    good = [one for one in examples if one.level >= target(criterion)]
    here = {one.id for one in criterion.stimuli if one.scenario == scenario}
    return min(good, key=lambda one: (one.stimulus not in here, one.level), default=None)
