"""What is shipped keeps the promises of the formats, and those that no format can check."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import BaseModel

from commcoach.content.checks import Checked
from commcoach.content.loading import Parsed
from commcoach.content.locating import CHECKOUT
from commcoach.content.reading import content_files
from commcoach.content.shapes.base import Text
from commcoach.content.shapes.rubric import ExampleShape, LookAlikeShape
from commcoach.content.shapes.scenario import LineShape
from commcoach.content.walking import find
from commcoach.domain.cues import has_cue
from commcoach.domain.language import Language
from commcoach.domain.rubric import Criterion
from commcoach.domain.scenario import Scenario
from commcoach.domain.wording import fold
from tests.content.shipped import files, library, parsed, problems

# One process reads the content for all of them.
pytestmark = pytest.mark.xdist_group("shipped_content")

GATES = {
    "gate_buck_passing",
    "gate_confidentiality",
    "gate_deception",
    "gate_false_promise",
    "gate_insult_discrimination",
    "gate_integrity",
    "gate_off_task",
    "gate_retaliation",
    "gate_safety",
}
CATALOGUE = {
    "data_share_guarded": ("S01", "conflict", 3, "internal"),
    "late_minutes_peer": ("S06", "feedback", 1, "internal"),
    "night_piling": ("S17", "listening", 2, "external"),
    "three_calls_no_owner": ("S18", "public_service", 3, "external"),
}
REPLIES_OF_A_GATE = 10
LONGEST_KEEP = 60
LONGEST_CHANGE = 80


def authored() -> Iterator[tuple[str, BaseModel]]:
    """Every authored file with its name."""
    read = files()
    every: list[Checked[Any]] = [*read.rubrics.values(), *read.gates, *read.scenarios]
    every += [file for _, file in read.criteria]
    every += [read.moves] if read.moves is not None else []
    for file in every:
        yield file.source.name, file.shape


def written_in(language: str) -> Iterator[tuple[str, str]]:
    """Every text that a person reads, with its place; cues are none."""
    for name, shape in authored():
        for kind in (Text, ExampleShape, LookAlikeShape, LineShape):
            for path, text in find(shape, kind):
                if said := getattr(text, language):
                    yield f"{name}: {'.'.join(map(str, path))}", said


def corrective() -> Iterator[tuple[str, str]]:
    """Everything that tells a learner what to do otherwise."""
    for _, file in files().criteria:
        shape = file.shape
        for text in (
            *(level.change for level in shape.levels),
            *(level.why for level in shape.levels),
            *([shape.feedback.keep, shape.feedback.change] if shape.feedback else []),
            shape.if_then,
            shape.practice_prompt,
        ):
            yield from _both(shape.id, text)
    for gate in files().gates:
        feedback = gate.shape.feedback
        for text in (gate.shape.rule, feedback.said, feedback.why, feedback.instead):
            yield from _both(gate.shape.id, text)


def _both(id: str, text: Text | None) -> Iterator[tuple[str, str]]:
    if text is not None:
        yield from ((id, said) for said in (text.zh, text.en) if said)


def criteria() -> list[Criterion]:
    return list(library().criteria.values())


def test_the_content_has_no_problem() -> None:
    assert problems() == ()


def test_what_is_kept_in_the_cache_loses_nothing() -> None:
    kept = parsed().model_dump_json(exclude_defaults=True)
    assert Parsed.model_validate_json(kept) == parsed()


def test_the_four_scenarios_are_those_of_the_catalogue() -> None:
    found = {
        scenario.id: (scenario.number, scenario.module, scenario.difficulty, scenario.side)
        for scenario in library().scenarios.values()
    }
    assert found == CATALOGUE


@pytest.mark.parametrize("id", CATALOGUE)
def test_weights_sum_to_ten_and_no_criterion_outweighs_the_focus(id: str) -> None:
    scenario = library().scenarios[id]
    assert sum(scenario.weights.values()) == 10
    assert all(1 <= weight <= 4 for weight in scenario.weights.values())
    assert max(scenario.focus.values()) >= max(scenario.support.values(), default=0)


def test_every_criterion_is_used_by_a_scenario_and_none_else() -> None:
    used = {id for scenario in library().scenarios.values() for id in scenario.weights}
    assert used == set(library().criteria)


def test_a_criterion_has_five_anchored_levels_with_examples_in_both_languages() -> None:
    for criterion in criteria():
        assert criterion.numbers == (0, 1, 2, 3, 4), criterion.id
        for level in criterion.levels:
            for language in Language:
                where = f"{criterion.id} {level.number} {language}"
                assert level.anchor.get(language), where
                assert level.why.get(language), where
                assert any(example.text.get(language) for example in level.examples), where


def test_a_criterion_is_as_complete_as_the_worked_one() -> None:
    for criterion in criteria():
        assert criterion.applies_when, criterion.id
        assert criterion.not_applicable_when, criterion.id
        assert criterion.signals, criterion.id
        assert {(one.lower, one.upper) for one in criterion.boundaries} >= {(1, 2), (2, 3), (3, 4)}
        assert len(criterion.look_alikes) >= 3, criterion.id
        assert len(criterion.tests) >= 3, criterion.id
        for text in (criterion.keep, criterion.change, criterion.evidence_rule, criterion.summary):
            assert text.zh, criterion.id
            assert text.en, criterion.id


def test_an_example_is_given_once() -> None:
    for _, file in files().criteria:
        for language in ("zh", "en"):
            said = [
                (example.stimulus, getattr(example, language))
                for _, example in find(file.shape, ExampleShape)
                if getattr(example, language)
            ]
            assert len(said) == len(set(said)), file.shape.id


def test_all_nine_gates_have_ten_near_misses_and_ten_dirty_replies() -> None:
    assert set(library().gates) == GATES
    for gate in library().gates.values():
        for replies in (gate.near_misses, gate.dirty):
            assert len(replies) >= REPLIES_OF_A_GATE, gate.id
            for language in Language:
                said = {reply.text.get(language) for reply in replies}
                assert len(said) == len(replies), f"{gate.id}: one is there twice"
                assert None not in said, gate.id


def test_gates_are_checked_in_a_fixed_order_with_off_task_first_and_safety_second() -> None:
    gates = list(library().gates.values())
    assert [gate.id for gate in gates[:2]] == ["gate_off_task", "gate_safety"]
    assert len({gate.order for gate in gates}) == len(gates)


def test_chinese_texts_have_no_ascii_comma_or_quotation_mark() -> None:
    wrong = [
        f"{where}: {said}"
        for where, said in written_in("zh")
        if re.search(r"[,\"']", said) or re.search(r"[\u3400-\u9fff][;:?!]", said)
    ]
    assert wrong == []


def test_english_texts_have_no_chinese() -> None:
    wrong = [where for where, said in written_in("en") if re.search(r"[\u3400-\u9fff，。]", said)]
    assert wrong == []


def test_corrective_wording_has_no_exclamation_mark() -> None:
    assert [one for one in corrective() if "！" in one[1] or "!" in one[1]] == []


def test_feedback_is_short() -> None:
    for _, file in files().criteria:
        shape = file.shape
        assert shape.feedback is not None
        assert len(shape.feedback.keep.zh or "") <= LONGEST_KEEP, shape.id
        changes = [shape.feedback.change, *(level.change for level in shape.levels)]
        for change in filter(None, changes):
            assert len(change.zh or "") <= LONGEST_CHANGE, f"{shape.id}: {change.zh}"


def test_feedback_shows_the_words_it_speaks_of() -> None:
    for criterion in criteria():
        for language in Language:
            assert "{evidence}" in (criterion.keep.get(language) or ""), criterion.id
    for gate in library().gates.values():
        if gate.cap is not None:
            for language in Language:
                assert "{evidence}" in (gate.said.get(language) or ""), gate.id


def test_nothing_claims_to_be_calibrated() -> None:
    for path in content_files(CHECKOUT):
        if path.suffix == ".yaml":
            text = path.read_text(encoding="utf-8").casefold()
            assert "校准" not in text, path
            assert "calibrated" not in text, path
    graders = {grade.kind for case in library().cases for grade in case.grades}
    assert graders <= {"author", "model"}


@pytest.mark.parametrize("id", CATALOGUE)
@pytest.mark.parametrize("language", list(Language))
def test_no_hidden_fact_is_betrayed_before_it_is_told(id: str, language: Language) -> None:
    scenario = library().scenarios[id]
    for fact in scenario.hidden_facts:
        for said in spoken_while_locked(scenario, fact.id, language):
            assert not has_cue(fact.tells, fold(said), language), f"{fact.id}: {said}"


@pytest.mark.parametrize("id", CATALOGUE)
@pytest.mark.parametrize("language", list(Language))
def test_telling_a_hidden_fact_is_recognised_as_telling_it(id: str, language: Language) -> None:
    for fact in library().scenarios[id].hidden_facts:
        told = [line.text.get(language) or "" for line in fact.disclosures]
        assert any(has_cue(fact.tells, fold(said), language) for said in told), fact.id


def spoken_while_locked(scenario: Scenario, fact: str, language: Language) -> Iterator[str]:
    """Every line that may be spoken, and every text shown, before a fact is told."""
    script = scenario.script
    pools = [
        *script.moods.values(),
        *script.reactions.values(),
        script.neutral,
        script.break_off,
        script.repair_accepted,
        script.repair_refused,
        script.closing_agreed,
        script.closing_open,
        script.closing_broken,
        *(other.disclosures for other in scenario.hidden_facts if other.id != fact),
    ]
    for line in (line for pool in pools for line in pool if fact not in line.after):
        yield line.text.get(language) or ""
    for text in (scenario.title, scenario.role, scenario.goal, scenario.opening):
        yield text.get(language) or ""
