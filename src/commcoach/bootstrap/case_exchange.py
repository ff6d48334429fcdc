"""Cases out and in: sheets to fill in, files of lines, and grades that come back."""

from __future__ import annotations

import shutil
import tempfile
from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING

from commcoach.bootstrap.practising import mask
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
    GradesFile,
    Labels,
    RawRow,
    Sheet,
    shown_context,
)
from commcoach.coaching.grade_import import Taken, Terms, take_in
from commcoach.coaching.level_cells import LevelNames
from commcoach.domain.cases import GradedCase, Said
from commcoach.domain.language import Language
from commcoach.domain.library import Library
from commcoach.domain.problems import Problem
from commcoach.domain.rubric import Criterion
from commcoach.presentation.level_names import level_name
from commcoach.presentation.wording import Wording
from commcoach.swapped_files import FilesChanged, sole_writer

if TYPE_CHECKING:
    from commcoach.content.shapes.case import CaseShape


def write_grading_sheet(place: Path, sheet: Sheet, labels: Labels) -> None:
    """A sheet to fill in; `FileExistsError` rather than write over one."""
    from commcoach.sheets import writing

    writing.write_sheet(place, sheet, labels)


def write_cases(place: Path, cases: Iterable[GradedCase], private: bool = False) -> None:
    """Cases with their grades, one a line; `FileExistsError` rather than write over a file.

    A `private` file can be read by its owner only.
    """
    from commcoach.sheets import case_files

    case_files.write_cases(place, cases, private)


def read_grades(place: Path, cases: Iterable[GradedCase], library: Library, terms: Terms) -> Taken:
    """The grades in a workbook or a file of lines, checked against these cases."""
    from commcoach.sheets import reading

    if reading.is_workbook(place):
        file: GradesFile = reading.WorkbookFile(place, tuple(library.criteria))
    else:
        file = _LinesFile(place)
    names = {id: level_names(criterion) for id, criterion in library.criteria.items()}
    return take_in(file, cases, library.criteria, terms, mask, library.scenarios, names)


def level_names(criterion: Criterion) -> LevelNames:
    """What the levels of a criterion are called on the screens and sheets of both languages."""
    wordings = [Wording(language) for language in Language]
    return {
        number: tuple(filter(None, (level_name(criterion, number, one) for one in wordings)))
        for number in criterion.numbers
    }


def keep_grades(root: Path, name: str, taken: Taken) -> list[Path] | None:
    """Add what was taken in to a content folder, within `sole_import`; the files written.

    `None` if the files of cases changed meanwhile; then, and on an `OSError`, nothing is written.
    """
    from commcoach.content.reading import CASES, RUBRICS
    from commcoach.sheets import case_files

    try:
        return case_files.add_grades(root / RUBRICS / CASES, name, taken.grades, taken.cases)
    except FilesChanged:
        return None


@contextmanager
def sole_import(root: Path) -> Iterator[None]:
    """Be the only one who imports grades into a content folder, from reading it to writing.

    An import that was cut off is ended first. Raises `SwapUnderWay` if another is going on,
    `JournalUnreadable` if what was cut off cannot be made out.
    """
    from commcoach.content.reading import CASES, RUBRICS

    with sole_writer(root / RUBRICS / CASES):
        yield


_FIRST_LINES = 20
"""By so many lines a file of cases is told from other files."""


class _LinesFile:
    """A file of lines like those in `rubrics/cases/`, read and checked as content is.

    A file of another kind is one fault, not one a line.
    """

    sent = None

    def __init__(self, place: Path) -> None:
        from commcoach.sheets.reading import state_of

        self.columns: Mapping[Column, str] = {}
        self._place = place
        self._before = state_of(place)
        self._faults: list[Fault | Problem] = []

    def faults(self) -> Sequence[Fault | Problem]:
        """What is wrong with the lines."""
        from commcoach.sheets.reading import is_still

        if not is_still(self._place, self._before):
            return (Fault("changed_while_read"),)
        return self._faults

    def rows(self) -> Iterator[RawRow]:
        """The lines that have the shape of a case."""
        from commcoach.content.reading import CASES, RUBRICS, read_files

        if not _may_be_lines(self._place):
            self._faults.append(Fault("not_cases"))
            return
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


def _may_be_lines(place: Path) -> bool:
    """Whether most of the first lines with something in them begin an object, if there are any.

    What is in another encoding of Windows may be: the reader of the lines names it as what it is.
    """
    from commcoach.content.source import is_utf16

    with place.open("rb") as file:
        head = file.readline()
        if is_utf16(head):
            return True
        lines = (line.strip() for line in chain((head.removeprefix(BOM_UTF8),), file))
        first = list(islice(filter(None, lines), _FIRST_LINES))
    return 2 * sum(line.startswith((b"{", "｛".encode())) for line in first) >= len(first)


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
        [Said(one.speaker, one.text) for one in messages],
        {Column(id, one.by): weight for one in shape.grades for id, weight in one.blind.items()},
        source=shape.source,
    )
