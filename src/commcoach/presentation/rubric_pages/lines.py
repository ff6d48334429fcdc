"""Criteria as lines of a terminal: the list of all, a module's levels, one criterion whole."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.cells import cell_len

from commcoach.coaching.standing import UNPUBLISHED, ContentStanding
from commcoach.domain.library import Library
from commcoach.domain.rubric import Criterion, Rubric
from commcoach.presentation.rubric_pages.view import (
    AnswersView,
    CriterionView,
    GateView,
    Texts,
    calibration_of_all,
    calibration_short,
    criterion_view,
    edition,
    gate_views,
    tier,
)
from commcoach.presentation.wording import Wording

HEADING = "bold cyan"
TITLE = "bold"
FAINT = "dim"
UNSURE = "yellow"


@dataclass(frozen=True, slots=True)
class Line:
    """A line with a label in front; what does not fit continues below the text, not the label."""

    text: str = ""
    style: str = ""
    label: str = ""


def all_criteria(
    library: Library, words: Wording, standing: ContentStanding = UNPUBLISHED
) -> Iterator[Line]:
    """Every module with its criteria: tier, languages, whether they are calibrated."""
    yield from _edition(tuple(library.criteria.values()), standing, (words,))
    yield Line()
    widest = max((cell_len(id) for id in library.criteria), default=0)
    titles = [one.title.said_in(words.language) for one in library.criteria.values()]
    room = max(map(cell_len, titles), default=0)
    for rubric in library.rubrics.values():
        yield Line(f"{rubric.title.said_in(words.language)} ({rubric.module})", HEADING)
        for one in rubric.criteria:
            title = one.title.said_in(words.language)
            known = calibration_short(one.id, standing, words)
            told = (tier(one, words), " ".join(one.languages), known)
            row = f"{_padded(title, room)}  {'  '.join(told)}"
            yield Line(row, label=f"  {_padded(one.id, widest)}  ")
        yield Line()


def module(
    rubric: Rubric,
    library: Library,
    said: Sequence[Wording],
    standing: ContentStanding = UNPUBLISHED,
) -> Iterator[Line]:
    """What a module is for, and the levels of its criteria."""
    for words in said:
        yield Line(rubric.title.said_in(words.language), TITLE)
        yield Line(rubric.purpose.said_in(words.language))
    yield from _edition(rubric.criteria, standing, said)
    known = all(one.id in standing.cases for one in rubric.criteria)
    for text in calibration_of_all(rubric.criteria, standing, said):
        yield Line(text, FAINT if known else UNSURE)
    for one in rubric.criteria:
        yield Line()
        view = criterion_view(one, library, said, standing)
        yield from _head(view)
        yield from _levels(view)


def criterion(
    one: Criterion,
    library: Library,
    said: Sequence[Wording],
    standing: ContentStanding = UNPUBLISHED,
) -> Iterator[Line]:
    """Everything that a reader of one criterion wants to know."""
    view = criterion_view(one, library, said, standing)
    yield from _head(view)
    yield from _edition((one,), standing, said)
    if any(view.why):
        yield from _section(said, "show.why", [view.why])
    yield from _heading(said, "show.levels")
    yield from _levels(view)
    if view.boundaries:
        yield from _heading(said, "show.boundaries")
        for boundary in view.boundaries:
            yield from _texts(boundary.question, f"  {boundary.lower} / {boundary.upper}  ")
    always = tuple(words.say("show.applies_always") for words in said)
    yield from _section(said, "show.applies", view.applies or [always])
    if view.applies_not:
        yield from _section(said, "show.applies_not", view.applies_not)
    if any(view.evidence):
        yield from _section(said, "show.evidence", [view.evidence])
    yield from _replies(said, "show.examples", view.examples)
    yield from _replies(said, "show.look_alikes", view.look_alikes)
    yield from _gates(gate_views(library.gates.values(), said), said)
    yield Line()
    told = (f"{view.module}/{view.id}", view.edition[0], view.hash, library.release)
    yield Line(" · ".join(told), FAINT)
    for text in view.calibration:
        yield Line(text, FAINT if view.is_calibrated else UNSURE)


def _head(view: CriterionView) -> Iterator[Line]:
    names = " · ".join(filter(None, view.title))
    yield Line(f"{names} ({view.id})", TITLE)
    yield Line(" · ".join((*view.tier, view.languages, *view.calibration_short)), FAINT)
    yield from _texts(view.summary)


def _edition(
    criteria: Sequence[Criterion], standing: ContentStanding, said: Sequence[Wording]
) -> Iterator[Line]:
    style = UNSURE if any(one.id in standing.drafts for one in criteria) else FAINT
    for text in edition(criteria, standing, said):
        yield Line(text, style)


def _levels(view: CriterionView) -> Iterator[Line]:
    names = [" / ".join(filter(None, level.name)) for level in view.levels]
    room = max(map(cell_len, names))
    for level, name in zip(view.levels, names, strict=True):
        yield from _texts(level.anchor, f"  {level.number}  {_padded(name, room)}  ")


def _replies(said: Sequence[Wording], key: str, groups: Sequence[AnswersView]) -> Iterator[Line]:
    if not groups:
        return
    yield from _heading(said, key)
    for group in groups:
        if any(group.to):
            label = f"  {said[0].say('show.answers')}  "
            for line in _texts(group.to, label):
                yield Line(line.text, FAINT, line.label)
        for reply in group.replies:
            yield from _texts(reply.said, f"  {reply.level}  ")
            for line in _texts(reply.because, "     "):
                yield Line(line.text, FAINT, line.label)


def _gates(gates: Sequence[GateView], said: Sequence[Wording]) -> Iterator[Line]:
    if not gates:
        return
    yield from _heading(said, "show.gates")
    for at, words in enumerate(said):
        capped: dict[str, list[str]] = {}
        for gate in gates:
            capped.setdefault(gate.cap[at], []).append(gate.title[at])
        for cap, titles in capped.items():
            yield Line(words.say("punctuation.list").join(titles), label=f"  {cap}  ")


def _section(said: Sequence[Wording], key: str, entries: Sequence[Texts]) -> Iterator[Line]:
    yield from _heading(said, key)
    for texts in entries:
        yield from _texts(texts, "  · " if len(entries) > 1 else "  ")


def _heading(said: Sequence[Wording], key: str) -> Iterator[Line]:
    yield Line()
    yield Line(" · ".join(words.say(key) for words in said), HEADING)


def _texts(texts: Texts, label: str = "") -> Iterator[Line]:
    """The same in each language, one below the other; the label stands before the first."""
    for text in filter(None, texts):
        yield Line(text, label=label)
        label = " " * cell_len(label)


def _padded(text: str, width: int) -> str:
    return text + " " * (width - cell_len(text))
