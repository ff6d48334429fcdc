"""Rows of a scoring batch: what is read, what is written."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, StrictInt, ValidationError

from commcoach.batch.inputs import input_of, occasion_of
from commcoach.coaching.admission import Mask
from commcoach.coaching.language_model import (
    BudgetSpent,
    ModelFailed,
    ModelMisconfigured,
    ModelUnavailable,
)
from commcoach.coaching.scorer import ScoringTask
from commcoach.domain.cases import Said
from commcoach.domain.language import Language
from commcoach.domain.library import Library
from commcoach.domain.score import (
    CriterionScore,
    EngineName,
    NotApplicable,
    Scorecard,
    Scored,
    Unscored,
)
from commcoach.domain.wording import language_of


def _without_halves(text: str) -> str:
    """The text without halves of characters, which no file takes."""
    return text.encode("utf-8", errors="replace").decode("utf-8")


class _Said(BaseModel):
    speaker: str = ""
    text: str


class _Row(BaseModel):
    """A row to score; further keys, such as labels, are allowed and ignored."""

    model_config = ConfigDict(extra="ignore")

    id: Annotated[str, AfterValidator(_without_halves)] | StrictInt
    context: str | list[_Said] = ""
    reply: str
    lang: Literal["zh", "en"] | None = None
    authority: str | None = None
    scenario: str | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """A row that can be scored; `id` is its id as text, to find it again."""

    line: int
    id: str
    given_id: str | int
    task: ScoringTask


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that cannot be read; becomes an error row with its line number."""

    line: int
    id: str | None
    error: str


def read_row(
    text: str, line: int, criteria: tuple[str, ...], library: Library, mask: Mask
) -> Row | BadRow:
    """One line of the input. Personal data is masked here, before anything else sees it."""
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        return BadRow(line, None, f"not JSON: {error.msg} (column {error.colno})")
    except (ValueError, RecursionError):
        return BadRow(line, None, "not JSON: a number is too long, or it is nested too deeply")
    if not isinstance(data, dict):
        return BadRow(line, None, 'not an object: a row is {"id": …, "reply": …}')
    try:
        row = _Row.model_validate(data)
    except ValidationError as error:
        key = str(error.errors(include_url=False)[0]["loc"][0])
        return BadRow(line, _readable_id(data), _WANTED.get(key, f"{key}: not as described"))
    messages = [_Said(text=row.context)] if isinstance(row.context, str) else row.context
    said = tuple(Said(mask(one.speaker).text, mask(one.text).text) for one in messages)
    reply = mask(row.reply).text
    task = ScoringTask(
        reply=reply,
        context=said,
        criteria=criteria,
        language=Language(row.lang) if row.lang else language_of(reply),
        scenario=library.scenarios.get(row.scenario or ""),
        authority=None if row.authority is None else mask(row.authority).text,
    )
    task = replace(task, occasion=occasion_of(task, library.release))
    return Row(line, str(row.id), row.id, task)


_WANTED = {
    "id": "id: missing, or neither a text nor a whole number",
    "context": 'context: neither a text nor a list of {"speaker": …, "text": …}',
    "reply": "reply: missing, or not a text",
    "lang": "lang: neither zh nor en",
    "authority": "authority: not a text",
    "scenario": "scenario: not a text",
}


def _readable_id(data: Mapping[str, Any]) -> str | None:
    given = data.get("id")
    return None if given is None else _without_halves(str(given))


def read_rows(
    path: Path, criteria: tuple[str, ...], library: Library, mask: Mask
) -> list[Row | BadRow]:
    """Every line that holds something; an id used twice is an error the second time."""
    rows: list[Row | BadRow] = []
    first: dict[str, int] = {}
    with path.open("rb") as file:
        for number, raw in enumerate(file, start=1):
            if not raw.strip():
                continue
            try:
                text = raw.decode("utf-8-sig" if number == 1 else "utf-8")
            except UnicodeDecodeError:
                rows.append(BadRow(number, None, "not UTF-8: save the file as UTF-8"))
                continue
            row = read_row(text, number, criteria, library, mask)
            if isinstance(row, Row) and row.id in first:
                row = BadRow(number, row.id, f"id already used in line {first[row.id]}")
            elif isinstance(row, Row):
                first[row.id] = number
            rows.append(row)
    return rows


def holds_scores(path: Path) -> bool:
    """Whether a file is empty or its first line is an output row, torn or whole."""
    with path.open("rb") as file:
        first = file.readline(4096).decode("utf-8", errors="replace").strip()
        whole = first.endswith("}") or len(first) > 4000 or bool(file.read(1))
    ours = '"scores":[' in first or '"error":' in first
    return not first or (first.startswith('{"id":') and (ours or not whole))


def count_rows(path: Path) -> int:
    """How many lines hold something."""
    with path.open("rb") as file:
        return sum(bool(line.strip()) for line in file)


def scored_row(
    row: Row, card: Scorecard, release: str, hashes: Mapping[str, str], engine: EngineName
) -> dict[str, Any]:
    """The output row. Offsets count code points of the input, half open.

    For a context that is a list of messages they count in the texts joined by line feeds.
    """
    return {
        "id": row.given_id,
        "scores": [_score(one) for one in card.scores],
        "gates": [{"gate": hit.gate, "quote": hit.quote} for hit in card.gates],
        "input": input_of(row.task),
        "release": release,
        "content": {id: hashes[id] for id in row.task.criteria},
        "engine": named_engine(engine),
    }


def named_engine(engine: EngineName) -> dict[str, str]:
    """An engine as an output row names it."""
    named = {"name": engine.name, "version": engine.version}
    return named if engine.model is None else {**named, "model": engine.model}


def _score(score: CriterionScore) -> dict[str, Any]:
    if isinstance(score, Scored):
        out: dict[str, Any] = {
            "criterion": score.criterion,
            "status": "scored",
            "level": score.level,
            "expected": round(score.expected, 6),
        }
        if score.calibrated is not None:
            out["calibrated"] = round(score.calibrated, 6)
        if score.probabilities is not None:
            out["probabilities"] = {
                str(level): round(share, 6) for level, share in score.probabilities.items()
            }
        out["evidence"] = [
            {"quote": one.quote, "start": one.start, "end": one.end, "in": one.source}
            for one in score.evidence
        ]
        out["rationale"] = score.rationale
        return out
    status = "not_applicable" if isinstance(score, NotApplicable) else "unscored"
    return {
        "criterion": score.criterion,
        "status": status,
        "level": None,
        "expected": None,
        "evidence": [],
        "rationale": score.rationale,
    }


_UNANSWERED = frozenset(
    f"model:{kind.reason}"
    for kind in (ModelUnavailable, ModelMisconfigured, BudgetSpent, ModelFailed)
)
"""Why a score is missing where the model gave no answer, and may give one another time."""


def is_unanswered(card: Scorecard) -> bool:
    """Whether the model left a reply, or a part of it, without an answer."""
    missing = (one for one in card.scores if isinstance(one, Unscored))
    return any(one.rationale in _UNANSWERED for one in missing)


def to_be_tried_again(row: Mapping[str, Any]) -> bool:
    """The same of an output row."""
    scores = row.get("scores")
    return isinstance(scores, list) and any(
        isinstance(one, dict)
        and one.get("status") == "unscored"
        and one.get("rationale") in _UNANSWERED
        for one in scores
    )


def error_row(row: BadRow) -> dict[str, Any]:
    """The output row of a row that could not be read."""
    return {"id": row.id, "line": row.line, "error": row.error}
