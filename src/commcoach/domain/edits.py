"""What changed between two versions of the content, and whose levels it can change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from commcoach.domain.cases import GradedCase
from commcoach.domain.changes import Path, changes, text_of
from commcoach.domain.language import Localized
from commcoach.domain.library import Library
from commcoach.domain.rubric import Criterion, Gate, Level, structure_hash


class Engine(StrEnum):
    """Who gives levels: the embedded engine learns from the content, a model is told of it."""

    EMBEDDED = "embedded"
    MODEL = "model"


class EditKind(StrEnum):
    """What sort of thing was changed."""

    TITLE = "title"
    SUMMARY = "summary"
    FEEDBACK = "feedback"
    EVIDENCE_RULE = "evidence_rule"
    ANCHOR = "anchor"
    LABEL = "label"
    EXAMPLE = "example"
    EXAMPLE_MOVED = "example_moved"
    LOOK_ALIKE = "look_alike"
    STIMULUS = "stimulus"
    LEVEL_ADDED = "level_added"
    LEVEL_REMOVED = "level_removed"
    LEVEL_RENUMBERED = "level_renumbered"
    LEVEL_MEANING = "level_meaning"
    LANGUAGES = "languages"
    APPLICABILITY = "applicability"
    SIGNAL = "signal"
    BOUNDARY = "boundary"
    FLOOR = "floor"
    OTHER = "other"
    CRITERION_ADDED = "criterion_added"
    CRITERION_REMOVED = "criterion_removed"
    MODULE = "module"
    GATE = "gate"
    CASES = "cases"
    MOVE = "move"
    SCENARIO = "scenario"
    PROMPT = "prompt"
    ATTACKS = "attacks"


class Part(StrEnum):
    """Which part of the content an edit is in."""

    CRITERION = "criterion"
    MODULE = "module"
    GATE = "gate"
    SCENARIO = "scenario"
    PROMPT = "prompt"
    MOVES = "moves"
    ATTACKS = "attacks"


@dataclass(frozen=True, slots=True)
class Edit:
    """One change of one value; `before` or `after` is empty where there was, or is, nothing.

    `engines` are those whose levels or gates it can change; `part` and `id` name what it is in.
    """

    part: Part
    id: str
    kind: EditKind
    path: Path
    before: str
    after: str
    engines: frozenset[Engine] = frozenset()


_NOBODY: frozenset[Engine] = frozenset()
_EMBEDDED = frozenset({Engine.EMBEDDED})
_MODEL = frozenset({Engine.MODEL})
_BOTH = _EMBEDDED | _MODEL

_FIELDS: dict[str, tuple[EditKind, frozenset[Engine]]] = {
    "title": (EditKind.TITLE, _MODEL),
    # Replies that repeat a summary or an anchor are cut by the embedded engine, too.
    "summary": (EditKind.SUMMARY, _BOTH),
    "evidence_rule": (EditKind.EVIDENCE_RULE, _MODEL),
    "why_it_matters": (EditKind.FEEDBACK, _NOBODY),
    "keep": (EditKind.FEEDBACK, _NOBODY),
    "change": (EditKind.FEEDBACK, _NOBODY),
    "if_then": (EditKind.FEEDBACK, _NOBODY),
    "practice_prompt": (EditKind.FEEDBACK, _NOBODY),
    "languages": (EditKind.LANGUAGES, _BOTH),
    "absence_up_to": (EditKind.LEVEL_MEANING, _BOTH),
    "embedded_max": (EditKind.LEVEL_MEANING, _EMBEDDED),
    "stimuli": (EditKind.STIMULUS, _EMBEDDED),
    "look_alikes": (EditKind.LOOK_ALIKE, _EMBEDDED),
    "boundaries": (EditKind.BOUNDARY, _MODEL),
    "floor": (EditKind.FLOOR, _NOBODY),
}
"""What a change in a field of a criterion is, where the whole field is alike."""

_IN_A_LEVEL: dict[str, tuple[EditKind, frozenset[Engine]]] = {
    "anchor": (EditKind.ANCHOR, _BOTH),
    "label": (EditKind.LABEL, _NOBODY),
    "why": (EditKind.FEEDBACK, _NOBODY),
    "change": (EditKind.FEEDBACK, _NOBODY),
    "examples": (EditKind.EXAMPLE, _EMBEDDED),
}
_SCENARIO_SHOWN = frozenset(
    {"title", "relation", "role", "goal", "authority", "fact_card", "persona"}
)
"""What a model that scores is told of a scenario."""
_GATE_FIRES = frozenset({"", "cues", "context_cues", "relief_cues", "needs_authority", "cap"})
"""What decides whether a gate is seen crossed; the empty name stands for the whole gate."""


def edits(old: Library, new: Library) -> tuple[Edit, ...]:
    """Every change from one library to another: criteria first, in the order of the new one."""
    before, after = old.criteria, new.criteria
    found: list[Edit] = []
    for id in dict.fromkeys((*after, *before)):
        found += _about_criterion(id, before.get(id), after.get(id))
        found += _about_cases(id, old, new)
    for module in dict.fromkeys((*new.rubrics, *old.rubrics)):
        texts = [
            (rubric.title, rubric.purpose) if rubric is not None else None
            for rubric in (old.rubrics.get(module), new.rubrics.get(module))
        ]
        found += _plain(Part.MODULE, module, EditKind.MODULE, *texts)
    for id in dict.fromkeys((*new.gates, *old.gates)):
        found += _about_gate(id, old.gates.get(id), new.gates.get(id))
    found += [
        Edit(Part.MOVES, "", EditKind.MOVE, path, was, now, _EMBEDDED)
        for path, was, now in changes(old.moves, new.moves)
    ]
    for id in dict.fromkeys((*new.scenarios, *old.scenarios)):
        found += _about_scenario(id, old, new)
    for key in sorted({*old.hashes, *new.hashes}):
        was, now = old.hashes.get(key, ""), new.hashes.get(key, "")
        name = key.removeprefix("prompt:")
        if was != now and name != key:
            engines = _MODEL if name.startswith("scorer.") else _NOBODY
            found.append(Edit(Part.PROMPT, name, EditKind.PROMPT, (), was, now, engines))
    if old.hashes.get("attacks") != new.hashes.get("attacks"):
        counts = str(len(old.attacks)), str(len(new.attacks))
        found.append(Edit(Part.ATTACKS, "", EditKind.ATTACKS, (), *counts))
    return (*found, *_unseen(found, old, new))


def comparable(old: Criterion, new: Criterion) -> bool:
    """Whether levels given before and after may be joined: same id, levels and languages."""
    return structure_hash(old) == structure_hash(new)


def affected(found: Sequence[Edit], engine: Engine, old: Library, new: Library) -> tuple[str, ...]:
    """The criteria of both versions whose levels the engine may give differently."""
    shared = [id for id in new.criteria if id in old.criteria]
    counting = [edit for edit in found if engine in edit.engines]
    if any(edit.part in (Part.MOVES, Part.PROMPT) for edit in counting):
        return tuple(shared)
    touched = {edit.id for edit in counting if edit.part is Part.CRITERION}
    scenes = {edit.id for edit in counting if edit.part is Part.SCENARIO}
    for case in (*old.cases, *new.cases):
        if case.scenario in scenes:
            touched |= {id for grade in case.grades for id in grade.levels}
    return tuple(id for id in shared if id in touched)


def gates_changed(found: Sequence[Edit], engine: Engine) -> bool:
    """Whether the engine may see other gates crossed."""
    return any(edit.part is Part.GATE and engine in edit.engines for edit in found)


def _unseen(found: Sequence[Edit], old: Library, new: Library) -> Iterator[Edit]:
    """Parts whose files differ in what nothing in the program looks at, such as a remark."""
    told = {(edit.part.value, edit.id) for edit in found if edit.kind is not EditKind.CASES}
    for key in sorted(old.hashes.keys() & new.hashes.keys()):
        name, _, id = key.partition(":")
        seen = name not in list(Part) or (name, id) in told
        if not seen and old.hashes[key] != new.hashes[key]:
            yield Edit(Part(name), id, EditKind.OTHER, (), "", "")


# -- parts ----------------------------------------------------------------------------------


def _about_criterion(id: str, old: Criterion | None, new: Criterion | None) -> Iterator[Edit]:
    def edit(kind: EditKind, path: Path, was: str, now: str, engines: frozenset[Engine]) -> Edit:
        return Edit(Part.CRITERION, id, kind, path, was, now, engines)

    if old is None or new is None:
        kind = EditKind.CRITERION_ADDED if old is None else EditKind.CRITERION_REMOVED
        was, now = (text_of(one.title) if one is not None else "" for one in (old, new))
        yield edit(kind, (), was, now, _BOTH)
        return
    moved = _moved_examples(old, new)
    for text, (was_at, now_at) in moved.items():
        path: Path = ("levels", was_at, "examples", now_at)
        yield edit(EditKind.EXAMPLE_MOVED, path, text_of(text), text_of(text), _EMBEDDED)
    # Levels that were renumbered are compared under their new number.
    numbers = _renumbered(old, new)
    for was_number, now_number in numbers.items():
        path = ("levels", was_number)
        yield edit(EditKind.LEVEL_RENUMBERED, path, str(was_number), str(now_number), _BOTH)
    before = _levels(old, set(moved), numbers)
    after = _levels(new, set(moved), {})
    for change, was, now in changes(replace(old, levels=before), replace(new, levels=after)):
        kind, engines = _kind_in_criterion(change, was, now)
        yield edit(kind, change, was, now, engines)


def _kind_in_criterion(path: Path, was: str, now: str) -> tuple[EditKind, frozenset[Engine]]:
    field = str(path[0])
    if field == "levels":
        if len(path) == 2:
            added = not was or path[1] == "order"
            return (EditKind.LEVEL_ADDED if added else EditKind.LEVEL_REMOVED), _BOTH
        return _IN_A_LEVEL.get(str(path[2]), (EditKind.LEVEL_RENUMBERED, _BOTH))
    if field in ("applies_when", "not_applicable_when"):
        part = path[2] if len(path) > 2 else None
        engines = {"when": _MODEL, "cues": _EMBEDDED}.get(str(part), _BOTH)
        return EditKind.APPLICABILITY, engines
    if field == "signals":
        names_only = len(path) > 2 and path[2] == "title"
        return EditKind.SIGNAL, _NOBODY if names_only else _EMBEDDED
    if field == "look_alikes" and "because" in path:
        return EditKind.LOOK_ALIKE, _NOBODY
    return _FIELDS.get(field, (EditKind.OTHER, _NOBODY))


def _moved_examples(old: Criterion, new: Criterion) -> dict[Localized, tuple[int, int]]:
    """Examples that stand at another level now, by their text."""
    before = {one.text: level.number for level in old.levels for one in level.examples}
    after = {one.text: level.number for level in new.levels for one in level.examples}
    if old.numbers != new.numbers:
        return {}
    return {
        text: (number, after[text])
        for text, number in before.items()
        if text in after and after[text] != number
    }


def _renumbered(old: Criterion, new: Criterion) -> dict[int, int]:
    """Levels with the same anchor under another number, where the numbers are not the same."""
    if old.numbers == new.numbers:
        return {}
    places = {level.anchor: level.number for level in new.levels}
    return {
        level.number: places[level.anchor]
        for level in old.levels
        if places.get(level.anchor, level.number) != level.number
    }


def _levels(
    criterion: Criterion, moved: set[Localized], numbers: Mapping[int, int]
) -> tuple[Level, ...]:
    levels = []
    for level in criterion.levels:
        number = numbers.get(level.number, level.number)
        kept = tuple(replace(one, level=number) for one in level.examples if one.text not in moved)
        levels.append(replace(level, number=number, examples=kept))
    return tuple(levels)


def _about_cases(id: str, old: Library, new: Library) -> Iterator[Edit]:
    if old.hashes.get(f"cases:{id}") == new.hashes.get(f"cases:{id}"):
        return
    before, after = cases_of(id, old), cases_of(id, new)
    for key in dict.fromkeys((*before, *after)):
        was, now = before.get(key), after.get(key)
        if was != now:
            texts = _case_text(id, was), _case_text(id, now)
            path: Path = ("cases", key)
            yield Edit(Part.CRITERION, id, EditKind.CASES, path, *texts, _EMBEDDED)


def changed_cases(criterion: str, old: Library, new: Library) -> tuple[int, int, int]:
    """How many graded cases of a criterion are new, changed, gone."""
    before, after = cases_of(criterion, old), cases_of(criterion, new)
    both = before.keys() & after.keys()
    changed = sum(before[id] != after[id] for id in both)
    return len(after) - len(both), changed, len(before) - len(both)


def cases_of(criterion: str, library: Library) -> dict[str, GradedCase]:
    """The cases that somebody graded on a criterion, by id."""
    return {case.id: case for case in library.cases if case.levels_of(criterion)}


def _case_text(criterion: str, case: GradedCase | None) -> str:
    if case is None:
        return ""
    levels = ("-" if one is None else f"{one:g}" for one in case.levels_of(criterion))
    return f"{case.context_text()} | {case.reply} | {', '.join(levels)}"


def _about_gate(id: str, old: Gate | None, new: Gate | None) -> Iterator[Edit]:
    for path, was, now in changes(old, new):
        field = str(path[0]) if path else ""
        # The embedded engine keeps the gates for a model, too; a model is told titles and rules.
        if field in ("title", "rule"):
            engines = _MODEL
        else:
            engines = _BOTH if field in _GATE_FIRES else _NOBODY
        yield Edit(Part.GATE, id, EditKind.GATE, path, was, now, engines)


def _about_scenario(id: str, old: Library, new: Library) -> Iterator[Edit]:
    for path, was, now in changes(old.scenarios.get(id), new.scenarios.get(id)):
        field = str(path[0]) if path else ""
        engines = _MODEL if field in _SCENARIO_SHOWN else _NOBODY
        if field in ("", "salient_points"):
            engines = _BOTH if not field else _EMBEDDED
        if field != "moves" or (path[1:2] and str(path[1]) not in _generic(old, new)):
            yield Edit(Part.SCENARIO, id, EditKind.SCENARIO, path, was, now, engines)


def _generic(old: Library, new: Library) -> set[str]:
    """Moves that every scenario has: a change of theirs is told once."""
    return {move.id for move in (*old.moves, *new.moves)} | {"order"}


def _plain(part: Part, id: str, kind: EditKind, old: Any, new: Any) -> Iterator[Edit]:
    for path, was, now in changes(old, new):
        yield Edit(part, id, kind, path, was, now)
