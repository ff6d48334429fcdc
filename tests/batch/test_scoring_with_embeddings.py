"""`commcoach score` and `commcoach rubric test` with an embedding service over HTTP."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from commcoach.bootstrap import embedding
from tests.cli.conftest import Cli, Result, cli
from tests.model_api.embeddings import FakeEmbeddingServer

__all__ = ["cli"]

RUBRIC = "id: hearing\ntitle: {zh: 倾听}\npurpose: {zh: 听明白}\n"
CRITERION = """\
id: hears
languages: [zh]
title: {zh: 听明白}
levels:
  - {level: 0, anchor: {zh: 没有听}}
  - {level: 1, anchor: {zh: 听了一半}}
  - {level: 2, anchor: {zh: 听明白了}}
"""
CONTEXT = "我打了三次电话了，你们到底谁管？"


@pytest.fixture
def api() -> Iterator[FakeEmbeddingServer]:
    """An embedding server; what it is asked must be in order."""
    with FakeEmbeddingServer() as running:
        yield running
        assert running.violations == []


@pytest.fixture
def content(tmp_path: Path) -> Path:
    """One criterion with a few graded cases."""
    module = tmp_path / "content" / "rubrics" / "hearing"
    module.mkdir(parents=True)
    (module / "rubric.yaml").write_text(RUBRIC, encoding="utf-8")
    (module / "hears.yaml").write_text(CRITERION, encoding="utf-8")
    (tmp_path / "content" / "scenarios").mkdir()
    cases = module.parent / "cases"
    cases.mkdir()
    words = ["您找别人吧", "我知道了，稍等", "您三次都没找到人，我来跟"]
    lines = [
        {
            "id": f"case-{number}",
            "lang": "zh",
            "context": f"{CONTEXT}第{number}次了。",
            "reply": f"{words[number % 3]}，第{number}位。",
            "grades": [{"by": "甲", "kind": "human", "levels": {"hears": number % 3}}],
        }
        for number in range(12)
    ]
    text = "\n".join(json.dumps(one, ensure_ascii=False) for one in lines)
    (cases / "graded.jsonl").write_text(text + "\n", encoding="utf-8")
    return tmp_path / "content"


@pytest.fixture
def score(cli: Cli, api: FakeEmbeddingServer, content: Path, tmp_path: Path) -> Any:
    """Scores two replies and gives the rows."""
    rows = [{"id": "a", "context": CONTEXT, "reply": "我来跟，今天五点前回您电话。"}]
    rows.append({"id": "b", "context": CONTEXT, "reply": "我的手机是13812345678，您打过来。"})
    given = tmp_path / "rows.jsonl"
    given.write_text("\n".join(json.dumps(one) for one in rows) + "\n", encoding="utf-8")
    out = tmp_path / "scores.jsonl"

    def call(**more: str) -> list[dict[str, Any]]:
        embedding._opened.cache_clear()  # each call is a new process's
        options = ["--rubric", "hearing", "--content", content, "--input", given, "--output", out]
        done = cli("score", *options, "--lang", "zh", **(_environment(api, tmp_path) | more))
        assert done.code == 0, done.err
        return [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]

    return call


def _environment(api: FakeEmbeddingServer, tmp_path: Path) -> dict[str, str]:
    return {
        "COMMCOACH_EMBEDDINGS_PROVIDER": "openai",
        "COMMCOACH_EMBEDDINGS_BASE_URL": api.url,
        "COMMCOACH_EMBEDDINGS_MODEL": api.model,
        "COMMCOACH_EMBEDDINGS_API_KEY": api.key,
        "COMMCOACH_CACHE_DIR": str(tmp_path / "cache"),
    }


def versions(rows: list[dict[str, Any]]) -> set[str]:
    return {row["engine"]["version"] for row in rows}


def test_rows_name_the_engine_with_its_embeddings(score: Any, api: FakeEmbeddingServer) -> None:
    [version] = versions(score())
    assert version.endswith(f"+openai:bge-small@{api.url.split('/')[2]}")
    [plain] = versions(score(COMMCOACH_EMBEDDINGS_PROVIDER="none"))
    assert version.startswith(f"{plain}+")


def test_replies_go_to_the_service_without_numbers(score: Any, api: FakeEmbeddingServer) -> None:
    score()
    assert any("您打过来" in text for text in api.texts)
    assert not any("13812345678" in text for text in api.texts)


def test_rows_scored_while_the_service_is_down_say_so_and_are_scored_again(
    score: Any, api: FakeEmbeddingServer
) -> None:
    api.down = True
    [plain] = versions(score())
    assert "+" not in plain
    api.down = False
    [version] = versions(score())
    assert version.startswith(f"{plain}+")


def test_a_measurement_is_not_carried_through_without_embeddings(
    cli: Cli, api: FakeEmbeddingServer, content: Path, tmp_path: Path
) -> None:
    def measured() -> Result:
        embedding._opened.cache_clear()
        environment = _environment(api, tmp_path) | {"COMMCOACH_CONTENT": str(content)}
        return cli("rubric", "test", "hears", "--lang", "zh", **environment)

    api.down = True
    failed = measured()
    assert failed.code == 2
    assert failed.err.startswith("没有开始，因为句向量取不到：")
    assert "COMMCOACH_EMBEDDINGS_PROVIDER" in failed.err
    api.down = False
    assert measured().code == 0
