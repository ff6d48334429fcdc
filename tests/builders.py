"""Small builders: content, scorecards and sessions with everything irrelevant filled in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from commcoach.domain.dialogue import PracticeSession, Turn
from commcoach.domain.language import Cues, Language, Localized, SalientPoint
from commcoach.domain.persona import Event, PersonaState, Reaction, Stage
from commcoach.domain.progress import Observation, PastSession
from commcoach.domain.reading import FoundMove, Reading
from commcoach.domain.rubric import Criterion, Gate, Level, Repair, SessionEffect
from commcoach.domain.scenario import (
    AuthorityCard,
    HiddenFact,
    Judge,
    Move,
    OutcomeItem,
    Persona,
    Scenario,
    Script,
    UnlockKey,
)
from commcoach.domain.score import (
    CriterionScore,
    Evidence,
    GateHit,
    Scorecard,
    Scored,
)

NOBODY = Localized()
NOON = datetime(2024, 3, 1, 12, tzinfo=UTC)


def text(zh: str, en: str | None = None) -> Localized:
    """A text in both languages, the same in both if only one is given."""
    return Localized(zh, zh if en is None else en)


def days(number: float) -> datetime:
    """A moment so many days after the first noon."""
    return NOON + timedelta(days=number)


# -- scenarios ------------------------------------------------------------------------------


def make_move(id: str, delta: int = 0) -> Move:
    """A move that changes the tension by `delta`."""
    return Move(id, text(id), delta, Cues())


def make_fact(id: str, unlock: UnlockKey) -> HiddenFact:
    """A hidden fact with its key."""
    return HiddenFact(id, text(id), unlock, Cues(), NOBODY, ())


def make_item(id: str, judge: Judge, points: int = 1) -> OutcomeItem:
    """An outcome item with its judge."""
    return OutcomeItem(id, text(id), points, judge)


SILENT = Script({}, {}, (), (), (), (), (), (), ())


def make_scenario(
    id: str = "leaking_roof",
    *,
    moves: Sequence[Move] = (),
    facts: Sequence[HiddenFact] = (),
    start_tension: int = 5,
    turns: int = 6,
    difficulty: int = 1,
    number: str = "S01",
    focus: Mapping[str, int] | None = None,
    support: Mapping[str, int] | None = None,
    outcome: Sequence[OutcomeItem] = (),
    points: Sequence[SalientPoint] = (),
) -> Scenario:
    """A scenario in which only what is named matters."""
    return Scenario(
        id=id,
        number=number,
        version=1,
        languages=(Language.ZH, Language.EN),
        title=text(id),
        module="listening",
        also=(),
        side="external",
        relation=NOBODY,
        difficulty=difficulty,
        turns=turns,
        role=NOBODY,
        goal=NOBODY,
        authority=AuthorityCard((), ()),
        fact_card=(),
        persona=Persona(text("周女士"), NOBODY, start_tension),
        topics=(),
        hidden_facts=tuple(facts),
        moves=tuple(moves),
        salient_points=tuple(points),
        opening=text("屋顶又漏了。", "The roof leaks again."),
        script=SILENT,
        focus={"listen": 5} if focus is None else focus,
        support={"plain": 5} if support is None else support,
        outcome=tuple(outcome),
    )


def make_reading(*moves: str | tuple[str, str]) -> Reading:
    """A reading of these moves in order; a pair is a move and its topic."""
    found = []
    for place, one in enumerate(moves):
        id, topic = one if isinstance(one, tuple) else (one, None)
        found.append(FoundMove(id, "字", place, place + 1, topic))
    return Reading(tuple(found))


# -- rubrics --------------------------------------------------------------------------------


def make_criterion(
    id: str = "listen",
    *,
    levels: Sequence[int] = (0, 1, 2, 3, 4),
    absence_up_to: int = 1,
    **more: Any,
) -> Criterion:
    """A criterion with these level numbers."""
    steps = tuple(Level(number, NOBODY, NOBODY, NOBODY, NOBODY) for number in levels)
    fields: dict[str, Any] = {
        "id": id,
        "module": "listening",
        "version": 1,
        "tier": "core",
        "languages": (Language.ZH, Language.EN),
        "title": text(id),
        "summary": NOBODY,
        "why_it_matters": NOBODY,
        "evidence_rule": NOBODY,
        "levels": steps,
        "absence_up_to": absence_up_to,
        "embedded_max": 3,
    }
    return Criterion(**{**fields, **more})


def make_gate(
    id: str = "insult",
    cap: float | None = 1.0,
    *,
    session: SessionEffect = SessionEffect.NONE,
    order: int = 5,
    lifts_to: float | None = None,
    within_turns: int = 2,
) -> Gate:
    """A gate; with `lifts_to` it can be made good within so many turns."""
    repair = None if lifts_to is None else Repair(within_turns, lifts_to, Cues())
    return Gate(
        id=id,
        title=text(id),
        rule=NOBODY,
        order=order,
        cap=cap,
        session=session,
        cues=Cues(),
        said=NOBODY,
        why=NOBODY,
        instead=NOBODY,
        repair=repair,
    )


def by_id(*things: Any) -> dict[str, Any]:
    """Criteria, gates or scenarios by their ids."""
    return {thing.id: thing for thing in things}


# -- scores ---------------------------------------------------------------------------------


def make_score(
    criterion: str,
    level: int,
    expected: float | None = None,
    source: Literal["reply", "context"] = "reply",
) -> Scored:
    """A level with one quote from the reply, or from the line before it."""
    proof = Evidence("字", 0, 1, source)
    return Scored(criterion, level, float(level) if expected is None else expected, (proof,))


def make_card(
    *scores: CriterionScore, gates: Sequence[str] = (), repairs: Sequence[str] = ()
) -> Scorecard:
    """A scorecard; gates and repairs by their ids."""
    return Scorecard(
        tuple(scores), tuple(GateHit(gate, "字", 0, 1) for gate in gates), tuple(repairs)
    )


# -- sessions -------------------------------------------------------------------------------


def make_reaction(tension: int = 5, stage: Stage = Stage.TALKING) -> Reaction:
    """A reaction that leaves this tension and stage."""
    return Reaction(PersonaState(tension, stage=stage), Event.WENT_ON)


def make_turn(number: int, attempt: int = 1, **filled: Any) -> Turn:
    """A turn with its reply and line."""
    fields: dict[str, Any] = {
        "context": "",
        "reply": f"reply {number}.{attempt}",
        "at": NOON + timedelta(minutes=number, seconds=attempt),
        "line": f"line {number}.{attempt}",
        "reaction": make_reaction(),
    }
    return Turn(number, attempt, **{**fields, **filled})


def make_session(*turns: Turn, **more: Any) -> PracticeSession:
    """A session with these turns."""
    fields: dict[str, Any] = {
        "id": "session",
        "learner": "learner",
        "scenario": "leaking_roof",
        "language": Language.EN,
        "release": "release",
        "engine": "embedded",
        "started_at": NOON,
        "opening": "opening",
    }
    return PracticeSession(**{**fields, **more}, turns=turns)


# -- progress -------------------------------------------------------------------------------


def make_observations(
    *levels: int, criterion: str = "listen", assisted: bool = False, start: float = 0
) -> list[Observation]:
    """One observation a day of each level, oldest first."""
    return [
        Observation(criterion, level, days(start + day), f"s{day}", "leaking_roof", assisted)
        for day, level in enumerate(levels)
    ]


def make_past(*sessions: tuple[str, Mapping[str, float]]) -> list[PastSession]:
    """Finished sessions, one a day, oldest first: the scenario and its focus means."""
    return [
        PastSession(scenario, days(day), means) for day, (scenario, means) in enumerate(sessions)
    ]
