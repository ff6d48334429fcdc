"""The embedded scorer with an embedding model: what it learns, and what happens without vectors."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest

from commcoach.coaching.embedding import WITHOUT_EMBEDDINGS, EmbeddingFailed
from commcoach.coaching.scorer import ScoringTask
from commcoach.domain.cases import Said
from commcoach.domain.language import Language
from commcoach.domain.library import Library
from commcoach.domain.score import Scorecard
from commcoach.embedded.either import EitherScorer
from commcoach.embedded.meaning import centres_of, directions, meanings
from commcoach.embedded.ordinal import Meaning
from commcoach.embedded.scorer import EmbeddedScorer
from tests.shipped import library

CRITERIA = ("open_question", "paraphrase_check")
_CASES = 40


@lru_cache(maxsize=1)
def small() -> Library:
    """The shipped content with a few graded cases, so that learning is quick."""
    graded = [one for one in library().cases if all(map(one.levels_of, CRITERIA))]
    return replace(library(), cases=tuple(graded[:_CASES]))


CONTEXT = (Said("市民", "我打了三次电话，没有一个人接手，老人两天不敢开窗。"),)
REPLIES = (
    "您三次都没找到人，老人还不能开窗，我理解得对吗？",
    "您具体是哪一天打的电话？",
    "这件事不归我管。",
)
FEELINGS = {"理解": 0, "哪": 1, "什么": 1, "不归": 2, "规定": 2}


class Senses:
    """An embedder that tells a few kinds of sentences apart, and fails when it is told to."""

    def __init__(self, name: str = "senses") -> None:
        self.name = name
        self.asked: list[tuple[tuple[str, ...], bool]] = []
        self.fails = False

    def embed(self, texts: Sequence[str], *, keep: bool = False) -> list[list[float]]:
        if self.fails:
            raise EmbeddingFailed("503")
        self.asked.append((tuple(texts), keep))
        return [_vector(text) for text in texts]


def _vector(text: str) -> list[float]:
    kind = next((axis for word, axis in FEELINGS.items() if word in text), 3)
    noise = hashlib.sha256(text.encode()).digest()[:4]
    raw = [5.0] + [3.0 * (axis == kind) + noise[axis] / 256 for axis in range(4)]
    return [one / math.hypot(*raw) for one in raw]


def task(reply: str = REPLIES[0], context: tuple[Said, ...] = CONTEXT) -> ScoringTask:
    return ScoringTask(reply, context, CRITERIA, Language.ZH)


def either(senses: Senses, cache: Path | None = None) -> EitherScorer:
    return EitherScorer(
        EmbeddedScorer(small(), CRITERIA, cache, senses),
        EmbeddedScorer(small(), CRITERIA, cache),
    )


@pytest.fixture(scope="module")
def plain() -> EmbeddedScorer:
    """The scorer without embeddings."""
    return EmbeddedScorer(small(), CRITERIA)


def expected(card: Scorecard) -> list[float]:
    return [one.expected for one in card.scored()]


def test_vectors_change_what_is_learned_and_name_another_engine(plain: EmbeddedScorer) -> None:
    senses = Senses()
    scorer = EmbeddedScorer(small(), CRITERIA, embed=senses)
    assert scorer.engine == replace(plain.engine, version=f"{plain.engine.version}+senses")
    with_them = [expected(scorer.score_now(task(reply))) for reply in REPLIES]
    without = [expected(plain.score_now(task(reply))) for reply in REPLIES]
    assert any(
        abs(one - other) > 0.01
        for a, b in zip(with_them, without, strict=True)
        for one, other in zip(a, b, strict=True)
    )


def test_vectors_of_content_may_be_kept_and_those_of_a_reply_may_not() -> None:
    senses = Senses()
    scorer = EmbeddedScorer(small(), CRITERIA, embed=senses)
    scorer.prepare()
    assert [keep for _, keep in senses.asked] == [True] * len(CRITERIA)
    senses.asked.clear()
    scorer.score_now(task())
    [(texts, keep)] = senses.asked  # once for all criteria
    assert (len(texts), keep) == (2, False)


def test_a_model_learned_with_vectors_is_read_from_the_cache(tmp_path: Path) -> None:
    first = EmbeddedScorer(small(), CRITERIA, tmp_path, Senses())
    first.prepare()
    senses = Senses()
    again = EmbeddedScorer(small(), CRITERIA, tmp_path, senses)
    again.prepare()
    assert senses.asked == []
    assert again.score_now(task()) == first.score_now(task())


def test_what_was_learned_from_another_models_vectors_is_not_taken(tmp_path: Path) -> None:
    EmbeddedScorer(small(), CRITERIA, tmp_path, Senses("one")).prepare()
    EmbeddedScorer(small(), CRITERIA, tmp_path).prepare()
    other = Senses("other")
    EmbeddedScorer(small(), CRITERIA, tmp_path, other).prepare()
    assert len(other.asked) == len(CRITERIA)


def test_a_reply_without_vectors_is_scored_wholly_without_them(plain: EmbeddedScorer) -> None:
    senses = Senses()
    scorer = either(senses)
    scorer.prepare()
    with_them = scorer.score_now(task())
    assert (with_them.stand_in, with_them.by) == ("", scorer.engine)
    senses.fails = True
    without = scorer.score_now(task())
    assert without == replace(plain.score_now(task()), stand_in=WITHOUT_EMBEDDINGS, by=plain.engine)
    senses.fails = False
    assert scorer.score_now(task()) == with_them


def test_without_vectors_to_learn_from_it_is_the_scorer_without_them(
    plain: EmbeddedScorer,
) -> None:
    senses = Senses()
    senses.fails = True
    scorer = either(senses)
    scorer.prepare()
    senses.fails = False
    assert scorer.engine == plain.engine
    assert scorer.score_now(task()) == replace(
        plain.score_now(task()), stand_in=WITHOUT_EMBEDDINGS, by=plain.engine
    )
    assert senses.asked == []


async def test_the_event_loop_does_not_wait_for_vectors(plain: EmbeddedScorer) -> None:
    scorer = either(Senses())
    assert await scorer.score(task()) == scorer.score_now(task())
    assert scorer.engine != plain.engine


def test_a_reply_that_is_not_scored_is_not_embedded() -> None:
    senses = Senses()
    scorer = EmbeddedScorer(small(), CRITERIA, embed=senses)
    scorer.score_now(task("！！！"))
    assert senses.asked == []


def test_only_the_end_of_a_long_talk_is_embedded() -> None:
    senses = Senses()
    meanings([("好", "甲" * 5000 + "乙" * 600)], senses)
    [(texts, _)] = senses.asked
    assert texts == ("好", "乙" * 600)


def test_directions_are_what_is_left_without_what_all_have_in_common() -> None:
    learned = [
        Meaning(np.array([0.9, 0.3, 0.1]), np.array([0.9, 0.1, 0.3])),
        Meaning(np.array([0.9, 0.1, 0.3]), None),
    ]
    centres = centres_of(learned)
    first, second = (directions(one, centres) for one in learned)
    assert first[:3] == pytest.approx(-second[:3])
    assert np.linalg.norm(first[:3]) == pytest.approx(1.0)
    assert second[3] == 0.0


def test_a_reply_near_to_what_it_answers_is_told_from_one_that_is_not() -> None:
    centres = np.zeros((2, 2))
    before = np.array([1.0, 0.0])
    near = directions(Meaning(np.array([1.0, 0.1]), before), centres)
    far = directions(Meaning(np.array([-0.1, 1.0]), before), centres)
    assert near[-1] > 1.9
    assert far[-1] < 0.0
