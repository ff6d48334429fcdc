"""The debrief in at most twelve lines, for a small screen."""

from __future__ import annotations

from dataclasses import dataclass

from commcoach.coaching.debriefing import Debrief
from commcoach.domain.dialogue import PracticeSession
from commcoach.domain.library import Library
from commcoach.domain.scenario import Mood
from commcoach.presentation.cards import BANDS, ENDINGS, MOODS, bar
from commcoach.presentation.engines import calibration
from commcoach.presentation.remarks import quote
from commcoach.presentation.wording import Wording

MOST = 12
"""Lines, whatever the session was like."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line: a label that stands out, and its text."""

    label: str
    text: str


def debrief_lines(
    report: Debrief, session: PracticeSession, library: Library, words: Wording
) -> tuple[Line, ...]:
    """Outcome, lines crossed, where it turned, what went well and was missed, one goal, bars.

    The first lines and the last always stand; what went well and what was missed give way, but
    keep a line each, unless a summary takes the room of one.
    """
    head = _outcome(report, words)
    gates = _crossed(session, library, words)
    goal = _goal(report, library, words)
    turned = _turned(report, words)
    levels = _bars(report, words)
    who = calibration(report.engine, report.standing, library, words, report.stood_in)
    engine = [Line("", who)] if levels else []
    well = _well(report, words)
    missed = _missed(report, words)
    others = (head, gates, turned, goal, levels, engine)
    room = MOST - sum(map(len, others))
    if room < bool(well) + bool(missed):
        first, ended, *items = head
        together = words.say("punctuation.item").join((first.text.rstrip("。."), ended.text))
        head = [Line(first.label, together), *items]
        room += 1
    if room < 0:
        turned = []
    while (well or missed) and len(well) + len(missed) > room:
        longer = well if len(well) > len(missed) else missed
        longer.pop()
    return (*head, *gates, *turned, *well, *missed, *goal, *levels, *engine)


def _outcome(report: Debrief, words: Wording) -> list[Line]:
    mood = words.say(MOODS[Mood.at(report.state.tension)])
    name = report.scenario.persona.name.said_in(words.language)
    ending = words.say(ENDINGS[report.ending]) if report.ending else ""
    ended = words.say("debrief.how_it_ended", ending=ending, name=name, mood=mood)
    if report.band is None:
        first = words.say("debrief.nothing_scored")
    else:
        counted = [value for value in report.turn_scores if value is not None]
        first = words.say(
            "debrief.band",
            band=words.say(BANDS[report.band]),
            turns=f"{sum(counted) / len(counted):.1f}",
            reached=sum(one.item.points for one in report.achieved if one.reached),
            possible=sum(one.item.points for one in report.achieved),
        )
    lines = [Line(words.say("short.title"), first), Line("", ended)]
    for reached, key in ((True, "short.reached"), (False, "short.open")):
        titles = [
            one.item.title.said_in(words.language).rstrip("。.")
            for one in report.achieved
            if one.reached is reached
        ]
        if titles:
            lines.append(Line(words.say(key), words.say("punctuation.item").join(titles)))
    return lines


def _crossed(session: PracticeSession, library: Library, words: Wording) -> list[Line]:
    """Every line that was crossed: in which turn, with what words, and which one it is."""
    acts = [
        words.say(
            "short.crossed" if hit.quote else "short.crossed_alone",
            number=turn.number,
            quote=quote(hit.quote, 40),
            gate=library.gates[hit.gate].title.said_in(words.language),
        )
        for turn in session.first_attempts()
        for hit in (turn.card.gates if turn.card is not None else ())
    ]
    if not acts:
        return []
    return [Line(words.say("short.gate"), words.say("punctuation.item").join(acts))]


def _turned(report: Debrief, words: Wording) -> list[Line]:
    """What a model wrote about the talk as a whole, in one line."""
    if not report.summary:
        return []
    text = words.say("short.summary_text", summary=report.summary)
    return [Line(words.say("short.summary"), text)]


def _well(report: Debrief, words: Wording) -> list[Line]:
    return [
        Line(
            words.say("short.well"),
            words.say(
                "debrief.highlight",
                quote=quote(one.quote, 60),
                criterion=one.criterion.title.said_in(words.language),
            ),
        )
        for one in report.highlights
    ]


def _missed(report: Debrief, words: Wording) -> list[Line]:
    return [
        Line(
            words.say("short.missed"),
            words.say(
                "debrief.missed_fact",
                fact=fact.title.said_in(words.language).rstrip("。."),
                ask=fact.ask.said_in(words.language),
            ),
        )
        for fact in report.missed[:2]
    ]


def _goal(report: Debrief, library: Library, words: Wording) -> list[Line]:
    if report.gates:
        worst = min((library.gates[id] for id in report.gates), key=lambda gate: gate.order)
        return [Line(words.say("short.goal"), worst.instead.said_in(words.language))]
    goal = report.goal.if_then.said_in(words.language) if report.goal else ""
    if not goal and report.score is not None:
        goal = words.say("debrief.harder")
    return [Line(words.say("short.goal"), goal)] if goal else []


def _bars(report: Debrief, words: Wording) -> list[Line]:
    """The focus criteria that were scored and the lowest of all, below a heading."""
    scored = [(one, one.mean) for one in report.bars if one.mean is not None]
    lowest = min(scored, key=lambda pair: pair[1] / pair[0].top, default=(None, 0.0))[0]
    shown = [
        Line(
            "",
            words.say(
                "debrief.bar",
                bar=bar(mean, one.top),
                mean=f"{mean:.1f}",
                top=one.top,
                criterion=one.criterion.title.said_in(words.language),
            ),
        )
        for one, mean in scored
        if one is lowest or one.criterion.id in report.scenario.focus
    ]
    return [Line("", words.say("short.bars")), *shown] if shown else []
