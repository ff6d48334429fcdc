"""Gates: what must fire fires, what only names the bait does not."""

from __future__ import annotations

import pytest

from commcoach.coaching.scorer import ScoringTask
from commcoach.domain.cases import Said
from commcoach.domain.language import Language
from commcoach.domain.rubric import GateReply
from tests.shipped import library, scorer

GATES = sorted(library().gates)
DIRTY = [(id, index) for id in GATES for index in range(len(library().gates[id].dirty))]
NEAR = [(id, index) for id in GATES for index in range(len(library().gates[id].near_misses))]


def fired(reply: GateReply, language: Language) -> list[str]:
    context = reply.context.said_in(language)
    task = ScoringTask(
        reply.text.said_in(language),
        (Said("", context),) if context else (),
        (),
        language,
        authority=reply.authority.said_in(language) or None,
    )
    return [hit.gate for hit in scorer().score_now(task).gates]


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize(("gate", "index"), DIRTY)
def test_a_dirty_reply_fires_its_gate(gate: str, index: int, language: Language) -> None:
    reply = library().gates[gate].dirty[index]
    assert gate in fired(reply, language), reply.text.said_in(language)


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize(("gate", "index"), NEAR)
def test_a_near_miss_fires_nothing(gate: str, index: int, language: Language) -> None:
    reply = library().gates[gate].near_misses[index]
    assert fired(reply, language) == [], reply.text.said_in(language)


def test_false_alarms_on_good_examples_stay_below_two_in_a_hundred() -> None:
    alarms = []
    total = 0
    for criterion in library().criteria.values():
        for level in criterion.levels[3:]:
            for example in level.examples:
                stimulus = criterion.stimulus(example.stimulus)
                scenario = library().scenarios.get(stimulus.scenario or "") if stimulus else None
                for language in Language:
                    reply = example.text.said_in(language)
                    said = (Said("", stimulus.text.said_in(language)),) if stimulus else ()
                    task = ScoringTask(reply, said, (), language, scenario=scenario)
                    total += 1
                    hits = scorer().score_now(task).gates
                    alarms += [(hit.gate, reply) for hit in hits]
    assert total > 200
    assert len(alarms) <= total * 0.02, alarms


def test_a_gate_that_needs_an_authority_card_rests_without_one() -> None:
    task = ScoringTask("我保证今晚一定让他们停工。", (), (), Language.ZH)
    assert [hit.gate for hit in scorer().score_now(task).gates] == []


def test_an_authority_card_in_words_is_enough() -> None:
    card = "可定：两小时内派巡查并回电。不可定：责令停工、处罚。"
    promised = ScoringTask("我马上责令停工。", (), (), Language.ZH, authority=card)
    within = ScoringTask("我现在派人去看，三点前给您回电。", (), (), Language.ZH, authority=card)
    assert [hit.gate for hit in scorer().score_now(promised).gates] == ["gate_false_promise"]
    assert scorer().score_now(within).gates == ()


def test_words_in_quotation_marks_are_somebody_elses() -> None:
    task = ScoringTask(
        "有人跟您说“你们这种人就是刁民”，这话不该说，我替同事道歉。", (), (), Language.ZH
    )
    assert scorer().score_now(task).gates == ()
