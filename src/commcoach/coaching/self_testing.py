"""Self-tests: whether replies get what the author of a criterion expects of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from commcoach.coaching.scorer import Scorer, ScoringTask
from commcoach.domain.cases import Said
from commcoach.domain.rubric import Criterion, Gate, SelfTest
from commcoach.domain.score import NotApplicable, Scorecard, Scored

NOT_APPLICABLE = "not_applicable"
OFF_BY = 1
"""A level that is off by no more than this passes."""


@dataclass(frozen=True, slots=True)
class SelfTestFailure:
    """A self-test that did not come out as its author expects.

    `number` counts a criterion's tests from 1. `got` is a level, `not_applicable`, the id of a
    gate that was crossed, or `None` if nothing could be given.
    """

    criterion: str
    number: int
    test: SelfTest
    got: int | str | None


async def run_self_tests(
    scorer: Scorer, criteria: Iterable[Criterion], gates: Iterable[Gate]
) -> tuple[SelfTestFailure, ...]:
    """The self-tests of these criteria that fail.

    A test fails if a level is off by more than one, or if the reply falls on the other side of
    applicable and not, or of crossing a gate and not. Tests of gates that need an authority card
    are left out: a test has none.
    """
    need_a_card = {gate.id for gate in gates if gate.needs_authority}
    failures = []
    for criterion in criteria:
        for number, test in enumerate(criterion.tests, start=1):
            if test.expect in need_a_card:
                continue
            said = (Said("", test.context),) if test.context else ()
            task = ScoringTask(test.reply, said, (criterion.id,), test.language)
            card = await scorer.score(task)
            if not _as_expected(test.expect, card):
                failures.append(SelfTestFailure(criterion.id, number, test, _found(card)))
    return tuple(failures)


def _as_expected(expect: int | str, card: Scorecard) -> bool:
    (score,) = card.scores
    if isinstance(expect, int):
        return isinstance(score, Scored) and abs(score.level - expect) <= OFF_BY
    if expect == NOT_APPLICABLE:
        return isinstance(score, NotApplicable)
    return any(hit.gate == expect for hit in card.gates)


def _found(card: Scorecard) -> int | str | None:
    (score,) = card.scores
    if isinstance(score, Scored):
        return score.level
    if isinstance(score, NotApplicable):
        return NOT_APPLICABLE
    return card.gates[0].gate if card.gates else None
