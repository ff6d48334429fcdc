"""Rows of a scoring batch: what is read, what is written."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from commcoach.coaching.admission import Mask
from commcoach.coaching.scorer import EngineName, ScoringTask
from commcoach.domain.cases import Said
from commcoach.domain.language import Language
from commcoach.domain.library import Library
from commcoach.domain.score import CriterionScore, NotApplicable, Scorecard, Scored
from commcoach.domain.wording import language_of


class _Said(BaseModel):
    speaker: str = ""
    text: str


class _Row(BaseModel):
    """A row to score; further keys, such as labels, are allowed and ignored."""

    model_config = ConfigDict(extra="ignore")

    id: str | int
    context: str | list[_Said] = ""
    reply: str
    lang: Literal["zh", "en"] | None = None
    authority: str | None = None
    scenario: str | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """A row that can be scored."""

    line: int
    id: str
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
    try:
        row = _Row.model_validate(data)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        given = data.get("id") if isinstance(data, dict) else None
        return BadRow(line, None if given is None else str(given), f"{where}: {first['msg']}")
    messages = [_Said(text=row.context)] if isinstance(row.context, str) else row.context
    said = tuple(Said(one.speaker, mask(one.text).text) for one in messages if one.text.strip())
    reply = mask(row.reply).text
    task = ScoringTask(
        reply=reply,
        context=said,
        criteria=criteria,
        language=Language(row.lang) if row.lang else language_of(reply),
        scenario=library.scenarios.get(row.scenario or ""),
        authority=row.authority,
    )
    return Row(line, str(row.id), task)


def read_rows(
    path: Path, criteria: tuple[str, ...], library: Library, mask: Mask
) -> list[Row | BadRow]:
    """Every line that holds something; an id used twice is an error the second time."""
    rows: list[Row | BadRow] = []
    first: dict[str, int] = {}
    with path.open(encoding="utf-8-sig", errors="replace", newline="\n") as file:
        for number, text in enumerate(file, start=1):
            if not text.strip():
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
    return not first or (
        first.startswith('{"id":') and ('"scores":[' in first or '"error":' in first)
    )


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
    named = {"name": engine.name, "version": engine.version}
    if engine.model is not None:
        named["model"] = engine.model
    return {
        "id": row.id,
        "scores": [_score(one) for one in card.scores],
        "gates": [{"gate": hit.gate, "quote": hit.quote} for hit in card.gates],
        "release": release,
        "content": {id: hashes[id] for id in row.task.criteria},
        "engine": named,
    }


def _score(score: CriterionScore) -> dict[str, Any]:
    if isinstance(score, Scored):
        out: dict[str, Any] = {
            "criterion": score.criterion,
            "status": "scored",
            "level": score.level,
            "expected": round(score.expected, 6),
        }
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


def error_row(row: BadRow) -> dict[str, Any]:
    """The output row of a row that could not be read."""
    return {"id": row.id, "line": row.line, "error": row.error}
