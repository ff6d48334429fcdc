"""Grades out and in: sheets to fill in, grades that come back, blind calibration."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from commcoach.bootstrap.keeping import now
from commcoach.bootstrap.practising import embedded_scorer, mask
from commcoach.bootstrap.rubric_testing import EmbeddedEngine
from commcoach.coaching.blind_grading import (
    Key,
    Returned,
    ReturnedGrades,
    behind,
    blind_sheet,
    draw,
    gather,
    key_text,
)
from commcoach.coaching.casework import (
    CONTEXT,
    ID,
    LANGUAGE,
    NOT_APPLICABLE,
    REPLY,
    SCENARIO,
    Cell,
    Column,
    Fault,
    Labels,
    RawRow,
    Sheet,
    choose_cases,
    language_in,
    shown_context,
)
from commcoach.coaching.grade_import import Taken, Terms, take_in
from commcoach.coaching.rubric_testing import cases_scored
from commcoach.coaching.scorer import EngineName, ScoringTask
from commcoach.domain.cases import GradedCase, Said
from commcoach.domain.library import Library
from commcoach.domain.problems import Problem
from commcoach.domain.score import CriterionScore
from commcoach.settings import Settings

if TYPE_CHECKING:
    from commcoach.content.shapes.case import CaseShape

KEY_NAME = "key.json"


def write_grading_sheet(place: Path, sheet: Sheet, labels: Labels) -> None:
    """A sheet to fill in; `FileExistsError` rather than write over one."""
    from commcoach.sheets import writing

    writing.write_sheet(place, sheet, labels)


def write_cases(place: Path, cases: Iterable[GradedCase]) -> None:
    """Cases with their grades, one a line; `FileExistsError` rather than write over a file."""
    from commcoach.sheets import case_files

    case_files.write_cases(place, cases)


def read_grades(place: Path, cases: Iterable[GradedCase], library: Library, terms: Terms) -> Taken:
    """The grades in a workbook or a file of lines, checked against these cases."""
    from commcoach.sheets import reading

    if reading.is_workbook(place):
        book = reading.WorkbookFile(place, tuple(library.criteria))
        return take_in(book, cases, library.criteria, terms, mask, library.scenarios)
    file = _LinesFile(place)
    return take_in(file, cases, library.criteria, terms, mask, library.scenarios)


def keep_grades(root: Path, name: str, taken: Taken) -> list[Path] | None:
    """Add what was taken in to a content folder; the files written.

    `None` if the files of cases changed meanwhile; then, and on an `OSError`, nothing is written.
    """
    from commcoach.content.reading import CASES, RUBRICS
    from commcoach.sheets import case_files

    try:
        return case_files.add_grades(root / RUBRICS / CASES, name, taken.grades, taken.cases)
    except case_files.CaseFilesChanged:
        return None


class _LinesFile:
    """A file of lines like those in `rubrics/cases/`, read and checked as content is."""

    sent = None

    def __init__(self, place: Path) -> None:
        self.columns: Mapping[Column, str] = {}
        self._place = place
        self._before = place.stat()
        self._faults: list[Fault | Problem] = []

    def faults(self) -> Sequence[Fault | Problem]:
        """What is wrong with the lines."""
        after = self._place.stat()
        if (after.st_size, after.st_mtime_ns) != (self._before.st_size, self._before.st_mtime_ns):
            return (Fault("changed_while_read"),)
        return self._faults

    def rows(self) -> Iterator[RawRow]:
        """The lines that have the shape of a case."""
        from commcoach.content.reading import CASES, RUBRICS, read_files

        with tempfile.TemporaryDirectory() as made:
            inside = Path(made, RUBRICS, CASES, "lines.jsonl")
            inside.parent.mkdir(parents=True)
            shutil.copyfile(self._place, inside)
            files = read_files(Path(made))
            lines = _lines(inside) if files.problems else {}
        for problem in files.problems:
            self._faults.append(_about_line(problem, self._place.name, lines))
        for _, line, shape in files.cases:
            yield _raw_row(shape, f"{self._place.name}:", line)


def _lines(place: Path) -> Mapping[int, str]:
    text = place.read_bytes().decode("utf-8", errors="replace")
    return dict(enumerate(text.split("\n"), start=1))


def _about_line(problem: Problem, name: str, lines: Mapping[int, str]) -> Fault | Problem:
    """What most often makes a line no JSON is named as what it is."""
    line = lines.get(problem.line, "")
    if problem.code == "not_json" and {"“", "”"} & set(line):
        return Fault("json_quotes", f"{name}:{problem.line}")
    if problem.code == "not_json" and "\t" in line:
        return Fault("json_tab", f"{name}:{problem.line}")
    return Problem(name, problem.line, problem.column, problem.code, problem.details)


def _raw_row(shape: CaseShape, before: str, line: int) -> RawRow:
    said = shape.context
    messages = said if isinstance(said, list) else []
    context = (
        said
        if isinstance(said, str)
        else shown_context([Said(one.speaker, one.text) for one in messages])
    )
    cells = {ID: Cell(shape.id), REPLY: Cell(shape.reply)}
    optional = {CONTEXT: context, LANGUAGE: shape.lang, SCENARIO: shape.scenario}
    cells |= {name: Cell(value) for name, value in optional.items() if value}
    graded = [(one.by, one.levels) for one in shape.grades]
    if shape.levels is not None:
        graded.append(("", shape.levels))
    return RawRow(
        before,
        line,
        cells,
        [
            (Column(id, by), Cell(NOT_APPLICABLE if level is None else level))
            for by, levels in graded
            for id, level in levels.items()
        ],
        {one.by: one.kind for one in shape.grades},
    )


async def score_unseen(
    settings: Settings, library: Library, criterion: str
) -> tuple[EngineName, list[tuple[GradedCase, CriterionScore]]]:
    """What the embedded engine gives the cases of a criterion that it has not learned from.

    A criterion that nobody has graded yet has all cases in its languages.
    """
    engine = EmbeddedEngine(library)
    graded = (await cases_scored(engine, library, (criterion,))).get(criterion, ())
    if graded:
        return engine.name, [(one.case, one.score) for one in graded]
    languages = library.criteria[criterion].languages
    scorer = embedded_scorer(settings, library, (criterion,))
    scored = []
    for case in choose_cases(library.cases, (criterion,), graded=False):
        if language_in(case) in languages:
            scenario = library.scenarios.get(case.scenario or "")
            task = ScoringTask(case.reply, case.context, (criterion,), language_in(case), scenario)
            found = (await scorer.score(task)).scores
            scored.append((case, found[0]))
    return engine.name, scored


async def draw_for_graders(
    settings: Settings,
    library: Library,
    criterion: str,
    graders: Sequence[str],
    number: int,
    by_level: bool,
    seed: int,
) -> Key:
    """Draw replies of a criterion, by chance but the same for the same seed."""
    engine, scored = await score_unseen(settings, library, criterion)
    rows = draw(scored, number, by_level, seed)
    own_hash = library.hashes[f"criterion:{criterion}"]
    return Key(criterion, own_hash, library.release, engine, now(), seed, tuple(graders), rows)


def write_drawing(
    folder: Path, key: Key, library: Library, labels: Labels, names: Mapping[str, str]
) -> list[Path]:
    """The sheet of each grader, under its name in `names`, and the key, all or none.

    Raises `FileExistsError` rather than write over anything.
    """
    cases = {case.id: case for case in library.cases}
    folder.mkdir(parents=True, exist_ok=True)
    written: list[Path] = []
    try:
        for grader in key.graders:
            place = folder / names[grader]
            write_grading_sheet(place, blind_sheet(key, cases, grader), labels)
            written.append(place)
        place = folder / f"{key.criterion}-{KEY_NAME}"
        with place.open("x", encoding="utf-8", newline="\n") as file:
            written.append(place)
            file.write(key_text(key))
    except OSError:
        for place in written:
            place.unlink(missing_ok=True)
        raise
    return written


def read_returned(key: Key, sheets: Sequence[Path], library: Library) -> Returned:
    """The graders' sheets of a drawing, checked against what was given out."""
    found, gone = behind(key, {case.id: case for case in library.cases})
    taken = [(place.name, read_grades(place, found.values(), library, Terms())) for place in sheets]
    return gather(key, taken, gone)


def take_returned(key: Key, returned: Returned, library: Library, replace: bool) -> Taken:
    """The grades of a drawing as grades of the cases themselves."""
    cases = {case.id: case for case in library.cases}
    file = ReturnedGrades(key, returned, cases)
    return take_in(file, library.cases, library.criteria, Terms(replace=replace), mask)
