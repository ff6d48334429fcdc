"""How sessions, turns and scores are written as rows and JSON, and read back without loss."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal, cast

from commcoach.domain.dialogue import Ending, PracticeSession, Turn
from commcoach.domain.language import Language
from commcoach.domain.persona import Event, PersonaState, Reaction, Stage
from commcoach.domain.reading import FoundMove, Reading
from commcoach.domain.score import (
    CriterionScore,
    Evidence,
    GateHit,
    NotApplicable,
    Scorecard,
    Scored,
    Unscored,
)
from commcoach.store.tables import EvidenceRow, ScoreRow, SessionRow, TurnRow, opaque_id

SCORED = "scored"
NOT_APPLICABLE = "not_applicable"
UNSCORED = "unscored"


def session_row(session: PracticeSession) -> SessionRow:
    """The row of a session, without its turns."""
    return SessionRow(
        id=session.id,
        learner=session.learner,
        scenario=session.scenario,
        language=session.language.value,
        release=session.release,
        engine=session.engine,
        started_at=aware(session.started_at),
        opening=session.opening,
        closing=session.closing,
        ending=session.ending.value if session.ending is not None else None,
        ended_at=aware(session.ended_at) if session.ended_at is not None else None,
    )


def session_from(row: SessionRow) -> PracticeSession:
    """The session of a row whose turns are loaded."""
    return PracticeSession(
        id=row.id,
        learner=row.learner,
        scenario=row.scenario,
        language=Language(row.language),
        release=row.release,
        engine=row.engine,
        started_at=row.started_at,
        opening=row.opening,
        turns=tuple(turn_from(turn) for turn in row.turns),
        closing=row.closing,
        ending=Ending(row.ending) if row.ending is not None else None,
        ended_at=row.ended_at,
    )


def turn_row(session: str, turn: Turn) -> TurnRow:
    """The row of a turn with its reply; `fill` adds what came of it."""
    return TurnRow(
        id=opaque_id(),
        session_id=session,
        number=turn.number,
        attempt=turn.attempt,
        context=turn.context,
        reply=turn.reply,
        masked=turn.masked,
    )


def fill(row: TurnRow, turn: Turn) -> list[ScoreRow]:
    """Write into the row what it lacks and the turn has; the rows of its scores, if they are new.

    What stands in the row is never replaced.
    """
    if row.reading is None and turn.reading is not None:
        row.reading = reading_to_json(turn.reading)
    if row.reaction is None and turn.reaction is not None:
        row.reaction = reaction_to_json(turn.reaction)
    if row.line is None:
        row.line = turn.line
    if row.gates is not None or turn.card is None:
        return []
    row.gates = [gate_hit_to_json(hit) for hit in turn.card.gates]
    row.repairs = list(turn.card.repairs)
    return [score_row(row.id, position, score) for position, score in enumerate(turn.card.scores)]


def turn_from(row: TurnRow) -> Turn:
    """The turn of a row whose scores are loaded."""
    card = None
    if row.gates is not None:
        card = Scorecard(
            scores=tuple(score_from(score) for score in row.scores),
            gates=tuple(gate_hit_from_json(hit) for hit in row.gates),
            repairs=tuple(row.repairs or ()),
        )
    return Turn(
        number=row.number,
        attempt=row.attempt,
        context=row.context,
        reply=row.reply,
        masked=row.masked,
        reading=reading_from_json(row.reading) if row.reading is not None else None,
        reaction=reaction_from_json(row.reaction) if row.reaction is not None else None,
        line=row.line,
        card=card,
    )


def score_row(turn: str, position: int, score: CriterionScore) -> ScoreRow:
    """The row of one score, with the rows of its evidence."""
    row = ScoreRow(
        turn_id=turn,
        criterion=score.criterion,
        position=position,
        status=SCORED,
        rationale=score.rationale,
        evidence=[],
    )
    match score:
        case NotApplicable():
            row.status = NOT_APPLICABLE
        case Unscored():
            row.status = UNSCORED
        case Scored():
            row.level = score.level
            row.expected = score.expected
            if score.probabilities is not None:
                row.probabilities = {
                    str(level): share for level, share in score.probabilities.items()
                }
            row.evidence = [
                EvidenceRow(
                    position=number,
                    quote=proof.quote,
                    start_offset=proof.start,
                    end_offset=proof.end,
                    source=proof.source,
                )
                for number, proof in enumerate(score.evidence)
            ]
    return row


def score_from(row: ScoreRow) -> CriterionScore:
    """The score of a row whose evidence is loaded; a `ValueError` if it is none."""
    if row.status == NOT_APPLICABLE:
        return NotApplicable(row.criterion, row.rationale)
    if row.status == UNSCORED:
        return Unscored(row.criterion, row.rationale)
    if row.status != SCORED or row.level is None or row.expected is None:
        raise ValueError(row.status)
    return Scored(
        criterion=row.criterion,
        level=row.level,
        expected=row.expected,
        evidence=tuple(
            Evidence(
                proof.quote,
                proof.start_offset,
                proof.end_offset,
                cast(Literal["reply", "context"], proof.source),
            )
            for proof in row.evidence
        ),
        probabilities=(
            {int(level): share for level, share in row.probabilities.items()}
            if row.probabilities is not None
            else None
        ),
        rationale=row.rationale,
    )


def reading_to_json(reading: Reading) -> dict[str, Any]:
    """A reading as JSON."""
    return {
        "moves": [
            {
                "move": found.move,
                "topic": found.topic,
                "quote": found.quote,
                "start": found.start,
                "end": found.end,
            }
            for found in reading.moves
        ],
        "points": list(reading.points),
    }


def reading_from_json(data: dict[str, Any]) -> Reading:
    """A reading from its JSON."""
    return Reading(
        moves=tuple(
            FoundMove(found["move"], found["quote"], found["start"], found["end"], found["topic"])
            for found in data["moves"]
        ),
        points=tuple(data["points"]),
    )


def reaction_to_json(reaction: Reaction) -> dict[str, Any]:
    """A reaction as JSON; sets are sorted, so that equal reactions are equal texts."""
    state = reaction.state
    soothed = sorted(state.soothed, key=lambda pair: (pair[0], pair[1] is not None, pair[1] or ""))
    return {
        "state": {
            "tension": state.tension,
            "told": sorted(state.told),
            "moves": sorted(state.moves),
            "soothed": [[move, topic] for move, topic in soothed],
            "idle": state.idle,
            "stage": state.stage.value,
            "repair_used": state.repair_used,
        },
        "event": reaction.event.value,
        "opened": list(reaction.opened),
        "answers": reaction.answers,
    }


def reaction_from_json(data: dict[str, Any]) -> Reaction:
    """A reaction from its JSON."""
    state = data["state"]
    return Reaction(
        state=PersonaState(
            tension=state["tension"],
            told=frozenset(state["told"]),
            moves=frozenset(state["moves"]),
            soothed=frozenset((move, topic) for move, topic in state["soothed"]),
            idle=state["idle"],
            stage=Stage(state["stage"]),
            repair_used=state["repair_used"],
        ),
        event=Event(data["event"]),
        opened=tuple(data["opened"]),
        answers=data["answers"],
    )


def gate_hit_to_json(hit: GateHit) -> dict[str, Any]:
    """A gate hit as JSON."""
    return {"gate": hit.gate, "quote": hit.quote, "start": hit.start, "end": hit.end}


def gate_hit_from_json(data: dict[str, Any]) -> GateHit:
    """A gate hit from its JSON."""
    return GateHit(data["gate"], data["quote"], data["start"], data["end"])


def aware(moment: datetime) -> datetime:
    """The time itself; a `ValueError` if it does not say its time zone."""
    if moment.utcoffset() is None:
        raise ValueError(moment)
    return moment
