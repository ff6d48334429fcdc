"""A test report as one page to print: no scripts, nothing fetched."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from commcoach.coaching.rubric_testing import EngineReport
from commcoach.domain.engine_comparison import Comparison
from commcoach.domain.language import Language
from commcoach.presentation.pages import page_template
from commcoach.presentation.rubric_report.bench import BENCH_COLUMNS, bench_view
from commcoach.presentation.rubric_report.criterion import criterion_view
from commcoach.presentation.rubric_report.summary import RANKED_COLUMNS, ranked_rows
from commcoach.presentation.rubric_report.view import (
    about_lines,
    bill_lines,
    engine_title,
    remarks,
    stopped_line,
)
from commcoach.presentation.wording import Wording

_PAGE = Path(__file__).with_name("page.html.j2")

MARK = '<meta name="generator" content="commcoach rubric test">'
"""Stands in every page, so that nothing else is ever written over."""

_LANG = {Language.ZH: "zh-CN", Language.EN: "en"}


def report_page(
    reports: Sequence[EngineReport],
    against: Sequence[Mapping[str, Comparison]],
    release: str,
    words: Wording,
    at: datetime,
) -> str:
    """An HTML page with every engine's figures; what was said in a talk is escaped."""
    engines = [
        {
            "title": engine_title(one, words),
            "stopped": stopped_line(one, words),
            "table": ranked_rows(one, words),
            "remarks": list(remarks(one, words)),
            "criteria": [criterion_view(each, words) for each in one.reports.values()],
            "bill": list(bill_lines(one.trial.bill, words)) if one.trial.bill else [],
        }
        for one in reports
    ]
    return page_template(_PAGE).render(
        mark=MARK,
        lang=_LANG[words.language],
        title=words.say("test.title"),
        about=list(about_lines(reports, words)),
        engines=engines,
        benches=[
            bench_view(reports[0], other, dict(each), words)
            for other, each in zip(reports[1:], against, strict=True)
        ],
        columns=[words.say(key) for key in RANKED_COLUMNS],
        bench_columns=[words.say(key) for key in BENCH_COLUMNS],
        labels={
            "bench_about": words.say("test.bench.about"),
            "table_about": words.say("test.table.about"),
            "confusion": words.say("test.confusion"),
            "corner": words.say("test.confusion.corner"),
            "worst": words.say("test.worst"),
            "context": words.say("test.worst.context"),
            "reply": words.say("test.worst.reply"),
        },
        release=release,
        day=words.day(at),
    )


def is_report_page(text: str) -> bool:
    """Whether this is a page of ours."""
    return MARK in text[:2000]
