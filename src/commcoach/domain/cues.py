"""The cue grammar: how an authored wording is found in a reply."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from commcoach.domain.language import Cues, Language
from commcoach.domain.wording import Folded, Span, fold, has_chinese

_GAP = {True: ".{0,12}?", False: ".{0,40}?"}

_ZH_NUMBER = "[0-9〇零一二两三四五六七八九十百半几]"
_ZH_HOUR = "(?:二?十[一二三四]?|[一二两三四五六七八九]|[0-9]{1,2})"
_ZH_DAY = (
    "(?:今天|今日|今晚|今夜|今早|明天|明日|明早|明晚|后天|当天|当晚|本周|这周|下周|月底|月初"
    "|(?:周|星期|礼拜)[一二三四五六日天末]"
    f"|{_ZH_NUMBER}{{1,3}}月{_ZH_NUMBER}{{1,3}}[日号])"
)
_ZH_CLOCK = (
    "(?:(?:(?:凌晨|早上|上午|中午|下午|傍晚|晚上|夜里)"
    f"{_ZH_HOUR}(?:点|时)|(?<![有下这那说讲共])(?!一点|1点|一时)(?:{_ZH_HOUR})(?:点|时(?!候|间|常|的|刻))"
    "|(?:一|1)点(?=钟|半|整|前|之前|以前))(?!子|心|评|拨|滴|建议|意见|要求|原因|问题|想法|情况|说明)"
    "(?:半|一刻|三刻|[0-9一二三四五]{1,3}分|钟)?"
    "|[0-9]{1,2}:[0-9]{2}|上午|中午|下午|傍晚|晚上|下班前|上班后|天亮前)"
)
_ZH_SPAN = (
    "(?:[0-9零一二两三四五六七八九十百半]{1,3}(?:个半|个)?"
    "(?:工作日|小时|钟头|分钟|刻钟|天|日|周|星期)(?:之内|以内|内|之后|后)?)"
)
_EN_NUMBER = (
    "(?:[0-9]+|an?|one|two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen|twenty"
    "|thirty|forty|sixty|ninety|half an?|a couple of|a few)"
)
_EN_DAY = (
    "(?:today|tonight|tomorrow|this (?:morning|afternoon|evening|week)|next week"
    "|(?:next |this )?(?:mon|tues|wednes|thurs|fri|satur|sun)day"
    "|(?:the )?end of (?:the )?(?:day|week|month|play)|close of (?:play|business))"
)
_EN_CLOCK = (
    "(?:[0-9]{1,2}(?:[:.][0-9]{2})? ?(?:am|pm|a\\.m\\.?|p\\.m\\.?|o'clock)|[0-9]{1,2}:[0-9]{2}"
    "|(?:half past |quarter (?:past|to) )?(?:one|two|three|four|five|six|seven|eight|nine|ten"
    "|eleven|twelve) o'clock|half past [a-z]+|noon|midday|midnight|lunchtime"
    "|(?:by|before|at|until|around) (?:half |(?:quarter|ten|twenty) (?:to|past) |half past )?"
    "(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)(?! (?:of|or|person)))"
)
_EN_SPAN = (
    f"(?:(?:within|in|after) (?:the (?:next )?)?{_EN_NUMBER} "
    "(?:working )?(?:hours?|minutes?|days?|weeks?))"
)
_PLACEHOLDERS = {
    "time": {
        True: f"(?:{_ZH_DAY}(?:的)?(?:{_ZH_CLOCK})?|{_ZH_CLOCK}|{_ZH_SPAN})(?:之前|以前|前)?",
        False: f"(?:\\b(?:{_EN_DAY}|{_EN_CLOCK}|{_EN_SPAN})\\b)",
    },
    "number": {True: f"{_ZH_NUMBER}+", False: f"\\b{_EN_NUMBER}\\b"},
}


class CueSyntaxError(ValueError):
    """The cue uses brackets or a placeholder that the grammar does not know."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A place where a cue was found: a stretch of the folded text, and its sentence."""

    span: Span
    sentence: Span


def compile_cue(cue: str) -> str:
    """The regular expression of one cue; a `CueSyntaxError` if it is malformed.

    Grammar: plain text; `*` up to 12 characters (40 in English) within a sentence; `(a|b)` one
    of several, `(a|b)?` one of several or none; `{time}` an exact time or date; `{number}`.
    """
    text = fold(cue).text.strip()
    chinese = has_chinese(text) or (not re.search("[a-z]{2}", _without_placeholders(text)))
    open_end, open_start = text.endswith("*"), text.startswith("*")
    pattern, rest = _sequence(text.strip("*").strip(), chinese)
    if rest:
        raise CueSyntaxError(cue)
    if chinese:
        return pattern
    before = "" if open_start or not re.match(r"[\w(]", text) else r"(?<!\w)"
    after = "" if open_end or not re.search(r"[\w)]$", text) else r"(?!\w)"
    return before + pattern + after


def _without_placeholders(text: str) -> str:
    return re.sub(r"\{[a-z]+\}", "", text)


def _sequence(text: str, chinese: bool) -> tuple[str, str]:
    """Compile up to the end of an alternative; returns the pattern and what is left."""
    parts: list[str] = []
    while text and text[0] not in "|)":
        head, text = text[0], text[1:]
        if head == "*":
            parts.append(_GAP[chinese])
        elif head == "(":
            pattern, text = _alternatives(text, chinese)
            if text.startswith("?"):
                pattern, text = pattern + "?", text[1:]
            parts.append(pattern)
        elif head == "{":
            name, found, text = text.partition("}")
            if not found or name not in _PLACEHOLDERS:
                raise CueSyntaxError(name)
            parts.append(_PLACEHOLDERS[name][chinese])
        else:
            parts.append(re.escape(head))
    return "".join(parts), text


def _alternatives(text: str, chinese: bool) -> tuple[str, str]:
    options: list[str] = []
    while True:
        pattern, text = _sequence(text, chinese)
        options.append(pattern)
        if text.startswith("|"):
            text = text[1:]
        elif text.startswith(")"):
            return f"(?:{'|'.join(options)})", text[1:]
        else:
            raise CueSyntaxError(text)


@lru_cache
def time_pattern(language: Language) -> re.Pattern[str]:
    """What `{time}` stands for in this language."""
    return re.compile(_PLACEHOLDERS["time"][language is Language.ZH])


@lru_cache(maxsize=20_000)
def _pattern(cues: tuple[str, ...]) -> re.Pattern[str] | None:
    return re.compile("|".join(f"(?:{compile_cue(cue)})" for cue in cues)) if cues else None


def find_cues(cues: Cues, folded: Folded, language: Language) -> Iterator[Hit]:
    """Where a cue set is found: per sentence, left to right, unless one of its vetoes is there."""
    pattern = _pattern(cues.wordings(language))
    if pattern is None:
        return
    veto = _pattern(cues.vetoes(language))
    for sentence in folded.sentences():
        text = folded.text[sentence.start : sentence.end]
        hits = list(pattern.finditer(text))
        if not hits or (veto is not None and veto.search(text)):
            continue
        for hit in hits:
            span = Span(sentence.start + hit.start(), sentence.start + hit.end())
            yield Hit(span, sentence)


def has_cue(cues: Cues, folded: Folded, language: Language) -> bool:
    """Whether the cue set is found anywhere."""
    return next(find_cues(cues, folded, language), None) is not None
