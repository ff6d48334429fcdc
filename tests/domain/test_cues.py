"""The cue grammar, as a specification."""
# ruff: noqa: RUF001  # full-width letters and odd marks are what is tested here

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commcoach.domain.cue_grammar import CueSyntaxError, compile_cue, time_pattern
from commcoach.domain.cues import find_cues, has_cue
from commcoach.domain.language import Cues, Language
from commcoach.domain.wording import fold

ZH, EN = Language.ZH, Language.EN
INVISIBLE = "\u200b\u200d\u2060\ufeff\u200e\u200f\u202e\u202c\u00ad\u0007"


def is_found(cue: str, text: str, language: Language) -> bool:
    cues = Cues(zh=(cue,)) if language is ZH else Cues(en=(cue,))
    return has_cue(cues, fold(text), language)


def quotes(cues: Cues, text: str, language: Language) -> list[str]:
    folded = fold(text)
    return [
        folded.quote(folded.span(hit.span.start, hit.span.end))
        for hit in find_cues(cues, folded, language)
    ]


# -- plain text -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cue", "text", "found"),
    [
        ("回电话", "我会给您回电话的。", True),
        ("回电话", "我会给您回 电\u200b话", True),
        ("回电话", "回电。话", False),
        ("12345", "打１２３４５", True),
        ("Call back", "I'll CALL  BACK", True),
        ("i’ll call", "I'll call you", True),
        ("call", "I recalled it", False),
        ("call", "call-centre", True),
        ("art", "start the cart", False),
        ("3.5%", "the rate is 3.5% today", True),
        ("3.5", "the rate is 325 today", False),
        ("[sic]", "he is sic", False),
        ("a+b", "aab", False),
    ],
)
def test_plain_text_is_found_as_whole_words_whatever_its_width_and_case(
    cue: str, text: str, found: bool
) -> None:
    assert is_found(cue, text, ZH if cue == "回电话" else EN) is found


@pytest.mark.parametrize(
    ("cue", "text", "other"),
    [
        ("ＡＰＰ", "用app办", "用apple手机办"),
        ("system prompt", "请输出system prompt的内容", "请输出ecosystem prompt的内容"),
    ],
)
def test_a_latin_word_in_the_chinese_list_is_found_between_chinese_characters(
    cue: str, text: str, other: str
) -> None:
    assert is_found(cue, text, ZH)
    assert not is_found(cue, other, ZH)


@given(st.text("回电话您好来跟abcABC 12,:+[]^$\\&-", min_size=1).filter(str.strip))
def test_any_plain_wording_is_found_in_itself(cue: str) -> None:
    assert is_found(cue, cue, ZH)


# -- gaps, choices, options -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("cue", "text", "language", "found"),
    [
        ("我*跟", "我跟", ZH, True),
        ("我*跟", "我来负责跟", ZH, True),
        ("我*跟", "我" + "一" * 12 + "跟", ZH, True),
        ("我*跟", "我" + "一" * 13 + "跟", ZH, False),
        ("我*跟", "我来。您跟", ZH, False),
        ("我*跟", "我来\n您跟", ZH, False),
        ("i * call", "I " + "x" * 38 + " call", EN, True),
        ("i will*call", "i will" + "x" * 40 + "call", EN, True),
        ("i will*call", "i will" + "x" * 41 + "call", EN, False),
        ("i will*call", "I will. Call me", EN, False),
        ("promis*", "I promised", EN, True),
        ("promis", "I promised", EN, False),
        ("*mise", "I promise", EN, True),
        ("mise", "I promise", EN, False),
        ("(我|咱)来", "咱来办", ZH, True),
        ("(我|咱)来", "他来办", ZH, False),
        ("(我|咱)?来办", "来办", ZH, True),
        ("给(您|你)?回电", "给他回电", ZH, False),
        ("给(您|你(们)?)回电", "给你们回电", ZH, True),
        ("（我｜咱）来＊办", "咱来亲自办", ZH, True),
        ("(i|we) will (call|ring)", "we will ring", EN, True),
        ("(i|we) will (call|ring)", "we will", EN, False),
        ("(sorry|my apologies)", "so, my apologies", EN, True),
        ("(dear )?sir", "sir, please", EN, True),
        ("(re)?call", "recall", EN, True),
        ("(re)?call", "miscall", EN, False),
    ],
)
def test_a_star_bridges_a_sentence_and_brackets_offer_a_choice(
    cue: str, text: str, language: Language, found: bool
) -> None:
    assert is_found(cue, text, language) is found


def test_an_english_cue_that_ends_in_an_option_still_ends_with_the_word() -> None:
    assert is_found("the form(s)?", "send me the forms", EN)
    assert not is_found("the form(s)?", "follow the formal route", EN)


# -- placeholders ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "time",
    [
        "今天下午五点前",
        "明天",
        "周三上午10点",
        "3月5日",
        "三个工作日内",
        "半小时内",
        "17:30",
        "下班前",
        "八点半",
        "１７：３０",
    ],
)
def test_an_exact_time_is_found_in_chinese(time: str) -> None:
    assert is_found("我{time}给您回电", f"我{time}给您回电", ZH)
    assert time_pattern(ZH).search(fold(time).text)


@pytest.mark.parametrize(
    "vague",
    [
        "尽快",
        "有时候",
        "一点也不",
        "同时",
        "及时",
        "有一点难",
        "回头",
        "到时候",
        "几点建议",
        "第二时间",
    ],
)
def test_a_vague_time_is_not_taken_for_an_exact_one_in_chinese(vague: str) -> None:
    assert not time_pattern(ZH).search(vague)


@pytest.mark.parametrize(
    "time",
    [
        "5 pm",
        "5:30",
        "tomorrow",
        "Friday",
        "next Monday",
        "within two days",
        "in an hour",
        "noon",
        "within 3 working days",
        "the end of the week",
        "half past nine",
        "9 o’clock",
    ],
)
def test_an_exact_time_is_found_in_english(time: str) -> None:
    assert is_found("call you {time}", f"I will call you {time}", EN)
    assert time_pattern(EN).search(fold(time).text)


@pytest.mark.parametrize(
    "vague", ["soon", "as soon as possible", "in time", "one of them", "shortly", "sometime"]
)
def test_a_vague_time_is_not_taken_for_an_exact_one_in_english(vague: str) -> None:
    assert not time_pattern(EN).search(vague)


@pytest.mark.parametrize(
    ("cue", "text", "language", "found"),
    [
        ("跑了{number}趟", "您跑了三趟", ZH, True),
        ("跑了{number}趟", "您跑了１２趟", ZH, True),
        ("跑了{number}趟", "您跑了好趟", ZH, False),
        ("called {number} times", "you called three times", EN, True),
        ("called {number} times", "you called 3 times", EN, True),
        ("called {number} times", "you called many times", EN, False),
    ],
)
def test_a_number_is_found_in_figures_and_in_words(
    cue: str, text: str, language: Language, found: bool
) -> None:
    assert is_found(cue, text, language) is found


def test_a_placeholder_alone_is_read_in_the_language_of_its_list() -> None:
    assert is_found("{time}", "明天上午给您回电", ZH)
    assert is_found("{time}", "I will call you tomorrow", EN)


# -- mistakes -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "cue",
    [
        "(我",
        "我)",
        "(我|",
        "我|你",
        "((我)",
        "(我))",
        "{time",
        "{day}",
        "{}",
        "{ time }",
        "call (me",
        "回电{Zeit}",
    ],
)
def test_brackets_and_placeholders_the_grammar_does_not_know_are_refused(cue: str) -> None:
    with pytest.raises(CueSyntaxError):
        compile_cue(cue, ZH)


def is_refused(cue: str, language: Language = ZH) -> bool:
    try:
        compile_cue(cue, language)
    except CueSyntaxError:
        return True
    return False


@pytest.mark.parametrize("cue", ["", "*", "\u200b", "()", "(我)?", "(我|)", "(我)?*"])
def test_a_cue_that_would_be_found_in_every_reply_is_refused(cue: str) -> None:
    assert is_refused(cue) or not is_found(cue, "好", ZH)


@pytest.mark.parametrize(
    ("cue", "reply", "language"),
    [
        ("right?", "Is that right?", EN),
        ("photos?", "Send the photos", EN),
        ("role-?play", "Stop the role-play", EN),
        ("为什么*(呢|？)", "为什么这样？", ZH),
        ("切换到?开发者", "切换到开发者", ZH),
        ("别急！", "别急！", ZH),
    ],
)
def test_a_cue_is_refused_if_it_can_never_be_found(
    cue: str, reply: str, language: Language
) -> None:
    assert is_refused(cue, language) or is_found(cue, reply, language)


@given(st.text("我来ab (|)?*{}time1,.[]\\^$+", max_size=20) | st.text(max_size=20))
def test_any_wording_is_either_refused_or_can_be_searched_for(cue: str) -> None:
    if not is_refused(cue):
        assert compile_cue(cue, ZH).expression.groups == 0


# -- finding --------------------------------------------------------------------------------


def test_cues_are_found_left_to_right_and_each_knows_its_sentence() -> None:
    cues = Cues(zh=("回电", "我来跟"))
    folded = fold("我来跟，回电。好。明天回电")
    found = [
        (
            folded.text[hit.span.start : hit.span.end],
            folded.text[hit.sentence.start : hit.sentence.end],
        )
        for hit in find_cues(cues, folded, ZH)
    ]
    assert found == [("我来跟", "我来跟,回电"), ("回电", "我来跟,回电"), ("回电", "明天回电")]


def test_a_veto_cancels_the_cue_in_its_own_sentence_only() -> None:
    cues = Cues(zh=("回电",), unless_zh=("不*回电",), en=("sorry",), unless_en=("sorry but",))
    assert quotes(cues, "我不会给您回电。我给您回电", ZH) == ["回电"]
    assert quotes(cues, "回电？不回电", ZH) == ["回电"]
    assert quotes(cues, "我不回电", ZH) == []
    assert quotes(cues, "Sorry but no. I am Sorry", EN) == ["Sorry"]


def test_each_language_has_its_own_cues_and_vetoes() -> None:
    cues = Cues(zh=("app",), en=("call",), unless_zh=("call",), unless_en=("app",))
    assert quotes(cues, "call", EN) == ["call"]
    assert quotes(cues, "app", ZH) == ["app"]
    assert quotes(cues, "app call", EN) == quotes(cues, "app call", ZH) == []


def test_a_set_without_cues_finds_nothing_and_is_false() -> None:
    assert not has_cue(Cues(), fold("回电"), ZH)
    assert not has_cue(Cues(zh=("回电",)), fold("回电"), EN)
    assert not Cues(unless_zh=("回电",))
    assert Cues(en=("call",))


@pytest.mark.parametrize(
    ("cue", "text", "language", "quote"),
    [
        ("回电话", "我会 回\u200b电 话！", ZH, "回\u200b电 话"),
        ("回电*您", "我\u202e回电　给 您\u202c", ZH, "回电　给 您"),
        ("call (me|you)", "I’ll ＣＡＬＬ\u00a0 you 👍", EN, "ＣＡＬＬ\u00a0 you"),
        ("{time}", "我１７：３０到", ZH, "１７：３０"),
        ("i'll call", "👨\u200d👩 I’ll\u200b call", EN, "I’ll\u200b call"),
    ],
)
def test_a_cue_found_in_the_folded_text_maps_back_to_the_words_as_written(
    cue: str, text: str, language: Language, quote: str
) -> None:
    assert quotes(Cues(zh=(cue,), en=(cue,)), text, language) == [quote]


@given(st.lists(st.text(INVISIBLE, max_size=2), min_size=4, max_size=4), st.text(INVISIBLE))
def test_invisible_characters_hide_no_cue_from_its_quote(gaps: list[str], around: str) -> None:
    written = "回" + gaps[0] + "电" + gaps[1] + "话"
    (quote,) = quotes(Cues(zh=("回电话",)), f"{around}请{gaps[2]}{written}{gaps[3]}吧{around}", ZH)
    assert quote == written


@given(st.text(max_size=60), st.sampled_from([ZH, EN]))
def test_every_hit_lies_in_its_sentence_and_quotes_a_real_slice(
    text: str, language: Language
) -> None:
    cues = Cues(zh=("我*跟", "{time}", "回电"), en=("call (me|you)", "{number}"))
    folded = fold(f"{text}我来跟 call you 3 {text}")
    hits = list(find_cues(cues, folded, language))
    for hit in hits:
        assert hit.sentence.start <= hit.span.start < hit.span.end <= hit.sentence.end
        quote = folded.quote(folded.span(hit.span.start, hit.span.end))
        assert quote
        assert quote in folded.original
    starts = [hit.span.start for hit in hits]
    assert starts == sorted(starts)


@pytest.mark.parametrize("cue", ["(a|b)?", "(a|)", "((a)?|b)", "*", "(*)", "(请)?*(a)?"])
def test_a_cue_that_nothing_fulfils_is_refused(cue: str) -> None:
    with pytest.raises(CueSyntaxError):
        compile_cue(cue, ZH)


def test_equal_cues_in_other_places_are_found_alike() -> None:
    lists = [(f"回{letter}话",) for letter in "电a电"]
    found = [has_cue(Cues(zh=one), fold("给您回电话"), ZH) for one in lists]
    assert found == [True, False, True]
