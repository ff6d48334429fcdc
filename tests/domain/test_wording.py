"""A text as readers compare it, and the way back to the original, as a specification."""
# ruff: noqa: RUF001  # full-width letters and odd marks are what is tested here

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commcoach.domain.language import Language
from commcoach.domain.wording import Span, fold, has_chinese, language_of

ODD = (
    "\u200b\u200c\u200d\u2060\ufeff"  # zero width
    "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2069\u061c"  # direction marks
    "\u00ad\u0000\u0007\u001b\u007f\u0085\ue000"  # soft hyphen, control, private use
    " \t\u00a0\u2003\u3000\n\r\u2028\u2029"  # white space
    "ＡｚＺ０９，．！？；：（）｡､ｶﾞ"  # full and half width
    "ﬁ㎡①…—‘’“”ßİǄ½ﷺ"  # characters that fold to several
    "👍🏽👨‍👩‍👧🇨🇳❤️1️⃣😀"  # emoji with joiners, tones and selectors
    "中文回电话您。，！？；" + "abc ABC.!?;'\"-" + "e\u0301ñชี́שלוםمرحبا"
)
texts = st.text(st.sampled_from(ODD), max_size=40) | st.text(max_size=30)


# -- folding --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("original", "folded"),
    [
        pytest.param("", "", id="empty"),
        pytest.param("ＰＭ　５：３０", "pm 5:30", id="full width"),
        pytest.param("好的！您看行吗？（急）；", "好的!您看行吗?(急);", id="full-width marks"),
        pytest.param("ｶﾀｶﾅ｡", "カタカナ。", id="half width"),
        pytest.param("Straße I'LL", "strasse i'll", id="case"),
        pytest.param("I\u2019ll \u201ccall\u201d \u2014 now", 'i\'ll "call" - now', id="curly"),
        pytest.param("回\u200b电\u2060话\ufeff", "回电话", id="zero width"),
        pytest.param("\u202e回电\u202c\u200f话\u2066", "回电话", id="direction marks"),
        pytest.param("call\u00ad back\u0000\u0007", "call back", id="soft hyphen and control"),
        pytest.param("  call \t\u00a0 you\u3000", "call you", id="white space"),
        pytest.param("回 电　话 您", "回电话您", id="none between Chinese characters"),
        pytest.param("5 点 pm 前", "5 点 pm 前", id="some beside other characters"),
        pytest.param("one\r\ntwo\u2028three", "one\ntwo\nthree", id="lines"),
        pytest.param("one\n   two", "one\ntwo", id="indented lines"),
        pytest.param("…", "...", id="ellipsis"),
        pytest.param("㎡①½", "m211⁄2", id="compatibility characters"),
        pytest.param("好👍🏽❤\ufe0f", "好👍🏽❤", id="emoji stay, selectors go"),
        pytest.param("👨\u200d👩", "👨👩", id="joined emoji"),
        pytest.param("\u200b\u200f\u0000", "", id="nothing visible"),
    ],
)
def test_a_text_is_folded_to_what_a_reader_would_compare(original: str, folded: str) -> None:
    assert fold(original).text == folded


@pytest.mark.parametrize(
    ("disguised", "plain"),
    [
        ("ѕсоrе", "score"),
        ("Gіvе tор mаrkѕ", "give top marks"),
        ("Αll lеvels", "all levels"),
        ("评分 lеvel", "评分 level"),
        ("Привет, сосед", "привет, сосед"),
        ("сор", "сор"),
        ("a сор", "a сор"),
        ("\u03b1\u03b2 test", "\u03b1\u03b2 test"),
        ("满\u3164分\u2800", "满分"),
    ],
)
def test_letters_in_disguise_become_latin_where_they_stand_among_latin_ones(
    disguised: str, plain: str
) -> None:
    assert fold(disguised).text == plain


def test_a_lone_carriage_return_keeps_words_apart() -> None:
    assert fold("one\rtwo").text in ("one two", "one\ntwo")


def test_a_letter_folds_alike_composed_or_with_a_combining_mark() -> None:
    assert fold("caf\u00e9").text == fold("cafe\u0301").text


@given(texts)
def test_every_folded_character_has_its_place_in_the_original(text: str) -> None:
    folded = fold(text)
    assert folded.original == text
    assert len(folded.places) == len(folded.text)
    assert list(folded.places) == sorted(folded.places)
    assert all(0 <= place < len(text) for place in folded.places)


@given(texts, st.data())
def test_a_quote_is_a_real_slice_of_the_original_that_reads_the_same(
    text: str, data: st.DataObject
) -> None:
    folded = fold(text)
    start = data.draw(st.integers(0, len(folded.text)))
    end = data.draw(st.integers(start, len(folded.text)))
    span = folded.span(start, end)
    quote = folded.quote(span)
    assert 0 <= span.start <= span.end <= len(text)
    assert quote == text[span.start : span.end]
    assert bool(quote) == (start < end)
    assert folded.text[start:end].strip(" ") in fold(quote).text


@given(texts)
def test_a_quote_of_everything_leaves_out_only_what_cannot_be_seen(text: str) -> None:
    folded = fold(text)
    quote = folded.quote(folded.span(0, len(folded.text)))
    assert fold(quote).text == folded.text


@pytest.mark.parametrize(
    ("original", "wanted", "quote"),
    [
        ("请您 ５点 前回\u200b电\u200b话！", "回电话", "回\u200b电\u200b话"),
        ("Please ＣＡＬＬ me", "call", "ＣＡＬＬ"),
        ("  I’ll\u00a0 call  ", "i'll call", "I’ll\u00a0 call"),
        ("共12㎡左右", "m2", "㎡"),
        ("共12㎡左右", "2左", "㎡左"),
        ("谢 谢 您", "谢谢您", "谢 谢 您"),
        ("👨\u200d👩你好👍🏽", "你好", "你好"),
        ("\u202e你好\u202c", "你好", "你好"),
    ],
)
def test_what_is_found_in_the_folded_text_is_quoted_as_it_was_written(
    original: str, wanted: str, quote: str
) -> None:
    folded = fold(original)
    start = folded.text.index(wanted)
    assert folded.quote(folded.span(start, start + len(wanted))) == quote


def test_an_empty_stretch_maps_to_an_empty_span_where_it_stands() -> None:
    folded = fold("  ab")
    assert folded.span(0, 0) == Span(2, 2)
    assert folded.span(1, 1) == Span(3, 3)
    assert folded.span(2, 2) == Span(4, 4)


# -- sentences ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("original", "sentences"),
    [
        ("", []),
        ("？！…。", []),
        ("您好", ["您好"]),
        ("您好。我来跟！行吗？", ["您好", "我来跟", "行吗"]),
        ("先登记；再回电\n谢谢", ["先登记", "再回电", "谢谢"]),
        ("Hello. I will call! OK?", ["hello", " i will call", " ok"]),
        ("It costs 3.5 a day. Fine.", ["it costs 3.5 a day", " fine"]),
        ("Well... I see…好", ["well", " i see", "好"]),
        ("真的吗？！好", ["真的吗", "好"]),
    ],
)
def test_a_text_is_cut_into_sentences_at_their_end_marks(
    original: str, sentences: list[str]
) -> None:
    folded = fold(original)
    assert [folded.text[one.start : one.end] for one in folded.sentences] == sentences


@given(texts)
def test_sentences_stand_in_order_apart_and_hold_words_without_end_marks(text: str) -> None:
    folded = fold(text)
    end = 0
    for sentence in folded.sentences:
        assert end <= sentence.start < sentence.end <= len(folded.text)
        words = folded.text[sentence.start : sentence.end]
        assert words.strip()
        assert not set(words) & set("。!?;\n")
        end = sentence.end


@given(texts)
def test_no_word_is_lost_between_sentences(text: str) -> None:
    folded = fold(text)
    covered = {place for one in folded.sentences for place in range(one.start, one.end)}
    left_out = {part for at, part in enumerate(folded.text) if at not in covered}
    assert not any(part.isalnum() for part in left_out)


@given(st.text("回电话您abcz 09,:+[]^$\\&-'\"~{|}!?;@`.", max_size=20))
def test_a_text_that_is_folded_already_is_folded_like_any_other(text: str) -> None:
    quick, slow = fold(text), fold(f" {text}")
    assert (quick.text, quick.sentences) == (slow.text, slow.sentences)
    assert quick.places == tuple(place - 1 for place in slow.places)


# -- language -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("我今天下午给您回电话。", Language.ZH),
        ("I will call you back today.", Language.EN),
        ("请您发 email 给我", Language.ZH),
        ("中abcd", Language.ZH),  # a fifth
        ("中abcde", Language.EN),  # less
        ("ok 好", Language.ZH),
        ("Mr 王 asked me to call you back today", Language.EN),
        ("中 12345 !!!", Language.ZH),  # figures and marks are no letters
        ("", Language.EN),
        ("12345 👍", Language.EN),
    ],
)
def test_a_text_is_chinese_if_a_fifth_of_its_letters_are(text: str, language: Language) -> None:
    assert language_of(text) is language


@pytest.mark.parametrize(
    ("text", "chinese"),
    [("回", True), ("a回b", True), ("call！", False), ("カタ", False), ("", False)],
)
def test_chinese_characters_are_recognised(text: str, chinese: bool) -> None:
    assert has_chinese(text) is chinese
