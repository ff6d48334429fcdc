"""What stands above the columns of a grading sheet: words for people, the last for the program."""

from __future__ import annotations

import re

from commcoach.coaching.casework import (
    CHECK,
    CONTEXT,
    ID,
    LANGUAGE,
    NOT_IN_CELLS,
    NOTE,
    REPLY,
    SCENARIO,
    Column,
)

NAMES = frozenset({ID, LANGUAGE, SCENARIO, CONTEXT, REPLY, CHECK, NOTE})
_COLUMN = re.compile(r"\s*([a-z][a-z0-9_]*)\s*(?:@\s*(.*?))?\s*", re.DOTALL)
_ROWS = re.compile(r"commcoach rows=(\d{1,7})")


def fixed_header(name: str, label: str) -> str:
    """`回复 reply`."""
    return label if label.lower() == name else f"{label} {name}"


def column_header(column: Column, title: str) -> str:
    """The criterion's title, and below it `open_question @王老师`."""
    by = NOT_IN_CELLS.sub("", column.by)
    return f"{title}\n{column.criterion}" + (f" @{by}" if column.by else "")


def read_header(text: str) -> str | Column | None:
    """Which column this is: a fixed one by its name, or one of levels; `None` for neither."""
    lines = [line for line in text.splitlines() if line.strip()]
    found = _COLUMN.fullmatch(lines[-1]) if lines else None
    words = text.split()
    # A name may end like one of the fixed columns, but those have no name behind an @.
    if words and words[-1].lower() in NAMES and (found is None or not found[2]):
        return words[-1].lower()
    return Column(found[1], found[2] or "") if found is not None else None


def told_rows(number: int) -> str:
    """The note in a workbook's properties that says how many rows were given out."""
    return f"commcoach rows={number}"


def rows_told(note: str | None) -> int | None:
    """The number of rows given out, if the note is still there."""
    found = _ROWS.search(note or "")
    return int(found[1]) if found is not None else None
