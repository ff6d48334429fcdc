"""The files of graded cases: grades are added to the lines they belong to, all or nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from commcoach.domain.cases import Grade, GradedCase
from commcoach.swapped_files import FilesChanged, swap, write_whole

BARE = "levels"
"""The name under which a case's levels without a grader stand."""
_NAME = re.compile(r"[^\w-]+")


def case_row(case: GradedCase) -> dict[str, Any]:
    """A case as a line of a file holds it."""
    context: Any = case.context[0].text if len(case.context) == 1 else ""
    if len(case.context) > 1 or (case.context and case.context[0].speaker):
        context = [{"speaker": one.speaker, "text": one.text} for one in case.context]
    row: dict[str, Any] = {"id": case.id, "context": context, "reply": case.reply}
    if case.language is not None:
        row["lang"] = case.language.value
    if case.scenario is not None:
        row["scenario"] = case.scenario
    if case.source:
        row["source"] = case.source
    row["grades"] = [_grade(one) for one in case.grades]
    return row


def write_cases(place: Path, cases: Iterable[GradedCase], private: bool = False) -> None:
    """Write cases where there is no file yet, whole or not at all; `private` for the owner alone.

    `FileExistsError` if there is one, `OSError` if it cannot be written.
    """
    content = "".join(_line(case_row(case)) for case in cases).encode()
    write_whole(place, content, 0o600 if private else 0o644)


def add_grades(
    folder: Path,
    name: str,
    grades: Mapping[str, Sequence[Grade]],
    cases: Sequence[GradedCase],
) -> list[Path]:
    """Add grades to the cases of a folder, and new cases as a file of their own, all or none.

    For the folder's sole writer only (`swapped_files.sole_writer`). Lines without new grades stay
    as they are, byte by byte. Returns the files written. Raises `FilesChanged` if a case is gone
    or a file changed meanwhile, `OSError` if a file cannot be written; then all files are as
    before. If the program is killed, they are as before or as they should be.
    """
    before: dict[Path, bytes | None] = {}
    after: dict[Path, bytes] = {}
    open_ids = set(grades)
    for place in sorted(folder.glob("*.jsonl")):
        if open_ids and not place.name.startswith("."):
            raw = place.read_bytes()
            changed = _with_grades(raw, grades, open_ids)
            if changed is not None:
                before[place], after[place] = raw, changed
    if open_ids:
        raise FilesChanged
    if cases:
        place = _free_place(folder, name)
        before[place] = None
        after[place] = "".join(_line(case_row(one)) for one in cases).encode()
    swap(folder, before, after)
    return list(after)


def _with_grades(
    raw: bytes, grades: Mapping[str, Sequence[Grade]], open_ids: set[str]
) -> bytes | None:
    """The file with the grades in it; `None` if it has no case that they belong to."""
    lines = raw.decode("utf-8-sig").split("\n")
    is_changed = False
    for index, line in enumerate(lines):
        # Most lines are left alone; these need not be parsed.
        row = json.loads(line) if line.strip() else {}
        if row.get("id") not in open_ids:
            continue
        open_ids.discard(row["id"])
        for grade in grades[row["id"]]:
            _add(row, grade)
        lines[index] = _line(row).rstrip("\n") + ("\r" if line.endswith("\r") else "")
        is_changed = True
    mark = b"\xef\xbb\xbf" if raw.startswith(b"\xef\xbb\xbf") else b""
    return mark + "\n".join(lines).encode() if is_changed else None


def _add(row: dict[str, Any], grade: Grade) -> None:
    """A grader's levels join those that the grader gave before."""
    own = next((one for one in row.get("grades", []) if one["by"] == grade.by), None)
    if own is not None:
        own["levels"].update(grade.levels)
        # A level that is given anew is only as blind as the new one.
        for name, given in (("blind", grade.blind), ("drawing", grade.drawing)):
            kept = {id: one for id, one in own.pop(name, {}).items() if id not in grade.levels}
            if kept or given:
                own[name] = {**kept, **given}
    elif grade.by == BARE and row.get(BARE) is not None:
        row[BARE].update(grade.levels)
    else:
        row.setdefault("grades", []).append(_grade(grade))


def _grade(grade: Grade) -> dict[str, Any]:
    made: dict[str, Any] = {"by": grade.by, "kind": grade.kind, "levels": dict(grade.levels)}
    marks = {"blind": dict(grade.blind), "drawing": dict(grade.drawing)}
    return made | {name: mark for name, mark in marks.items() if mark}


def _line(row: Mapping[str, Any]) -> str:
    return json.dumps(row, ensure_ascii=False) + "\n"


def _free_place(folder: Path, name: str) -> Path:
    stem = _NAME.sub("_", name).strip("_") or "imported"
    return next(one for one in _places(folder, stem) if not one.exists())


def _places(folder: Path, stem: str) -> Iterator[Path]:
    yield folder / f"{stem}.jsonl"
    number = 2
    while True:
        yield folder / f"{stem}-{number}.jsonl"
        number += 1
