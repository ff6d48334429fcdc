"""What is said after a reply: one thing to keep, one to change, with the learner's words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from rich.cells import cell_len

from commcoach.domain.feedback import Advice
from commcoach.domain.language import Localized
from commcoach.domain.library import Library
from commcoach.domain.scenario import Scenario
from commcoach.domain.score import Scored
from commcoach.domain.wording import has_chinese
from commcoach.presentation.wording import Wording

LONGEST_QUOTE = 56
"""Cells of a quote inside a remark."""


@dataclass(frozen=True, slots=True)
class Remarks:
    """At most one thing to keep and one to change; `all_reached` if nothing needs changing."""

    keep: str | None
    change: str | None
    all_reached: bool = False


def remarks(
    advice: Advice,
    library: Library,
    scenario: Scenario,
    covered: Iterable[str],
    told: frozenset[str],
    words: Wording,
) -> Remarks:
    """The wording of an advice. `covered` are the salient points that the reply took up."""
    missing = _missing_point(scenario, set(covered), told, words)
    if advice.gate is not None:
        gate = library.gates[advice.gate.gate]
        line = words.say(
            "remarks.gate",
            said=_fill(gate.said, words, quote(advice.gate.quote), missing),
            why=gate.why.said_in(words.language),
            instead=gate.instead.said_in(words.language),
        )
        return Remarks(None, line)
    keep = None
    if advice.keep is not None:
        text = library.criteria[advice.keep.criterion].keep
        keep = _fill(text, words, _words_of(advice.keep), missing)
    change = _change(advice.change, library, words, missing) if advice.change else None
    return Remarks(keep or None, change, all_reached=advice.change is None and keep is not None)


def _change(score: Scored, library: Library, words: Wording, missing: str | None) -> str:
    criterion = library.criteria[score.criterion]
    own = criterion.level(score.level).change
    own_words = _words_of(score)
    for text in (own, criterion.change):
        said = text.said_in(words.language)
        lacks = ("{missing_point}" in said and missing is None) or (
            "{evidence}" in said and not own_words
        )
        if said and not lacks:
            return _fill(text, words, own_words, missing)
    return criterion.summary.said_in(words.language) or criterion.title.said_in(words.language)


def _words_of(score: Scored) -> str:
    """The first quote from the reply itself; never the counterpart's words as the learner's."""
    own = [evidence.quote for evidence in score.evidence if evidence.source == "reply"]
    return quote(own[0]) if own else ""


def _fill(text: Localized, words: Wording, evidence: str, missing: str | None) -> str:
    said = text.said_in(words.language)
    return said.replace("{evidence}", evidence).replace("{missing_point}", missing or "")


def _missing_point(
    scenario: Scenario, covered: set[str], told: frozenset[str], words: Wording
) -> str | None:
    """The most important thing said so far that the reply did not take up."""
    for must in (True, False):
        for point in scenario.points_known(told):
            if point.must is must and point.id not in covered:
                return point.title.said_in(words.language)
    return None


def quote(text: str, longest: int = LONGEST_QUOTE) -> str:
    """The words on one line, cut at a word's end if they are longer than `longest` cells.

    A Chinese character is as wide as two Latin letters.
    """
    line = " ".join(text.split())
    if cell_len(line) <= longest:
        return line
    kept = ""
    for character in line:
        if cell_len(kept + character) > longest - 1:
            break
        kept += character
    if not has_chinese(line) and " " in kept:
        kept = kept.rpartition(" ")[0]
    return kept.rstrip(" ,，、") + "…"
