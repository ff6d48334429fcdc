"""Scoring replies for a drawing: the machine must not have learned from what it scores."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from commcoach.bootstrap.casework import score_unseen
from commcoach.coaching.scorer import EngineName, ScoringTask
from commcoach.domain.library import Library
from commcoach.domain.score import Scorecard, Scored
from commcoach.settings import Settings
from tests.shipped import library

ID = "open_question"


class Pupil:
    """A scorer that gives 4 for every reply that it has learned from, and else 0."""

    engine = EngineName("embedded", "1")

    def __init__(self, library: Library, criteria: Sequence[str], _cache: object = None) -> None:
        self._known = {case.reply for case in library.cases}

    def prepare(self) -> None:
        """Nothing to do."""

    async def score(self, task: ScoringTask) -> Scorecard:
        level = 4 if task.reply in self._known else 0
        return Scorecard((Scored(ID, level, level, ()),))


def levels(cases: int, settings: Settings) -> list[int]:
    """The levels that the first cases get."""
    graded = [case for case in library().cases if case.levels_of(ID)][:cases]
    _, found = asyncio.run(score_unseen(settings, replace(library(), cases=tuple(graded)), ID))
    return [score.level for _, score in found if isinstance(score, Scored)]


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setattr("commcoach.embedded.scorer.EmbeddedScorer", Pupil)
    return Settings(data_dir=tmp_path, cache_dir=tmp_path)


def test_graded_cases_are_scored_by_a_machine_that_does_not_know_them(settings: Settings) -> None:
    assert set(levels(60, settings)) == {0}


def test_where_nobody_has_graded_all_cases_are_scored(settings: Settings) -> None:
    bare = tuple(replace(case, grades=()) for case in library().cases[:7])
    _, found = asyncio.run(score_unseen(settings, replace(library(), cases=bare), ID))
    assert [case.id for case, _ in found] == [case.id for case in bare]
