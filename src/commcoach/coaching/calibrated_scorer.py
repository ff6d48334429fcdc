"""A scorer whose values are also told on the scale of the people who graded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from commcoach.coaching.scorer import Scorer, ScoringTask, is_by
from commcoach.domain.linking import Link
from commcoach.domain.score import CriterionScore, EngineName, Scorecard, Scored


def calibrated(card: Scorecard, links: Mapping[str, Link], engine: EngineName) -> Scorecard:
    """The scorecard with `calibrated` where a criterion has a link; nothing else is changed.

    The links are for the values of this engine: what another one gave stays as it is.
    """
    if not is_by(card, engine):
        return card
    return replace(card, scores=tuple(_linked(score, links) for score in card.scores))


def _linked(score: CriterionScore, links: Mapping[str, Link]) -> CriterionScore:
    link = links.get(score.criterion)
    if link is None or not isinstance(score, Scored):
        return score
    return replace(score, calibrated=link(score.expected))


@dataclass(frozen=True, slots=True)
class CalibratedScorer:
    """Gives what another scorer gives, with `calibrated` beside `expected`."""

    scorer: Scorer
    links: Mapping[str, Link]

    @property
    def engine(self) -> EngineName:
        """Who scores; a link is no engine."""
        return self.scorer.engine

    def prepare(self) -> None:
        """Make the scorer ready."""
        self.scorer.prepare()

    async def score(self, task: ScoringTask) -> Scorecard:
        """The scorecard of one reply."""
        return calibrated(await self.scorer.score(task), self.links, self.engine)
