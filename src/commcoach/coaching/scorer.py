"""The scorer's arm of a turn: what it is given, and what any engine must be able to do."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Protocol

from commcoach.coaching.occasion import UNKNOWN, Occasion
from commcoach.domain.cases import Said
from commcoach.domain.language import Language
from commcoach.domain.scenario import Scenario
from commcoach.domain.score import EngineName, Scorecard, Unscored

STAND_IN = "stand_in"
"""Why a reply is unscored to whoever wants one engine's levels if another one gave them."""


@dataclass(frozen=True, slots=True)
class ScoringTask:
    """One reply to score.

    `context` is what was said before, oldest first; its last message calls for the reply.
    `authority` is the text of an authority card for rows without a scenario; without either,
    gates that need a card do not run. `told` names the hidden facts told before the reply,
    `crossed` the gates fired by the replies before it, which it may make good, `reached` the
    criteria whose target the last replies reached: they need not be shown again at once.
    """

    reply: str
    context: tuple[Said, ...]
    criteria: tuple[str, ...]
    language: Language
    scenario: Scenario | None = None
    authority: str | None = None
    told: frozenset[str] = frozenset()
    crossed: frozenset[str] = frozenset()
    reached: frozenset[str] = frozenset()
    occasion: Occasion = UNKNOWN


class Scorer(Protocol):
    """Gives levels with proof."""

    @property
    def engine(self) -> EngineName:
        """Who scores."""
        ...

    def prepare(self) -> None:
        """Do ahead of time what would make the first score slow; may take seconds."""
        ...

    async def score(self, task: ScoringTask) -> Scorecard:
        """The scorecard of one reply; what cannot be judged comes back unscored."""
        ...


def is_by(card: Scorecard, engine: EngineName) -> bool:
    """Whether this engine gave the levels itself; where nobody is named, if no other stood in."""
    return not card.stand_in if card.by is None else card.by == engine


def own_scores(card: Scorecard, engine: EngineName) -> Scorecard:
    """The scorecard with nobody's scores but this engine's: others are unscored.

    What is unscored keeps its reason, and gates stay.
    """
    if is_by(card, engine):
        return card
    return replace(
        card,
        scores=tuple(
            one if isinstance(one, Unscored) else Unscored(one.criterion, STAND_IN)
            for one in card.scores
        ),
    )


@dataclass(frozen=True, slots=True)
class Tally:
    """How a batch went: rows scored now, rows kept from an earlier run, rows in error."""

    scored: int
    kept: int
    errors: int
