"""Where prompted jobs work in tests: the shipped prompts and content, and a scene to speak in."""

from __future__ import annotations

import random
from collections.abc import Sequence
from functools import lru_cache

from commcoach.coaching.counterpart import Scene, Stage
from commcoach.coaching.language_model import (
    AnswerCutOff,
    AnswerRefused,
    AnswerUnusable,
    Ask,
    BudgetSpent,
    Job,
    ModelFailed,
    ModelMisconfigured,
    ModelUnavailable,
)
from commcoach.coaching.occasion import Occasion
from commcoach.coaching.scorer import ScoringTask
from commcoach.content.locating import CHECKOUT
from commcoach.domain.cases import Said
from commcoach.domain.language import Language
from commcoach.domain.persona import PersonaState, Reaction, initial_state
from commcoach.domain.scenario import Scenario
from commcoach.llm.stub import Script, StubModel
from commcoach.prompted.asking import Means
from commcoach.prompted.prompts import Prompts
from tests.shipped import library

SECRET = b"only for tests"
OCCASION = Occasion("session-1", "learner-1", "release-1")
SCENARIOS = sorted(library().scenarios)
BOTH = tuple(Language)

FAILURES: tuple[ModelFailed, ...] = (
    ModelFailed("no idea"),
    ModelUnavailable("too slow", 3.0),
    ModelMisconfigured("no such model"),
    AnswerUnusable("off schema"),
    AnswerCutOff(),
    AnswerRefused(),
    BudgetSpent("day"),
)
"""One of every class."""


@lru_cache(maxsize=1)
def prompts() -> Prompts:
    """The shipped prompts."""
    return Prompts(CHECKOUT, CHECKOUT)


def means(
    script: Script, noticed: list[str] | None = None, patience: float | None = None
) -> tuple[Means, StubModel]:
    """A stub that answers by a script, and what a job works with; fallbacks are noted."""
    model = StubModel(script)

    def notice(job: Job, reason: str) -> None:
        if noticed is not None:
            noticed.append(f"{job}:{reason}")

    return Means(model, prompts(), SECRET, patience, notice), model


def scene(
    scenario: str,
    reply: str,
    language: Language = Language.ZH,
    *,
    state: PersonaState | None = None,
    dialogue: Sequence[Said] | None = None,
) -> Scene:
    """A reply to the opening, or to a longer dialogue."""
    found = library().scenarios[scenario]
    opening = found.opening.said_in(language)
    said = tuple(dialogue) if dialogue is not None else (Said("counterpart", opening),)
    return Scene(
        scenario=found,
        state=state or initial_state(found),
        reply=reply,
        language=language,
        said=tuple(one.text for one in said if one.speaker == "counterpart"),
        seed="seed",
        last=False,
        dialogue=said,
        occasion=OCCASION,
    )


def stage(
    scenario: str,
    language: Language = Language.ZH,
    *,
    tension: int | None = None,
    told: Sequence[str] = (),
    opened: Sequence[str] = (),
    said: Sequence[str] = (),
    reply: str = "嗯。",
    last: bool = False,
) -> Stage:
    """A moment in which the counterpart speaks."""
    found = library().scenarios[scenario]
    start = found.persona.start_tension if tension is None else tension
    state = PersonaState(start, told=frozenset({*told, *opened}))
    lines = (found.opening.said_in(language), *said)
    return Stage(
        scenario=found,
        language=language,
        reaction=Reaction(state, opened=tuple(opened)),
        said=lines,
        reply=reply,
        seed="seed",
        last=last,
        dialogue=tuple(Said("counterpart", line) for line in lines),
        occasion=OCCASION,
    )


def task(
    scenario: str,
    reply: str,
    language: Language = Language.ZH,
    *,
    context: Sequence[Said] | None = None,
    criteria: Sequence[str] | None = None,
) -> ScoringTask:
    """A reply to score, after the opening or a longer dialogue."""
    found = library().scenarios[scenario]
    opening = (Said("counterpart", found.opening.said_in(language)),)
    return ScoringTask(
        reply=reply,
        context=tuple(context) if context is not None else opening,
        criteria=tuple(found.weights) if criteria is None else tuple(criteria),
        language=language,
        scenario=found,
        occasion=OCCASION,
    )


def dialogue(scenario: Scenario, language: Language, turns: int) -> tuple[Said, ...]:
    """A dialogue of so many turns, of replies and lines as they are said in this product."""
    pool = sorted(
        {
            case.reply
            for case in library().cases
            if case.scenario == scenario.id and case.language is language
        }
    )
    lines = [
        line.text.said_in(language) for mood in scenario.script.moods.values() for line in mood
    ]
    chance = random.Random(f"{scenario.id}:{language}")
    said = [Said("counterpart", scenario.opening.said_in(language))]
    for _ in range(turns):
        said.append(Said("learner", chance.choice(pool)))
        said.append(Said("counterpart", chance.choice(lines)))
    return tuple(said)


def prefix_share(before: Sequence[str], now: Sequence[str]) -> float:
    """How much of a prompt a server has seen that was sent the one before: a share of 1."""
    old, new = "\0".join(before), "\0".join(now)
    common = next(
        (at for at, pair in enumerate(zip(old, new, strict=False)) if pair[0] != pair[1]),
        min(len(old), len(new)),
    )
    return common / len(new)


def words_of(ask: Ask) -> str:
    """The whole prompt of a call."""
    return "\n".join(message.text for message in ask.messages)
