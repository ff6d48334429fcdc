"""What a retranslation test found, in words."""

from __future__ import annotations

from collections.abc import Iterator

from commcoach.domain.chance import Share
from commcoach.domain.retranslation import CardKind, Confusion, Outcome
from commcoach.domain.rubric import Criterion
from commcoach.presentation.rubric_pages.lines import FAINT, HEADING, TITLE, UNSURE, Line
from commcoach.presentation.wording import N_, Wording

ENOUGH = 3
"""People who have to sort before a wrong card is more than one person's reading."""
_LONGEST = 60
"""Characters of a card that is named in a line."""

_KINDS = {
    CardKind.ANCHOR: N_("sorting.anchors"),
    CardKind.EXAMPLE: N_("sorting.examples"),
}


def sorting_report(criterion: Criterion, outcome: Outcome, words: Wording) -> Iterator[Line]:
    """Shares with their counts and intervals, what was taken for what, and what to look at."""
    title = criterion.title.said_in(words.language)
    yield Line(words.say("sorting.title", title=title, number=outcome.sorters), TITLE)
    for kind, levels in outcome.levels.items():
        yield Line()
        yield Line(words.say(_KINDS[kind], share=_share(outcome.right[kind], words)), HEADING)
        for level, share in levels.items():
            yield Line(_share(share, words), label=f"  {level}  ")
    if outcome.confusions:
        yield Line()
        yield Line(words.say("sorting.mixed"), HEADING)
        for one in outcome.confusions:
            yield Line(_confusion(one, words), label="  · ")
    yield Line()
    for text in _advice(criterion, outcome, words):
        yield Line(text, UNSURE if outcome.confusions else "")
    if outcome.sorters < ENOUGH:
        yield Line(words.say("sorting.few", enough=ENOUGH), FAINT)


def _share(share: Share, words: Wording) -> str:
    interval = share.interval
    if share.value is None or interval is None:
        return words.say("sorting.not_estimable")
    low, high = (round(100 * bound) for bound in interval)
    return words.say(
        "sorting.share",
        hits=f"{share.hits:g}",
        number=share.number,
        share=round(100 * share.value),
        low=low,
        high=high,
    )


def _confusion(one: Confusion, words: Wording) -> str:
    text = one.card.text if len(one.card.text) <= _LONGEST else f"{one.card.text[:_LONGEST]}…"
    return words.say(
        "sorting.confusion", own=one.card.level, put=one.put_at, times=one.times, text=text
    )


def _advice(criterion: Criterion, outcome: Outcome, words: Wording) -> Iterator[str]:
    if not outcome.confusions:
        yield words.say("sorting.advice.fine")
        return
    questions = {
        (one.lower, one.upper): one.question.said_in(words.language) for one in criterion.boundaries
    }
    for lower, upper in outcome.mixed_neighbours():
        question = questions.get((lower, upper))
        told = {"lower": lower, "upper": upper}
        if question:
            yield words.say("sorting.advice.sharpen", **told, question=question)
        else:
            yield words.say("sorting.advice.add", **told)
    for level in sorted({one.card.level for one in outcome.far_off()}):
        yield words.say("sorting.advice.rewrite", level=level)
