"""Edits in words: what differs is marked, and nothing is lost."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from commcoach.presentation.edits import in_brackets, stretches
from commcoach.presentation.trying import bar_of, marked

TEXTS = st.text("问责备的，。 abc", max_size=30)


@given(TEXTS, TEXTS)
def test_the_stretches_together_are_the_texts(before: str, after: str) -> None:
    left, right = stretches(before, after)
    assert "".join(one.text for one in left) == before
    assert "".join(one.text for one in right) == after


def test_chinese_is_compared_by_characters() -> None:
    before, after = stretches("用问句责备对方的做法。", "用反问责备对方的做法。")
    assert in_brackets(before) == "用【问句】责备对方的做法。"
    assert in_brackets(after) == "用【反问】责备对方的做法。"


def test_english_is_compared_by_words() -> None:
    before, after = stretches("Blame dressed up as a question", "Blame put as a question")
    assert in_brackets(before) == "Blame 【dressed up】 as a question"
    assert in_brackets(after) == "Blame 【put】 as a question"


def test_texts_that_have_little_in_common_are_two_texts() -> None:
    before, after = stretches("最近遇到什么难处了？", "你每次都这样。")
    assert [one.other for one in (*before, *after)] == [True, True]


def test_quotes_are_marked_in_place_and_overlapping_ones_joined() -> None:
    assert marked("一二三四五六", [(0, 2), (1, 3), (5, 6)]) == "【一二三】四五【六】"
    assert marked("一二", [(1, 9), (1, 1)]) == "一二"


def test_a_bar_is_as_long_as_its_share() -> None:
    assert bar_of(0.5, 10) == "█████"
    assert bar_of(0.0, 10) == ""
    assert len(bar_of(0.999, 10)) == 10
