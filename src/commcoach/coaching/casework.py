"""Grading sheets: which replies stand in them, who grades what, how a text is known again."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from commcoach.domain.cases import GradedCase, Said
from commcoach.domain.language import Language
from commcoach.domain.problems import Problem
from commcoach.domain.wording import language_of

NOT_APPLICABLE = "n/a"
"""What a grader writes where the criterion does not apply."""
ID, LANGUAGE, SCENARIO, CONTEXT, REPLY, CHECK, NOTE = (
    "id",
    "language",
    "scenario",
    "context",
    "reply",
    "check",
    "note",
)
FIXED = (ID, LANGUAGE, SCENARIO, CONTEXT, REPLY)
"""What stands before the levels; the note and the check stand behind them."""
NEEDED = (ID, CONTEXT, REPLY, CHECK)
"""Without these a row cannot be known again."""
LONGEST_CELL = 32_767
"""Characters that a cell of a workbook takes."""
NOT_IN_CELLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""Characters that no cell of a workbook can hold: they are no part of XML."""
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
"""How a workbook writes other characters; programs show the character itself."""


@dataclass(frozen=True, slots=True)
class Column:
    """The levels of one criterion by one grader; without a name by whoever fills it in."""

    criterion: str
    by: str = ""


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One reply; `levels` lacks what is not graded, and has `None` for not applicable."""

    id: str
    context: str
    reply: str
    language: str = ""
    scenario: str = ""
    levels: Mapping[Column, float | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is to be graded, with the columns before the levels."""

    columns: tuple[Column, ...]
    rows: Sequence[SheetRow]
    fixed: tuple[str, ...] = FIXED


@dataclass(frozen=True, slots=True)
class Labels:
    """Every word of a sheet that is not a reply.

    `fixed` and `titles` name columns and criteria, `choices` the levels of each criterion as they
    may be chosen. `guide` is what to do, line by line; `anchors` rows of the second sheet, those
    that are headings marked.
    """

    sheet: str
    anchors_sheet: str
    guide_sheet: str
    fixed: Mapping[str, str]
    titles: Mapping[str, str]
    choices: Mapping[str, Sequence[str]]
    choose: str
    guide: Sequence[str]
    anchors: Sequence[tuple[bool, Sequence[str]]]


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong in one place of a file; `place` is empty where it is the whole file."""

    kind: str
    place: str = ""
    details: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Cell:
    """A value as it was read, with the letter of its column."""

    value: object
    letter: str = ""


@dataclass(frozen=True, slots=True)
class RawRow:
    """A row as it was read: the cells that are no levels by name, and the levels.

    `kinds` says for graders of what kind their grades are, and `said` who said what of the
    context, where the file says so. `blind` has the levels that were given blind in a drawing, each
    with the weight of the reply in it (`Grade.blind`), `drawing` the id of that drawing.
    `source` is where the case comes from (`GradedCase.source`).
    """

    before: str
    number: int
    cells: Mapping[str, Cell]
    levels: Sequence[tuple[Column, Cell]]
    kinds: Mapping[str, str] = field(default_factory=dict)
    said: Sequence[Said] = ()
    blind: Mapping[Column, float] = field(default_factory=dict)
    drawing: str = ""
    source: str = ""

    def place(self, cell: Cell | None = None) -> str:
        """Where a cell stands, as people find it: `评分表!F12`, or `grades.jsonl:12`."""
        return f"{self.before}{cell.letter if cell else ''}{self.number}"


class UnusableName(Exception):
    """The name of a grader cannot stand in the header of a sheet."""

    def __init__(self, name: str) -> None:
        super().__init__(self.__doc__)
        self.name = name


class GradesFile(Protocol):
    """A file with grades that came back."""

    @property
    def columns(self) -> Mapping[Column, str]:
        """The columns of levels, with the place of each."""
        ...

    @property
    def sent(self) -> int | None:
        """How many rows the file had when it was written, if it says so."""
        ...

    def rows(self) -> Iterator[RawRow]:
        """The rows, read while they are asked for."""
        ...

    def faults(self) -> Sequence[Fault | Problem]:
        """What is wrong with the file itself; complete when the rows have been read."""
        ...


def shown_context(context: Sequence[Said]) -> str:
    """The messages before a reply, one a line, with who said them where that is known."""
    return "\n".join(f"{one.speaker}: {one.text}" if one.speaker else one.text for one in context)


def check_of(context: str, reply: str) -> str:
    """Eight letters that tell whether a text is still the one that was given out.

    Programs change line ends and spaces; these do not count. Letters, because a program would
    take some digits for a number.
    """
    digest = hashlib.sha256(f"{folded(context)}\n{folded(reply)}".encode()).digest()
    return "".join(chr(ord("a") + byte % 26) for byte in digest[:8])


def folded(text: str) -> str:
    """A text without what a program may change when it saves a cell."""
    shown = _ESCAPED.sub(_unescaped, NOT_IN_CELLS.sub("", text)[:LONGEST_CELL])
    return " ".join(NOT_IN_CELLS.sub("", shown).split())


def _unescaped(found: re.Match[str]) -> str:
    return chr(int(found[1], 16))


def language_in(case: GradedCase) -> Language:
    """The language of a reply, told by its words if the case does not say."""
    return case.language or language_of(case.reply)


def choose_cases(
    cases: Iterable[GradedCase],
    criteria: Sequence[str],
    scenario: str | None = None,
    language: Language | None = None,
    graded: bool = True,
) -> tuple[GradedCase, ...]:
    """The cases to export; `graded`: only those with a grade of one of the criteria."""
    return tuple(
        case
        for case in cases
        if (scenario is None or case.scenario == scenario)
        and (language is None or language_in(case) is language)
        and (not graded or any(case.levels_of(id) for id in criteria))
    )


def grading_sheet(
    cases: Sequence[GradedCase],
    criteria: Sequence[str],
    graders: Sequence[str] = (),
    blind: bool = False,
) -> Sheet:
    """A sheet with the grades that there are, unless `blind`, and empty columns for new graders.

    Without graders there is one empty column a criterion, for whoever fills it in.
    """
    there = () if blind else tuple(dict.fromkeys(one.by for case in cases for one in case.grades))
    given = {Column(id, grade.by) for case in cases for grade in case.grades for id in grade.levels}
    columns = tuple(
        column
        for id in criteria
        for column in (
            *(Column(id, by) for by in there if Column(id, by) in given and by not in graders),
            *(Column(id, by) for by in graders or ("",)),
        )
    )
    wanted = frozenset(columns)
    return Sheet(columns, tuple(_row(case, wanted, blind) for case in cases))


def _row(case: GradedCase, columns: frozenset[Column], blind: bool) -> SheetRow:
    levels = {
        Column(id, grade.by): level
        for grade in case.grades
        for id, level in grade.levels.items()
        if not blind and Column(id, grade.by) in columns
    }
    context = shown_context(case.context)
    return SheetRow(
        case.id, context, case.reply, language_in(case).value, case.scenario or "", levels
    )
