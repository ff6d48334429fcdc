"""Judging checklist items without a model: every needed cue set, found and quoted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from commcoach.domain.cues import find_cues
from commcoach.domain.language import Cues, Language
from commcoach.domain.scenario import Checklist, Scenario
from commcoach.domain.wording import fold, language_of
from commcoach.embedded.quoting import clause_around


class CueOutcomeJudge:
    """The embedded judge of outcome checklists."""

    async def quotes(
        self, scenario: Scenario, replies: Sequence[str], language: Language
    ) -> Mapping[str, tuple[str, ...]]:
        """For every checklist item of which each need was met, one quote a need."""
        proven = {}
        for item in scenario.outcome:
            if isinstance(item.judge, Checklist):
                found = [_first_quote(need, replies) for need in item.judge.needs]
                if all(found):
                    proven[item.id] = tuple(dict.fromkeys(quote for quote in found if quote))
        return proven


def _first_quote(need: Cues, replies: Sequence[str]) -> str | None:
    for reply in replies:
        folded = fold(reply)
        for hit in find_cues(need, folded, language_of(reply)):
            return folded.quote(clause_around(folded, hit.span))
    return None
