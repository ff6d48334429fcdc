"""What a few sentences about a finished talk must not do: make up, grade, judge, give away."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from commcoach.domain.cues import has_cue
from commcoach.domain.language import Language
from commcoach.domain.rubric import Criterion
from commcoach.domain.scenario import HiddenFact
from commcoach.domain.wording import fold, language_of
from commcoach.prompted.new_claims import new_claims

LONGEST = {Language.ZH: 120, Language.EN: 80}
"""Chinese: characters without white space; English: words."""
LEAST_QUOTED = 2
"""Letters; a shorter quotation stands in nearly every reply."""

_QUOTED = re.compile(
    r"“([^“”]*)”|「([^「」]*)」|『([^『』]*)』|\"([^\"]*)\"|(?<!\w)[‘']([^‘]+?)[’'](?!\w)"
)
_HALF_QUOTED = re.compile(r"[“”「」『』\"]")
_EDGES = " \n,.;:!?，。；：！？、…"
"""Punctuation that a language puts inside its quotation marks, whoever said it."""
MARKUP = re.compile(r"[<>{}`#]|\*")
"""What has no place in words that are shown as they are."""
_GRADE = {
    Language.ZH: re.compile(
        # "十分" alone only says "very".
        r"(?:[0-9]+(?:\.[0-9]+)?|[零一二两三四五六七八九])"
        r"\s*(?:分(?![钟析开清别明给管工之头])|级|星(?!期))|打[^，。]{0,4}分"
        r"|[0-9]\s*/\s*[0-9]+|百分|[满得评总扣加高低]分(?![清开别])|分数|等级|及格|不合格|优秀|良好"
    ),
    Language.EN: re.compile(
        r"\b(?:scor(?:e[sd]?|ing)|grad(?:e[sd]?|ing)|ratings?|marks?|percent(?:age)?|per cent"
        r"|levels?\s+(?:[0-9]|zero|one|two|three|four)|[0-9.]+\s+(?:points?|stars?)"
        r"|[0-9]+\s*/\s*[0-9]+|out of (?:four|five|ten|[0-9]+)|excellent)\b|[0-9]\s*%"
    ),
}
_PERSON = {
    Language.ZH: re.compile(
        r"您(?:这个人|真(?![正的])|太(?!太)|不够|有些|有点|有失|过于|缺乏|缺少|总是|总爱|老是|一贯|一向|不善|不懂)"
        r"|(?:您|学员)?(?:应该|应当|需要|要)学会|官僚|(?<![他她方])(?<![他她方生士长哥姐婆爷]的)态度"
        r"|情商|素质|性格|傲慢|冷漠|同理心不足"
    ),
    Language.EN: re.compile(
        r"\byou(?:'re| are| were| seem(?:ed)?| sound(?:ed)?| came across(?: as)?)"
        r" (?:too|so|very|rather|quite|a bit|a little|not \w+ enough|an? \w+ person)\b"
        r"|\byou (?:lack(?:ed)?|always|tend to)\b|\byou (?:should|need to|must|have to) learn\b"
        r"|\byour (?:attitude|character|personality|temper|manner)\b"
        r"|\b(?:bureaucratic|arrogant|dismissive|patronising|patronizing|unprofessional|cold-hearted"
        r"|well done|good job|great job)\b"
    ),
}
_NOT_CLAIMED = {
    # Told of what happened, these are no names, numbers or promises.
    Language.ZH: re.compile(
        r"第[一二三四五六七八九十]{1,2}(?:句|轮|条|遍|次(?:开口|回复|说))|[一两三几](?:句|轮|遍)|几次|十分|再三"
        r"|两边|两头|两人|一定|肯定|绝对|马上|立刻|立即|当场|当即|这就"
        r"|办[法成好到事完理妥]|怎么办|照办|着办|起办|没办|要办|催办|委[屈婉]|所[以有说谓做想需]|之所"
        r"|[难好用坏长苦错到]处|处[理境在于]|[结僵大当]局|科学"
    ),
    Language.EN: re.compile(
        r"\b(?:definitely|certainly|immediately|at once|right away|straight away"
        r"|(?:two|three) (?:sentences|words|replies|lines|turns))\b"
    ),
}


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a summary cannot be shown; `what` are its own words that are at fault.

    `secret` names none: they must not stand in any prompt.
    """

    kind: Literal[
        "empty",
        "language",
        "form",
        "length",
        "no_quote",
        "quote",
        "new",
        "grade",
        "person",
        "tone",
        "secret",
    ]
    what: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """What a summary is held against.

    `replies` are the learner's, `lines` the counterpart's. `known` are other words that the
    summary may take names from, `criteria` what it must not name, `untold` the facts it must not
    give away.
    """

    language: Language
    replies: Sequence[str]
    lines: Sequence[str]
    known: Sequence[str] = ()
    criteria: Sequence[Criterion] = ()
    untold: Sequence[HiddenFact] = ()


def faults_in(text: str, told: Told) -> tuple[Fault, ...]:
    """Everything that is wrong with a summary; nothing if it can be shown."""
    if not any(character.isalpha() for character in text):
        return (Fault("empty"),)
    # What both sides said is theirs: only the rest is held against the rules.
    own = _QUOTED.sub("“”", text)
    if language_of(own if any(map(str.isalpha, own)) else text) != told.language:
        return (Fault("language"),)
    return (
        *_form_faults(text, own, told.language),
        *_quote_faults(text, own, told),
        *_content_faults(own, told),
    )


def _form_faults(text: str, own: str, language: Language) -> Iterator[Fault]:
    parts = text.split() if language is Language.EN else "".join(text.split())
    if len(parts) > LONGEST[language]:
        yield Fault("length")
    if MARKUP.search(own):
        yield Fault("form")
    if "!" in own or "！" in own:
        yield Fault("tone")


def _quote_faults(text: str, own: str, told: Told) -> Iterator[Fault]:
    """Whether each quotation stands in what was said, and one of them in a reply."""
    replies = [_letters(one) for one in told.replies]
    lines = [_letters(one) for one in told.lines]
    made_up = []
    quotes_learner = False
    for found in _QUOTED.finditer(text):
        quotation = next(filter(None, found.groups()), "")
        words = _letters(quotation)
        in_reply = any(words in one for one in replies)
        if not words or not (in_reply or any(words in one for one in lines)):
            made_up.append(quotation)
        quotes_learner |= in_reply and sum(map(str.isalnum, words)) >= LEAST_QUOTED
    rest = own.replace("“”", "")
    if _HALF_QUOTED.search(rest):
        made_up.append(rest)
    for quotation in made_up:
        yield Fault("quote", quotation)
    if not quotes_learner:
        yield Fault("no_quote")
    folded = fold("\n".join([own, *made_up]))
    if any(has_cue(fact.tells, folded, told.language) for fact in told.untold):
        yield Fault("secret")


def _content_faults(own: str, told: Told) -> Iterator[Fault]:
    language = told.language
    for claim in _claims(own, told):
        yield Fault("new", claim)
    said = fold("\n".join([*told.replies, *told.lines])).text
    words = fold(own).text
    for found in _GRADE[language].finditer(words):
        if found[0] not in said:
            yield Fault("grade", found[0])
    for one in told.criteria:
        title = one.title.said_in(language)
        if fold(one.id).text in words or _names_criterion(words, title, language):
            yield Fault("grade", title)
    for found in _PERSON[language].finditer(words):
        yield Fault("person", found[0])


def _letters(text: str) -> str:
    """A text without white space and without the punctuation at its ends."""
    return "".join(fold(text).text.strip(_EDGES).split())


def _claims(own: str, told: Told) -> tuple[str, ...]:
    """Numbers, times, names and promises that neither side has said."""
    plain = _NOT_CLAIMED[told.language].sub("，", own)
    said = [*told.replies, *told.lines]
    return new_claims(plain, "\n".join(said), [*told.known], told.language)


def _names_criterion(text: str, title: str, language: Language) -> bool:
    name = re.escape(fold(title).text)
    pattern = name if language is Language.ZH else rf"\b{name}\b"
    return bool(re.search(pattern, text))
