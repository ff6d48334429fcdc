"""Courtesies added and taken out."""

from __future__ import annotations

import pytest

from commcoach.domain.language import Language
from commcoach.domain.twins import padded, trimmed

ZH, EN = Language.ZH, Language.EN


@pytest.mark.parametrize(
    ("language", "reply", "rest"),
    [
        (ZH, "您好，非常感谢您的来电。我今天三点前回您。", "我今天三点前回您。"),
        (ZH, "我去看，辛苦了。祝您一切顺利，工作愉快。", "我去看。"),
        (ZH, "以后请按时提交，谢谢配合。", "以后请按时提交。"),
        (EN, "Hello there! I will call you at three. Kind regards", "I will call you at three."),
        (EN, "Thank you very much for contacting us. it is logged.", "It is logged."),
    ],
)
def test_opening_and_closing_courtesies_are_taken_out(
    language: Language, reply: str, rest: str
) -> None:
    assert trimmed(reply, language) == rest


@pytest.mark.parametrize(
    ("language", "reply"),
    [
        (ZH, "您好。"),
        (ZH, "我感谢您的信任，但这事得您定。"),
        (EN, "Thank you for acknowledging your shortcomings. I trust it helps."),
        (EN, "History will tell."),
        (EN, ""),
    ],
)
def test_what_has_none_or_nothing_else_has_no_twin(language: Language, reply: str) -> None:
    assert trimmed(reply, language) is None


@pytest.mark.parametrize("language", list(Language))
def test_what_was_added_is_taken_out_again(language: Language) -> None:
    reply = {ZH: "三点前回您。", EN: "I will call you at three."}[language]
    assert reply in padded(reply, language)
    assert trimmed(padded(reply, language), language) == reply
    assert padded(" ", language).strip()
