"""A drawing for two graders, and its sheets filled in, for tests of `commcoach calibration`."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from commcoach.coaching.rubric_testing import Trial
from commcoach.domain.case_scores import CaseScore
from commcoach.domain.score import EngineName, NotApplicable, Scored
from tests.casework_content import own_content
from tests.cli.conftest import Cli

ID = "open_question"


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An author's own content, and a machine that needs no training: by turns 0, 0, 0, 1, 4."""

    async def scored(_engine: Any, library: Any, criteria: Any, *, cases: Any) -> Trial:
        levels = (0, 0, 0, 1, 4, None)
        place = {case.id: index for index, case in enumerate(library.cases)}
        (id,) = criteria
        scores = tuple(
            CaseScore(
                case,
                case.id,
                NotApplicable(id)
                if (level := levels[place[case.id] % 6]) is None
                else Scored(id, level, level + 0.25, ()),
            )
            for case in cases
        )
        return Trial(EngineName("embedded", "1"), len(scores), {id: scores})

    monkeypatch.setattr("commcoach.bootstrap.casework.trial", scored)
    return own_content(tmp_path / "mine")


Draw = Callable[..., Path]


@pytest.fixture
def draw(cli: Cli, own: Path, tmp_path: Path) -> Draw:
    """`draw("--n", 40)`: the folder with the sheets of 甲 and 乙 and the key."""

    def make(*more: object, folder: str = "drawn") -> Path:
        output = tmp_path / folder
        named = ("--grader", "甲", "--grader", "乙")
        arguments = ("--criterion", ID, "--output", output, "--content", own, *named, *more)
        result = cli("calibration", "draw", *arguments)
        assert result.code == 0, result.err
        return output

    return make


def key_rows(folder: Path) -> dict[str, dict[str, Any]]:
    data = json.loads((folder / f"{ID}-key.json").read_text("utf-8"))
    return {row["code"]: row for row in data["rows"]}


def sheet_of(folder: Path, by: str) -> Path:
    return folder / f"{ID}-{by}.xlsx"


def fill(folder: Path, by: str, grade: Callable[[dict[str, Any]], Any]) -> Path:
    """Let a grader give every row a level; the machine's is known here only."""
    rows, place = key_rows(folder), sheet_of(folder, by)
    book = load_workbook(place)
    sheet = book.worksheets[0]
    for number in range(2, sheet.max_row + 1):
        sheet.cell(number, 4).value = grade(rows[str(sheet.cell(number, 1).value)])
    book.save(place)
    return place


def grade(off: int) -> Callable[[dict[str, Any]], Any]:
    """A grader who agrees with the machine, `off` levels away in every fifth row."""

    def give(row: dict[str, Any]) -> Any:
        away = off if int(row["code"][1:]) % 5 == 0 else 0
        return "n/a" if row["level"] is None else min(4, row["level"] + away)

    return give


def report(cli: Cli, own: Path, folder: Path, *sheets: Path, more: tuple[object, ...] = ()) -> Any:
    key = folder / f"{ID}-key.json"
    return cli("calibration", "report", *sheets, "--key", key, "--content", own, *more)
