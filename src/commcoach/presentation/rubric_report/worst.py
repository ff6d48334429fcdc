"""The cases on which people and engine are farthest apart, as labelled texts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from commcoach.domain.agreement import nearest_level
from commcoach.domain.cases import last_words
from commcoach.domain.criterion_figures import Disagreement
from commcoach.domain.language import Localized
from commcoach.domain.rubric import Criterion
from commcoach.presentation.wording import N_, Wording

_AUTHOR = "author"


@dataclass(frozen=True, slots=True)
class WorstView:
    """A disagreement: the talk, what the graders gave, what the engine gave, and why each.

    `graded` and `given` are headings, `anchor` and `reasons` what stands below them.
    """

    id: str
    context: str
    reply: str
    graded: str
    anchor: str
    given: str
    reasons: tuple[str, ...]


def worst_view(one: Disagreement, criterion: Criterion, words: Wording) -> WorstView:
    """One disagreement in words."""
    case, score = one.case.case, one.score
    only_authors = all(grade.kind == _AUTHOR for grade in one.grades)
    grades = words.say("punctuation.list").join(
        words.say("test.worst.grade", by=grade.by, level=_level(grade.levels[criterion.id], words))
        for grade in one.grades
    )
    return WorstView(
        case.id,
        last_words(case.context),
        case.reply,
        words.say(
            "test.worst.graded_by_authors" if only_authors else "test.worst.graded",
            level=f"{one.grade:g}",
            grades=grades,
        ),
        criterion.level(nearest_level(one.grade)).anchor.said_in(words.language),
        words.say("test.worst.given", level=score.level, expected=f"{score.expected:.2f}"),
        tuple(_reasons(one, criterion, words)),
    )


def _reasons(one: Disagreement, criterion: Criterion, words: Wording) -> Iterator[str]:
    """The rationale in the reader's language as far as it is the criterion's, then the quotes."""
    score = one.score
    marks = _marks(score.rationale, criterion)
    if marks is None:
        yield score.rationale
    else:
        yield criterion.level(score.level).anchor.said_in(words.language)
        told = [
            words.say(key, signals=words.say("punctuation.list").join(titles))
            for mark, key in _MARKS.items()
            if (titles := [title.said_in(words.language) for title in marks[mark]])
        ]
        if told:
            yield words.say("punctuation.item").join(told)
    if score.evidence:
        quotes = words.say("punctuation.list").join(
            words.say("punctuation.quote", text=each.quote) for each in score.evidence
        )
        yield words.say("test.worst.quotes", quotes=quotes)


_MARKS = {
    "+": N_("test.worst.seen"),
    "!": N_("test.worst.against"),
    "-": N_("test.worst.missed"),
}


def _marks(rationale: str, criterion: Criterion) -> dict[str, list[Localized]] | None:
    """The signals that the embedded engine marks, by mark; `None` for another's rationale."""
    for language in criterion.languages:
        for level in criterion.levels:
            anchor = level.anchor.said_in(language)
            if not anchor or not rationale.startswith(anchor):
                continue
            rest = rationale.removeprefix(anchor)
            return {
                mark: [
                    signal.title
                    for signal in criterion.signals
                    if mark + signal.title.said_in(language) in rest
                ]
                for mark in _MARKS
            }
    return None


def _level(level: float | None, words: Wording) -> str:
    return words.say("test.not_applicable") if level is None else f"{level:g}"
