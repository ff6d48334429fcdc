"""The cue grammar: what an authored wording stands for, as a regular expression."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache

from commcoach.domain.language import Language
from commcoach.domain.wording import fold

_GAP = {True: ".{0,12}?", False: ".{0,40}?"}

_ZH_NUMBER = "[0-9〇零一二两三四五六七八九十百半几]"
_ZH_HOUR = "(?:二?十[一二三四]?|[一二两三四五六七八九]|[0-9]{1,2})"
_ZH_DAY = (
    "(?:今天|今日|今晚|今夜|今早|明天|明日|明早|明晚|明儿|大后天|后天|当天|当晚|次日|转天"
    "|(?:本|这|下下|下)?(?:周|星期|礼拜)[一二三四五六日天末]|本周|这周|下周|月底|月初|年底"
    "|(?:[0-9]{1,2}|[一二三]?十[一二三四五六七八九]?|[一二三四五六七八九])[号日](?!楼|线|院|门|栋|管|文)"
    f"|{_ZH_NUMBER}{{1,3}}月{_ZH_NUMBER}{{1,3}}[日号])"
)
_ZH_CLOCK = (
    "(?:(?:(?:凌晨|早上|上午|中午|下午|傍晚|晚上|夜里)"
    f"{_ZH_HOUR}(?:点|时)|(?<![有下这那说讲共])(?!一点|1点|一时)(?:{_ZH_HOUR})(?:点|时(?!候|间|常|的|刻))"
    "|(?:一|1)点(?=钟|半|整|前|之前|以前))(?!子|心|评|拨|滴|建议|意见|要求|原因|问题|想法|情况|说明)"
    "(?:半|一刻|三刻|[0-9一二三四五]{1,3}分|钟)?"
    "|[0-9]{1,2}:[0-9]{2}|一早|清早|上午|中午|下午|傍晚|晚上|下班前|上班后|天亮前|午饭前|散会前)"
)
_ZH_SPAN = (
    "(?:[0-9零一二两三四五六七八九十百半]{1,3}(?:个半|个)?"
    "(?:(?:工作日|小时|钟头|分钟|刻钟)(?:之内|以内|内|之后|后)?"
    "|(?:天|日|周|星期|个月)(?:之内|以内|内|之后|后|之前|前)))"
)
_EN_NUMBER = (
    "(?:[0-9]+|an?|one|two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen|twenty"
    "|thirty|forty|sixty|ninety|half an?|a couple of|a few)"
)
_EN_DAY = (
    "(?:today|tonight|tomorrow|this (?:morning|afternoon|evening|week)|next week"
    "|(?:next |this )?(?:mon|tues|wednes|thurs|fri|satur|sun)day"
    "|(?:by|on|before) the (?:[0-9]{1,2}(?:st|nd|rd|th)?|first|second|third|fourth|fifth|sixth"
    "|seventh|eighth|ninth|tenth|eleventh|twelfth|fifteenth|twentieth|thirtieth)"
    "|[0-9]{1,2}(?:st|nd|rd|th)? (?:of )?(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
    "|first thing|(?:the )?end of (?:the )?(?:day|week|month|play|morning|afternoon)"
    "|close of (?:play|business))"
)
_EN_CLOCK = (
    "(?:[0-9]{1,2}(?:[:.][0-9]{2})? ?(?:am|pm|a\\.m\\.?|p\\.m\\.?|o'clock)|[0-9]{1,2}:[0-9]{2}"
    "|(?:half past |quarter (?:past|to) )?(?:one|two|three|four|five|six|seven|eight|nine|ten"
    "|eleven|twelve) o'clock|half past [a-z]+|noon|midday|midnight|lunchtime"
    "|(?:by|before|at|until|around) (?:half |(?:quarter|ten|twenty) (?:to|past) |half past )?"
    "(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)"
    "(?! (?:of|or|person|people|calls|fields|weeks?|days?|more)))"
)
_EN_SPAN = (
    f"(?:(?:within|inside|in|after) (?:(?:the (?:next )?)?{_EN_NUMBER} "
    "(?:working )?(?:hours?|minutes?|days?|weeks?)|the hour|the next half hour))"
)
_PLACEHOLDERS = {
    "time": {
        True: f"(?:{_ZH_DAY}(?:的)?(?:{_ZH_CLOCK})?|{_ZH_CLOCK}|{_ZH_SPAN})(?:之前|以前|前)?",
        False: f"(?:\\b(?:{_EN_DAY}|{_EN_CLOCK}|{_EN_SPAN})\\b)",
    },
    "number": {True: f"{_ZH_NUMBER}+", False: f"\\b{_EN_NUMBER}\\b"},
}

_SENTENCE_END = re.compile(r"[。!;\n]|(?<!\))\?")
_LATIN_START = re.compile(r"[({]*[a-z0-9]")
_LATIN_END = re.compile(r"[a-z0-9][)?}]*$")
_NO_LATIN_BEFORE = "(?<![a-z0-9_])"
_NO_LATIN_AFTER = "(?![a-z0-9_])"


class CueSyntaxError(ValueError):
    """The cue is malformed, would be found everywhere, or can never be found."""


@dataclass(frozen=True, eq=False)
class Cue:
    """One compiled wording.

    `needs` are pieces of text of which at least one stands in every place the cue can be found
    in; without any, only the expression can tell. They make searching thousands of cues cheap.
    """

    source: str
    needs: tuple[str, ...]

    @cached_property
    def expression(self) -> re.Pattern[str]:
        """The regular expression, compiled when it is first needed."""
        return re.compile(self.source)


@dataclass(frozen=True, slots=True)
class _Part:
    """A stretch of a cue: its expression, pieces of which one must be there, and whether it may
    be found where nothing is.
    """

    source: str
    needs: tuple[str, ...]
    may_be_nothing: bool


@lru_cache(maxsize=50_000)
def compile_cue(cue: str, language: Language) -> Cue:
    """One cue of a language's list.

    Grammar: plain text; `*` up to 12 characters (40 in English) within a sentence; `(a|b)` one
    of several, `(a|b)?` one of several or none; `{time}` an exact time or date; `{number}`.
    A Latin word is found as a whole word, unless the cue goes on with `*`. Raises
    `CueSyntaxError` for a cue that is malformed, that would be found everywhere, or that could
    never be found because it holds the end of a sentence.
    """
    text = fold(cue).text.strip()
    if _SENTENCE_END.search(text):
        raise CueSyntaxError(cue)
    part, rest = _sequence(text.strip("*").strip(), language is Language.ZH)
    if rest or part.may_be_nothing:
        raise CueSyntaxError(cue)
    before = "" if text.startswith("*") or not _LATIN_START.match(text) else _NO_LATIN_BEFORE
    after = "" if text.endswith("*") or not _LATIN_END.search(text) else _NO_LATIN_AFTER
    return Cue(before + part.source + after, part.needs)


def _sequence(text: str, chinese: bool) -> tuple[_Part, str]:
    """Compile up to the end of an alternative; returns the part and what is left."""
    sources: list[str] = []
    needs: list[tuple[str, ...]] = []
    may_be_nothing = True
    while text and text[0] not in "|)":
        head, text = text[0], text[1:]
        if head == "*":
            sources.append(_GAP[chinese])
        elif head == "(":
            part, text = _alternatives(text, chinese)
            if text.startswith("?"):
                part, text = _Part(part.source + "?", (), may_be_nothing=True), text[1:]
            sources.append(part.source)
            needs.append(part.needs)
            may_be_nothing = may_be_nothing and part.may_be_nothing
        elif head == "{":
            name, found, text = text.partition("}")
            if not found or name not in _PLACEHOLDERS:
                raise CueSyntaxError(name)
            sources.append(_PLACEHOLDERS[name][chinese])
            may_be_nothing = False
        else:
            plain = re.match(r"[^*({|)]*", text)
            run = head + (plain.group() if plain else "")
            text = text[len(run) - 1 :]
            sources.append(re.escape(run))
            needs.append((run,))
            may_be_nothing = False
    telling = max(needs, key=_tells, default=())
    return _Part("".join(sources), telling, may_be_nothing), text


def _tells(needs: tuple[str, ...]) -> float:
    """How much a requirement rules out: long pieces, and few of them."""
    return min(map(len, needs)) - 0.1 * len(needs) if needs else -1000.0


def _alternatives(text: str, chinese: bool) -> tuple[_Part, str]:
    options: list[_Part] = []
    while True:
        part, text = _sequence(text, chinese)
        options.append(part)
        if text.startswith("|"):
            text = text[1:]
        elif text.startswith(")"):
            source = "(?:" + "|".join(option.source for option in options) + ")"
            all_tell = all(option.needs for option in options)
            needs = tuple(piece for option in options for piece in option.needs) if all_tell else ()
            nothing = any(option.may_be_nothing for option in options)
            return _Part(source, needs, nothing), text[1:]
        else:
            raise CueSyntaxError(text)


@lru_cache
def time_pattern(language: Language) -> re.Pattern[str]:
    """What `{time}` stands for in this language."""
    return re.compile(_PLACEHOLDERS["time"][language is Language.ZH])
