"""Drawing groups of rows again and again, at about the same cost however many rows there are."""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from itertools import chain, pairwise
from typing import Any, Generic, TypeVar

LARGEST_RESAMPLE = 2_500
"""Distinct rows that a resample has at most, about: more cost time and make no interval truer."""
FEWEST_DRAWN = 100
"""Groups that a resample has at least, if there are as many, however large they are."""

Row = TypeVar("Row", bound=Hashable)


class Resampling(Generic[Row]):
    """Resamples of whole groups of rows.

    Up to `LARGEST_RESAMPLE` rows, as many groups are drawn as there are. Of more rows only so many
    groups as have about that number together, and a group with more than its part of it is told by
    some of its rows: see `told_by`.

    Attributes:
        narrower: What the spread of the resampled values is to be multiplied by.
        centre: The tally of all groups as they are drawn from, around whose statistic the
            resampled ones lie; `None` if that is the tally of the rows themselves.
    """

    def __init__(self, groups: Sequence[Sequence[Row]]) -> None:
        rows = sum(map(len, groups))
        self._groups = groups
        self._number = _groups_drawn(len(groups), rows)
        self._told: list[tuple[tuple[Row, int], ...]] = []
        self.narrower = math.sqrt(self._number / len(groups))
        self.centre: Counter[Row] | None = None
        most = max(LARGEST_RESAMPLE // FEWEST_DRAWN, LARGEST_RESAMPLE // self._number)
        if rows > LARGEST_RESAMPLE and any(len(group) > most for group in groups):
            self._told = [told_by(group, most) for group in groups]
            self.centre = _joined(self._told)

    def draw(self, dice: random.Random, times: int) -> Iterator[Counter[Row]]:
        """So many resamples, each as a tally of its rows."""
        for _ in range(times):
            if self._told:
                yield _joined(dice.choices(self._told, k=self._number))
            else:
                yield Counter(chain.from_iterable(dice.choices(self._groups, k=self._number)))


def _groups_drawn(groups: int, rows: int) -> int:
    """How many groups a resample has: all of them, unless they have very many rows together."""
    if rows <= LARGEST_RESAMPLE:
        return groups
    return min(groups, max(FEWEST_DRAWN, math.ceil(LARGEST_RESAMPLE * groups / rows)))


def told_by(group: Sequence[Row], most: int) -> tuple[tuple[Row, int], ...]:
    """At most so many rows that stand for all of the group, each with how many it stands for.

    All distinct rows if there are no more; else every so manieth of them in their order, so that
    the shares of all values stay about what they are.
    """
    tally = Counter(group)
    if len(tally) <= most:
        return tuple(tally.items())
    ordered = sorted(group, key=_place)
    ends = [len(ordered) * part // most for part in range(most + 1)]
    return tuple((ordered[(start + end) // 2], end - start) for start, end in pairwise(ends))


def _place(row: object) -> Any:
    """What rows are put in order by; nothing stands before everything else."""
    if isinstance(row, tuple):
        return tuple(map(_place, row))
    return (row is not None, row if row is not None else 0)


def _joined(groups: Sequence[tuple[tuple[Row, int], ...]]) -> Counter[Row]:
    tally: Counter[Row] = Counter()
    for row, count in chain.from_iterable(groups):
        tally[row] += count
    return tally
