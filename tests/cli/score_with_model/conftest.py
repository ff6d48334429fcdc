"""A server that judges, rows to judge, and the command that has them judged."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.batch.model_house import Judge, serving
from tests.cli.conftest import Cli
from tests.cli.score_with_model.runs import (
    Score,
    make_rows,
)
from tests.model_api.server import FakeModelServer


@pytest.fixture
def judge() -> Judge:
    return Judge()


@pytest.fixture
def api(judge: Judge) -> Iterator[FakeModelServer]:
    with serving(judge) as running:
        yield running


@pytest.fixture
def rows_in(tmp_path: Path) -> Path:
    return make_rows(tmp_path / "rows.jsonl")


@pytest.fixture
def score(cli: Cli, rows_in: Path, api: FakeModelServer) -> Score:
    return Score(cli, rows_in, api)
