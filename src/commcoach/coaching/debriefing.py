"""The debrief: what a session achieved, what stood out, one goal for next time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from commcoach.coaching.standing import NO_VERDICTS, UNCALIBRATED, Standing, Verdicts
from commcoach.domain.dialogue import Ending, PracticeSession, Turn, state_now
from commcoach.domain.feedback import target
from commcoach.domain.language import Language
from commcoach.domain.library import Library
from commcoach.domain.outcome import Achieved, judge_outcome, outcome_share
from commcoach.domain.persona import PersonaState
from commcoach.domain.rubric import Criterion
from commcoach.domain.scenario import HiddenFact, Scenario
from commcoach.domain.score import (
    Band,
    Scorecard,
    Scored,
    band,
    repaired_gates,
    session_effects,
    session_score,
    turn_score,
)

EMBEDDED = "embedded"
"""The name under which sessions keep the engine without a model."""
SECOND_MODEL = "second_model"
"""Stands in a scorecard's `stand_in` where the model behind the session's own has scored."""


class OutcomeJudge(Protocol):
    """Finds the words that prove checklist items."""

    async def quotes(
        self, scenario: Scenario, replies: Sequence[str], language: Language
    ) -> Mapping[str, tuple[str, ...]]:
        """For every checklist item that was fulfilled, its quotes."""
        ...


@dataclass(frozen=True, slots=True)
class Highlight:
    """Something that went well, with the learner's own words."""

    criterion: Criterion
    quote: str
    turn: int


@dataclass(frozen=True, slots=True)
class Bar:
    """A criterion over the session: mean level, highest possible level, number of levels given."""

    criterion: Criterion
    mean: float | None
    top: int
    observations: int


@dataclass(frozen=True, slots=True)
class Debrief:
    """All that the learner is shown at the end. `score` is 0 to 4, `None` if nothing counted.

    `engine` names who scored: the embedded engine, or a model for which that stood in on
    `stood_in` of the turns; `standing` tells how far the levels can be trusted. `summary` was
    written by a model, and is empty without one.
    """

    scenario: Scenario
    ending: Ending | None
    state: PersonaState
    score: float | None
    band: Band | None
    turn_scores: tuple[float | None, ...]
    achieved: tuple[Achieved, ...]
    highlights: tuple[Highlight, ...]
    missed: tuple[HiddenFact, ...]
    goal: Criterion | None
    bars: tuple[Bar, ...]
    gates: tuple[str, ...]
    engine: str = EMBEDDED
    stood_in: int = 0
    summary: str = ""
    standing: Standing = UNCALIBRATED


class Summariser(Protocol):
    """Says in a few sentences where a talk turned."""

    async def summarise(self, session: PracticeSession, report: Debrief) -> str:
        """The sentences, with the learner's own words in quotation marks; empty if there are none.

        `report` is the debrief of the session so far. What comes back tells no more than both
        sides have said, and neither grades nor judges the learner.
        """
        ...


async def debrief(
    library: Library,
    judge: OutcomeJudge,
    session: PracticeSession,
    verdicts: Verdicts = NO_VERDICTS,
) -> Debrief:
    """The debrief of a session; `verdicts` are those on who scored it.

    Levels and turn scores come from first attempts only; what the counterpart told and the
    outcome from the course the dialogue took. A reply that crossed a gate proves no outcome.
    """
    scenario = library.scenarios[session.scenario]
    state = state_now(session, scenario)
    counted = session.first_attempts()
    achieved = await achieved_in(judge, session, scenario)
    scores = turn_scores(library, scenario, counted)
    total = session_score(scores, outcome_share(achieved))
    cards = _standing(counted)
    effects = session_effects(cards, library.gates)
    stood_in = sum(card.stand_in not in ("", SECOND_MODEL) for card in cards)
    bars = tuple(_bar(library.criteria[id], counted) for id in scenario.weights)
    fired = dict.fromkeys(hit.gate for card in cards for hit in card.gates)
    return Debrief(
        scenario=scenario,
        ending=session.ending,
        state=state,
        score=total,
        band=None if total is None else band(total, effects),
        turn_scores=scores,
        achieved=achieved,
        highlights=_highlights(library, scenario, counted),
        missed=tuple(fact for fact in scenario.hidden_facts if fact.id not in state.told),
        goal=_goal(scenario, bars),
        bars=bars,
        gates=tuple(fired),
        engine=session.engine if len(cards) > stood_in else EMBEDDED,
        stood_in=stood_in,
        summary=session.summary or "",
        standing=verdicts.standing(session, counted),
    )


async def achieved_in(
    judge: OutcomeJudge, session: PracticeSession, scenario: Scenario
) -> tuple[Achieved, ...]:
    """What the session has achieved so far; a reply that crossed a gate proves nothing."""
    clean = [turn.reply for turn in session.course() if turn.card is None or not turn.card.gates]
    quotes = await judge.quotes(scenario, clean, session.language)
    return judge_outcome(scenario.outcome, state_now(session, scenario), quotes)


def turn_scores(
    library: Library, scenario: Scenario, turns: Sequence[Turn]
) -> tuple[float | None, ...]:
    """The score of every turn, 0 to 4; `None` where too little could be scored."""
    ranges = {id: (one.lowest, one.highest) for id, one in library.criteria.items()}
    cards = _standing(turns)
    return tuple(
        turn_score(
            card,
            scenario.weights,
            library.gates,
            ranges,
            repaired_gates(cards, index, library.gates),
        )
        for index, card in enumerate(cards)
    )


def _standing(turns: Sequence[Turn]) -> list[Scorecard]:
    """The scores of the turns that have any, corrections included."""
    return [card for turn in turns if (card := turn.standing()) is not None]


def _bar(criterion: Criterion, turns: Sequence[Turn]) -> Bar:
    levels = [
        score.level
        for card in _standing(turns)
        for score in card.scored()
        if score.criterion == criterion.id
    ]
    mean = sum(levels) / len(levels) if levels else None
    return Bar(criterion, mean, criterion.highest, len(levels))


def _highlights(
    library: Library, scenario: Scenario, turns: Sequence[Turn], most: int = 2
) -> tuple[Highlight, ...]:
    """The best proven levels, at the target or above, focus first, one per criterion."""
    found: list[tuple[bool, float, int, Scored, str]] = []
    for turn in turns:
        card = turn.standing()
        if card is None or card.gates:
            continue
        for score in card.scored():
            if score.level < target(library.criteria[score.criterion]):
                continue
            for evidence in score.evidence[:1]:
                if evidence.source == "reply" and evidence.quote:
                    secondary = score.criterion not in scenario.focus
                    row = (secondary, -score.expected, turn.number, score, evidence.quote)
                    found.append(row)
    found.sort(key=lambda row: row[:3])
    chosen: dict[str, Highlight] = {}
    used: set[str] = set()
    for _, _, number, score, quote in found:
        if score.criterion not in chosen and quote not in used and len(chosen) < most:
            criterion = library.criteria[score.criterion]
            chosen[score.criterion] = Highlight(criterion, quote, number)
            used.add(quote)
    return tuple(chosen.values())


def _goal(scenario: Scenario, bars: Sequence[Bar]) -> Criterion | None:
    """The focus criterion furthest below its target, else a support one; `None` if all reach it."""
    lacking = [bar for bar in bars if bar.mean is not None and bar.mean < target(bar.criterion)]
    if not lacking:
        return None
    return min(
        lacking,
        key=lambda bar: (
            bar.criterion.id not in scenario.focus,
            (bar.mean or 0.0) - target(bar.criterion),
        ),
    ).criterion
