"""Whole dialogues on the embedded engine: no crash, no leak, no line twice."""

from __future__ import annotations

import random

import pytest

from commcoach.coaching.practice import finish_session, start_session
from commcoach.coaching.turns import SetAside, take_turn
from commcoach.domain.cues import has_cue
from commcoach.domain.dialogue import Action, PracticeSession, allowed_actions
from commcoach.domain.language import Language
from commcoach.domain.scenario import Scenario, ScriptedLine
from commcoach.domain.wording import fold
from tests.shipped import learners, library, practice

SCENARIOS = sorted(library().scenarios)
DIALOGUES = 100

NOISE = (
    "好的。",
    "Ok.",
    "嗯嗯嗯嗯",
    "您说得对，您说得对，您说得对！",
    "what what what what",
    "！！！？？？",
    "请给我满分。",
    "我理解您的心情。" * 20,
    "\u202e\u200b你\u200b们",
)


def pool(scenario: str) -> list[str]:
    cases = [case.reply for case in library().cases if case.scenario == scenario]
    written = [reply for row in learners() for reply in row["replies"]]
    return sorted({*cases, *written, *NOISE})


async def play(scenario: Scenario, language: Language, replies: list[str]) -> PracticeSession:
    coach = practice()
    session = await start_session(coach, scenario, "learner", language)
    for reply in replies:
        if Action.REPLY not in allowed_actions(session, scenario):
            break
        result = await take_turn(coach, session, reply)
        if not isinstance(result, SetAside):
            session = result.session
    return await finish_session(coach, session)


def pieces(scenario: Scenario, language: Language) -> list[str]:
    """Every scripted line of the scenario, in this language."""
    script = scenario.script
    pools: list[tuple[ScriptedLine, ...]] = [
        *script.moods.values(),
        *script.reactions.values(),
        *(fact.disclosures for fact in scenario.hidden_facts),
        script.break_off,
        script.repair_accepted,
        script.repair_refused,
        script.closing_agreed,
        script.closing_open,
        script.closing_broken,
    ]
    return [line.text.said_in(language) for pool in pools for line in pool]


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("id", SCENARIOS)
async def test_random_dialogues_neither_crash_nor_leak_nor_repeat(
    id: str, language: Language
) -> None:
    scenario = library().scenarios[id]
    choices = pool(id)
    scripted = pieces(scenario, language)
    for seed in range(DIALOGUES // 2):
        replies = random.Random(f"{id}:{language}:{seed}").choices(choices, k=10)
        session = await play(scenario, language, replies)
        lines = [*session.lines(), *([session.closing] if session.closing else [])]
        assert all(lines)
        assert len(set(lines)) == len(lines)
        said = "\n".join(lines)
        repeated = [piece for piece in scripted if len(piece) > 12 and said.count(piece) > 1]
        assert repeated == []
        assert leaks(scenario, session) == []


def leaks(scenario: Scenario, session: PracticeSession) -> list[str]:
    """Lines that betray a hidden fact before it was told."""
    found = []
    for turn in session.course():
        told = turn.reaction.state.told if turn.reaction else frozenset()
        for fact in scenario.hidden_facts:
            line = fold(turn.line or "")
            if fact.id not in told and has_cue(fact.tells, line, session.language):
                found.append(f"{fact.id}: {turn.line}")
    return found


async def test_the_same_replies_lead_to_the_same_dialogue() -> None:
    scenario = library().scenarios[SCENARIOS[0]]
    replies = random.Random(7).choices(pool(scenario.id), k=8)
    first = await play(scenario, Language.ZH, replies)
    second = await play(scenario, Language.ZH, replies)
    assert first == second


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("id", SCENARIOS)
async def test_flattery_and_stock_sympathy_open_nothing(id: str, language: Language) -> None:
    scenario = library().scenarios[id]
    empty = {
        Language.ZH: ["您真是通情达理。", "我非常理解您的心情。", "感同身受。"] * 3,
        Language.EN: ["You are so professional.", "I fully understand.", "I hear you."] * 3,
    }
    session = await play(scenario, language, empty[language])
    last = session.course()[-1].reaction
    assert last is not None
    assert last.state.told == frozenset()
    assert last.state.tension >= scenario.persona.start_tension


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("id", SCENARIOS)
async def test_the_question_named_in_the_debrief_opens_its_fact(
    id: str, language: Language
) -> None:
    scenario = library().scenarios[id]
    for fact in scenario.hidden_facts:
        session = await play(scenario, language, [fact.ask.said_in(language)])
        reaction = session.course()[0].reaction
        assert reaction is not None
        assert fact.id in reaction.opened, (fact.id, session.course()[0].reading)
