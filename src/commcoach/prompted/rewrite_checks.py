"""What a reply in other words must not be: longer, new, dressed up, a comment, or the same."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from commcoach.coaching.scorer import ScoringTask
from commcoach.domain.language import Language
from commcoach.domain.wording import fold, language_of
from commcoach.prompted.line_checks import asides_in
from commcoach.prompted.line_cues import is_no_human
from commcoach.prompted.new_claims import new_claims
from commcoach.prompted.summary_checks import MARKUP

LONGEST = {Language.ZH: 90, Language.EN: 60}
"""Chinese: characters without white space; English: words."""
HARDLY_CHANGED = {Language.ZH: 2, Language.EN: 6}
"""Letters; with no more than these changed, a reply is still the same."""

_LABEL = re.compile(
    r"^\W*(?:改写|修改|改后|优化|润色|参考|示例|版本)[^:,.。\n]{0,8}:|^\W*(?:学员|我的)?(?:回复|答复|建议):"
    r"|^\W*(?:rewrit|revis|improv|suggest|option|version|better)[^:,.\n]{0,20}:"
    r"|^\W*(?:my |the |your |new )*reply:"
    r"|(?<![^\W_])(?:说明|解释|改动|理由|备注|note|explanation|changes?):"
    r"|(?:以下|下面)是[^,.。\n]{0,6}(?:回复|改写|版本|写法)|改写(?:后|成|如下)"
    r"|\bhere(?:'s| is) (?:a|an|the|your|one) (?:\w+ )?(?:rewrit|revis|version|reply)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a rewrite cannot be shown; `what` are its own words that are at fault."""

    kind: Literal["empty", "length", "new", "form", "label", "role", "tone", "same"]
    what: str = ""


def faults_in(text: str, task: ScoringTask) -> tuple[Fault, ...]:
    """Why a text cannot stand in for the reply of a task."""
    if not any(character.isalpha() for character in text) or language_of(text) != task.language:
        return (Fault("empty"),)
    heard = [said.text for said in task.context if said.speaker != "learner"]
    claims = new_claims(text, task.reply, heard, task.language)
    return (*_dress_faults(text, task), *(Fault("new", claim) for claim in claims))


def _dress_faults(text: str, task: ScoringTask) -> Iterator[Fault]:
    """What is wrong with it before it is asked what it says."""
    language = task.language
    parts = text.split() if language is Language.EN else "".join(text.split())
    if len(parts) > LONGEST[language]:
        yield Fault("length")
    if _is_the_same(text, task.reply, language):
        yield Fault("same")
    if found := MARKUP.search(text):
        yield Fault("form", found[0])
    for aside in asides_in(text):
        # Brackets that the learner has put there are the learner's.
        if aside not in task.reply:
            yield Fault("form", aside)
    folded = fold(text)
    if (label := _LABEL.search(folded.text)) and label[0] not in fold(task.reply).text:
        yield Fault("label", label[0])
    if is_no_human(folded, language):
        yield Fault("role")
    if "!" in folded.text:
        yield Fault("tone")


def _is_the_same(text: str, reply: str, language: Language) -> bool:
    mine, theirs = (
        "".join(character for character in fold(one).text if character.isalnum())
        for one in (text, reply)
    )
    blocks = SequenceMatcher(None, mine, theirs, autojunk=False).get_matching_blocks()
    unchanged = sum(block.size for block in blocks)
    return max(len(mine), len(theirs)) - unchanged <= HARDLY_CHANGED[language]
