"""Sentence embeddings that are set and cannot be had: said before anything else is done."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Cli
from tests.model_api.embeddings import FakeEmbeddingServer

COMMANDS = (
    ("rubric", "publish", "--by", "陈"),
    ("rubric", "calibrate"),
    ("rubric", "test", "open_question"),
    ("calibration", "draw", "--criterion", "open_question", "--output", "drawn"),
)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_what_needs_embeddings_does_not_begin_without_them(
    cli: Cli, tmp_path: Path, command: tuple[str, ...]
) -> None:
    with FakeEmbeddingServer() as gone:
        given = {
            "COMMCOACH_EMBEDDINGS_PROVIDER": "openai",
            "COMMCOACH_EMBEDDINGS_BASE_URL": gone.url,
            "COMMCOACH_EMBEDDINGS_MODEL": gone.model,
            "COMMCOACH_EMBEDDINGS_API_KEY": gone.key,
        }
    result = cli(*command, **given)
    assert (result.code, result.out) == (2, "")
    (said,) = result.err.splitlines()
    assert "COMMCOACH_EMBEDDINGS_BASE_URL" in said
    assert "没有开始" in said
    assert list(tmp_path.iterdir()) == []
