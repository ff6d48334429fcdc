"""A calibration report as one page to bring to a meeting: no scripts, nothing fetched."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from commcoach.coaching.grading_report import GradingReport
from commcoach.domain.language import Language
from commcoach.presentation.calibration import figures
from commcoach.presentation.calibration.lines import applicability_line, drawn_line
from commcoach.presentation.engines import engine_name
from commcoach.presentation.pages import page_template
from commcoach.presentation.wording import Wording

_PAGE = Path(__file__).with_name("page.html.j2")

MARK = '<meta name="generator" content="commcoach calibration report">'
"""Stands in every page, so that nothing else is ever written over."""

_LANG = {Language.ZH: "zh-CN", Language.EN: "en"}


def calibration_page(report: GradingReport, words: Wording, at: datetime) -> str:
    """The report as HTML. Replies and names are escaped."""
    engine, day = report.key.engine, words.day(at)
    name = engine.model or engine_name(engine.name, words)
    title = report.criterion.title.said_in(words.language)
    lonely = figures.alone(report, words)
    return page_template(_PAGE).render(
        mark=MARK,
        lang=_LANG[words.language],
        title=words.say("calibration.title", title=title, id=report.criterion.id),
        labels={
            "agreement": words.say("calibration.agreement"),
            "people": words.say("calibration.people"),
            "machine": words.say("calibration.machine"),
            "severity": words.say("calibration.severity"),
            "floor": words.say("calibration.floor"),
            "older": words.say("calibration.older"),
        },
        made=words.say("calibration.made", engine=name, release=report.key.release, day=day),
        drawn=drawn_line(report, words),
        is_older=report.is_older,
        notes=list(figures.notes(report, words)),
        not_applicable=figures.not_applicable(report, words),
        measures=() if lonely else figures.measures(report, words),
        verdict=lonely or figures.verdict(report, words),
        severities=figures.severities(report, words),
        applicability=applicability_line(report, words) if report.applicable.number else "",
        lists=[
            (
                words.say(key, number=len(found)),
                [(one, figures.levels_line(one, words)) for one in found],
            )
            for key, found in (
                ("calibration.discuss", report.discuss),
                ("calibration.machine_off", report.machine_off),
            )
        ],
        floor=figures.floor_line(report, words),
    )


def is_calibration_page(text: str) -> bool:
    """Whether this is a page of ours."""
    return MARK in text[:2000]
