"""What practice adds up to: mastery per criterion, its trend, and what to practise next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median

from commcoach.domain.scenario import Scenario

FEWEST = 3
WINDOW = 5


@dataclass(frozen=True, slots=True)
class Observation:
    """One scored level of one criterion; `assisted` ones (rewrites, hints) never count."""

    criterion: str
    level: int
    at: datetime
    session: str
    scenario: str
    assisted: bool = False


@dataclass(frozen=True, slots=True)
class Mastery:
    """What is known of a learner's level: `None` until there are three observations.

    `trend` is the mean of the newer half of the window minus that of the older half, in levels.
    """

    criterion: str
    observations: int
    level: float | None
    trend: float | None


@dataclass(frozen=True, slots=True)
class PastSession:
    """A finished session: when, which scenario, and the mean level of its focus criteria."""

    scenario: str
    at: datetime
    focus_means: Mapping[str, float]


def mastery(observations: Sequence[Observation]) -> dict[str, Mastery]:
    """Mastery per criterion: the median of the last five unassisted levels, from three on.

    Source: docs/scoring.md.
    """
    by_criterion: dict[str, list[Observation]] = {}
    for observation in sorted(observations, key=lambda one: one.at):
        if not observation.assisted:
            by_criterion.setdefault(observation.criterion, []).append(observation)
    return {criterion: _mastery(criterion, seen) for criterion, seen in by_criterion.items()}


def _mastery(criterion: str, seen: Sequence[Observation]) -> Mastery:
    window = [observation.level for observation in seen[-WINDOW:]]
    if len(window) < FEWEST:
        return Mastery(criterion, len(seen), None, None)
    half = len(window) // 2
    newer, older = window[-half:], window[:half]
    trend = sum(newer) / half - sum(older) / half
    return Mastery(criterion, len(seen), float(median(window)), trend)


def suited_difficulty(past: Sequence[PastSession], scenarios: Mapping[str, Scenario]) -> int:
    """The difficulty to offer next, 1 to 5.

    One step up after two sessions in a row with every focus criterion at 3 or more, one down
    after two with a focus criterion below 1.5, else that of the last session; 1 at first.
    Source: docs/scoring.md.
    """
    known = [one for one in sorted(past, key=lambda one: one.at) if one.scenario in scenarios]
    if not known:
        return 1
    current = scenarios[known[-1].scenario].difficulty
    last_two = [one for one in known[-2:] if one.focus_means]
    if len(last_two) == 2:
        if all(min(one.focus_means.values()) >= 3 for one in last_two):
            return min(5, current + 1)
        if all(min(one.focus_means.values()) < 1.5 for one in last_two):
            return max(1, current - 1)
    return current


def next_practice(
    scenarios: Mapping[str, Scenario],
    past: Sequence[PastSession],
    masteries: Mapping[str, Mastery],
) -> Scenario | None:
    """The scenario to recommend: near the suited difficulty, long unseen, weak focus criteria.

    In this order: distance to the suited difficulty (easier first at a tie), number of times
    practised, lowest mastery among the focus criteria (unknown counts as the target, 3),
    number of the scenario. `None` without scenarios.
    """
    if not scenarios:
        return None
    suited = suited_difficulty(past, scenarios)
    times = {id: sum(one.scenario == id for one in past) for id in scenarios}
    last = max(past, key=lambda one: one.at).scenario if past else None

    def level_of(criterion: str) -> float:
        known = masteries.get(criterion)
        return 3.0 if known is None or known.level is None else known.level

    def weakest(scenario: Scenario) -> float:
        return min((level_of(id) for id in scenario.focus), default=3.0)

    def rank(scenario: Scenario) -> tuple[bool, int, int, int, float, str]:
        return (
            scenario.id == last and len(scenarios) > 1,
            abs(scenario.difficulty - suited),
            scenario.difficulty,
            times[scenario.id],
            weakest(scenario),
            scenario.number,
        )

    return min(scenarios.values(), key=rank)


def easiest(scenarios: Sequence[Scenario]) -> Scenario | None:
    """The scenario for a first try: the easiest, of the same difficulty the first by number."""
    return min(scenarios, key=lambda one: (one.difficulty, one.number), default=None)
