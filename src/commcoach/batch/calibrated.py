"""A scorer for batches whose values are also told on the scale of the people who graded."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from commcoach.batch.running import BatchScorer
from commcoach.coaching.calibrated_scorer import calibrated
from commcoach.coaching.scorer import ScoringTask
from commcoach.domain.linking import Link
from commcoach.domain.score import EngineName, Scorecard


def name_of(links: Mapping[str, Link], criteria: Collection[str]) -> str | None:
    """A short name for the links of these criteria, by what they do; `None` if there are none."""
    used = sorted((id, repr(link)) for id, link in links.items() if id in criteria)
    return hashlib.sha256(repr(used).encode()).hexdigest()[:12] if used else None


@dataclass(frozen=True, slots=True)
class CalibratedBatchScorer:
    """Gives what another scorer gives, with `calibrated` beside `expected`."""

    scorer: BatchScorer
    links: Mapping[str, Link]

    @property
    def engine(self) -> EngineName:
        """Who scores; a link is no engine."""
        return self.scorer.engine

    def score_now(self, task: ScoringTask) -> Scorecard:
        """The scorecard of one reply."""
        return calibrated(self.scorer.score_now(task), self.links, self.engine)
