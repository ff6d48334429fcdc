"""Drawing replies for several graders, and the key that maps the rows of their sheets back."""

from __future__ import annotations

import hashlib
import json
import random
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from commcoach.coaching.casework import check_of, language_in, shown_context
from commcoach.coaching.corrections import is_correction
from commcoach.domain.cases import GradedCase
from commcoach.domain.language import Language
from commcoach.domain.library import Library
from commcoach.domain.score import CriterionScore, EngineName, Scored
from commcoach.domain.weighing import stratum_weights

MADE_BY = "commcoach calibration draw"


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be drawn: so many replies of these languages for these graders.

    `by_level` draws as many of each of the machine's levels as there are, so that rare ones are
    there; else chance alone decides.
    """

    criterion: str
    graders: tuple[str, ...]
    languages: frozenset[Language]
    number: int
    by_level: bool
    seed: int


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
    """What a drawing was made of; the one who draws keeps it, graders never see it.

    `replies` is how many there were to draw from. `strata` says how many of them had each of the
    machine's levels (`None`: no level), if it was drawn by level; empty if by chance alone.
    """

    criterion: str
    criterion_hash: str
    release: str
    engine: EngineName
    drawn_at: datetime
    seed: int
    graders: tuple[str, ...]
    replies: int
    strata: Mapping[int | None, int]
    rows: tuple[KeyRow, ...]

    @property
    def id(self) -> str:
        """What grades of this drawing name it by; two drawings never share one."""
        rows = [(row.code, row.case) for row in self.rows]
        made = (self.criterion, self.drawn_at.isoformat(), self.seed, self.graders, rows)
        return hashlib.sha256(json.dumps(made, ensure_ascii=False).encode()).hexdigest()[:12]

    @property
    def by_level(self) -> bool:
        """Whether each of the machine's levels had its turn."""
        return bool(self.strata)

    def weights(self, codes: Collection[str]) -> dict[str, float]:
        """What each of these rows stands for: 1 if drawn by chance alone.

        Else the share of its level among all replies by its share among these rows; the mean
        is 1.
        """
        rows = [row for row in self.rows if row.code in codes]
        if not self.by_level:
            return {row.code: 1.0 for row in rows}
        each = stratum_weights(self.strata, Counter(row.level for row in rows))
        return {row.code: each[row.level] for row in rows}

    def unseen(self, codes: Collection[str]) -> float:
        """For what share of the replies none of these rows stands, 0 to 1."""
        if not self.by_level:
            return 0.0
        seen = {row.level for row in self.rows if row.code in codes}
        gone = sum(number for level, number in self.strata.items() if level not in seen)
        return gone / sum(self.strata.values())


def drawable(library: Library, order: Order) -> tuple[GradedCase, ...]:
    """The cases to draw from, graded or not, each text once.

    Those that somebody graded on the criterion, that are of a scenario which practises it, or of
    no scenario; all of the languages if there are none such. Never one that any of the graders has
    graded on it: nobody grades twice, and who has given a level is not blind to it. Nor learners'
    corrected replies: they agreed that trainers read them, not that others grade them.
    """
    once: dict[str, list[GradedCase]] = {}
    for case in _in_question(library, order):
        once.setdefault(check_of(shown_context(case.context), case.reply), []).append(case)
    return tuple(
        next(case for case in same if not is_correction(case))
        for same in once.values()
        if not all(map(is_correction, same))
        and not any(
            grade.by in order.graders and order.criterion in grade.levels
            for case in same
            for grade in case.grades
        )
    )


def corrections_left_out(library: Library, order: Order) -> int:
    """How many cases are not drawn because they are learners' corrected replies."""
    return sum(map(is_correction, _in_question(library, order)))


def _in_question(library: Library, order: Order) -> Sequence[GradedCase]:
    spoken = [case for case in library.cases if language_in(case) in order.languages]
    return [case for case in spoken if _concerns(library, case, order.criterion)] or spoken


def _concerns(library: Library, case: GradedCase, criterion: str) -> bool:
    scenario = library.scenarios.get(case.scenario or "")
    return scenario is None or criterion in scenario.weights or bool(case.levels_of(criterion))


def to_be_scored(cases: Sequence[GradedCase], order: Order) -> tuple[GradedCase, ...]:
    """The cases whose levels the machine must give: all if drawn by level, else the ones drawn."""
    if order.by_level:
        return tuple(cases)
    mixed = list(cases)
    random.Random(order.seed).shuffle(mixed)
    return tuple(mixed[: order.number])


def draw(
    scored: Sequence[tuple[GradedCase, CriterionScore]], order: Order
) -> tuple[tuple[KeyRow, ...], dict[int | None, int]]:
    """So many of the cases `to_be_scored`, under codes that tell nothing; and the strata.

    By level, one of each of the machine's levels in turn; replies without a level count as one
    more. Fewer if there are no more.
    """
    dice = random.Random(f"{order.seed}:rows")
    pool = list(scored)
    dice.shuffle(pool)
    strata: dict[int | None, int] = {}
    if order.by_level:
        strata = dict(Counter(_level(score) for _, score in pool))
        pool = list(_in_turn(pool, lambda one: _level(one[1])))
    picked = pool[: order.number]
    dice.shuffle(picked)
    width = len(str(len(picked)))
    rows = tuple(
        KeyRow(
            f"R{index:0{width}}",
            case.id,
            check_of(shown_context(case.context), case.reply),
            _level(score),
            round(score.expected, 4) if isinstance(score, Scored) else None,
        )
        for index, (case, score) in enumerate(picked, start=1)
    )
    return rows, strata


_One = TypeVar("_One")


def _in_turn(pool: Sequence[_One], level: Callable[[_One], int | None]) -> Iterator[_One]:
    strata: dict[int | None, list[_One]] = {}
    for one in pool:
        strata.setdefault(level(one), []).append(one)
    while any(strata.values()):
        for stratum in strata.values():
            if stratum:
                yield stratum.pop()


def _level(score: CriterionScore) -> int | None:
    return score.level if isinstance(score, Scored) else None


def key_text(key: Key) -> str:
    """A key as JSON."""
    engine = {"name": key.engine.name, "version": key.engine.version, "model": key.engine.model}
    drawn = Counter(row.level for row in key.rows)
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
            "replies": key.replies,
            "strata": [
                {"level": level, "replies": number, "drawn": drawn[level]}
                for level, number in key.strata.items()
            ],
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
    key = Key(
        str(data["criterion"]),
        str(data["criterion_hash"]),
        str(data["release"]),
        EngineName(str(engine["name"]), str(engine["version"]), engine["model"]),
        datetime.fromisoformat(data["drawn_at"]),
        int(data["seed"]),
        tuple(map(str, data["graders"])),
        int(data["replies"]),
        {_whole(one["level"]): int(one["replies"]) for one in data["strata"]},
        tuple(
            KeyRow(
                str(one["code"]),
                str(one["case"]),
                str(one["check"]),
                _whole(one["level"]),
                None if one["expected"] is None else float(one["expected"]),
            )
            for one in data["rows"]
        ),
    )
    drawn = Counter(row.level for row in key.rows)
    is_sound = not key.by_level or all(key.strata.get(one, 0) >= drawn[one] for one in drawn)
    return key if is_sound else None


def _whole(level: Any) -> int | None:
    return None if level is None else int(level)
