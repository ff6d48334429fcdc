"""A module's criteria as one page to print for a meeting: no scripts, nothing fetched."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from commcoach.coaching.standing import UNPUBLISHED, ContentStanding
from commcoach.domain.language import Language
from commcoach.domain.library import Library
from commcoach.domain.rubric import Criterion, Rubric
from commcoach.presentation.pages import page_template
from commcoach.presentation.rubric_pages.view import (
    Texts,
    calibration_of_all,
    criterion_view,
    edition,
    gate_views,
    texts_of,
)
from commcoach.presentation.wording import Wording

_PAGE = Path(__file__).with_name("page.html.j2")

MARK = '<meta name="generator" content="commcoach rubric show">'
"""Stands in every page, so that nothing else is ever written over."""

_LANG = {Language.ZH: "zh-CN", Language.EN: "en"}


def rubric_page(
    rubric: Rubric,
    criteria: Sequence[Criterion],
    library: Library,
    said: Sequence[Wording],
    at: datetime,
    standing: ContentStanding = UNPUBLISHED,
) -> str:
    """An HTML page with these criteria of a module, in the languages of these wordings.

    Authors' words are escaped; the page asks for nothing from outside. A language in which nothing
    on it is written is left out.
    """
    written = [one for one in said if any(each.title.get(one.language) for each in criteria)]
    said = written or said
    return page_template(_PAGE).render(
        mark=MARK,
        langs=[_LANG[words.language] for words in said],
        labels=_labels(said),
        module=rubric.module,
        title=texts_of(rubric.title, said),
        purpose=texts_of(rubric.purpose, said),
        criteria=[criterion_view(one, library, said, standing) for one in criteria],
        calibration=calibration_of_all(criteria, standing, said),
        edition=edition(criteria, standing, said),
        is_draft=any(one.id in standing.drafts for one in criteria),
        gates=gate_views(library.gates.values(), said),
        day=said[0].say("show.made_on", day=said[0].day(at)),
    )


def is_rubric_page(text: str) -> bool:
    """Whether this is a page of ours."""
    return MARK in text[:2000]


def _labels(said: Sequence[Wording]) -> Mapping[str, Texts]:
    def each(key: str) -> Texts:
        return tuple(words.say(key) for words in said)

    return {
        "kind": each("show.kind"),
        "criteria": each("show.criteria"),
        "why": each("show.why"),
        "applies": each("show.applies"),
        "always": each("show.applies_always"),
        "applies_not": each("show.applies_not"),
        "evidence": each("show.evidence"),
        "levels": each("show.levels"),
        "examples": each("show.examples"),
        "answers": each("show.answers"),
        "boundaries": each("show.boundaries"),
        "look_alikes": each("show.look_alikes"),
        "notes": each("show.notes"),
        "gates": each("show.gates"),
        "gates_about": each("show.gates.about"),
        "hash": each("show.hash"),
    }
