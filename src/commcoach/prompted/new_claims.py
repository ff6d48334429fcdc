"""What a rewritten reply says that nobody has said: numbers, times, names, promises."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from commcoach.domain.cue_grammar import time_pattern
from commcoach.domain.language import Language
from commcoach.domain.wording import fold

_DIGITS = {character: value for value, character in enumerate("零一二三四五六七八九")} | {
    "〇": 0,
    "两": 2,
}
_NUMERAL = re.compile(
    "[〇零一二两三四五六七八九]?十[一二三四五六七八九]?|[〇零一二两三四五六七八九]"
)
_FROM_ZERO = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    *("eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen"),
    *("nineteen", "twenty"),
)
_WORDS = {word: str(value) for value, word in enumerate(_FROM_ZERO)} | {
    "thirty": "30",
    "forty": "40",
    "fifty": "50",
    "sixty": "60",
    "ninety": "90",
}
_NUMBER_WORD = re.compile(rf"\b(?:{'|'.join(_WORDS)})\b")
_AROUND_TIMES = re.compile("之前|以前|前|之内|以内|内|之后|后|左右|的|整")
_COUNTED = re.compile(r"[0-9]+(?:\.[0-9]+)?|[几数](?:个|家|次|天|周)")
_CHINESE_TIME_WORD = re.compile("马上|立刻|立即|这就|现在就|当天|当场|即刻|第一时间")
_PERSON = re.compile(
    "[\u4e00-\u9fff]{1,2}(?:先生|女士|小姐|科长|处长|局长|主任|书记|经理|师傅|老师|同志|所长|队长)"
)
_BODY = re.compile("[\u4e00-\u9fff]{2}(?:中心|局|委|办|公司|大队|支队|所|处|科|热线|平台)")
_KIND_OF_BODY = re.compile("街道|物业|社区|派出所|城管|居委会|执法|纪委|法院|信访|媒体|领导|上级")
_NOT_A_NAME = re.compile(
    "^(?:我|本|贵|你|您|们|这|那|各|该|两|哪|到|在|去|来|和|跟|给|找|由|请|的|三|一)"
)
_PROMISE = {
    Language.ZH: re.compile("保证|承诺|担保|一定|肯定|绝对|负责到底|包您|包你|免费|赔"),
    Language.EN: re.compile(
        r"\b(?:guarantee\w*|promise\w*|definitely|certainly|assure\w*|ensure\w*|immediately|at once"
        r"|right away|straight away|free of charge|refund\w*|compensat\w+)\b"
    ),
}
_ENGLISH_NAME = re.compile(r"(?<=[a-z,;:'’] )(?:(?:Mr|Ms|Mrs|Dr) )?[A-Z][a-z]+(?: [A-Z][a-z]+)*")
_SMALL_WORDS = {"one", "1"}


def new_claims(text: str, reply: str, heard: Sequence[str], language: Language) -> tuple[str, ...]:
    """Numbers, times and names that stand neither in the reply nor in what the counterpart said.

    Words of promise must stand in the reply itself. Numbers in words and in figures are the same.
    """
    known = _evened("\n".join([reply, *heard]))
    found = [
        *_times(text, known, language),
        *_numbers(text, known),
        *(_chinese_names(text, known) if language is Language.ZH else _names(text, known)),
        *_promises(text, reply, language),
    ]
    return tuple(dict.fromkeys(found))


def _evened(text: str) -> str:
    """A folded text with numbers in figures, and without what only leans on a time."""
    figures = _NUMERAL.sub(lambda found: str(_value(found[0])), fold(text).text)
    figures = _NUMBER_WORD.sub(lambda found: _WORDS[found[0]], figures)
    return _AROUND_TIMES.sub("", figures)


def _value(numeral: str) -> int:
    """A Chinese numeral up to 99."""
    tens, ten, ones = numeral.partition("十")
    if not ten:
        return _DIGITS[numeral]
    return (_DIGITS[tens] if tens else 1) * 10 + (_DIGITS[ones] if ones else 0)


def _times(text: str, known: str, language: Language) -> Iterator[str]:
    folded = fold(text).text
    patterns = [time_pattern(language)]
    if language is Language.ZH:
        patterns.append(_CHINESE_TIME_WORD)
    for pattern in patterns:
        for found in pattern.finditer(folded):
            if _evened(found[0]).strip() not in known:
                yield found[0].strip()


def _numbers(text: str, known: str) -> Iterator[str]:
    for found in _COUNTED.finditer(_evened(text)):
        figure = re.match("[0-9.]+", found[0])
        number = figure[0] if figure else found[0]
        if number not in _SMALL_WORDS and not re.search(
            rf"(?<![0-9]){re.escape(number)}(?![0-9])", known
        ):
            yield number


def _chinese_names(text: str, known: str) -> Iterator[str]:
    folded = fold(text).text
    for pattern, least in ((_PERSON, 1), (_BODY, 2)):
        for found in pattern.finditer(folded):
            name = found[0]
            shorter = [name[at:] for at in range(3 - least)]
            if not any(_evened(one) in known for one in shorter) and not _NOT_A_NAME.match(
                name[1:] if least == 2 else name
            ):
                yield name
    for found in _KIND_OF_BODY.finditer(folded):
        if found[0] not in known:
            yield found[0]


def _names(text: str, known: str) -> Iterator[str]:
    for found in _ENGLISH_NAME.finditer(text):
        if fold(found[0]).text not in known:
            yield found[0]


def _promises(text: str, reply: str, language: Language) -> Iterator[str]:
    said = fold(reply).text
    for found in _PROMISE[language].finditer(fold(text).text):
        if found[0] not in said:
            yield found[0]
