"""What a grader wrote into a cell, as a level: a number, alone or with what it is called."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, time

from commcoach.coaching.casework import NOT_APPLICABLE
from commcoach.domain.rubric import Criterion

LevelNames = Mapping[int, Collection[str]]
"""What the levels of a criterion are called, in whatever language, by number."""
_SHORT = 24
"""Characters of a wrong value that are quoted."""
_NOT_APPLICABLE = frozenset({NOT_APPLICABLE, "na", "n.a.", "不适用", "not applicable"})
_NUMBER = re.compile(r"[0-9]{1,3}([.][0-9]{1,6})?")
_NAMED = re.compile(rf"({_NUMBER.pattern})\s*(?:级|分|等级)?(.*)", re.DOTALL)
_AROUND = " \t\r\n:,.;、。-–—()[]【】“”\"'"
"""What may stand around the name of a level."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a cell is no level, as a kind of `Fault` with its details."""

    kind: str
    details: Mapping[str, object] = field(default_factory=dict)


def level_in(
    value: object, criterion: Criterion, may_be_mean: bool, names: LevelNames
) -> float | Refusal | None:
    """The level in a cell, `None` for not applicable, or why it is none.

    Taken are `2`, `２`, `2级`, `2 分`, and the number with the name of that very level behind it.
    Levels between two are taken where they may be the mean of several graders.
    """
    levels = f"{criterion.lowest}–{criterion.highest}"
    if isinstance(value, date | time):  # a datetime is a date
        return Refusal("date", {"levels": levels})
    if str(value).strip().lower() in _NOT_APPLICABLE:
        return None
    number = _number(value, names)
    if number is None:
        return Refusal("not_a_level", {"given": short(value), "levels": levels})
    given = f"{number:g}"
    if not criterion.lowest <= number <= criterion.highest:
        return Refusal("out_of_range", {"given": given, "levels": levels})
    is_whole = number == int(number)
    if not is_whole and not may_be_mean:
        return Refusal("half_level", {"given": given, "levels": levels})
    return int(number) if is_whole else number


def short(value: object) -> str:
    """The beginning of a value, on one line."""
    text = " ".join(str(value).split())
    return text if len(text) <= _SHORT else f"{text[:_SHORT]}…"


def _number(value: object, names: LevelNames) -> float | None:
    """A number, also where a program has kept it as text or with a decimal point."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return float(value) if math.isfinite(value) else None
    found = _NAMED.fullmatch(_folded(str(value)))
    if found is None:
        return None
    number, called = float(found[1]), found[3].strip(_AROUND)
    known = (_folded(name).strip(_AROUND) for name in names.get(int(number), ()))
    if called and called not in known:
        return None
    return None if called and number != int(number) else number


def _folded(text: str) -> str:
    """Full-width signs as usual ones, small letters, single spaces."""
    return " ".join(unicodedata.normalize("NFKC", text).lower().split())
