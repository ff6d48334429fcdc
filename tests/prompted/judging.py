"""A model that judges one reply by script: what is asked of it, and what it answers."""

from __future__ import annotations

from typing import Any

from commcoach.coaching.language_model import (
    Ask,
)
from commcoach.domain.score import Scorecard
from commcoach.llm.stub import Script, StubModel
from commcoach.prompted.scorer import PromptedScorer
from tests.prompted import office
from tests.shipped import library, scorer

CALL = "three_calls_no_owner"
REPLY = "三次电话都没人认，换谁都憋屈。这件事我来跟，今天下午五点前给您回电。"
TASK = office.task(CALL, REPLY)
PROOF = "这件事我来跟"


def engine(
    script: Script, noticed: list[str] | None = None, **more: Any
) -> tuple[PromptedScorer, StubModel]:
    means, model = office.means(script, noticed)
    return PromptedScorer(means, library(), scorer(), **more), model


def entry(level: int | None, *quotes: str) -> dict[str, Any]:
    return {"quotes": list(quotes), "applicable": level is not None, "level": level}


def answer(ask: Ask, default: Any = None, gates: Any = (), **entries: Any) -> dict[str, Any]:
    """An answer for whatever criteria are asked about."""
    assert ask.schema is not None
    made = {}
    for id in ask.schema["properties"]:
        if id == "gates":
            made[id] = list(gates)
        else:
            made[id] = entries.get(id, default or entry(3, PROOF))
    return made


def by_id(card: Scorecard) -> dict[str, Any]:
    return {score.criterion: score for score in card.scores}


def crossing(quote: str, gate: str = "gate_insult_discrimination") -> list[dict[str, str]]:
    return [{"quote": quote, "gate": gate}]
