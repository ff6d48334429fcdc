"""What a rewrite may not bring with it."""

from __future__ import annotations

import pytest

from commcoach.domain.language import Language
from commcoach.prompted.new_claims import new_claims

ZH, EN = Language.ZH, Language.EN
HEARD_ZH = ["我为楼下排污管的事打了三次电话了！物业说是街道，家里老人这两天都不敢开窗。"]
REPLY_ZH = "您反映的问题我来跟，今天下午5点前给您回电。"
HEARD_EN = [
    "I've rung three times about the pipe. Property management sent me to the sub-district."
]
REPLY_EN = "I'm on it and will ring you by 5 pm today. My name is Ding."


@pytest.mark.parametrize(
    "text",
    [
        "这件事我来跟，今天下午五点之前我给您回电。",
        "三次电话都没人接住，我来跟。下午五点前给您一个回话。",
        "老人两天没开窗，这个我记下了。物业和街道那边我去问。",
        "您先别急着再打，我把情况理一遍，一会儿说给您听。",
        "我先把您说的理一遍：打了三次，物业说街道。您看对不对？",
    ],
)
def test_the_learners_and_the_counterparts_own_facts_are_let_through(text: str) -> None:
    assert new_claims(text, REPLY_ZH, HEARD_ZH, ZH) == ()


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        ("今天下午三点前给您回电。", "三点"),
        ("明天上午有人到现场。", "明天"),
        ("两小时内到现场。", "小时"),
        ("我的分机是8072。", "8072"),
        ("我马上安排人过去。", "马上"),
        ("王主任会亲自来看。", "王主任"),
        ("我请住建局的人来看。", "住建局"),
        ("我向信访部门反映。", "信访"),
        ("我保证跟到底。", "保证"),
        ("这事一定能解决。", "一定"),
        ("派4个人过去看。", "4"),
    ],
)
def test_new_times_numbers_names_and_promises_are_found_in_chinese(text: str, claim: str) -> None:
    assert any(claim in found for found in new_claims(text, REPLY_ZH, HEARD_ZH, ZH))


@pytest.mark.parametrize(
    "text",
    [
        "Three calls and nobody took it on. I will, and I'll ring you by five pm today.",
        "You've rung three times. I'm Ding, and I'm on it: a call from me by 5 pm today.",
        "Property management sent you on, didn't they? Have I got that right?",
    ],
)
def test_the_same_facts_are_let_through_in_english(text: str) -> None:
    assert new_claims(text, REPLY_EN, HEARD_EN, EN) == ()


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        ("I'll ring you by 3 pm.", "3"),
        ("Somebody will be there tomorrow.", "tomorrow"),
        ("I'll be there within two hours.", "two hours"),
        ("Ask for extension 8072.", "8072"),
        ("I'll get Mr Wang to look at it.", "Mr Wang"),
        ("I guarantee it will be mended.", "guarantee"),
        ("I'll send somebody immediately.", "immediately"),
        ("There will be four of us.", "4"),
    ],
)
def test_new_times_numbers_names_and_promises_are_found_in_english(text: str, claim: str) -> None:
    assert any(claim in found for found in new_claims(text, REPLY_EN, HEARD_EN, EN))
