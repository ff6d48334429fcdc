"""What a counterpart's line must not do, whoever wrote it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from enum import StrEnum

from commcoach.coaching.counterpart import CALM_ENOUGH, Stage
from commcoach.domain.cues import has_cue
from commcoach.domain.language import Language
from commcoach.domain.persona import Event
from commcoach.domain.scenario import FactTold, Scenario
from commcoach.domain.wording import Folded, Span, fold, language_of
from commcoach.prompted.line_cues import consents, falls_out_of_character

MOST_SENTENCES = 4
"""One more than is asked for: angry speech comes in short pieces."""
LONGEST = {Language.ZH: 120, Language.EN: 420}
"""Code points of a line."""
SHORT_SENTENCE = {Language.ZH: 6, Language.EN: 16}
"""Folded code points; an interjection up to this length is not counted as a sentence."""
LONG_SENTENCE = {Language.ZH: 12, Language.EN: 36}
"""Folded code points; a sentence from this length on may be said once only."""
TOO_ALIKE = 0.85
"""The share of characters in common, in order, from which a line is taken for a repeat."""
RECITED = {Language.ZH: 12, Language.EN: 48}
"""Folded code points in a row from the prompt that cannot be coincidence."""

_ASIDE = re.compile(
    r"[（(【\[＊*_][^（）()【】\[\]*\n]{1,60}[）)】\]＊*_]|^\s*[—-]{0,2}\s*(?:他|她|我)?"
    r"(?:叹了?口气|沉默了?(?:片刻|一会儿)|顿了顿|冷笑(?:一声)?|苦笑(?:一声|了一下)?|皱了?皱?眉头?)\s*[，,。：:]"
    r"|^\s*(?:sighs?|pauses?|shrugs?|frowns?|silence)\b\s*[,.:;-]",
    re.IGNORECASE | re.MULTILINE,
)
_NARRATED = re.compile(
    r"(?:他|她|先生|女士|科长|康哥)[^，。！？\n]{0,10}(?:说道|答道|问道|回答道)[：:，,]?|"
    r"[\"”]\s*(?:he|she|Kang|Mr \w+|Ms \w+) (?:said|says|replied|asked)\b"
)
_FENCE = re.compile(r"</?\w+-[0-9a-f]{6,}>|<\|?\w+\|?>|\{\{|\{%|```")
_LATIN_RUN = re.compile(r"[A-Za-z]{2,}(?:[ ,'’-]+[A-Za-z]+){3,}")
_CHINESE_RUN = re.compile(r"[\u3400-\u9fff]{2,}")
_OTHER_SCRIPT = re.compile(
    r"[\u0400-\u04ff\u0590-\u06ff\u0900-\u0dff\u0e00-\u0e7f\u3040-\u30ff\uac00-\ud7af]"
)


class Fault(StrEnum):
    """What is wrong with a line."""

    EMPTY = "empty"
    EARLY_AGREEMENT = "early_agreement"
    ROLE = "role"
    LANGUAGE = "language"
    STAGE_DIRECTION = "stage_direction"
    REPEAT = "repeat"
    LENGTH = "length"
    LOCKED_FACT = "locked_fact"
    UNTOLD_FACT = "untold_fact"
    PROMPT = "prompt"


def faults_in(
    line: str, stage: Stage, prompt: str = "", may_agree: bool | None = None
) -> tuple[Fault, ...]:
    """Everything that is wrong with a line in its moment; nothing if it can be said.

    `prompt` is the text that must not be recited. `may_agree` says whether agreement is in place;
    without it, that is decided by the tension and by what has been told.
    """
    folded = fold(line)
    if not any(character.isalpha() for character in folded.text):
        return (Fault.EMPTY,)
    if may_agree is None:
        may_agree = ripe(stage)
    return tuple(_faults(line, folded, stage, prompt, may_agree))


def asides_in(line: str) -> tuple[str, ...]:
    """Actions, looks and brackets, and what only a narrator says."""
    return tuple(found[0] for one in (_ASIDE, _NARRATED) for found in one.finditer(line))


def ripe(stage: Stage) -> bool:
    """Whether the counterpart may agree: calm enough, and what the outcome asks for is told."""
    state = stage.reaction.state
    return state.tension <= CALM_ENOUGH and key_facts(stage.scenario) <= state.told


def key_facts(scenario: Scenario) -> frozenset[str]:
    """The hidden facts that the outcome asks for."""
    return frozenset(
        item.judge.fact for item in scenario.outcome if isinstance(item.judge, FactTold)
    )


def _faults(
    line: str, folded: Folded, stage: Stage, prompt: str, may_agree: bool
) -> Iterator[Fault]:
    language = stage.language
    if not may_agree and consents(folded, language):
        yield Fault.EARLY_AGREEMENT
    if falls_out_of_character(folded, language):
        yield Fault.ROLE
    if _is_in_another_language(line, language):
        yield Fault.LANGUAGE
    if asides_in(line):
        yield Fault.STAGE_DIRECTION
    if _was_said(folded, [*stage.said, stage.reply], language):
        yield Fault.REPEAT
    if _is_too_long(line, folded, language):
        yield Fault.LENGTH
    if _tells_locked(folded, stage):
        yield Fault.LOCKED_FACT
    if _leaves_untold(folded, stage):
        yield Fault.UNTOLD_FACT
    if _FENCE.search(line) or _recites(folded, prompt, stage):
        yield Fault.PROMPT


def _is_in_another_language(line: str, language: Language) -> bool:
    if _OTHER_SCRIPT.search(line):
        return True
    if language is Language.ZH:
        return language_of(line) is not language or bool(_LATIN_RUN.search(line))
    return bool(_CHINESE_RUN.search(line))


def _was_said(folded: Folded, said: Sequence[str], language: Language) -> bool:
    """Whether a line, or a long sentence of it, was said before, exactly or nearly."""
    mine = _letters(folded.text)
    long_ones = [one for one in _sentences(folded) if len(one) >= LONG_SENTENCE[language]]
    for other in said:
        earlier = fold(other)
        theirs = _letters(earlier.text)
        if not theirs:
            continue
        if mine == theirs or _are_alike(mine, theirs):
            return True
        before = set(_sentences(earlier))
        if any(one in before for one in long_ones):
            return True
    return False


def _are_alike(mine: str, theirs: str) -> bool:
    """Whether two lines differ in a word or two; short answers are alike by their nature."""
    if min(len(mine), len(theirs)) < 8:
        return False
    matcher = SequenceMatcher(None, mine, theirs, autojunk=False)
    return matcher.quick_ratio() >= TOO_ALIKE and matcher.ratio() >= TOO_ALIKE


def _sentences(folded: Folded) -> list[str]:
    return [_letters(folded.text[span.start : span.end]) for span in folded.sentences]


def _letters(text: str) -> str:
    return "".join(character for character in text if character.isalnum())


def _is_too_long(line: str, folded: Folded, language: Language) -> bool:
    def counts(span: Span) -> bool:
        return len(folded.text[span.start : span.end].strip()) > SHORT_SENTENCE[language]

    if len(line) > LONGEST[language]:
        return True
    return sum(counts(span) for span in folded.sentences) > MOST_SENTENCES


def _tells_locked(folded: Folded, stage: Stage) -> bool:
    told = stage.reaction.state.told
    return any(
        has_cue(fact.tells, folded, stage.language)
        for fact in stage.scenario.hidden_facts
        if fact.id not in told
    )


def _leaves_untold(folded: Folded, stage: Stage) -> bool:
    """Whether a fact that opens now is not told; in any other event none is to be told."""
    if stage.reaction.event is not Event.WENT_ON:
        return False
    opened = [stage.scenario.fact(id) for id in stage.reaction.opened]
    return any(not has_cue(fact.tells, folded, stage.language) for fact in opened)


def _recites(folded: Folded, prompt: str, stage: Stage) -> bool:
    """Whether a long stretch of the line stands in the prompt word for word."""
    length = RECITED[stage.language]
    mine = _letters(folded.text)
    source = _letters(fold(prompt).text)
    return any(mine[at : at + length] in source for at in range(len(mine) - length + 1))
