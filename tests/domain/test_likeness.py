"""How alike two replies are."""

from __future__ import annotations

from commcoach.domain.likeness import ALIKE, closest

OTHERS = ("您先坐，慢慢说。", "最近遇到什么难处了？", "What happened next?")


def test_the_same_words_are_found_whatever_their_punctuation_width_and_case() -> None:
    assert closest("最近,遇到什么难处了", OTHERS) == (1, 1.0)
    assert closest("\uff37HAT happened, next", OTHERS) == (2, 1.0)


def test_a_word_more_or_less_is_nearly_the_same() -> None:
    found = closest("您最近遇到什么难处了吗？", OTHERS)
    assert found is not None
    index, like = found
    assert index == 1
    assert ALIKE <= like < 1


def test_other_words_are_like_none() -> None:
    assert closest("这三趟分别去了哪些窗口？", OTHERS) is None


def test_nothing_is_like_nothing() -> None:
    assert closest("？？？", ("！！！", "")) is None


def test_of_two_the_more_alike_is_named_and_of_equals_the_first() -> None:
    assert closest("abcdefghij", ("abcdefghix", "abcdefghij", "abcdefghij")) == (1, 1.0)
