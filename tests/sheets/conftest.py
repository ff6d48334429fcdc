"""A sheet for the tests of this folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from commcoach.coaching.casework import grading_sheet
from tests.sheets.grading_sheets import CASES, ID, write


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A sheet with the author's levels and an empty column for 王老师."""
    made = tmp_path / "sheet.xlsx"
    write(made, grading_sheet(CASES, (ID,), ("王老师",)))
    return made
