"""Links and verdicts as JSON, with the figures that were found with them."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from commcoach.coaching.calibrating import Fitting
from commcoach.domain.case_scores import FloorVerdict
from commcoach.domain.chance import Estimate, NotEstimable, Reason, Result
from commcoach.domain.link_choice import Figures, LinkChoice
from commcoach.domain.linking import IsotonicLink, LinearLink, Link, LinkKind


def fitting_to_json(fitting: Fitting) -> dict[str, Any]:
    """A fitting as JSON: a link, or why there is none."""
    if isinstance(fitting.result, LinkChoice):
        return {"n": fitting.n, "link": choice_to_json(fitting.result), "refused": None}
    return {"n": fitting.n, "link": None, "refused": asdict(fitting.result)}


def verdict_to_json(verdict: FloorVerdict) -> dict[str, Any]:
    """A verdict without the criterion's name as JSON."""
    data = asdict(verdict)
    del data["criterion"]
    return data


def verdict_from_json(criterion: str, data: dict[str, Any]) -> FloorVerdict:
    """A verdict from its JSON."""
    kappa = _result_from(data["kappa"]) if data["kappa"] is not None else None
    return FloorVerdict(criterion, **{**data, "kappa": kappa})


def choice_to_json(choice: LinkChoice) -> dict[str, Any]:
    """A link with its figures as JSON."""
    return {
        "kind": choice.kind.value,
        "link": asdict(choice.link),
        "n": choice.n,
        "before": _figures_to_json(choice.before),
        "after": _figures_to_json(choice.after),
        "gain": asdict(choice.gain),
        "graders_differ_more": choice.graders_differ_more,
    }


def choice_from_json(data: dict[str, Any]) -> LinkChoice:
    """A link with its figures from their JSON."""
    return LinkChoice(
        kind=LinkKind(data["kind"]),
        link=_link_from(data["link"]),
        n=data["n"],
        before=_figures_from(data["before"]),
        after=_figures_from(data["after"]),
        gain=_result_from(data["gain"]),
        graders_differ_more=data["graders_differ_more"],
    )


def _link_from(data: dict[str, Any]) -> Link:
    if "points" in data:
        return IsotonicLink(tuple((raw, graded) for raw, graded in data["points"]))
    return LinearLink(data["slope"], data["intercept"], data["lowest"], data["highest"])


def _figures_to_json(figures: Figures) -> dict[str, Any]:
    return {
        "quadratic": asdict(figures.quadratic),
        "absolute_error": asdict(figures.absolute_error),
        "bias": asdict(figures.bias),
    }


def _figures_from(data: dict[str, Any]) -> Figures:
    return Figures(
        _result_from(data["quadratic"]),
        _result_from(data["absolute_error"]),
        _result_from(data["bias"]),
    )


def _result_from(data: dict[str, Any]) -> Result:
    if "reason" in data:
        return NotEstimable(Reason(data["reason"]), data["n"], data["needed"])
    return Estimate(data["value"], data["low"], data["high"], data["n"], data.get("effective"))
