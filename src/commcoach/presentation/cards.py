"""The briefing before a dialogue and the debrief after it, as titled paragraphs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from commcoach.coaching.debriefing import Bar, Debrief
from commcoach.domain.dialogue import Ending
from commcoach.domain.library import Library
from commcoach.domain.outcome import Achieved
from commcoach.domain.scenario import Mood, Scenario
from commcoach.domain.score import Band
from commcoach.presentation.remarks import quote
from commcoach.presentation.wording import N_, Wording


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with its lines; a line may carry a mark in front."""

    title: str
    lines: tuple[str, ...]


BANDS = {
    Band.STARTING: N_("band.starting"),
    Band.BASIC: N_("band.basic"),
    Band.COMPETENT: N_("band.competent"),
    Band.EXEMPLARY: N_("band.exemplary"),
}
ENDINGS = {
    Ending.ALL_TURNS: N_("debrief.ending.all_turns"),
    Ending.FINISHED: N_("debrief.ending.finished"),
    Ending.COUNTERPART_LEFT: N_("debrief.ending.counterpart_left"),
}
MOODS = {
    Mood.CALM: N_("debrief.mood.calm"),
    Mood.GUARDED: N_("debrief.mood.guarded"),
    Mood.UPSET: N_("debrief.mood.upset"),
}


def difficulty(scenario: Scenario) -> str:
    """One to five marks."""
    return "★" * scenario.difficulty + "☆" * (5 - scenario.difficulty)


def briefing(scenario: Scenario, words: Wording) -> tuple[Section, ...]:
    """Role and goal, the authority card, the fact card."""
    language = words.language
    sections = [
        Section(words.say("briefing.role"), (scenario.role.said_in(language),)),
        Section(words.say("briefing.goal"), (scenario.goal.said_in(language),)),
        Section(
            words.say("briefing.may"),
            tuple(one.said_in(language) for one in scenario.authority.may),
        ),
        Section(
            words.say("briefing.may_not"),
            tuple(one.text.said_in(language) for one in scenario.authority.may_not),
        ),
    ]
    if scenario.fact_card:
        facts = tuple(one.said_in(language) for one in scenario.fact_card)
        sections.append(Section(words.say("briefing.facts"), facts))
    return tuple(sections)


def debrief_sections(report: Debrief, library: Library, words: Wording) -> tuple[Section, ...]:
    """Outcome and why, where it turned, what went well, what was not found out, gates, one goal."""
    language = words.language
    sections = [Section(words.say("debrief.outcome"), _outcome(report, words))]
    if report.summary:
        sections.append(Section(words.say("debrief.summary"), (report.summary,)))
    if report.highlights:
        well = tuple(
            words.say(
                "debrief.highlight",
                quote=quote(one.quote, 80),
                criterion=one.criterion.title.said_in(language),
            )
            for one in report.highlights
        )
        sections.append(Section(words.say("debrief.went_well"), well))
    if report.missed:
        missed = tuple(
            words.say(
                "debrief.missed_fact",
                fact=fact.title.said_in(language).rstrip("。."),
                ask=fact.ask.said_in(language),
            )
            for fact in report.missed
        )
        sections.append(Section(words.say("debrief.not_found_out"), missed))
    if report.gates:
        crossed = tuple(library.gates[id].rule.said_in(language) for id in report.gates)
        sections.append(Section(words.say("debrief.gates"), crossed))
    goal = report.goal.if_then.said_in(language) if report.goal else ""
    if goal:
        sections.append(Section(words.say("debrief.goal"), (goal,)))
    elif report.score is not None:
        sections.append(Section(words.say("debrief.goal"), (words.say("debrief.harder"),)))
    return tuple(sections)


def _outcome(report: Debrief, words: Wording) -> tuple[str, ...]:
    lines = []
    if report.band is not None:
        counted = [value for value in report.turn_scores if value is not None]
        lines.append(
            words.say(
                "debrief.band",
                band=words.say(BANDS[report.band]),
                turns=f"{sum(counted) / len(counted):.1f}",
                reached=sum(one.item.points for one in report.achieved if one.reached),
                possible=sum(one.item.points for one in report.achieved),
            )
        )
    else:
        lines.append(words.say("debrief.nothing_scored"))
    ending = words.say(ENDINGS[report.ending]) if report.ending else ""
    mood = words.say(MOODS[Mood.at(report.state.tension)])
    name = report.scenario.persona.name.said_in(words.language)
    lines.append(words.say("debrief.how_it_ended", ending=ending, name=name, mood=mood))
    lines.extend(_item(one, words) for one in report.achieved)
    return tuple(lines)


def _item(one: Achieved, words: Wording) -> str:
    title = one.item.title.said_in(words.language)
    if one.reached and one.quotes:
        quoted = words.say("punctuation.list").join(
            words.say("punctuation.quote", text=quote(part, 72)) for part in one.quotes
        )
        return words.say("debrief.item_reached_quote", title=title, quotes=quoted)
    key = "debrief.item_reached" if one.reached else "debrief.item_open"
    return words.say(key, title=title)


BAR_CELLS = 8


def bar(value: float, top: int) -> str:
    """A level as a small bar."""
    filled = round(BAR_CELLS * value / top) if top else 0
    return "█" * filled + "░" * (BAR_CELLS - filled)


def bar_lines(bars: Sequence[Bar], words: Wording) -> tuple[str, ...]:
    """The criteria that were scored, each with its bar and mean level."""
    return tuple(
        words.say(
            "debrief.bar",
            bar=bar(one.mean, one.top),
            mean=f"{one.mean:.1f}",
            top=one.top,
            criterion=one.criterion.title.said_in(words.language),
        )
        for one in bars
        if one.mean is not None
    )
