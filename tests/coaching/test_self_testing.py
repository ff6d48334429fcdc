"""Self-tests of criteria: who passes, who fails, and what is told of it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

from commcoach.coaching.scorer import ScoringTask
from commcoach.coaching.self_testing import run_self_tests
from commcoach.domain.language import Language
from commcoach.domain.rubric import SelfTest
from commcoach.domain.score import EngineName, GateHit, NotApplicable, Scorecard, Scored, Unscored
from tests.shipped import library, scorer

ID = "open_question"


@dataclass
class Fixed:
    """Gives every reply the same scorecard."""

    card: Scorecard
    engine = EngineName("fixed", "1")

    def prepare(self) -> None:
        """Nothing to do."""

    async def score(self, task: ScoringTask) -> Scorecard:
        """The scorecard."""
        return self.card


async def got(expect: int | str, card: Scorecard) -> list[int | str | None]:
    """What the failed tests got, for one test that expects this."""
    test = SelfTest(Language.ZH, "又晚了。", "好。", expect)
    criterion = replace(library().criteria[ID], tests=(test,))
    failures = await run_self_tests(Fixed(card), [criterion], library().gates.values())
    return [one.got for one in failures]


LEVEL_3 = Scorecard((Scored(ID, 3, 2.9, ()),))
NOTHING = Scorecard((Unscored(ID),))
INSULT = Scorecard((Unscored(ID),), (GateHit("gate_insult", "笨", 0, 1),))


@pytest.mark.parametrize(
    ("expect", "card", "found"),
    [
        (3, LEVEL_3, []),
        (2, LEVEL_3, []),
        (4, LEVEL_3, []),
        (1, LEVEL_3, [3]),
        (3, NOTHING, [None]),
        (3, Scorecard((NotApplicable(ID),)), ["not_applicable"]),
        ("not_applicable", LEVEL_3, [3]),
        ("not_applicable", Scorecard((NotApplicable(ID),)), []),
        ("gate_insult", INSULT, []),
        ("gate_insult", LEVEL_3, [3]),
        (3, INSULT, ["gate_insult"]),
    ],
)
async def test_a_level_may_be_off_by_one_and_sides_by_nothing(
    expect: int | str, card: Scorecard, found: list[object]
) -> None:
    assert await got(expect, card) == found


async def test_a_gate_that_needs_a_card_cannot_be_tested_without_one() -> None:
    needy = next(id for id, gate in library().gates.items() if gate.needs_authority)
    assert await got(needy, LEVEL_3) == []


@pytest.mark.slow
async def test_the_shipped_criteria_pass_their_own_tests() -> None:
    own = library()
    failures = await run_self_tests(scorer(), own.criteria.values(), own.gates.values())
    assert [(one.criterion, one.number, one.got) for one in failures] == []
