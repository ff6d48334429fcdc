"""When asking a model on is of no use, as seen by the scores it leaves behind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

from commcoach.coaching.language_model import BudgetSpent, ModelMisconfigured, ModelUnavailable
from commcoach.domain.score import Scorecard, Unscored

UNREACHED = 6
"""Replies in a row without an answer after which a model is given up."""
FAILED = "model:"
"""With the reason of a failure behind it: why a scorer left a reply unscored."""
_NO_USE = (BudgetSpent.reason, ModelMisconfigured.reason)


@dataclass(slots=True)
class GivingUp:
    """Sees every scorecard; `stopped` is the reason to ask no more, empty as long as there is none.

    A reply that one of the `gates` sets aside was shown to no model and says nothing of it.
    """

    gates: Collection[str] = ()
    stopped: str = ""
    _unreached: int = 0

    def is_over(self) -> bool:
        """Whether the model was given up."""
        return bool(self.stopped)

    def see(self, card: Scorecard) -> None:
        """Take note of a reply that was scored, or was not."""
        if any(hit.gate in self.gates for hit in card.gates):
            return
        reasons = Counter(
            score.rationale.removeprefix(FAILED)
            for score in card.scores
            if isinstance(score, Unscored) and score.rationale.startswith(FAILED)
        )
        reason = next((one for one in _NO_USE if reasons[one]), "")
        all_failed = reasons[ModelUnavailable.reason] == len(card.scores) > 0
        self._unreached = self._unreached + 1 if all_failed else 0
        if self._unreached >= UNREACHED:
            reason = ModelUnavailable.reason
        self.stopped = self.stopped or reason
