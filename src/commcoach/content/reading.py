"""The files of a content folder, each in its shape, with the problems of those that have none."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel

from commcoach.content.checks import Checked
from commcoach.content.mistypings import doubled_keys
from commcoach.content.prompts import PROMPTS, SUFFIX, own_prompts, prompt_problems
from commcoach.content.shapes.attack import AttackShape
from commcoach.content.shapes.case import CaseShape
from commcoach.content.shapes.rubric import CriterionShape, GateShape, RubricShape
from commcoach.content.shapes.scenario import MovesShape, ScenarioShape
from commcoach.content.source import Source, decode, locate_row, read_yaml
from commcoach.content.validation import validate
from commcoach.domain.problems import Problem

RUBRICS = "rubrics"
SCENARIOS = "scenarios"
GATES = "gates"
CASES = "cases"
ATTACKS = "attacks"
MOVES = "moves.yaml"
RUBRIC = "rubric.yaml"

_AUTHORED = (".yaml", ".yml", ".jsonl", SUFFIX)

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


def read_files(root: Path) -> ContentFiles:
    """Every file of the folder, read and put into its shape."""
    files = ContentFiles()
    for path in content_files(root):
        name = path.relative_to(root).as_posix()
        try:
            raw = path.read_bytes()
        except OSError:
            files.problems.append(Problem(name, 1, 1, "unreadable"))
            continue
        _sort_in(files, name, path, raw)
    for path in stray_files(root):
        files.problems.append(Problem(path.relative_to(root).as_posix(), 1, 1, "not_read"))
    return files


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
    source, problems = read_yaml(name, raw)
    files.problems.extend(problems)
    if source is None:
        return None
    valid, problems = validate(shape, source)
    files.problems.extend(problems)
    return Checked(source, valid) if valid is not None else None


def _read_rows(
    files: ContentFiles, shape: type[Shape], name: str, raw: bytes
) -> Iterator[tuple[str, int, Shape]]:
    """The lines that have their shape, with file and line number."""
    text, problems = decode(name, raw)
    files.problems.extend(problems)
    for number, row in enumerate((text or "").split("\n"), start=1):
        if not row.strip():
            continue
        try:
            data = json.loads(row, object_pairs_hook=_once_each)
        except json.JSONDecodeError as error:
            details = {"said": error.msg}
            files.problems.append(Problem(name, number, error.colno, "not_json", details))
        except (ValueError, RecursionError):
            details = {"said": "nested too deeply"}
            files.problems.append(Problem(name, number, 1, "not_json", details))
        except _DoubledKeyError as error:
            files.problems.append(_doubled_key(name, number, row, error.key))
        else:
            valid, problems = validate(shape, Source(name, data, None, number))
            if valid is not None:
                yield name, number, valid
            elif problems:
                # Only what is wrong is worth the time to find its column.
                files.problems.extend(validate(shape, locate_row(name, number, row, data))[1])


class _DoubledKeyError(Exception):
    """A key stands twice in one JSON object."""

    def __init__(self, key: str) -> None:
        super().__init__(self.__doc__)
        self.key = key


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for key, value in pairs:
        if key in made:
            raise _DoubledKeyError(key)
        made[key] = value
    return made


def _doubled_key(name: str, number: int, row: str, key: str) -> Problem:
    root = locate_row(name, number, row, None).root
    found = list(doubled_keys(name, root)) if root is not None else []
    column = found[0].column if found else 1
    return Problem(name, number, column, "doubled_key", {"key": key})
