"""A calibration report as lines of a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from commcoach.coaching.grading_report import Differing, GradingReport
from commcoach.presentation.calibration.figures import (
    alone,
    floor_line,
    levels_line,
    measures,
    not_applicable,
    notes,
    severities,
    verdict,
)
from commcoach.presentation.rubric_pages.lines import FAINT, HEADING, TITLE, UNSURE, Line
from commcoach.presentation.wording import Wording

FIRST = 5
"""Replies that are listed at the terminal; the page has more."""
_LONGEST = 120
"""Characters of a text that is quoted in a line."""


def report_lines(report: GradingReport, words: Wording) -> Iterator[Line]:
    """Agreement, severity, what to talk about, and how far it is to the floor."""
    title = report.criterion.title.said_in(words.language)
    yield Line(words.say("calibration.title", title=title, id=report.criterion.id), TITLE)
    yield Line(drawn_line(report, words))
    if report.is_older:
        yield Line(words.say("calibration.older"), UNSURE)
    yield Line()
    for note in notes(report, words):
        yield Line(note, FAINT)
    yield Line(words.say("calibration.agreement"), HEADING)
    lonely = alone(report, words)
    for one in () if lonely else measures(report, words):
        yield Line(one.name, label="  ")
        yield Line(one.people, label=f"    {words.say('calibration.people')}  ")
        yield Line(one.machine, label=f"    {words.say('calibration.machine')}  ")
    yield Line(lonely or verdict(report, words), UNSURE)
    yield Line()
    by_grader = severities(report, words)
    if by_grader:
        yield Line(words.say("calibration.severity"), HEADING)
    for by, said in by_grader.items():
        yield Line(said, label=f"  {by}  ")
    yield Line(not_applicable(report, words), FAINT)
    if report.applicable.number:
        yield Line(applicability_line(report, words), FAINT)
    heading = words.say("calibration.discuss", number=len(report.discuss))
    yield from _listed(report.discuss, heading, words)
    heading = words.say("calibration.machine_off", number=len(report.machine_off))
    yield from _listed(report.machine_off, heading, words)
    yield Line()
    yield Line(floor_line(report, words), UNSURE if report.still_needed else "")


def drawn_line(report: GradingReport, words: Wording) -> str:
    """When how many replies were drawn, and how many came back from whom."""
    graded = [
        words.say(
            "calibration.graded" if number == report.drawn else "calibration.graded_with_blanks",
            by=by,
            number=number,
            blank=report.drawn - number,
        )
        for by, number in report.graded.items()
    ]
    return words.say(
        "calibration.drawn",
        day=words.day(report.key.drawn_at),
        replies=report.key.replies,
        number=report.drawn,
        graded=words.say("punctuation.list").join(graded),
    )


def applicability_line(report: GradingReport, words: Wording) -> str:
    """How often people agree whether the criterion applies at all."""
    found = report.applicable
    return words.say("calibration.applicability", hits=f"{found.hits:g}", number=found.number)


def _listed(found: Sequence[Differing], heading: str, words: Wording) -> Iterator[Line]:
    yield Line()
    yield Line(heading, HEADING)
    for one in found[:FIRST]:
        yield Line(levels_line(one, words), label=f"  {one.code}  ")
        yield Line(_short(one.reply), FAINT, label="      ")
    if len(found) > FIRST:
        yield Line(words.say("calibration.more", number=len(found) - FIRST), FAINT)


def _short(text: str) -> str:
    one_line = " ".join(text.split())
    return one_line if len(one_line) <= _LONGEST else f"{one_line[:_LONGEST]}…"
