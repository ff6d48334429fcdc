"""Grading blind: drawing replies for several graders, and the key that maps rows back."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

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
from commcoach.coaching.grade_import import Taken
from commcoach.coaching.scorer import EngineName
from commcoach.domain.cases import GradedCase
from commcoach.domain.problems import Problem
from commcoach.domain.score import CriterionScore, Scored

MADE_BY = "commcoach calibration draw"


@dataclass(frozen=True, slots=True)
class KeyRow:
    """Which case stands behind a row, and what the machine gave it when it was drawn."""

    code: str
    case: str
    check: str
    level: int | None
    expected: float | None


@dataclass(frozen=True, slots=True)
class Key:
    """What a drawing was made of; the one who draws keeps it, graders never see it."""

    criterion: str
    criterion_hash: str
    release: str
    engine: EngineName
    drawn_at: datetime
    seed: int
    graders: tuple[str, ...]
    rows: tuple[KeyRow, ...]


def key_text(key: Key) -> str:
    """A key as JSON."""
    engine = {"name": key.engine.name, "version": key.engine.version, "model": key.engine.model}
    return json.dumps(
        {
            "made_by": MADE_BY,
            "criterion": key.criterion,
            "criterion_hash": key.criterion_hash,
            "release": key.release,
            "engine": engine,
            "drawn_at": key.drawn_at.isoformat(),
            "seed": key.seed,
            "graders": key.graders,
            "rows": [
                {
                    "code": one.code,
                    "case": one.case,
                    "check": one.check,
                    "level": one.level,
                    "expected": one.expected,
                }
                for one in key.rows
            ],
        },
        ensure_ascii=False,
        indent=1,
    )


def read_key(text: str) -> Key | None:
    """The key in a text; `None` if it is none."""
    try:
        return _key(json.loads(text))
    except (ValueError, TypeError, KeyError, RecursionError):
        return None


def _key(data: Mapping[str, Any]) -> Key | None:
    if data["made_by"] != MADE_BY:
        return None
    engine = data["engine"]
    return Key(
        str(data["criterion"]),
        str(data["criterion_hash"]),
        str(data["release"]),
        EngineName(str(engine["name"]), str(engine["version"]), engine["model"]),
        datetime.fromisoformat(data["drawn_at"]),
        int(data["seed"]),
        tuple(map(str, data["graders"])),
        tuple(
            KeyRow(
                str(one["code"]),
                str(one["case"]),
                str(one["check"]),
                None if one["level"] is None else int(one["level"]),
                None if one["expected"] is None else float(one["expected"]),
            )
            for one in data["rows"]
        ),
    )


def draw(
    scored: Sequence[tuple[GradedCase, CriterionScore]], number: int, by_level: bool, seed: int
) -> tuple[KeyRow, ...]:
    """So many replies by chance, each text once, under codes that tell nothing.

    `by_level` takes one of each of the machine's levels in turn, so that rare ones are there;
    replies without a level count as one more. Fewer if there are no more.
    """
    dice = random.Random(seed)
    once: dict[str, tuple[GradedCase, CriterionScore]] = {}
    for case, score in scored:
        once.setdefault(check_of(shown_context(case.context), case.reply), (case, score))
    pool = list(once.items())
    dice.shuffle(pool)
    if by_level:
        pool = list(_in_turn(pool, lambda one: _level(one[1][1])))
    picked = pool[:number]
    dice.shuffle(picked)
    width = len(str(len(picked)))
    return tuple(
        KeyRow(
            f"R{index:0{width}}",
            case.id,
            check,
            _level(score),
            round(score.expected, 4) if isinstance(score, Scored) else None,
        )
        for index, (check, (case, score)) in enumerate(picked, start=1)
    )


_Drawn = tuple[str, tuple[GradedCase, CriterionScore]]


def _in_turn(pool: Sequence[_Drawn], level: Callable[[_Drawn], int | None]) -> Iterator[_Drawn]:
    strata: dict[int | None, list[_Drawn]] = {}
    for one in pool:
        strata.setdefault(level(one), []).append(one)
    while any(strata.values()):
        for stratum in strata.values():
            if stratum:
                yield stratum.pop()


def _level(score: CriterionScore) -> int | None:
    return score.level if isinstance(score, Scored) else None


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
    graded.
    """

    levels: Mapping[str, Mapping[str, float | None]]
    faults: tuple[tuple[str, Fault | Problem], ...]


def gather(key: Key, sheets: Sequence[tuple[str, Taken]], gone: Sequence[str]) -> Returned:
    """The sheets of all graders together; each grader has one."""
    levels: dict[str, dict[str, float | None]] = {}
    faults: list[tuple[str, Fault | Problem]] = [
        ("", Fault("case_gone", "", {"id": case})) for case in gone
    ]
    owner: dict[str, str] = {}
    for name, taken in sheets:
        faults += [(name, fault) for fault in taken.faults]
        for by in taken.graders:
            if by in owner:
                faults.append((name, Fault("sheet_of_same", "", {"by": by, "other": owner[by]})))
            owner.setdefault(by, name)
        for code, grades in taken.grades.items():
            for grade in grades:
                if key.criterion in grade.levels:
                    levels.setdefault(grade.by, {})[code] = grade.levels[key.criterion]
    return Returned(levels, tuple(faults))


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
        """The rows that anybody graded."""
        for number, row in enumerate(self.key.rows, start=1):
            graded = {
                by: levels[row.code]
                for by, levels in self.returned.levels.items()
                if row.code in levels
            }
            case = self.cases[row.case]
            cells = {ID: Cell(case.id), REPLY: Cell(case.reply), CHECK: Cell(row.check)}
            levels = [
                (Column(self.key.criterion, by), Cell("n/a" if level is None else level))
                for by, level in graded.items()
            ]
            if levels:
                yield RawRow("", number, cells, levels)

    def faults(self) -> Sequence[Fault | Problem]:
        """Nothing more: the sheets have been checked."""
        return ()
