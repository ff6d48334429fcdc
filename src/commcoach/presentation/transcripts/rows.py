"""Sessions as lines of JSON, one object per turn, for programs to read."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from commcoach.coaching.transcripts import Transcript, expired, history
from commcoach.domain.dialogue import Turn
from commcoach.domain.score import CriterionScore, NotApplicable, Scored


def json_lines(transcripts: Iterable[Transcript]) -> str:
    """One line per turn, in UTF-8 without escapes; see `rows` for the keys."""
    return "".join(
        json.dumps(row, ensure_ascii=False) + "\n"
        for transcript in transcripts
        for row in rows(transcript)
    )


def rows(transcript: Transcript) -> Iterator[dict[str, Any]]:
    """The turns of a session, rewrites after the reply they replace.

    The same keys in every row; later versions may add some, but none changes its meaning:

    - `session`, `learner`, `scenario`, `release`, `engine`, `language`, `started_at`, `ended_at`,
      `ending`: of the session; times are ISO 8601 in UTC, `null` while it goes on. `engine` is
      who was to score.
    - `summary`: what a model wrote about the whole session; empty if nothing usable came, `null`
      if none was asked.
    - `turn`, `attempt`, `assisted`, `at`, `masked`: of the turn; assisted ones never count.
    - `context`, `reply`, `line`: what was said before, by the learner, and in answer. `reply` is
      `null` once its words have expired.
    - `scores`: `null` until the turn is scored, else for each criterion its `criterion`,
      `verdict` (`scored`, `not_applicable`, `unscored`), `level` as it stands, `given_level` by
      the engine, `expected` (the engine's mean), `evidence` (`quote`, `start`, `end`, `source`),
      `rationale`, and `overrides` (`level`, `reason`, `by`, `at`), oldest first.
      `calibrated_cases` is the number of cases graded by several people by which the criterion is
      calibrated for whoever gave the level (of cases drawn unevenly what they are worth); `null` if
      it is not.
    - `scored_by`: who did give the levels of this turn (`name`, `version`, `model`); `null` where
      that was not written down.
    - `gates`: those crossed (`gate`, `quote`, `start`, `end`); `repairs`: those made good.
    - `stand_ins`: why the embedded engine did the work of a model, for `reading`, `line` and
      `scores` (`unavailable`, `misconfigured`, `unusable`, `cut_off`, `refused`, `budget`,
      `failed`); empty where it did not.
    - `contests`: the learner's objections to the session (`criterion`, `words`, `at`).

    Offsets count code points, half open: for the source `reply` those of `reply`; for `context`
    those of everything said before, one line each.
    """
    session = transcript.session
    about = {
        "session": session.id,
        "learner": session.learner,
        "scenario": session.scenario,
        "release": session.release,
        "engine": session.engine,
        "language": session.language.value,
        "started_at": _time(session.started_at),
        "ended_at": None if session.ended_at is None else _time(session.ended_at),
        "ending": None if session.ending is None else session.ending.value,
        "summary": session.summary,
    }
    contests = [
        {"criterion": one.criterion, "words": one.words, "at": _time(one.at)}
        for one in transcript.contests
    ]
    for turn in session.turns:
        yield {**about, **_turn(transcript, turn), "contests": contests}


def _turn(transcript: Transcript, turn: Turn) -> dict[str, Any]:
    card = turn.card
    return {
        "turn": turn.number,
        "attempt": turn.attempt,
        "assisted": turn.assisted,
        "at": _time(turn.at),
        "masked": turn.masked,
        "context": turn.context,
        "reply": None if expired(turn) else turn.reply,
        "line": turn.line,
        "scores": None if card is None else list(_scores(transcript, turn)),
        "scored_by": None if card is None or card.by is None else asdict(card.by),
        "gates": [
            {"gate": hit.gate, "quote": hit.quote, "start": hit.start, "end": hit.end}
            for hit in (() if card is None else card.gates)
        ],
        "repairs": [] if card is None else list(card.repairs),
        "stand_ins": {
            "reading": "" if turn.reading is None else turn.reading.stand_in,
            "line": turn.line_stand_in,
            "scores": "" if card is None else card.stand_in,
        },
    }


def _scores(transcript: Transcript, turn: Turn) -> Iterator[dict[str, Any]]:
    standing = turn.standing()
    if turn.card is None or standing is None:
        return
    release = transcript.session.release
    for given, score in zip(turn.card.scores, standing.scores, strict=True):
        proof = given.evidence if isinstance(given, Scored) else ()
        yield {
            "criterion": score.criterion,
            "verdict": verdict(score),
            "level": score.level if isinstance(score, Scored) else None,
            "given_level": given.level if isinstance(given, Scored) else None,
            "expected": round(given.expected, 3) if isinstance(given, Scored) else None,
            "calibrated_cases": transcript.verdicts.cases(release, turn.card, given.criterion)
            if isinstance(given, Scored)
            else None,
            "evidence": [
                {"quote": one.quote, "start": one.start, "end": one.end, "source": one.source}
                for one in proof
            ],
            "rationale": given.rationale,
            "overrides": [
                {"level": one.level, "reason": one.reason, "by": one.by, "at": _time(one.at)}
                for one in history(turn, score.criterion)
            ],
        }


def verdict(score: CriterionScore) -> str:
    """`scored`, `not_applicable` or `unscored`."""
    if isinstance(score, Scored):
        return "scored"
    return "not_applicable" if isinstance(score, NotApplicable) else "unscored"


def _time(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds")
