"""A content folder to a library, or to everything that is wrong with it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from importlib.metadata import version
from pathlib import Path

from pydantic import BaseModel, ValidationError

from commcoach.content import assembly
from commcoach.content.crosschecks import cross_file_problems
from commcoach.content.prompts import SUFFIX, prompts_in_force
from commcoach.content.reading import (
    RUBRICS,
    SCENARIOS,
    ContentFiles,
    Snapshot,
    snapshot,
    sort_files,
    with_lines,
)
from commcoach.content.shapes.attack import AttackShape
from commcoach.content.shapes.case import CaseShape
from commcoach.content.shapes.rubric import CriterionShape, GateShape, RubricShape
from commcoach.content.shapes.scenario import MovesShape, ScenarioShape
from commcoach.content.source import SPOILS_A_TEXT, STILL_READABLE
from commcoach.domain.library import Library
from commcoach.domain.problems import ContentMissing, ContentRefused, Problem
from commcoach.domain.rubric import content_hash
from commcoach.kept_files import keep


class Parsed(BaseModel):
    """Content that has passed every check, in a form that can be kept and read back quickly."""

    rubrics: dict[str, RubricShape]
    criteria: list[tuple[str, CriterionShape]]
    gates: list[GateShape]
    cases: list[CaseShape]
    attacks: list[AttackShape]
    moves: MovesShape | None
    scenarios: list[ScenarioShape]
    hashes: dict[str, str]


def load_library(
    root: Path, needs: Sequence[str] = (RUBRICS, SCENARIOS), cache: Path | None = None
) -> Library:
    """The library in a content folder.

    `needs` names the folders the command uses; others are read if they are there, but mistakes
    in `scenarios/` do not stop a command that does without. Raises `ContentMissing` if a needed
    folder is absent and `ContentRefused`, with every problem of every file, if anything is wrong.
    With a `cache` folder, unchanged content is not parsed anew.
    """
    for folder in needs:
        if not (root / folder).is_dir():
            raise ContentMissing(root, folder)
    taken = snapshot(root)
    place = _place_of(taken, cache) if cache is not None else None
    if place is not None and (kept := _read_kept(place)) is not None:
        return _assemble(kept)
    files = sort_files(taken, cache)
    problems = [*files.problems, *cross_file_problems(root, files)]
    in_scenarios = [one for one in problems if one.path.startswith(f"{SCENARIOS}/")]
    if SCENARIOS in needs or len(in_scenarios) < len(problems):
        _refuse(taken, problems)
    if in_scenarios:
        files.scenarios, files.moves, place = [], None, None
    parsed = Parsed(
        rubrics={folder: file.shape for folder, file in files.rubrics.items()},
        criteria=[(folder, file.shape) for folder, file in files.criteria],
        gates=[file.shape for file in files.gates],
        cases=[shape for _, _, shape in files.cases],
        attacks=[shape for _, _, shape in files.attacks],
        moves=files.moves.shape if files.moves is not None else None,
        scenarios=[file.shape for file in files.scenarios],
        hashes=_hashes(files) | _prompt_hashes(root),
    )
    if place is not None:
        keep(place, parsed.model_dump_json(exclude_defaults=True).encode())
    return _assemble(parsed)


def _refuse(taken: Snapshot, problems: Sequence[Problem]) -> None:
    if problems:
        raise ContentRefused(_in_order(taken, problems), taken.root)


def find_problems(root: Path, cache: Path | None = None) -> tuple[Problem, ...]:
    """Everything that is wrong with a content folder, sorted by place.

    With a `cache` folder, files in which nothing was wrong are not parsed anew.
    """
    taken = snapshot(root)
    files = sort_files(taken, cache)
    return _in_order(taken, [*files.problems, *cross_file_problems(root, files)])


def _in_order(taken: Snapshot, problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Sorted by place, each once; one place may have several problems of the same kind."""
    once = {(problem, *sorted(problem.details.items())): problem for problem in problems}
    slips = {(one.path, one.line) for one in once.values() if one.code in SPOILS_A_TEXT}
    # What a slip leads to in the same line goes away with it.
    told = [
        one
        for one in once.values()
        if one.code in STILL_READABLE or (one.path, one.line) not in slips
    ]
    return tuple(with_lines(taken, sorted(told)))


def _assemble(parsed: Parsed) -> Library:
    by_module: dict[str, list[CriterionShape]] = {folder: [] for folder in parsed.rubrics}
    for folder, shape in parsed.criteria:
        by_module[folder].append(shape)
    rubrics = {
        folder: assembly.rubric_of(
            parsed.rubrics[folder], [assembly.criterion(shape, folder) for shape in shapes]
        )
        for folder, shapes in by_module.items()
    }
    gates = sorted((assembly.gate(shape) for shape in parsed.gates), key=lambda gate: gate.order)
    generic = [assembly.move(shape) for shape in parsed.moves.moves] if parsed.moves else []
    scenarios = {
        shape.id: assembly.scenario_of(shape, generic)
        for shape in sorted(parsed.scenarios, key=lambda shape: shape.number)
    }
    return Library(
        rubrics=rubrics,
        gates={gate.id: gate for gate in gates},
        moves=tuple(generic),
        scenarios=scenarios,
        cases=tuple(assembly.graded_case(shape) for shape in parsed.cases),
        attacks=tuple(assembly.attack_of(shape) for shape in parsed.attacks),
        hashes=parsed.hashes,
    )


def _hashes(files: ContentFiles) -> dict[str, str]:
    """The hash of every criterion, gate, scenario, each criterion's cases, moves and attacks."""
    hashes = {f"criterion:{file.shape.id}": _hash(file.shape) for _, file in files.criteria}
    hashes |= {f"gate:{file.shape.id}": _hash(file.shape) for file in files.gates}
    hashes |= {f"scenario:{file.shape.id}": _hash(file.shape) for file in files.scenarios}
    if files.moves is not None:
        hashes["moves"] = _hash(files.moves.shape)
    graded: dict[str, list[str]] = {}
    for _, _, shape in files.cases:
        graders = [grade.levels for grade in shape.grades] + [shape.levels or {}]
        for id in {id for levels in graders for id in levels}:
            graded.setdefault(id, []).append(_hash(shape))
    hashes |= {f"cases:{id}": content_hash({"cases": rows}) for id, rows in graded.items()}
    if files.attacks:
        hashes["attacks"] = content_hash({"attacks": [_hash(one) for _, _, one in files.attacks]})
    return hashes


def _prompt_hashes(root: Path) -> dict[str, str]:
    """The hash of every prompt in force."""
    return {
        f"prompt:{path.name.removesuffix(SUFFIX)}": hashlib.sha256(path.read_bytes()).hexdigest()
        for path in prompts_in_force(root).values()
    }


def _hash(shape: BaseModel) -> str:
    return content_hash(shape.model_dump(mode="json", exclude_defaults=True))


def _place_of(taken: Snapshot, cache: Path) -> Path | None:
    """Where this content is kept: under a hash of all names and bytes and the program's version.

    `None` for content that cannot be read; the reading proper will say so.
    """
    if taken.problems:
        return None
    digest = hashlib.sha256(version("commcoach").encode())
    try:
        prompts = {name: path.read_bytes() for name, path in prompts_in_force(taken.root).items()}
    except OSError:
        return None
    for name, raw in (*taken.files.items(), *prompts.items()):
        digest.update(name.encode())
        digest.update(hashlib.sha256(raw).digest())
    return cache / f"{digest.hexdigest()}.json"


def _read_kept(place: Path) -> Parsed | None:
    try:
        return Parsed.model_validate_json(place.read_bytes())
    except (OSError, ValidationError):
        return None
