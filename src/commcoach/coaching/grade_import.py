"""Taking in grades that came back: every row is checked against what was given out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from commcoach.coaching.admission import Mask
from commcoach.coaching.casework import (
    CHECK,
    CONTEXT,
    ID,
    LANGUAGE,
    REPLY,
    SCENARIO,
    Cell,
    Column,
    Fault,
    GradesFile,
    RawRow,
    check_of,
    folded,
    shown_context,
)
from commcoach.coaching.level_cells import LevelNames, Refusal, level_in, short
from commcoach.domain.cases import AUTHOR, HUMAN, Grade, GradedCase, Said
from commcoach.domain.language import Language
from commcoach.domain.problems import Problem
from commcoach.domain.rubric import Criterion

WHOLE = (HUMAN, AUTHOR)
"""Kinds of graders who give one of the criterion's levels; others may be means of several."""
_TOLD_OTHERWISE = frozenset({"graded_already", "half_level", "no_name", "unknown_row"})
"""Faults whose cure is another one for the sheet of a drawing."""
_CODE = re.compile(r"R\d+")
"""What stands in a drawing's sheets in the place of ids."""
_CELL = re.compile(r"[!:]([A-Z]*)(\d+)")
"""`评分表!F12`, or `grades.jsonl:12`."""
_IDENTIFIER = re.compile(r"[a-z][a-z0-9_]{1,59}")


@dataclass(frozen=True, slots=True)
class Terms:
    """How grades are taken in.

    `by` is the name of the grader of columns that have none, `kind` of what kind the grades are;
    `replace` lets a grader's new levels take the place of older ones, `new_cases` takes rows that
    are not among the cases as cases of their own. `blind` believes a row that its levels were given
    blind: only where the key of a drawing stands behind them, for anybody can write it in a file.
    """

    by: str = ""
    kind: str = HUMAN
    replace: bool = False
    new_cases: bool = False
    blind: bool = False


@dataclass(frozen=True, slots=True)
class Taken:
    """What a file holds: grades for cases by id, new cases, and everything that is wrong.

    `rows` counts rows with a reply, `blank` has the numbers of those without any level, `levels`
    counts what is new or changed, `unchanged` levels that were there already, `reweighed` those of
    them that stand for more or fewer replies than before, `missing` the rows that the file had
    when it was given out and lacks now, if that is known, `masked` the new cases in which
    personal data were blacked out, `unmarked` the levels that a file calls blind without a drawing.
    `graders` are those whose `levels` these are, in the order of their first one; `ids` has all
    that stand in the file.
    """

    grades: Mapping[str, tuple[Grade, ...]]
    cases: tuple[GradedCase, ...]
    faults: tuple[Fault | Problem, ...]
    rows: int
    blank: tuple[int, ...]
    levels: int
    unchanged: int
    missing: int | None
    masked: int = 0
    reweighed: int = 0
    unmarked: int = 0
    graders: tuple[str, ...] = ()
    ids: frozenset[str] = frozenset()


def take_in(
    file: GradesFile,
    cases: Iterable[GradedCase],
    criteria: Mapping[str, Criterion],
    terms: Terms,
    mask: Mask,
    scenarios: Collection[str] = (),
    names: Mapping[str, LevelNames] | None = None,
) -> Taken:
    """Read a file of grades row by row; only what is to be kept stays in memory.

    New cases are kept without personal data, by `mask`. They may name these `scenarios`; any that
    could be one if none are known. `names` tells for criteria what their levels are called:
    graders may write it behind the number.
    """
    known = {case.id: case for case in cases}
    desk = _Desk(known, criteria, terms, mask, scenarios, names or {})
    desk.look_at_columns(file.columns)
    for row in file.rows():
        desk.take(row)
    return desk.taken(file)


@dataclass
class _Desk:
    """Where rows are checked one after another."""

    cases: Mapping[str, GradedCase]
    criteria: Mapping[str, Criterion]
    terms: Terms
    mask: Mask
    scenarios: Collection[str] = ()
    names: Mapping[str, LevelNames] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    grades: dict[str, tuple[Grade, ...]] = field(default_factory=dict)
    new: dict[str, GradedCase] = field(default_factory=dict)
    first: dict[str, int] = field(default_factory=dict)
    again: Counter[tuple[str, str]] = field(default_factory=Counter)
    rows: int = 0
    blank: list[int] = field(default_factory=list)
    levels: Counter[str] = field(default_factory=Counter)
    unchanged: int = 0
    reweighed: int = 0
    masked: int = 0
    unmarked: int = 0
    nameless: str = ""

    def look_at_columns(self, columns: Mapping[Column, str]) -> None:
        """A grader who fills in a column must not have the name of one who has one already."""
        for column, place in columns.items():
            own = Column(column.criterion, self.terms.by)
            if not column.by and self.terms.by and own in columns:
                details = {"by": self.terms.by, "other": columns[own]}
                self.faults.append(Fault("same_name", place, details))

    def take(self, row: RawRow) -> None:
        """Check a row and keep what it holds."""
        id = _text(row.cells.get(ID))
        given = [(column, cell) for column, cell in row.levels if not _is_blank(cell.value)]
        for column, cell in given:
            if not column.by and not self.terms.by:
                self.nameless = self.nameless or row.place(cell)
        if not id:
            if given or _text(row.cells.get(REPLY)):
                self._fault("no_id", row, row.cells.get(ID))
            return
        self.rows += 1
        if id in self.first:
            self._fault("doubled_row", row, row.cells.get(ID), id=id, other=self.first[id])
            return
        self.first[id] = row.number
        case = self.cases.get(id) or self._new_case(row, id)
        if case is None or not self._is_same_text(row, case):
            return
        found: dict[tuple[str, str], dict[str, float | None]] = {}
        for column, cell in given:
            by = column.by or self.terms.by
            if not by:
                continue
            kind = row.kinds.get(by) or self._kind_before(case, by) or self.terms.kind
            level = self._level(row, column.criterion, cell, kind)
            if not isinstance(level, Refusal) and self._is_new(row, case, column, by, level):
                found.setdefault((by, kind), {})[column.criterion] = level
        if not given:
            self.blank.append(row.number)
        if found:
            blind = row.blind if self.terms.blind else {}
            self.grades[id] = tuple(_grades(found, blind, row.drawing))

    def _new_case(self, row: RawRow, id: str) -> GradedCase | None:
        reply, language, scenario = (
            _text(row.cells.get(name)) for name in (REPLY, LANGUAGE, SCENARIO)
        )
        if self._is_drawn(row, id):
            # Under this id the reply would stand among the cases for the second time.
            if not any(one.kind == "drawn_sheet" for one in self.faults):
                self.faults.append(Fault("drawn_sheet"))
        elif not self.terms.new_cases:
            self._fault("unknown_row", row, row.cells.get(ID), id=short(id))
        elif not reply:
            self._fault("no_reply", row, row.cells.get(REPLY))
        elif language and language not in list(Language):
            self._fault("bad_language", row, row.cells.get(LANGUAGE), given=short(language))
        elif not self._may_be_scenario(scenario):
            self._fault("unknown_scenario", row, row.cells.get(SCENARIO), given=short(scenario))
        else:
            text = _text(row.cells.get(CONTEXT))
            before = row.said or ((Said("", text),) if text else ())
            hidden = [self.mask(one.text) for one in before]
            own = self.mask(reply)
            self.masked += bool(own.found or any(one.found for one in hidden))
            said = tuple(Said(a.speaker, b.text) for a, b in zip(before, hidden, strict=True))
            spoken = Language(language) if language else None
            self.new[id] = GradedCase(id, said, own.text, (), spoken, scenario or None, row.source)
            return self.new[id]
        return None

    def _is_drawn(self, row: RawRow, id: str) -> bool:
        """Whether a row is of a sheet that was drawn, whose ids only its key knows."""
        is_bare = CHECK in row.cells and LANGUAGE not in row.cells
        return not self.terms.blind and is_bare and _CODE.fullmatch(id) is not None

    def _may_be_scenario(self, given: str) -> bool:
        if self.scenarios:
            return not given or given in self.scenarios
        return not given or _IDENTIFIER.fullmatch(given) is not None

    def _is_same_text(self, row: RawRow, case: GradedCase) -> bool:
        """A grade is for one text; for another it would be wrong."""
        if case.id in self.new:
            return True
        context, reply = shown_context(case.context), case.reply
        given = {name: _text(cell) for name, cell in row.cells.items()}
        wrong = [
            name
            for name, text in ((CONTEXT, context), (REPLY, reply))
            if name in given and not self._is_same(given[name], text)
        ]
        check = given.get(CHECK, "")
        as_sent = check_of(given.get(CONTEXT, context), given.get(REPLY, reply))
        if not wrong:
            # A row that an author added has none, also when it comes for the second time.
            if check and check not in (as_sent, check_of(context, reply)):
                self._fault("changed_check", row, row.cells[CHECK])
                return False
            return True
        if self.terms.new_cases and not check:
            self._fault("id_taken", row, row.cells[ID], id=short(case.id))
            return False
        for name in wrong:
            is_older = check == as_sent
            self._fault("older_text" if is_older else "changed_text", row, row.cells[name])
        return False

    def _is_same(self, given: str, text: str) -> bool:
        if given == text or folded(given) == folded(text):
            return True
        # A case that was new once is kept masked; its own file may still be taken in again.
        return folded(self.mask(given).text) == folded(text)

    def _kind_before(self, case: GradedCase, by: str) -> str:
        return next((one.kind for one in case.grades if one.by == by), "")

    def _level(self, row: RawRow, id: str, cell: Cell, kind: str) -> float | Refusal | None:
        criterion = self.criteria.get(id)
        if criterion is None:
            found: float | Refusal | None = Refusal("unknown_criterion", {"id": short(id)})
        else:
            found = level_in(cell.value, criterion, kind not in WHOLE, self.names.get(id, {}))
        if isinstance(found, Refusal):
            self._fault(found.kind, row, cell, **found.details)
        return found

    def _is_new(
        self, row: RawRow, case: GradedCase, column: Column, by: str, level: float | None
    ) -> bool:
        """Whether a level is to be kept: it is not there yet, or takes another's place."""
        id = column.criterion
        weight = row.blind.get(column) if self.terms.blind else None
        before = next((one for one in case.grades if one.by == by and id in one.levels), None)
        is_same = before is not None and before.levels[id] == level
        if column in row.blind and weight is None:
            self.unmarked += not (is_same and before is not None and id in before.blind)
        if before is not None and column.by and is_same:
            # What came from another drawing stands for what it stood for there.
            elsewhere = before.drawing.get(id, row.drawing) != row.drawing
            if weight is None or before.blind.get(id) == weight or elsewhere:
                self.unchanged += 1
                return False
            if id in before.blind:
                # More sheets have come back: the reply stands for another share of all.
                self.reweighed += 1
                return True
        elif before is not None and not self.terms.replace:
            self.again[by, id] += 1
        self.levels[by] += 1
        return True

    def _fault(self, kind: str, row: RawRow, cell: Cell | None, **details: object) -> None:
        self.faults.append(Fault(self._called(kind), row.place(cell), details))

    def _called(self, kind: str) -> str:
        if kind == "no_id" and self.terms.new_cases:
            return "no_id_new"
        return f"{kind}_drawn" if self.terms.blind and kind in _TOLD_OTHERWISE else kind

    def taken(self, file: GradesFile) -> Taken:
        """Everything, when the last row has been read."""
        found = sorted((*file.faults(), *self.faults), key=_position)
        at_fault = {_position(one)[0] for one in found}
        faults: list[Fault | Problem] = [*found, *self._about_graders()]
        if not faults and not self.rows:
            faults.append(Fault("no_rows"))
        elif not faults and not (self.levels or self.unchanged or self.reweighed):
            faults.append(Fault("no_levels"))
        return Taken(
            {id: found for id, found in self.grades.items() if id not in self.new},
            tuple(replace(one, grades=self.grades.get(id, ())) for id, one in self.new.items()),
            tuple(faults),
            self.rows,
            tuple(number for number in self.blank if number not in at_fault),
            self.levels.total(),
            self.unchanged,
            None if file.sent is None else max(0, file.sent - self.rows),
            self.masked,
            self.reweighed,
            self.unmarked,
            tuple(self.levels),
            frozenset(self.first),
        )

    def _about_graders(self) -> Iterator[Fault]:
        if self.nameless:
            yield Fault(self._called("no_name"), self.nameless)
        for (by, id), number in self.again.items():
            details = {"by": by, "criterion": id, "number": number}
            yield Fault(self._called("graded_already"), "", details)


def _grades(
    found: Mapping[tuple[str, str], Mapping[str, float | None]],
    blind: Mapping[Column, float],
    drawing: str,
) -> Iterator[Grade]:
    for (by, kind), levels in found.items():
        weights = {id: blind[Column(id, by)] for id in levels if Column(id, by) in blind}
        yield Grade(
            by, kind, dict(levels), weights, dict.fromkeys(weights, drawing) if drawing else {}
        )


def _position(fault: Fault | Problem) -> tuple[int, int, str]:
    """Row and column of what is wrong, to tell it from top to bottom; first the whole file."""
    if isinstance(fault, Problem):
        return fault.line, fault.column, ""
    found = _CELL.search(fault.place)
    return (int(found[2]), len(found[1]), found[1]) if found is not None else (0, 0, "")


def _text(cell: Cell | None) -> str:
    return "" if cell is None or cell.value is None else str(cell.value).strip()


def _is_blank(value: object) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())
