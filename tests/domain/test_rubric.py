"""Criteria and their hashes, as a specification."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from commcoach.domain.language import Language, Localized
from commcoach.domain.rubric import Criterion, Stimulus, content_hash, structure_hash
from tests.builders import make_criterion, text

CALL, VISIT = Stimulus("call", text("又打来了")), Stimulus("visit", text("上门了"))


def test_a_criterion_knows_its_level_numbers() -> None:
    criterion = make_criterion(levels=(1, 2, 3))
    assert (criterion.numbers, criterion.lowest, criterion.highest) == ((1, 2, 3), 1, 3)
    assert criterion.level(2).number == 2


@pytest.mark.parametrize("number", [-1, 0, 4])
def test_a_level_that_the_criterion_does_not_have_is_refused(number: int) -> None:
    with pytest.raises(KeyError):
        make_criterion(levels=(1, 2, 3)).level(number)


@pytest.mark.parametrize(("number", "absent"), [(0, True), (1, True), (2, False), (4, False)])
def test_low_levels_mean_absence_up_to_the_criterions_own_line(number: int, absent: bool) -> None:
    assert make_criterion(absence_up_to=1).means_absence(number) is absent


@pytest.mark.parametrize(
    ("id", "stimulus"), [("visit", VISIT), ("call", CALL), (None, CALL), ("letter", None)]
)
def test_an_example_without_a_stimulus_of_its_own_answers_the_first(
    id: str | None, stimulus: Stimulus | None
) -> None:
    assert make_criterion(stimuli=(CALL, VISIT)).stimulus(id) == stimulus


def test_a_criterion_may_have_no_stimulus_at_all() -> None:
    assert make_criterion().stimulus(None) is None


# -- hashes ---------------------------------------------------------------------------------

AUTHORED: dict[str, Any] = {
    "id": "listen",
    "title": {"zh": "倾听", "en": "Listening"},
    "levels": [{"level": 0}, {"level": 1}],
}


def test_the_order_of_keys_in_a_file_does_not_change_its_hash() -> None:
    reordered = {**dict(reversed(AUTHORED.items())), "title": {"en": "Listening", "zh": "倾听"}}
    assert list(reordered) != list(AUTHORED)
    assert content_hash(reordered) == content_hash(AUTHORED)


@pytest.mark.parametrize(
    "edit",
    [
        {"id": "hear"},
        {"title": {"zh": "倾听。", "en": "Listening"}},
        {"title": {"zh": "倾听"}},
        {"levels": [{"level": 1}, {"level": 0}]},
        {"levels": [{"level": "0"}, {"level": 1}]},
        {"tier": "core"},
    ],
)
def test_any_edit_of_meaning_changes_the_hash(edit: dict[str, Any]) -> None:
    assert content_hash({**AUTHORED, **edit}) != content_hash(AUTHORED)


def test_a_hash_is_a_sha_256_and_the_same_in_every_process() -> None:
    assert content_hash({"id": "倾听"}) == (
        "1ab2589c83ecd969c2e5dda371eb82c6bca8a4d1e4f41564c218bfe8d4be57f8"
    )


@pytest.mark.parametrize(
    ("changed", "same"),
    [
        (make_criterion(title=text("另一个名字")), True),
        (make_criterion(version=2), True),
        (make_criterion(absence_up_to=0), True),
        (make_criterion("hear"), False),
        (make_criterion(levels=(0, 1, 2, 3)), False),
        (make_criterion(levels=(1, 2, 3, 4, 5)), False),
        (make_criterion(languages=(Language.ZH,)), False),
    ],
)
def test_only_id_level_numbers_and_languages_decide_whether_levels_are_comparable(
    changed: Criterion, same: bool
) -> None:
    assert (structure_hash(changed) == structure_hash(make_criterion())) is same


def test_new_anchors_leave_levels_comparable() -> None:
    criterion = make_criterion()
    anchored = tuple(replace(level, anchor=Localized("新", "new")) for level in criterion.levels)
    assert structure_hash(replace(criterion, levels=anchored)) == structure_hash(criterion)
