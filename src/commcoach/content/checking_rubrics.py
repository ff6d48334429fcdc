"""What the shapes cannot see in `rubrics/`: references, levels, examples, placeholders, cases."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import PurePosixPath

from commcoach.content.checks import (
    Checked,
    doubled_id_problems,
    id_problems,
    language_problems,
)
from commcoach.content.shapes.base import LanguageCode, Text
from commcoach.content.shapes.rubric import (
    CriterionShape,
    ExampleShape,
    GateShape,
    LookAlikeShape,
    RubricShape,
)
from commcoach.content.source import Path, Source
from commcoach.content.walking import find
from commcoach.domain.attacks import Attack
from commcoach.domain.cases import GradedCase
from commcoach.domain.problems import Problem
from commcoach.domain.wording import language_of

PLACEHOLDERS = ("evidence", "missing_point")
HIGHEST_CAP = 4
"""Caps of gates are on the scale from 0 to 4."""

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")

CriterionFile = Checked[CriterionShape]


def rubric_problems(file: Checked[RubricShape], folder: str) -> Iterator[Problem]:
    """A rubric whose id is not its folder's name, or that has no title at all."""
    yield from id_problems(file, file.shape.id, folder)
    for key in ("title", "purpose"):
        text = getattr(file.shape, key)
        if text.zh is None and text.en is None:
            at = (key, "zh")
            yield file.source.problem("missing_language", at, where=key, language="zh / en")


def criterion_problems(
    file: CriterionFile, gates: Collection[str] | None, graded: Collection[tuple[str, str, int]]
) -> Iterator[Problem]:
    """All that is wrong inside one criterion. `graded` holds (criterion, language, level).

    `gates` is `None` if the content folder has none.
    """
    shape, source = file.shape, file.source
    yield from id_problems(file, shape.id)
    yield from language_problems(file, shape.languages)
    yield from doubled_id_problems(file)
    yield from _level_problems(file, graded)
    yield from _wordless_examples(file, graded)
    stimuli = {one.id for one in shape.stimuli}
    for path, stimulus in _stimulus_references(shape):
        if stimulus is not None and stimulus not in stimuli:
            yield source.problem("unknown_stimulus", path, id=stimulus)
    yield from _boundary_problems(file)
    numbers = {one.level for one in shape.levels}
    for path, level in _level_references(shape):
        if level is not None and level not in numbers:
            yield source.problem("not_a_level", path, level=level)
    for index, test in enumerate(shape.tests):
        is_gate = isinstance(test.expect, str) and test.expect != "not_applicable"
        if is_gate and gates is not None and test.expect not in gates:
            yield source.problem("unknown_gate", ("tests", index, "expect"), id=test.expect)
    yield from _placeholder_problems(file)


def _level_problems(
    file: CriterionFile, graded: Collection[tuple[str, str, int]]
) -> Iterator[Problem]:
    shape, source = file.shape, file.source
    numbers = [one.level for one in shape.levels]
    for index, number in enumerate(numbers):
        if number in numbers[:index]:
            yield source.problem("doubled_level", ("levels", index, "level"), level=number)
    for number in range(min(numbers), max(numbers)):
        if number not in numbers:
            yield source.problem("missing_level", ("levels",), level=number)
    for index, language in _levels_without_example(shape, graded):
        level = shape.levels[index]
        path: Path = ("levels", index, "examples")
        if level.examples and language in level.examples[0].model_fields_set:
            path = (*path, 0, language)  # there is a place for it, and nothing in it
        details = {"level": level.level, "language": language}
        yield source.problem("missing_example", path, **details)


def _levels_without_example(
    shape: CriterionShape, graded: Collection[tuple[str, str, int]]
) -> list[tuple[int, LanguageCode]]:
    """Places in the list of levels, each with a language in which nothing shows the level."""
    return [
        (index, language)
        for index, level in enumerate(shape.levels)
        for language in shape.languages
        if not any(getattr(example, language) for example in level.examples)
        and (shape.id, language, level.level) not in graded
    ]


def _boundary_problems(file: CriterionFile) -> Iterator[Problem]:
    """Questions that should decide between two levels but leave others between them."""
    numbers = {one.level for one in file.shape.levels}
    for index, boundary in enumerate(file.shape.boundaries):
        low, high = boundary.between
        if high - low != 1 and {low, high} <= numbers:
            path = ("boundaries", index, "between")
            yield file.source.problem("boundary_span", path, low=low, high=high)


def _level_references(shape: CriterionShape) -> Iterator[tuple[Path, int | None]]:
    yield ("embedded_max",), shape.embedded_max
    yield ("absence_up_to",), shape.absence_up_to
    for number, boundary in enumerate(shape.boundaries):
        for side, level in enumerate(boundary.between):
            yield ("boundaries", number, "between", side), level
    for index, alike in enumerate(shape.look_alikes):
        yield ("look_alikes", index, "level"), alike.level
    for index, test in enumerate(shape.tests):
        if isinstance(test.expect, int):
            yield ("tests", index, "expect"), test.expect


def _wordless_examples(
    file: CriterionFile, graded: Collection[tuple[str, str, int]]
) -> Iterator[Problem]:
    """Examples and look-alikes without a text in any language.

    Not where the level has been told to lack an example in every language: that is the same.
    """
    shape = file.shape
    lacking = Counter(index for index, _ in _levels_without_example(shape, graded))
    told = {index for index, number in lacking.items() if number == len(set(shape.languages))}
    examples: list[tuple[Path, ExampleShape | LookAlikeShape]]
    examples = [*find(shape, ExampleShape), *find(shape, LookAlikeShape)]
    for path, example in examples:
        if path[0] == "levels" and path[1] in told:
            continue
        if example.zh is None and example.en is None:
            where = ".".join(str(part) for part in path)
            at = (*path, "zh")
            yield file.source.problem("missing_language", at, where=where, language="zh / en")


def _stimulus_references(
    shape: CriterionShape,
) -> Iterator[tuple[tuple[str | int, ...], str | None]]:
    for number, level in enumerate(shape.levels):
        for index, example in enumerate(level.examples):
            yield ("levels", number, "examples", index, "stimulus"), example.stimulus
    for index, alike in enumerate(shape.look_alikes):
        yield ("look_alikes", index, "stimulus"), alike.stimulus


def _placeholder_problems(file: CriterionFile) -> Iterator[Problem]:
    for index, level in enumerate(file.shape.levels):
        yield from _unknown_placeholders(file.source, ("levels", index, "change"), level.change)
    if (feedback := file.shape.feedback) is not None:
        yield from _unknown_placeholders(file.source, ("feedback", "keep"), feedback.keep)
        yield from _unknown_placeholders(file.source, ("feedback", "change"), feedback.change)


def _unknown_placeholders(
    source: Source, path: Path, text: Text | None, known: Sequence[str] = PLACEHOLDERS
) -> Iterator[Problem]:
    allowed = ", ".join(f"{{{name}}}" for name in known) or "-"
    for language in ("zh", "en"):
        for name in _PLACEHOLDER.findall(getattr(text, language, None) or ""):
            if name not in known:
                yield source.problem(
                    "unknown_placeholder", (*path, language), name=name, known=allowed
                )


def across_criteria(files: Sequence[CriterionFile]) -> Iterator[Problem]:
    """Ids used in two modules, and criteria that refer to themselves.

    References to criteria that do not exist are allowed: these may be written later.
    """
    first: dict[str, str] = {}
    for file in files:
        id = file.shape.id
        if id != PurePosixPath(file.source.name).stem:
            continue  # already told to take the name of its file
        if id in first:
            yield file.source.problem("doubled_id", ("id",), id=id, other=first[id])
        first.setdefault(id, file.source.name)
    for file in files:
        for key in ("related", "do_not_score_with"):
            for index, id in enumerate(getattr(file.shape, key)):
                if id == file.shape.id:
                    yield file.source.problem("refers_to_itself", (key, index), id=id)


def gate_problems(file: Checked[GateShape]) -> Iterator[Problem]:
    """All that is wrong inside one gate; gates are needed in both languages."""
    shape, source = file.shape, file.source
    yield from id_problems(file, shape.id)
    yield from language_problems(file, ("zh", "en"))
    for part, known in (("said", ("evidence",)), ("why", ()), ("instead", ())):
        text = getattr(shape.feedback, part)
        yield from _unknown_placeholders(source, ("feedback", part), text, known)
    caps: list[tuple[Path, str, float | None]] = [(("cap",), "cap", shape.cap)]
    if shape.repair is not None:
        caps.append((("repair", "lifts_to"), "lifts_to", shape.repair.lifts_to))
    for path, key, cap in caps:
        if cap is not None and not 0 <= cap <= HIGHEST_CAP:
            details = {"key": key, "given": f"{cap:g}", "wanted": f"0-{HIGHEST_CAP}"}
            yield source.problem("out_of_range", path, **details)


def case_problems(
    cases: Sequence[tuple[str, int, GradedCase]],
    criteria: Mapping[str, tuple[int, int]],
    scenarios: Collection[str] | None,
) -> Iterator[Problem]:
    """Graded cases with doubled ids, unknown criteria or levels out of range.

    `cases` gives file and line with each; `criteria` the lowest and highest level by id.
    """
    first: dict[str, str] = {}
    for path, line, case in cases:
        if case.id in first:
            details = {"id": case.id, "other": first[case.id]}
            yield Problem(path, line, 1, "doubled_case", details)
        first.setdefault(case.id, f"{path}:{line}")
        if scenarios is not None and case.scenario and case.scenario not in scenarios:
            yield Problem(path, line, 1, "unknown_scenario", {"id": case.scenario})
        for grade in case.grades:
            yield from _grade_problems(path, line, grade.levels, criteria)


def attack_problems(
    attacks: Sequence[tuple[str, int, Attack]],
    criteria: Mapping[str, tuple[int, int]],
    scenarios: Collection[str] | None,
) -> Iterator[Problem]:
    """The same for attacks."""
    first: dict[str, str] = {}
    for path, line, attack in attacks:
        if attack.id in first:
            details = {"id": attack.id, "other": first[attack.id]}
            yield Problem(path, line, 1, "doubled_id", details)
        first.setdefault(attack.id, f"{path}:{line}")
        if scenarios is not None and attack.scenario and attack.scenario not in scenarios:
            yield Problem(path, line, 1, "unknown_scenario", {"id": attack.scenario})
        yield from _grade_problems(path, line, attack.levels, criteria)


def _grade_problems(
    path: str,
    line: int,
    levels: Mapping[str, float | None],
    criteria: Mapping[str, tuple[int, int]],
) -> Iterator[Problem]:
    for id, level in levels.items():
        if id not in criteria:
            yield Problem(path, line, 1, "unknown_criterion", {"id": id})
        elif level is not None and not criteria[id][0] <= level <= criteria[id][1]:
            lowest, highest = criteria[id]
            details = {"id": id, "level": f"{level:g}", "range": f"{lowest}-{highest}"}
            yield Problem(path, line, 1, "level_out_of_range", details)


def graded_levels(cases: Sequence[GradedCase]) -> set[tuple[str, str, int]]:
    """Which levels of which criteria have a graded case in which language."""
    return {
        (id, (case.language or language_of(case.reply)).value, round(level))
        for case in cases
        for grade in case.grades
        for id, level in grade.levels.items()
        if level is not None and math.isfinite(level)
    }
