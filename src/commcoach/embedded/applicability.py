"""Whether the counterpart's last words gave an opening for a criterion."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from commcoach.domain.cases import Said, last_words
from commcoach.domain.cues import Hit, find_cues, has_cue
from commcoach.domain.language import Language
from commcoach.domain.rubric import Criterion
from commcoach.domain.wording import Folded, fold, language_of


def applies(criterion: Criterion, context: Sequence[Said], shown: bool) -> bool:
    """Whether the criterion can be judged after this context.

    Always without a context or without `applies_when`. Otherwise an opening that is seen in the
    last words decides for it, and a condition of `not_applicable_when` that is seen against it.
    Where the words decide nothing, it depends on whether the reply itself showed the behaviour
    or its opposite: nobody is marked down for an opening that only might have been there. The
    first reply of a talk is also judged by a condition without cues, which counts as met.
    """
    words = last_words(context)
    folded = fold(words)
    if not criterion.applies_when or not folded.text.strip():
        return True
    language = language_of(words)
    if next(openings(criterion, folded, language), None) is not None:
        return True
    if any(has_cue(one.cues, folded, language) for one in criterion.not_applicable_when):
        return False
    first_reply = len(context) < 2
    return shown or (
        first_reply and any(not one.cues.wordings(language) for one in criterion.applies_when)
    )


def openings(criterion: Criterion, folded: Folded, language: Language) -> Iterator[Hit]:
    """The words that call for the behaviour."""
    for condition in criterion.applies_when:
        yield from find_cues(condition.cues, folded, language)
