"""A test report as JSON for programs; docs/scoring.md describes it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from commcoach.coaching.rubric_testing import EngineReport
from commcoach.domain.chance import NotEstimable, Result
from commcoach.domain.courtesy_shift import Shift
from commcoach.domain.criterion_figures import CriterionReport, Disagreement, Fit
from commcoach.domain.engine_comparison import Comparison

FORMAT = "commcoach-rubric-test/1"


def report_data(
    reports: Sequence[EngineReport],
    against: Sequence[Mapping[str, Comparison]],
    release: str,
) -> str:
    """Everything that is known; `against` compares the second and later engines to the first."""
    data = {
        "format": FORMAT,
        "release": release,
        "engines": [_engine(one) for one in reports],
        "comparisons": [
            {
                "first": 0,
                "second": number,
                "criteria": {id: _comparison(one) for id, one in each.items()},
            }
            for number, each in enumerate(against, start=1)
        ],
    }
    return json.dumps(data, ensure_ascii=False, indent=1) + "\n"


def is_report_data(text: str) -> bool:
    """Whether a text is such a report, or empty."""
    if not text.strip():
        return True
    try:
        data = json.loads(text)
    except ValueError:
        return False
    return isinstance(data, dict) and data.get("format") == FORMAT


def _engine(report: EngineReport) -> dict[str, Any]:
    done = report.trial
    return {
        "engine": {
            "name": done.engine.name,
            "version": done.engine.version,
            "model": done.engine.model,
        },
        "planned": done.planned,
        "done": done.done,
        "stopped": done.stopped or None,
        "fails": report.fails,
        "bill": done.bill
        and {
            "calls": done.bill.calls,
            "prompt_tokens": done.bill.prompt,
            "completion_tokens": done.bill.completion,
            "cost": done.bill.cost,
        },
        "criteria": {id: _criterion(one) for id, one in report.reports.items()},
    }


def _criterion(one: CriterionReport) -> dict[str, Any]:
    cover, length, people = one.coverage, one.length, one.people
    floor = one.criterion.floor
    return {
        "version": one.criterion.version,
        "levels": list(one.criterion.numbers),
        "pool": cover.pool,
        "cases": cover.cases,
        "groups": one.groups,
        "largest_group": one.largest,
        "coverage": {
            "scored": cover.scored,
            "not_applicable": cover.not_applicable,
            "graded_level": cover.graded_level,
            "graded_not_applicable": cover.graded_not_applicable,
            "unscored": cover.unscored,
            "applicability": _result(cover.applicability),
            "not_applicable_by_both": cover.both,
            "not_applicable_by_engine_only": cover.only_scorer,
            "not_applicable_by_graders_only": cover.only_graders,
        },
        **_fit(one.fit),
        "by_kind": {kind: _fit(own) for kind, own in one.by_kind.items()},
        "alpha_ordinal": _result(one.alpha),
        "spearman": _result(one.spearman),
        "bias": _result(one.bias),
        "confusion": [list(row) for row in one.confusion],
        "length": {
            "quadratic_kappa": _result(length.quadratic),
            "spearman": _result(length.spearman),
            "kappa_above_length": _result(length.above),
            "partial_rank_given_grade": _result(length.partial),
        },
        "people": {
            "cases": people.n,
            "scored": people.scored,
            "pairs": people.pairs,
            "each_other": _result(people.humans),
            "pairwise": _result(people.pairwise),
            "engine_with_all": _result(people.machine),
            "engine_for_each": _result(people.machine_for_each),
            "engine_less_each_other": _result(people.behind),
            "severity": {by: _result(each) for by, each in people.severity.items()},
        },
        "zh_en": {
            "pairs": one.languages.pairs,
            "difference": _result(one.languages.difference),
            "correlation": _result(one.languages.correlation),
        },
        "padded": _shift(one.padded),
        "trimmed": _shift(one.trimmed),
        "floor": {
            "kappa": floor.kappa if floor else None,
            "min_cases": floor.min_cases if floor else None,
            "graders": floor.graders if floor else None,
            "graded": one.floor.graded,
            "scored": one.floor.scored,
            "covered": one.floor.covered,
            "binds": one.floor.binds,
            "reached": one.floor.reached,
            "value": _result(one.floor.kappa) if one.floor.kappa is not None else None,
        },
        "calibrated": one.floor.binds and one.floor.reached,
        "worst": [_worst(each) for each in one.worst],
    }


def _fit(fit: Fit) -> dict[str, Any]:
    return {
        "n": fit.n,
        "exact": _result(fit.exact),
        "adjacent": _result(fit.adjacent),
        "quadratic_kappa": _result(fit.quadratic),
    }


def _shift(shift: Shift) -> dict[str, Any]:
    return {
        "mean": _result(shift.mean),
        "beyond": _result(shift.beyond),
        "lost": shift.lost,
        "passed": shift.passed,
    }


def _comparison(one: Comparison) -> dict[str, Any]:
    return {
        "n": one.n,
        "quadratic_kappa": _result(one.quadratic),
        "spearman": _result(one.spearman),
    }


def _result(result: Result) -> dict[str, Any]:
    if isinstance(result, NotEstimable):
        return {
            "value": None,
            "low": None,
            "high": None,
            "n": result.n,
            "effective": None,
            "not_estimable": result.reason.value,
        }
    return {
        "value": result.value,
        "low": result.low,
        "high": result.high,
        "n": result.n,
        "effective": result.effective,
    }


def _worst(one: Disagreement) -> dict[str, Any]:
    case = one.case.case
    return {
        "id": case.id,
        "group": one.case.group,
        "context": [{"speaker": said.speaker, "text": said.text} for said in case.context],
        "reply": case.reply,
        "grade": one.grade,
        "grades": [
            {"by": grade.by, "kind": grade.kind, "level": grade.levels[one.score.criterion]}
            for grade in one.grades
        ],
        "level": one.score.level,
        "expected": one.score.expected,
        "rationale": one.score.rationale,
        "evidence": [{"quote": each.quote, "source": each.source} for each in one.score.evidence],
    }
