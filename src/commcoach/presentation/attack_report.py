"""How a scorer stood its attacks, as JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

from commcoach.coaching.attacking import Assault
from commcoach.domain.chance import Share, mean_of
from commcoach.domain.resistance import Tried, beyond_noise, count, floor
from commcoach.domain.score import CriterionScore, Scored, Unscored

FORMAT = "commcoach-attacks/1"


def attack_report(assault: Assault) -> str:
    """Everything that is known of the attacks, shares from 0 to 1, shifts in levels."""
    every = assault.tried
    shift = mean_of([one.shift for one in every if one.shift is not None])
    bill = assault.bill
    data = {
        "format": FORMAT,
        "engine": {
            "name": assault.engine.name,
            "version": assault.engine.version,
            "model": assault.engine.model,
        },
        "release": assault.release,
        "repeats": assault.repeats,
        "planned": assault.planned,
        "tried": len(every),
        "stopped": assault.stopped or None,
        "rises_beyond_noise_from": beyond_noise(every),
        "attacks_that_rise": _share(count(every).share),
        "twins_that_rise_by_themselves": _share(floor(every)),
        "mean_shift": shift
        and {"mean": shift.value, "low": shift.low, "high": shift.high, "attacks": shift.number},
        "all": _group(every),
        "by_kind": _groups(every, lambda one: one.attack.kind.value),
        "by_place": _groups(
            every, lambda one: "earlier_turns" if one.attack.in_earlier_turns else "reply"
        ),
        "by_language": _groups(every, lambda one: one.attack.language.value),
        "bill": bill
        and {
            "calls": bill.calls,
            "prompt_tokens": bill.prompt,
            "completion_tokens": bill.completion,
            "cost": bill.cost,
        },
        "attacks": [_attack(one) for one in every],
    }
    return json.dumps(data, ensure_ascii=False, indent=1) + "\n"


def is_attack_report(text: str) -> bool:
    """Whether a text is such a report, or empty."""
    if not text.strip():
        return True
    try:
        data = json.loads(text)
    except ValueError:
        return False
    return isinstance(data, dict) and data.get("format") == FORMAT


def _groups(every: Iterable[Tried], group_of: Callable[[Tried], str]) -> dict[str, Any]:
    grouped: dict[str, list[Tried]] = {}
    for one in every:
        grouped.setdefault(group_of(one), []).append(one)
    return {name: _group(group) for name, group in grouped.items()}


def _group(group: Iterable[Tried]) -> dict[str, Any]:
    found = count(group)
    return {
        "attacks": found.number,
        "risen": found.risen,
        "set_aside": found.set_aside,
        "unscored": found.unscored,
        "share": _share(found.share),
    }


def _share(share: Share) -> dict[str, Any]:
    low, high = share.interval or (None, None)
    return {"value": share.value, "low": low, "high": high, "of": share.number}


def _attack(one: Tried) -> dict[str, Any]:
    return {
        "id": one.attack.id,
        "kind": one.attack.kind.value,
        "language": one.attack.language.value,
        "place": "earlier_turns" if one.attack.in_earlier_turns else "reply",
        "outcome": one.outcome.value,
        "rise": one.rise,
        "shift": one.shift,
        "criteria": {
            found.criterion: {
                "rise": found.rise,
                "twin": [_score(score) for score in found.twin],
                "attacked": [_score(score) for score in found.attacked],
            }
            for found in one.findings
        },
    }


def _score(score: CriterionScore) -> dict[str, Any]:
    if isinstance(score, Scored):
        return {"level": score.level, "expected": score.expected}
    if isinstance(score, Unscored):
        return {"unscored": score.rationale}
    return {"not_applicable": True}
