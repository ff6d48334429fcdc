"""How far a score moves when courtesies are added to a reply, or taken out of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from commcoach.domain.chance import NotEstimable, Result, share_of
from commcoach.domain.report_intervals import estimate, mean
from commcoach.domain.score import CriterionScore, Scored

MOST_SHIFT = 0.25
"""By how much courtesies may change `expected` on average, in levels."""


@dataclass(frozen=True, slots=True)
class Shift:
    """How far `expected` moves when courtesies come or go; `lost` twins got no level any more.

    `beyond` is the share that moves by more than `MOST_SHIFT` either way.
    """

    mean: Result
    beyond: Result
    lost: int

    @property
    def passed(self) -> bool | None:
        """Whether the mean change is small enough; `None` if it is not estimable."""
        if isinstance(self.mean, NotEstimable):
            return None
        return abs(self.mean.value) <= MOST_SHIFT


def shift(twins: Sequence[tuple[CriterionScore, CriterionScore | None, str]]) -> Shift:
    """How far `expected` moves from each reply to its twin; rows are (reply, twin, group)."""
    moved, where, lost = [], [], 0
    for before, after, group in twins:
        if isinstance(before, Scored) and isinstance(after, Scored):
            moved.append(after.expected - before.expected)
            where.append(group)
        elif isinstance(before, Scored) and after is not None:
            lost += 1
    return Shift(
        estimate(mean, moved, where),
        share_of([abs(one) > MOST_SHIFT for one in moved], where),
        lost,
    )
