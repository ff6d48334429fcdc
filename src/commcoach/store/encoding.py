"""How sessions, turns and scores are written as rows and JSON, and read back without loss."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from commcoach.domain.dialogue import Ending, PracticeSession, Turn
from commcoach.domain.language import Language
from commcoach.domain.persona import Event, PersonaState, Reaction, Stage
from commcoach.domain.reading import FoundMove, Reading
from commcoach.domain.score import (
    CriterionScore,
    EngineName,
    Evidence,
    GateHit,
    NotApplicable,
    Override,
    Scorecard,
    Scored,
    Unscored,
)

_STATUS = {Scored: "scored", NotApplicable: "not_applicable", Unscored: "unscored"}


def session_values(session: PracticeSession) -> dict[str, Any]:
    """The columns of a session, without its turns."""
    return {
        "id": session.id,
        "learner": session.learner,
        "scenario": session.scenario,
        "language": session.language.value,
        "release": session.release,
        "engine": session.engine,
        "started_at": session.started_at,
        "opening": session.opening,
        "closing": session.closing,
        "summary": session.summary,
        "ending": session.ending.value if session.ending is not None else None,
        "ended_at": session.ended_at,
    }


def session_from(row: Any, turns: tuple[Turn, ...]) -> PracticeSession:
    """The session of a row, with its turns in order."""
    return PracticeSession(
        id=row.id,
        learner=row.learner,
        scenario=row.scenario,
        language=Language(row.language),
        release=row.release,
        engine=row.engine,
        started_at=row.started_at,
        opening=row.opening,
        turns=turns,
        closing=row.closing,
        summary=row.summary,
        ending=Ending(row.ending) if row.ending is not None else None,
        ended_at=row.ended_at,
    )


def turn_values(id: str, session: str, turn: Turn) -> dict[str, Any]:
    """The columns of a turn with its reply; `part_values` has what came of it."""
    return {
        "id": id,
        "session_id": session,
        "number": turn.number,
        "attempt": turn.attempt,
        "context": turn.context,
        "reply": turn.reply,
        "masked": turn.masked,
        "taken_at": turn.at,
        "message": turn.message,
    }


def part_values(turn: Turn) -> dict[str, Any]:
    """The columns of what came of a turn; `None` where it has not arrived."""
    card = turn.card
    return {
        "reading": reading_to_json(turn.reading) if turn.reading is not None else None,
        "reaction": reaction_to_json(turn.reaction) if turn.reaction is not None else None,
        "line": turn.line,
        "line_stand_in": turn.line_stand_in if turn.line is not None else None,
        "gates": [gate_hit_to_json(hit) for hit in card.gates] if card is not None else None,
        "repairs": list(card.repairs) if card is not None else None,
        "score_stand_in": card.stand_in if card is not None else None,
        "scored_by": asdict(card.by) if card is not None and card.by is not None else None,
    }


def turn_from(
    row: Any, scores: tuple[CriterionScore, ...], overrides: tuple[Override, ...]
) -> Turn:
    """The turn of a row, with its scores and corrections in order."""
    card = None
    if row.gates is not None:
        card = Scorecard(
            scores=scores,
            gates=tuple(gate_hit_from_json(hit) for hit in row.gates),
            repairs=tuple(row.repairs or ()),
            stand_in=row.score_stand_in or "",
            by=EngineName(**row.scored_by) if row.scored_by else None,
        )
    return Turn(
        number=row.number,
        attempt=row.attempt,
        context=row.context,
        reply=row.reply,
        at=row.taken_at,
        masked=row.masked,
        message=row.message,
        reading=reading_from_json(row.reading) if row.reading is not None else None,
        reaction=reaction_from_json(row.reaction) if row.reaction is not None else None,
        line=row.line,
        line_stand_in=row.line_stand_in or "",
        card=card,
        overrides=overrides,
    )


def score_values(turn: str, card: Scorecard) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The columns of each score of a scorecard, and of each quote behind them."""
    scores, evidence = [], []
    for position, score in enumerate(card.scores):
        columns: dict[str, Any] = {
            "turn_id": turn,
            "criterion": score.criterion,
            "position": position,
            "status": _STATUS[type(score)],
            "level": None,
            "expected": None,
            "probabilities": None,
            "rationale": score.rationale,
            "calibrated": None,
        }
        if isinstance(score, Scored):
            columns["level"] = score.level
            columns["expected"] = score.expected
            columns["calibrated"] = score.calibrated
            if score.probabilities is not None:
                shares = {str(level): share for level, share in score.probabilities.items()}
                columns["probabilities"] = shares
            evidence += [
                {
                    "turn_id": turn,
                    "criterion": score.criterion,
                    "position": number,
                    "quote": proof.quote,
                    "start_offset": proof.start,
                    "end_offset": proof.end,
                    "source": proof.source,
                }
                for number, proof in enumerate(score.evidence)
            ]
        scores.append(columns)
    return scores, evidence


def score_from(row: Any, evidence: tuple[Evidence, ...]) -> CriterionScore:
    """The score of a row, with its evidence in order; a `ValueError` if it is none."""
    if row.status == _STATUS[NotApplicable]:
        return NotApplicable(row.criterion, row.rationale)
    if row.status == _STATUS[Unscored]:
        return Unscored(row.criterion, row.rationale)
    if row.status != _STATUS[Scored] or row.level is None or row.expected is None:
        raise ValueError(row.status)
    return Scored(
        criterion=row.criterion,
        level=row.level,
        expected=row.expected,
        evidence=evidence,
        probabilities=(
            {int(level): share for level, share in row.probabilities.items()}
            if row.probabilities is not None
            else None
        ),
        rationale=row.rationale,
        calibrated=row.calibrated,
    )


def evidence_from(row: Any) -> Evidence:
    """The quote of a row."""
    return Evidence(row.quote, row.start_offset, row.end_offset, row.source)


def override_from(row: Any) -> Override:
    """The correction of a row that also says number and attempt of its turn."""
    return Override(
        number=row.number,
        attempt=row.attempt,
        criterion=row.criterion,
        level=row.level,
        reason=row.reason,
        by=row.author,
        at=row.made_at,
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
        "stand_in": reading.stand_in,
    }


def reading_from_json(data: dict[str, Any]) -> Reading:
    """A reading from its JSON."""
    return Reading(
        moves=tuple(
            FoundMove(found["move"], found["quote"], found["start"], found["end"], found["topic"])
            for found in data["moves"]
        ),
        points=tuple(data["points"]),
        stand_in=data.get("stand_in", ""),
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
