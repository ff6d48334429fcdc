"""The files of a content folder, each in its shape, with the problems of those that have none."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel

from commcoach.content.checks import Checked, cue_problems
from commcoach.content.kept_shapes import find_kept, keep_shape
from commcoach.content.mistypings import doubled_keys
from commcoach.content.prompts import PROMPTS, SUFFIX, own_prompts, prompt_problems
from commcoach.content.shapes.attack import AttackShape
from commcoach.content.shapes.case import CaseShape
from commcoach.content.shapes.rubric import CriterionShape, GateShape, RubricShape
from commcoach.content.shapes.scenario import MovesShape, ScenarioShape
from commcoach.content.source import Source, decode, is_utf16, locate_row, read_yaml
from commcoach.content.stumbling import lines_of
from commcoach.content.validation import validate
from commcoach.domain.problems import Problem
from commcoach.swapped_files import is_half_done, settle

RUBRICS = "rubrics"
SCENARIOS = "scenarios"
GATES = "gates"
CASES = "cases"
ATTACKS = "attacks"
MOVES = "moves.yaml"
RUBRIC = "rubric.yaml"

_AUTHORED = (".yaml", ".yml", ".jsonl", SUFFIX)

_ATTEMPTS = 5
"""How often the files are read if they change meanwhile."""

ROWS = (CASES, ATTACKS)
"""Folders whose files hold one JSON object a line."""

Shape = TypeVar("Shape", bound=BaseModel)


@dataclass
class ContentFiles:
    """Every file of a content folder that has its shape, and the problems of the others."""

    problems: list[Problem] = field(default_factory=list)
    rubrics: dict[str, Checked[RubricShape]] = field(default_factory=dict)
    criteria: list[tuple[str, Checked[CriterionShape]]] = field(default_factory=list)
    gates: list[Checked[GateShape]] = field(default_factory=list)
    cases: list[tuple[str, int, CaseShape]] = field(default_factory=list)
    attacks: list[tuple[str, int, AttackShape]] = field(default_factory=list)
    moves: Checked[MovesShape] | None = None
    scenarios: list[Checked[ScenarioShape]] = field(default_factory=list)
    cache: Path | None = None


def content_files(root: Path) -> Iterator[Path]:
    """The files that make up a content folder, in a fixed order; hidden ones are not content."""
    criteria = (root / RUBRICS).glob("*/*.yaml")
    yield from sorted(path for path in criteria if _is_shown(path) and path.parent.name not in ROWS)
    for folder in ROWS:
        yield from sorted(filter(_is_shown, (root / RUBRICS / folder).glob("*.jsonl")))
    yield from sorted(filter(_is_shown, (root / SCENARIOS).glob("*.yaml")))
    yield from own_prompts(root)


def stray_files(root: Path) -> Iterator[Path]:
    """Files that look like content but stand, or are named, so that nothing reads them."""
    read = set(content_files(root))
    for folder in (RUBRICS, SCENARIOS, PROMPTS):
        for path in sorted((root / folder).rglob("*")):
            # Some editors put a suffix of their own behind: criterion.yaml.txt.
            suffixes = {suffix.lower() for suffix in path.suffixes[-2:]}
            authored = bool(suffixes & set(_AUTHORED)) and path.is_file()
            if authored and path not in read and all(map(_is_shown, _inside(root, path))):
                yield path


def _inside(root: Path, path: Path) -> Iterator[Path]:
    return map(Path, path.relative_to(root).parts)


def _is_shown(path: Path) -> bool:
    return not path.name.startswith(".")


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The bytes of every file of a content folder at one time, and what could not be had."""

    root: Path
    files: Mapping[str, bytes]
    problems: tuple[Problem, ...] = ()


def snapshot(root: Path) -> Snapshot:
    """Every file as it is now, all from the same time, however busily somebody saves.

    Never a half of what an import of grades writes: one that was cut off is carried out first. A
    file that goes on changing, and one that cannot be read, is a problem.
    """
    cases = root / RUBRICS / CASES
    for _ in range(_ATTEMPTS):
        is_settled = settle(cases)
        before = _stamps(root)
        # After the stamps: an import that had begun by then and is over now has changed them since.
        half_done = is_half_done(cases)
        files, problems = _bytes(root)
        after = _stamps(root)
        if not is_settled or (before == after and not half_done):
            break
    changed = {name for name, _ in before.items() ^ after.items()}
    cut_off = [Problem(f"{RUBRICS}/{CASES}", 1, 1, "half_import")] if half_done else []
    return Snapshot(
        root,
        files,
        (
            *cut_off,
            *problems,
            *(Problem(name, 1, 1, "changed_meanwhile") for name in sorted(changed)),
            *(Problem(_name(root, path), 1, 1, "not_read") for path in stray_files(root)),
        ),
    )


def _bytes(root: Path) -> tuple[dict[str, bytes], list[Problem]]:
    files, problems = {}, []
    for path in content_files(root):
        try:
            files[_name(root, path)] = path.read_bytes()
        except OSError:
            problems.append(Problem(_name(root, path), 1, 1, "unreadable"))
    return files, problems


def _stamps(root: Path) -> dict[str, tuple[int, int, int]]:
    """What changes when a file is written or swapped, by its name."""
    stamps = {}
    for path in content_files(root):
        with suppress(OSError):  # gone since it was listed: that shows too
            one = path.stat()
            stamps[_name(root, path)] = (one.st_ino, one.st_size, one.st_mtime_ns)
    return stamps


def _name(root: Path, path: Path) -> str:
    return path.relative_to(root).as_posix()


def read_files(root: Path) -> ContentFiles:
    """Every file of the folder, read and put into its shape."""
    return sort_files(snapshot(root))


def sort_files(taken: Snapshot, cache: Path | None = None) -> ContentFiles:
    """Every file that was read, put into its shape.

    With a `cache` folder, a file in which nothing was wrong is not parsed again.
    """
    files = ContentFiles(problems=list(taken.problems), cache=cache)
    for name, raw in taken.files.items():
        _sort_in(files, name, taken.root / name, raw)
    return files


def with_lines(taken: Snapshot, problems: Iterable[Problem]) -> Iterator[Problem]:
    """The problems, each with the line of the file that it is about."""
    lines: dict[str, list[str]] = {}
    for problem in problems:
        if problem.path not in lines:
            lines[problem.path] = lines_of(_text_of(taken.files.get(problem.path, b"")))
        shown = lines[problem.path][problem.line - 1 : problem.line]
        yield replace(problem, text=shown[0]) if shown else problem


def _text_of(raw: bytes) -> str:
    """The text of a file, even in the encoding of an old Chinese Windows; "" if it has none."""
    if is_utf16(raw):
        return ""
    for encoding in ("utf-8-sig", "gb18030"):
        with suppress(UnicodeDecodeError):
            return raw.decode(encoding)
    return ""


def _sort_in(files: ContentFiles, name: str, path: Path, raw: bytes) -> None:
    folder = path.parent.name
    if path.suffix == SUFFIX:
        files.problems.extend(prompt_problems(name, raw))
    elif folder == CASES:
        files.cases.extend(_read_rows(files, CaseShape, name, raw))
    elif folder == ATTACKS:
        files.attacks.extend(_read_rows(files, AttackShape, name, raw))
    elif folder == SCENARIOS and path.name == MOVES:
        files.moves = _checked(files, MovesShape, name, raw)
    elif folder == SCENARIOS:
        if (scenario := _checked(files, ScenarioShape, name, raw)) is not None:
            files.scenarios.append(scenario)
    elif folder == GATES:
        if (gate := _checked(files, GateShape, name, raw)) is not None:
            files.gates.append(gate)
    elif path.name == RUBRIC:
        if (rubric := _checked(files, RubricShape, name, raw)) is not None:
            files.rubrics[folder] = rubric
    elif (criterion := _checked(files, CriterionShape, name, raw)) is not None:
        files.criteria.append((folder, criterion))


def _checked(
    files: ContentFiles, shape: type[Shape], name: str, raw: bytes
) -> Checked[Shape] | None:
    if (known := find_kept(files.cache, shape, raw)) is not None:
        return Checked(Source(name, None, None, raw=raw), known)
    source, slips = read_yaml(name, raw)
    files.problems.extend(slips)
    if source is None:
        return None
    valid, problems = validate(shape, source)
    files.problems.extend(problems)
    if valid is None:
        return None
    checked = Checked(source, valid)
    problems = list(cue_problems(checked))
    files.problems.extend(problems)
    if not slips and not problems:
        keep_shape(files.cache, raw, valid)
    return checked


def _read_rows(
    files: ContentFiles, shape: type[Shape], name: str, raw: bytes
) -> Iterator[tuple[str, int, Shape]]:
    """The lines that have their shape, with file and line number."""
    text, problems = decode(name, raw)
    files.problems.extend(problems)
    for number, row in enumerate((text or "").split("\n"), start=1):
        if not row.strip():
            continue
        doubled: list[str] = []
        try:
            data = json.loads(row, object_pairs_hook=partial(_last_of_each, doubled))
        except json.JSONDecodeError as error:
            details = {"said": error.msg}
            files.problems.append(Problem(name, number, error.colno, "not_json", details))
        except (ValueError, RecursionError):
            details = {"said": "nested too deeply"}
            files.problems.append(Problem(name, number, 1, "not_json", details))
        else:
            if doubled:
                files.problems.extend(_doubled_keys(name, number, row, doubled))
            valid, problems = validate(shape, Source(name, data, None, number))
            if valid is not None and "id" not in doubled:  # else nobody knows which line this is
                yield name, number, valid
            elif problems:
                # Only what is wrong is worth the time to find its column.
                files.problems.extend(validate(shape, locate_row(name, number, row, data))[1])


def _last_of_each(doubled: list[str], pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object of JSON; keys that stand in it again are added to `doubled`."""
    made: dict[str, Any] = {}
    for key, value in pairs:
        if key in made:
            doubled.append(key)
        made[key] = value
    return made


def _doubled_keys(name: str, number: int, row: str, keys: Iterable[str]) -> Iterator[Problem]:
    root = locate_row(name, number, row, None).root
    if root is None:
        yield from (Problem(name, number, 1, "doubled_key", {"key": key}) for key in keys)
        return
    for found in doubled_keys(name, root):
        yield replace(found, line=number)
