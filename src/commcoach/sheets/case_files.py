"""The files of graded cases: grades are added to the lines they belong to, all or nothing."""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from commcoach.domain.cases import Grade, GradedCase

BARE = "levels"
"""The name under which a case's levels without a grader stand."""
_NAME = re.compile(r"[^\w-]+")


class CaseFilesChanged(Exception):
    """Somebody changed the files of cases in the meantime."""


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
    row["grades"] = [_grade(one) for one in case.grades]
    return row


def write_cases(place: Path, cases: Iterable[GradedCase]) -> None:
    """Write cases where there is no file yet; `FileExistsError` if there is one."""
    with place.open("x", encoding="utf-8", newline="\n") as file:
        file.writelines(_line(case_row(case)) for case in cases)


def add_grades(
    folder: Path,
    name: str,
    grades: Mapping[str, Sequence[Grade]],
    cases: Sequence[GradedCase],
) -> list[Path]:
    """Add grades to the cases of a folder, and new cases as a file of their own.

    Every file is written beside its place first; only when all are, they take their places.
    Lines without new grades stay as they are, byte by byte. Returns the files written. Raises
    `CaseFilesChanged` if a case is gone or a file changed meanwhile, `OSError` if a file cannot
    be written; then, and if the program is stopped, all files are as before.
    """
    before: dict[Path, bytes | None] = {}
    drafts: dict[Path, Path] = {}
    open_ids = set(grades)
    folder.mkdir(parents=True, exist_ok=True)
    try:
        for place in sorted(folder.glob("*.jsonl")):
            if place.name.startswith("."):
                continue
            raw = place.read_bytes()
            changed = _with_grades(raw, grades, open_ids)
            if changed is not None:
                before[place] = raw
                drafts[place] = _draft(place, changed)
        if open_ids:
            raise CaseFilesChanged
        if cases:
            place = _free_place(folder, name)
            before[place] = None
            drafts[place] = _draft(place, "".join(_line(case_row(one)) for one in cases).encode())
        _put_in_place(drafts, before)
    finally:
        for draft in drafts.values():
            draft.unlink(missing_ok=True)
    return list(drafts)


def _put_in_place(drafts: Mapping[Path, Path], before: Mapping[Path, bytes | None]) -> None:
    if any((place.read_bytes() if place.exists() else None) != before[place] for place in drafts):
        raise CaseFilesChanged
    try:
        for place, draft in drafts.items():
            draft.replace(place)
    except BaseException:
        # Whoever stops the program in between must not leave a part of the grades either.
        for place in (place for place, draft in drafts.items() if not draft.exists()):
            raw = before[place]
            with suppress(OSError):
                if raw is None:
                    place.unlink()
                else:
                    _draft(place, raw).replace(place)
        raise


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
    elif grade.by == BARE and row.get(BARE) is not None:
        row[BARE].update(grade.levels)
    else:
        row.setdefault("grades", []).append(_grade(grade))


def _grade(grade: Grade) -> dict[str, Any]:
    return {"by": grade.by, "kind": grade.kind, "levels": dict(grade.levels)}


def _line(row: Mapping[str, Any]) -> str:
    return json.dumps(row, ensure_ascii=False) + "\n"


def _draft(place: Path, content: bytes) -> Path:
    # The name begins with a dot: a draft that a crash leaves behind is no content.
    handle, name = tempfile.mkstemp(prefix=".", suffix=".draft", dir=place.parent)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft = Path(name)
    draft.chmod(place.stat().st_mode & 0o777 if place.exists() else 0o644)
    return draft


def _free_place(folder: Path, name: str) -> Path:
    stem = _NAME.sub("_", name).strip("_") or "imported"
    return next(one for one in _places(folder, stem) if not one.exists())


def _places(folder: Path, stem: str) -> Iterator[Path]:
    yield folder / f"{stem}.jsonl"
    number = 2
    while True:
        yield folder / f"{stem}-{number}.jsonl"
        number += 1
