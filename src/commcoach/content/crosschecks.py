"""Checks that need more than one file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from commcoach.content import assembly
from commcoach.content.checking_rubrics import (
    across_criteria,
    attack_problems,
    case_problems,
    criterion_problems,
    gate_problems,
    graded_levels,
    rubric_problems,
)
from commcoach.content.checking_scenarios import across_scenarios, scenario_problems
from commcoach.content.checks import Checked, doubled_id_problems, language_problems
from commcoach.content.reading import (
    GATES,
    MOVES,
    ROWS,
    RUBRIC,
    RUBRICS,
    SCENARIOS,
    ContentFiles,
)
from commcoach.domain.problems import Problem


def cross_file_problems(root: Path, files: ContentFiles) -> Iterator[Problem]:
    """What is wrong between the files, and inside those that have their shape."""
    yield from _rubric_folder_problems(root, files)
    if (root / SCENARIOS).is_dir():
        yield from _scenario_folder_problems(root, files)


def _rubric_folder_problems(root: Path, files: ContentFiles) -> Iterator[Problem]:
    criteria = [file for _, file in files.criteria]
    cases = [(name, line, assembly.graded_case(shape)) for name, line, shape in files.cases]
    graded = graded_levels([case for _, _, case in cases])
    for folder, rubric in files.rubrics.items():
        yield from rubric_problems(rubric, folder)
    for folder in sorted({folder for folder, _ in files.criteria} - files.rubrics.keys()):
        if not (root / RUBRICS / folder / RUBRIC).is_file():
            name = f"{RUBRICS}/{folder}/{RUBRIC}"
            yield Problem(name, 1, 1, "missing_rubric", {"folder": folder})
    gates = _named(f"{RUBRICS}/{GATES}", files.gates, files)
    for file in criteria:
        yield from criterion_problems(file, gates or None, graded)
    yield from across_criteria(criteria)
    for gate in files.gates:
        yield from gate_problems(gate)
    ranges = {
        file.shape.id: (
            min(level.level for level in file.shape.levels),
            max(level.level for level in file.shape.levels),
        )
        for file in criteria
    }
    named = _named(RUBRICS, criteria, files)
    known = _named(SCENARIOS, files.scenarios, files)
    has_scenarios = (root / SCENARIOS).is_dir()
    attacks = [(name, line, assembly.attack_of(shape)) for name, line, shape in files.attacks]
    for problem in (
        *case_problems(cases, ranges, known if has_scenarios else None),
        *attack_problems(attacks, ranges, known if has_scenarios else None),
    ):
        if not (problem.code == "unknown_criterion" and problem.details["id"] in named):
            yield problem


def _scenario_folder_problems(root: Path, files: ContentFiles) -> Iterator[Problem]:
    if files.moves is not None:
        yield from doubled_id_problems(files.moves)
        yield from language_problems(files.moves, ("zh", "en"))
    elif files.scenarios and not (root / SCENARIOS / MOVES).is_file():
        yield Problem(f"{SCENARIOS}/{MOVES}", 1, 1, "missing_moves")
    generic = files.moves.shape.moves if files.moves is not None else None
    criteria = gates = modules = None
    if (root / RUBRICS).is_dir():
        criteria = _named(RUBRICS, [file for _, file in files.criteria], files)
        gates = _named(f"{RUBRICS}/{GATES}", files.gates, files)
        folders = {path.name for path in (root / RUBRICS).iterdir() if path.is_dir()}
        modules = folders - {GATES, *ROWS}
    for scenario in files.scenarios:
        yield from scenario_problems(scenario, generic, criteria, gates, modules)
    yield from across_scenarios(files.scenarios)


def _named(folder: str, read: Sequence[Checked[Any]], files: ContentFiles) -> set[str]:
    """What may be referred to: ids, and the names of files that have other problems already.

    A mistake in one file should not be told again at every place that refers to it.
    """
    ids = {str(file.shape.id) for file in read}
    stems = {PurePosixPath(file.source.name).stem for file in read}
    broken = {
        PurePosixPath(problem.path).stem
        for problem in files.problems
        if problem.path.startswith(f"{folder}/")
    }
    return ids | stems | broken
