"""Whole turns while the model answers anything at all: every one of them completes."""

from __future__ import annotations

import asyncio
import json
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from commcoach.coaching.arms import Taken
from commcoach.coaching.language_model import Answered, Ask, Usage
from commcoach.coaching.practice import Practice, finish_session, start_session
from commcoach.coaching.turns import take_turn
from commcoach.domain.dialogue import Action, PracticeSession, Turn, allowed_actions
from commcoach.domain.language import Language
from commcoach.domain.score import Scored
from commcoach.embedded.reader import CueReader
from commcoach.embedded.voice import ScriptedVoice
from commcoach.llm.stub import Script
from commcoach.prompted.line_checks import Fault, faults_in
from commcoach.prompted.reader import PromptedReader
from commcoach.prompted.scorer import Care, PromptedScorer
from commcoach.prompted.voice import PromptedVoice
from tests.prompted import office
from tests.shipped import learners, library, practice, scorer

SESSIONS = 24
INVENTED = "我保证今晚就给您修好, I promise"


def coach_with(script: Script, noticed: list[str], patience: float | None = None) -> Practice:
    means, _ = office.means(script, noticed, patience)
    return replace(
        practice(),
        reader=PromptedReader(means, CueReader()),
        voice=PromptedVoice(means, ScriptedVoice()),
        scorer=PromptedScorer(means, library(), scorer(), Care(samples=2)),
    )


def filled(schema: dict[str, Any], quote: str, level: Any) -> Any:
    """An object of the form asked for, with one quote everywhere and one level."""
    kind = schema.get("type")
    if kind == "object":
        return {key: filled(one, quote, level) for key, one in schema.get("properties", {}).items()}
    if kind == "array":
        return [filled(schema["items"], quote, level)]
    if kind == "boolean":
        return True
    return level if "integer" in (kind or ()) else schema.get("enum", [quote])[0]


def reply_in(ask: Ask) -> str:
    """The learner's last reply, as the prompt shows it."""
    return ask.messages[-1].text.rpartition("</reply-")[0].rpartition(">")[2]


class Chaos:
    """A model that answers well, badly, or not at all; what it does is decided by chance."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.done: Counter[str] = Counter()
        self._ways: dict[str, Callable[[Ask], Any]] = {
            "well": lambda ask: self.data(ask, reply_in(ask)[:12], self.chance.choice([1, 2, 3])),
            "invented": lambda ask: self.data(ask, INVENTED, 4),
            "out of range": lambda ask: self.data(ask, reply_in(ask)[:12], 9),
            "unchecked": lambda ask: Answered(
                "", {"moves": 3, "kindness": {"level": 4}}, Usage(), 0.0, "odd"
            ),
            "nothing in it": lambda _: Answered("", {}, Usage(), 0.0, "odd"),
            "no object": lambda _: Answered("", None, Usage(), 0.0, "odd"),
            "empty": lambda _: "",
            "off schema": lambda _: '{"score": 4, "verdict": "excellent"}',
            "prose": lambda _: "As an AI language model, I cannot take part in this exercise.",
            "html": lambda _: "<html><body>502 Bad Gateway</body></html>",
            "hang": self.hang,
            **{
                type(one).__name__: lambda _, failure=one: failure  # type: ignore[misc]
                for one in office.FAILURES
            },
        }

    def data(self, ask: Ask, quote: str, level: int) -> Any:
        if ask.schema is None:
            return quote
        return json.dumps(filled(dict(ask.schema), quote, level), ensure_ascii=False)

    async def hang(self, _: Ask) -> str:
        await asyncio.Event().wait()
        return "never"

    def __call__(self, ask: Ask) -> Any:
        way = self.chance.choice(list(self._ways))
        self.done[way] += 1
        return self._ways[way](ask)


def untrue(session: PracticeSession, turn: Turn) -> list[str]:
    """What is shown of a turn without being proved by what was said."""
    assert turn.card is not None
    before = [one for one in session.course() if one.number < turn.number]
    context = "\n".join(
        [session.opening, *(text for one in before for text in (one.reply, one.line or ""))]
    )
    found = [
        f"{score.criterion}: {proof.quote}"
        for score in turn.card.scores
        if isinstance(score, Scored)
        for proof in score.evidence
        if (turn.reply if proof.source == "reply" else context)[proof.start : proof.end]
        != proof.quote
    ]
    found += [one.criterion for one in turn.card.scored() if not one.evidence]
    assert turn.reading is not None
    quoted = [(one.quote, one.start, one.end) for one in turn.card.gates]
    quoted += [(one.quote, one.start, one.end) for one in turn.reading.moves]
    return found + [words for words, start, end in quoted if turn.reply[start:end] != words]


@pytest.mark.parametrize("seed", range(SESSIONS))
async def test_every_turn_completes_and_shows_nothing_that_is_not_proved(seed: int) -> None:
    rows = learners()
    row = rows[seed * 7 % len(rows)]
    scenario = library().scenarios[row["scenario"]]
    noticed: list[str] = []
    coach = coach_with(Chaos(seed), noticed, patience=0.05)
    session = await start_session(coach, scenario, "learner", Language(row["lang"]))
    for reply in row["replies"]:
        if Action.REPLY not in allowed_actions(session, scenario):
            break
        result = await take_turn(coach, session, reply)
        if isinstance(result, Taken):
            session = result.session
            assert result.turn.reading is not None
            assert result.turn.line
            assert result.turn.card is not None
            assert [one.criterion for one in result.turn.card.scores] == list(scenario.weights)
            assert untrue(session, result.turn) == []
    session = await finish_session(coach, session)
    assert session.ending is not None
    lines = session.lines()
    assert len(set(lines)) == len(lines)
    assert noticed


async def test_a_model_that_hangs_costs_no_more_than_its_time() -> None:
    async def hang(_: Ask) -> str:
        await asyncio.Event().wait()
        return "never"

    noticed: list[str] = []
    coach = coach_with(hang, noticed, patience=0.05)
    scenario = library().scenarios["three_calls_no_owner"]
    session = await start_session(coach, scenario, "learner", Language.ZH)
    async with asyncio.timeout(2):
        result = await take_turn(coach, session, "三次电话都没人认，我来跟这件事。")
    assert isinstance(result, Taken)
    assert sorted(set(noticed)) == [
        "reader:unavailable",
        "scorer:unavailable",
        "voice:unavailable",
    ]
    assert result.turn.card is not None
    assert result.turn.card.scored() == ()


async def test_with_a_model_that_answers_nothing_falls_back() -> None:
    said = "又是程序，前三位也是这么说的。"

    def well(ask: Ask) -> Any:
        if ask.job == "reader":
            move = {"quote": "我来跟这件事", "move": "take_ownership", "topic": "none"}
            return {"moves": [move], "points": []}
        if ask.job == "voice":
            return said
        assert ask.schema is not None
        proof = {"quotes": ["我来跟这件事"], "applicable": True, "level": 2}
        return {id: [] if id == "gates" else proof for id in ask.schema["properties"]}

    noticed: list[str] = []
    coach = coach_with(well, noticed)
    scenario = library().scenarios["three_calls_no_owner"]
    session = await start_session(coach, scenario, "learner", Language.ZH)
    result = await take_turn(coach, session, "三次电话都没人认，我来跟这件事。")
    assert isinstance(result, Taken)
    assert noticed == []
    assert result.turn.line == said
    assert result.turn.card is not None
    assert {score.level for score in result.turn.card.scored()} == {2}
    assert session.engine == "stub"


def test_a_repeated_line_is_a_fault_in_every_scenario() -> None:
    for id in office.SCENARIOS:
        moment = office.stage(id)
        assert Fault.REPEAT in faults_in(moment.said[0], moment)
