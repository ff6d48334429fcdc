"""Showing one way to put it: what any engine that rewrites replies must be able to do."""

from __future__ import annotations

from typing import Protocol

from commcoach.coaching.scorer import ScoringTask
from commcoach.domain.score import Scored


class Rewriter(Protocol):
    """Puts a reply another way, for one criterion."""

    async def rewrite(self, task: ScoringTask, original: Scored) -> str | None:
        """The reply of a task in other words; `None` if there is nothing better to show.

        `original` is the score that is to be bettered. What comes back keeps the learner's facts,
        promises nothing new, and was itself scored higher on that criterion.
        """
        ...
