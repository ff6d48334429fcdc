"""Vectors of unit length, and what of them is kept on disk."""

from __future__ import annotations

import math
import multiprocessing
import sqlite3
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest

from commcoach.coaching.embedding import EmbeddingFailed
from commcoach.llm.kept_vectors import LONGEST, KeptVectors


class Counting:
    """An embedder that writes down what it is asked; a text's vector is made of its characters."""

    def __init__(self, name: str = "counting", size: int = 3) -> None:
        self.name = name
        self.size = size
        self.asked: list[str] = []

    def embed(self, texts: Sequence[str], *, keep: bool = False) -> list[list[float]]:
        del keep
        self.asked += texts
        return [[float(ord(text[0]) % 7 + 1), *[len(text)] * (self.size - 1)] for text in texts]


class Giving:
    """An embedder that gives what it was made with."""

    name = "giving"

    def __init__(self, vectors: list[list[float]]) -> None:
        self.vectors = vectors

    def embed(self, texts: Sequence[str], *, keep: bool = False) -> list[list[float]]:
        del texts, keep
        return self.vectors


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """The file of kept vectors, not there yet."""
    return tmp_path / "embeddings" / "vectors.db"


def test_vectors_have_unit_length(place: Path) -> None:
    vectors = KeptVectors(Counting(), place).embed(["您好", "再见，慢走"])
    assert [math.hypot(*one) for one in vectors] == pytest.approx([1.0, 1.0])
    assert vectors[0] != vectors[1]


def test_a_text_that_comes_twice_is_asked_for_once(place: Path) -> None:
    inner = Counting()
    first, _, third = KeptVectors(inner, place).embed(["您好", "再见", "您好"])
    assert first == third
    assert inner.asked == ["您好", "再见"]


def test_vectors_of_content_are_kept_for_the_next_process(place: Path) -> None:
    before = KeptVectors(Counting(), place).embed(["例句", "例句二"], keep=True)
    inner = Counting()
    assert KeptVectors(inner, place).embed(["例句二", "例句", "新的"])[:2] == before[::-1]
    assert inner.asked == ["新的"]


def test_of_what_learners_write_nothing_is_kept(place: Path) -> None:
    embedder = KeptVectors(Counting(), place)
    embedder.embed(["例句"], keep=True)
    size = place.stat().st_size
    embedder.embed(["我昨天被批评了", "例句"])
    with sqlite3.connect(place) as db:
        [(kept,)] = db.execute("SELECT count(*) FROM vectors").fetchall()
    db.close()
    assert (kept, place.stat().st_size) == (1, size)


def test_no_text_stands_in_the_file(place: Path) -> None:
    KeptVectors(Counting(), place).embed(["an example of content"], keep=True)
    assert b"example" not in place.read_bytes()


def test_vectors_of_another_model_are_not_taken(place: Path) -> None:
    KeptVectors(Counting("one"), place).embed(["例句"], keep=True)
    other = Counting("other")
    KeptVectors(other, place).embed(["例句"], keep=True)
    assert other.asked == ["例句"]


def test_when_another_model_goes_by_the_same_name_all_are_asked_for_anew(place: Path) -> None:
    KeptVectors(Counting(size=3), place).embed(["例句"], keep=True)
    inner = Counting(size=5)
    vectors = KeptVectors(inner, place).embed(["例句", "新的"], keep=True)
    assert {len(one) for one in vectors} == {5}
    assert KeptVectors(Counting(size=5), place).embed(["例句"]) == vectors[:1]


@pytest.mark.parametrize(
    "vectors",
    [
        [],
        [[1.0, 0.0]],
        [[1.0, 0.0], [1.0]],
        [[1.0, 0.0], [0.0, 0.0]],
        [[1.0, 0.0], [math.nan, 1.0]],
        [[1.0, 0.0], [math.inf, 1.0]],
        [[], []],
    ],
)
def test_vectors_that_are_none_are_a_failure(vectors: list[list[float]], place: Path) -> None:
    with pytest.raises(EmbeddingFailed):
        KeptVectors(Giving(vectors), place).embed(["一", "二"], keep=True)
    assert not place.exists()


def test_a_broken_file_is_done_without_and_begun_anew(place: Path) -> None:
    place.parent.mkdir()
    place.write_bytes(b"this is no database at all, " * 100)
    embedder = KeptVectors(Counting(), place)
    first = embedder.embed(["例句"], keep=True)
    embedder.embed(["例句"], keep=True)
    inner = Counting()
    assert KeptVectors(inner, place).embed(["例句"]) == first
    assert inner.asked == []


def test_a_folder_that_cannot_be_is_done_without(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    inner = Counting()
    embedder = KeptVectors(inner, tmp_path / "file" / "vectors.db")
    assert embedder.embed(["例句"], keep=True) == embedder.embed(["例句"], keep=True)
    assert inner.asked == ["例句", "例句"]


def test_only_the_beginning_of_a_long_text_is_looked_at(place: Path) -> None:
    inner = Counting()
    long = "长" * LONGEST
    embedder = KeptVectors(inner, place)
    assert embedder.embed([long]) == embedder.embed([long + "尾巴"])
    assert inner.asked == [long, long]


def test_no_service_is_asked_for_a_text_without_characters(place: Path) -> None:
    inner = Counting()
    KeptVectors(inner, place).embed(["", " \n", "好"])
    assert all(text.strip() for text in inner.asked)


def test_half_a_character_is_a_text_like_any_other(place: Path) -> None:
    embedder = KeptVectors(Counting(), place)
    assert embedder.embed(["\ud83d 好"], keep=True) == embedder.embed(["\ud83d 好"], keep=True)


def _write(place: Path, number: int) -> int:
    texts = [f"{number}:{index}" for index in range(40)]
    for start in range(0, 40, 4):
        KeptVectors(Counting(), place).embed(texts[start : start + 4], keep=True)
    return number


@pytest.mark.slow
def test_several_processes_keep_their_vectors_side_by_side(place: Path) -> None:
    with ProcessPoolExecutor(2, multiprocessing.get_context("spawn")) as pool:
        list(pool.map(_write, [place] * 3, range(3)))
    inner = Counting()
    KeptVectors(inner, place).embed([f"{n}:{i}" for n in range(3) for i in range(40)])
    assert inner.asked == []
