"""Scoring replies for a drawing: the machine must not have learned from what it scores."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from commcoach.bootstrap.casework import draw_for_graders
from commcoach.coaching.drawing import Key, Order
from commcoach.coaching.scorer import ScoringTask
from commcoach.domain.cases import Grade, GradedCase
from commcoach.domain.language import Language
from commcoach.domain.library import Library
from commcoach.domain.score import EngineName, Scorecard, Scored
from commcoach.settings import Settings
from tests.shipped import library

ID = "open_question"


class Pupil:
    """A scorer that gives 4 for every reply that it has learned from, and else 0."""

    engine = EngineName("embedded", "1")

    def __init__(self, library: Library, _criteria: Sequence[str], **_more: object) -> None:
        self._known = {case.reply for case in library.cases}

    def prepare(self) -> None:
        """Nothing to do."""

    async def score(self, task: ScoringTask) -> Scorecard:
        level = 4 if task.reply in self._known else 0
        return Scorecard((Scored(ID, level, level, ()),))


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setattr("commcoach.embedded.scorer.EmbeddedScorer", Pupil)
    return Settings(data_dir=tmp_path, cache_dir=tmp_path)


def drawn(cases: Sequence[GradedCase], settings: Settings, *, by_level: bool = False) -> Key:
    """Forty of these cases, drawn for two people."""
    order = Order(ID, ("甲", "乙"), frozenset(Language), 40, by_level, seed=1)
    content = replace(library(), cases=tuple(cases))
    key = asyncio.run(draw_for_graders(settings, content, order))
    assert key is not None
    return key


GRADED = [case for case in library().cases if case.levels_of(ID)][:60]
BARE = [replace(case, grades=()) for case in GRADED]


@pytest.mark.parametrize("by_level", [False, True])
def test_cases_are_scored_by_a_machine_that_does_not_know_them(
    settings: Settings, by_level: bool
) -> None:
    key = drawn([*GRADED[:30], *BARE[30:]], settings, by_level=by_level)
    assert {row.level for row in key.rows} == {0}
    ungraded = {case.id for case in BARE[30:]}
    assert 5 < sum(row.case in ungraded for row in key.rows) < 35
    assert key.replies == len({case.reply for case in GRADED})


def test_where_nobody_has_graded_all_cases_are_drawn(settings: Settings) -> None:
    key = drawn(BARE[:7], settings)
    assert {row.case for row in key.rows} == {case.id for case in BARE[:7]}


def test_who_graded_a_case_is_not_given_it_again(settings: Settings) -> None:
    again = [
        replace(case, grades=(Grade("乙", "human", {ID: 1}),)) if index < 50 else case
        for index, case in enumerate(GRADED)
    ]
    key = drawn(again, settings)
    assert {row.case for row in key.rows} == {case.id for case in GRADED[50:]}
