"""Sentence embeddings over HTTP: what is sent, and what is made of every answer."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator

import pytest

from commcoach.coaching.embedding import EmbeddingFailed
from commcoach.llm.breaker import CircuitBreaker
from commcoach.llm.embedding_service import EmbeddingService
from tests.model_api.embeddings import FakeEmbeddingServer, Given, refusing, vector_of


@pytest.fixture
def api() -> Iterator[FakeEmbeddingServer]:
    """An embedding server; what it is asked must be in order."""
    with FakeEmbeddingServer() as running:
        yield running
        assert running.violations == []


def service(api: FakeEmbeddingServer, timeout: float = 5.0) -> EmbeddingService:
    """The service of a server."""
    return EmbeddingService(api.model, api.url, api.key, timeout)


def test_each_text_gets_its_own_vector_whatever_the_order_of_the_answer(
    api: FakeEmbeddingServer,
) -> None:
    texts = [f"第{number}句" for number in range(23)]
    assert service(api).embed(texts) == [vector_of(text) for text in texts]
    assert api.requests == 3


def test_nothing_is_asked_for_no_texts(api: FakeEmbeddingServer) -> None:
    assert service(api).embed([]) == []
    assert api.requests == 0


def test_the_name_tells_model_and_place_without_password() -> None:
    named = EmbeddingService("bge-m3", "https://me:secret@vectors.example:8443/v1?key=k", "k").name
    assert named == "openai:bge-m3@vectors.example:8443"


@pytest.mark.parametrize(
    "trouble",
    [
        refusing(503, "overloaded"),
        refusing(429, "slow down", **{"Retry-After": "0"}),
        Given(hang_up=True),
        Given(body="<html>Welcome</html>"),
        Given(body='{"data": null}'),
        Given(body=json.dumps({"data": [{"index": 0, "embedding": [1.0]}]})),
    ],
)
def test_a_passing_trouble_is_asked_again(api: FakeEmbeddingServer, trouble: Given) -> None:
    api.say(trouble)
    assert service(api).embed(["您好", "再见"]) == [vector_of("您好"), vector_of("再见")]
    assert api.requests == 2


def test_a_trouble_that_stays_is_a_failure_for_all_texts(api: FakeEmbeddingServer) -> None:
    api.down = True
    with pytest.raises(EmbeddingFailed) as failed:
        service(api).embed(["您好"] * 12)
    assert failed.value.said.startswith("503: ")
    assert api.requests == 2


def test_content_is_waited_for_longer_than_a_reply(api: FakeEmbeddingServer) -> None:
    api.say(*[refusing(503, "loading")] * 2)
    assert service(api).embed(["例句"], keep=True) == [vector_of("例句")]


def test_a_wrong_key_is_not_asked_again_and_never_repeated(api: FakeEmbeddingServer) -> None:
    wrong = EmbeddingService(api.model, api.url, "sk-mistyped-key")
    with pytest.raises(EmbeddingFailed) as failed:
        wrong.embed(["您好"])
    assert "401" in failed.value.said
    assert "mistyped" not in failed.value.said
    assert api.requests == 1


def test_the_words_of_a_learner_are_not_repeated_in_an_error(api: FakeEmbeddingServer) -> None:
    said = "领导昨天当着大家的面批评了我"
    api.say(refusing(400, f"cannot embed {said}"))
    with pytest.raises(EmbeddingFailed) as failed:
        service(api).embed([said])
    assert "批评" not in failed.value.said


def test_a_slow_service_is_given_up(api: FakeEmbeddingServer) -> None:
    api.say(Given(after=0.5), Given(after=0.5))
    began = time.monotonic()
    with pytest.raises(EmbeddingFailed) as failed:
        service(api, timeout=0.1).embed(["您好"])
    assert failed.value.said == "no answer in time"
    assert time.monotonic() - began < 5


def test_a_service_that_keeps_failing_is_left_in_peace_for_a_while(
    api: FakeEmbeddingServer,
) -> None:
    moment = [0.0]
    breaker = CircuitBreaker(2, 30.0, lambda: moment[0])
    embedder = EmbeddingService(api.model, api.url, api.key, breaker=breaker)
    api.down = True
    for _ in range(5):
        with pytest.raises(EmbeddingFailed):
            embedder.embed(["您好"])
    assert api.requests == 4  # two failures of two attempts each
    api.down, moment[0] = False, 31.0
    assert embedder.embed(["您好"]) == [vector_of("您好")]


@pytest.mark.parametrize("address", ["vectors.example/v1", "ftp://vectors.example", "http://[::1"])
def test_what_is_no_address_is_refused_at_once(address: str) -> None:
    with pytest.raises(EmbeddingFailed) as failed:
        EmbeddingService("bge-m3", address)
    assert failed.value.said.endswith("is no address")


def test_a_model_without_a_name_is_refused_at_once() -> None:
    with pytest.raises(EmbeddingFailed) as failed:
        EmbeddingService("", "http://127.0.0.1:1/v1")
    assert failed.value.said == "the model has no name"


def test_a_service_that_is_not_there_is_a_failure(free_port: int) -> None:
    with pytest.raises(EmbeddingFailed) as failed:
        EmbeddingService("m", f"http://127.0.0.1:{free_port}/v1").embed(["您好"])
    assert failed.value.said.startswith("no connection")


@pytest.fixture
def free_port(api: FakeEmbeddingServer) -> int:
    """A port that nobody listens on any more."""
    with FakeEmbeddingServer() as gone:
        return int(gone.url.rsplit(":", 1)[1].removesuffix("/v1"))
