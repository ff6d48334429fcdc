"""A model is tested on all cases: none of them, and no example, may stand in what it is told."""

from __future__ import annotations

import pytest

from commcoach.coaching.scorer import ScoringTask
from commcoach.domain.language import Language
from commcoach.domain.wording import fold
from commcoach.prompted.scoring_prompt import gates_to_ask, scoring_prompt
from tests.prompted.office import BOTH, SCENARIOS, means
from tests.shipped import library


@pytest.mark.parametrize("language", BOTH)
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_no_case_and_no_example_stands_in_the_prompt(scenario: str, language: Language) -> None:
    task = ScoringTask("?", (), tuple(library().criteria), language, library().scenarios[scenario])
    asked = scoring_prompt(
        means({})[0], task, tuple(library().criteria.values()), gates_to_ask(task, library())
    )
    told = fold(f"{asked.stable}\n{asked.growing}").text
    replies = [case.reply for case in library().cases]
    for criterion in library().criteria.values():
        examples = [
            *criterion.look_alikes,
            *(one for level in criterion.levels for one in level.examples),
        ]
        replies += [text for one in examples for text in (one.text.zh, one.text.en) if text]
    shown = [reply for reply in replies if len(reply) > 8 and fold(reply).text in told]
    assert shown == []
