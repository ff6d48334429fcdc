"""Grading blind: the sheets of a drawing, and what comes back in them."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from commcoach.coaching.casework import (
    CHECK,
    CONTEXT,
    ID,
    REPLY,
    Cell,
    Column,
    Fault,
    RawRow,
    Sheet,
    SheetRow,
    check_of,
    shown_context,
)
from commcoach.coaching.drawing import Key
from commcoach.coaching.grade_import import Taken
from commcoach.domain.cases import HUMAN, Grade, GradedCase
from commcoach.domain.problems import Problem

_FOREIGN = frozenset({"older_text", "unknown_row_drawn"})
"""What is wrong with the rows of a sheet that another key belongs to."""


def blind_sheet(key: Key, cases: Mapping[str, GradedCase], grader: str) -> Sheet:
    """A grader's sheet, in an order of its own: replies, their context, and an empty column."""
    rows = [
        SheetRow(row.code, shown_context(cases[row.case].context), cases[row.case].reply)
        for row in key.rows
    ]
    random.Random(f"{key.seed}:{grader}").shuffle(rows)
    return Sheet((Column(key.criterion, grader),), rows, (ID, CONTEXT, REPLY))


def behind(key: Key, cases: Mapping[str, GradedCase]) -> tuple[dict[str, GradedCase], list[str]]:
    """The replies by code, without the grades they have; and the cases that are no more so."""
    found: dict[str, GradedCase] = {}
    gone: list[str] = []
    for row in key.rows:
        case = cases.get(row.case)
        if case is None or check_of(shown_context(case.context), case.reply) != row.check:
            gone.append(row.case)
        else:
            found[row.code] = GradedCase(row.code, case.context, case.reply, ())
    return found, gone


@dataclass(frozen=True, slots=True)
class Returned:
    """What came back of a drawing: each grader's levels by code, and everything that is wrong.

    A fault stands beside the name of its sheet. `None` is not applicable, a missing code not
    graded; `blank` has the numbers of the rows without a level by sheet, `deleted` the codes of
    the replies that are no longer in a sheet.
    """

    levels: Mapping[str, Mapping[str, float | None]]
    faults: tuple[tuple[str, Fault | Problem], ...]
    blank: Mapping[str, Sequence[int]] = field(default_factory=dict)
    deleted: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @property
    def graded(self) -> frozenset[str]:
        """The codes of the replies that anybody graded, also as not applicable."""
        return frozenset(code for levels in self.levels.values() for code in levels)


def gather(key: Key, sheets: Sequence[tuple[str, Taken]], gone: Sequence[str]) -> Returned:
    """The sheets of all graders together; each grader has one."""
    levels: dict[str, dict[str, float | None]] = {}
    faults: list[tuple[str, Fault | Problem]] = []
    if gone:
        details = {"ids": tuple(gone), "number": len(gone)}
        faults.append(("", Fault("case_gone", "", details)))
    owner: dict[str, str] = {}
    for name, taken in sheets:
        if not gone and _is_of_another(key, taken):
            faults.append((name, Fault("other_drawing", "", {"graders": key.graders})))
            continue
        faults += [(name, fault) for fault in taken.faults]
        for by in dict.fromkeys(one.by for grades in taken.grades.values() for one in grades):
            if by in owner:
                faults.append((name, Fault("sheet_of_same", "", {"by": by, "other": owner[by]})))
            owner.setdefault(by, name)
        for code, grades in taken.grades.items():
            for grade in grades:
                if key.criterion in grade.levels:
                    levels.setdefault(grade.by, {})[code] = grade.levels[key.criterion]
    blank = {name: taken.blank for name, taken in sheets}
    deleted = {
        name: codes
        for name, taken in sheets
        if (codes := [row.code for row in key.rows if row.code not in taken.ids])
    }
    return Returned(levels, tuple(faults), blank, deleted)


def _is_of_another(key: Key, taken: Taken) -> bool:
    """Whether a sheet was drawn with another key: for others, or with other replies.

    Its texts are then as they were sent, yet most are not those behind the codes.
    """
    given = {one.by for grades in taken.grades.values() for one in grades}
    foreign = [one for one in taken.faults if isinstance(one, Fault) and one.kind in _FOREIGN]
    return bool(given - set(key.graders)) or (bool(foreign) and 2 * len(foreign) >= taken.rows)


@dataclass(frozen=True, slots=True)
class ReturnedGrades:
    """The grades of a drawing as a file of grades for the cases themselves."""

    key: Key
    returned: Returned
    cases: Mapping[str, GradedCase]

    @property
    def columns(self) -> Mapping[Column, str]:
        """A column for each grader."""
        return {Column(self.key.criterion, by): "" for by in self.returned.levels}

    @property
    def sent(self) -> int | None:
        """Not of interest here: the report says who graded how many."""
        return None

    def rows(self) -> Iterator[RawRow]:
        """The rows that anybody graded, marked as graded blind, with what each stands for.

        Sheets may come back one by one. What a row stands for is told by all that came; so rows
        that were taken in before come again where they now stand for something else.
        """
        id = self.key.criterion
        before = {row.code: self._taken_before(self.cases[row.case]) for row in self.key.rows}
        weights = self.key.weights(
            self.returned.graded | {code for code, grades in before.items() if grades}
        )
        for number, row in enumerate(self.key.rows, start=1):
            weight = round(weights.get(row.code, 0.0), 6)
            graded = {
                grade.by: grade.levels[id]
                for grade in before[row.code]
                if grade.blind[id] != weight
            } | {
                by: levels[row.code]
                for by, levels in self.returned.levels.items()
                if row.code in levels
            }
            case = self.cases[row.case]
            cells = {ID: Cell(case.id), REPLY: Cell(case.reply), CHECK: Cell(row.check)}
            levels = [
                (Column(id, by), Cell("n/a" if level is None else level))
                for by, level in graded.items()
            ]
            if levels:
                blind = {column: weight for column, _ in levels}
                yield RawRow("", number, cells, levels, blind=blind, drawing=self.key.id)

    def _taken_before(self, case: GradedCase) -> list[Grade]:
        """The blind grades of this drawing that the case has already.

        Where a grade does not tell of which drawing it is, those of this one's graders.
        """
        id, graders, own = self.key.criterion, self.key.graders, self.key.id
        return [
            one
            for one in case.grades
            if one.kind == HUMAN
            and one.by in graders
            and id in one.levels
            and id in one.blind
            and one.drawing.get(id, own) == own
        ]

    def faults(self) -> Sequence[Fault | Problem]:
        """Nothing more: the sheets have been checked."""
        return ()
