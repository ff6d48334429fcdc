"""A comparison of two versions as JSON for programs, and as one page to read and print."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from commcoach.coaching.comparing import Compared, DryRun, Figures
from commcoach.coaching.standing import UNPUBLISHED, ContentStanding
from commcoach.coaching.trying import outcome
from commcoach.domain.chance import NotEstimable, Result
from commcoach.domain.edits import Edit
from commcoach.domain.language import Language
from commcoach.domain.library import Library
from commcoach.domain.score import CriterionScore, Scored
from commcoach.presentation.edits import kind_counts, parts_of
from commcoach.presentation.flips import compared_view, gate_lines, gate_rows, how_scored
from commcoach.presentation.pages import page_template
from commcoach.presentation.wording import Wording

_PAGE = Path(__file__).with_name("edit_report.html.j2")

FORMAT = "commcoach-rubric-diff-1"
MARK = '<meta name="generator" content="commcoach rubric diff">'
"""Stands in every page, so that nothing else is ever written over."""
_LANG = {Language.ZH: "zh-CN", Language.EN: "en"}


@dataclass(frozen=True, slots=True)
class Report:
    """Two versions by the names they were given, their edits, and the dry run if there was one.

    `standing` tells how the new one stands beside what is published, `why_not` why there was no
    dry run though one was asked for.
    """

    old_name: str
    new_name: str
    old: Library
    new: Library
    engine: str
    found: Sequence[Edit]
    done: DryRun | None
    standing: ContentStanding = UNPUBLISHED
    why_not: str = ""


def diff_page(report: Report, words: Wording) -> str:
    """An HTML page; texts of authors and learners are escaped, nothing is fetched."""
    done = report.done
    return page_template(_PAGE).render(
        mark=MARK,
        lang=_LANG[words.language],
        title=words.say("diff.title", old=report.old_name, new=report.new_name),
        releases=f"{report.old.release} → {report.new.release}",
        summary=kind_counts(report.found, words) or words.say("diff.nothing"),
        parts=parts_of(report.found, report.old, report.new, words),
        why_not=report.why_not,
        notes=_notes(report, words),
        cases=_views(done.cases if done is not None else (), report, words),
        practice=_views(done.practice if done is not None else (), report, words),
        gates=list(gate_lines(done, report.old, report.new, words)) if done is not None else [],
        labels={
            "edits": words.say("diff.edits"),
            "cases": words.say("diff.cases"),
            "practice": words.say("diff.practice"),
            "before": words.say("diff.before"),
            "after": words.say("diff.after"),
            "graded": words.say("diff.graded"),
        },
    )


def _notes(report: Report, words: Wording) -> list[str]:
    """What has to be known to read the figures."""
    notes = [*how_scored(report.engine, words), words.say("diff.nothing_stored")]
    stopped = report.done.stopped if report.done is not None else ""
    return [words.say("diff.stopped", reason=stopped), *notes] if stopped else notes


def is_diff_page(text: str) -> bool:
    """Whether this is a page of ours, or empty."""
    return not text.strip() or MARK in text[:2000]


def diff_json(report: Report) -> str:
    """Everything in numbers and ids, for programs."""
    done = report.done
    data: dict[str, Any] = {
        "format": FORMAT,
        "old": {"name": report.old_name, "release": report.old.release},
        "new": {"name": report.new_name, "release": report.new.release},
        "engine": report.engine,
        "edits": [_edit(one) for one in report.found],
        "dry_run": None,
    }
    if done is not None:
        data["dry_run"] = {
            "stopped": done.stopped,
            "cases": [_compared(one) for one in done.cases],
            "practice": [_compared(one) for one in done.practice],
            "gates": gate_rows(done.gates),
        }
    return json.dumps(data, ensure_ascii=False, indent=1) + "\n"


def is_diff_json(text: str) -> bool:
    """Whether this is such a file, or empty."""
    if not text.strip():
        return True
    try:
        data = json.loads(text)
    except ValueError:
        return False
    return isinstance(data, dict) and data.get("format") == FORMAT


def _views(compared: Sequence[Compared], report: Report, words: Wording) -> list[Any]:
    return [compared_view(one, report.new, words, report.standing) for one in compared]


def _edit(edit: Edit) -> dict[str, Any]:
    return {
        "part": edit.part.value,
        "id": edit.id,
        "kind": edit.kind.value,
        "path": list(edit.path),
        "before": edit.before,
        "after": edit.after,
        "engines": sorted(edit.engines),
    }


def _compared(one: Compared) -> dict[str, Any]:
    graded = any(row.graded is not None for row in one.rows)
    figures = {"mean": one.mean()} | ({"kappa": one.kappa()} if graded else {})
    return {
        "criterion": one.criterion,
        "n": len(one.rows),
        "left_out": one.left_out,
        "graded_by": dict(one.graders()),
        "comparable": one.comparable,
        "up": one.up,
        "down": one.down,
        **{name: _figures(value) for name, value in figures.items() if one.comparable},
        "flips": [
            {
                "id": row.id,
                "graded": row.graded,
                "before": _score(row.before),
                "after": _score(row.after),
            }
            for row in one.flips
        ],
    }


def _figures(figures: Figures) -> dict[str, Any]:
    return {
        "before": _result(figures.before),
        "after": _result(figures.after),
        "change": _result(figures.change),
    }


def _result(result: Result) -> dict[str, Any]:
    if isinstance(result, NotEstimable):
        return {"not_estimable": result.reason.value, "n": result.n}
    return {
        "value": result.value,
        "low": result.low,
        "high": result.high,
        "n": result.n,
        "effective": result.effective,
    }


def _score(score: CriterionScore) -> dict[str, Any]:
    quotes = [one.quote for one in score.evidence] if isinstance(score, Scored) else []
    return {"result": outcome(score), "quotes": quotes}
