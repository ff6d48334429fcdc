"""The counterpart's arm of a turn: reading the reply, the pure step, the next line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from commcoach.domain.language import Language
from commcoach.domain.persona import PersonaState, Reaction, step
from commcoach.domain.reading import Reading
from commcoach.domain.scenario import Scenario


class Reader(Protocol):
    """Names the moves of a reply, each with its quote."""

    async def read(
        self, scenario: Scenario, state: PersonaState, reply: str, language: Language
    ) -> Reading:
        """The reading of one reply."""
        ...


@dataclass(frozen=True, slots=True)
class Stage:
    """What a voice may know: the new state and the facts opened by now, never a locked one.

    `said` is everything the counterpart has said so far; on the `last` turn the closing words
    follow; `seed` makes the choice of wording repeatable.
    """

    scenario: Scenario
    language: Language
    reaction: Reaction
    said: tuple[str, ...]
    reply: str
    seed: str
    last: bool = False


class Voice(Protocol):
    """Speaks for the counterpart."""

    async def speak(self, stage: Stage) -> str:
        """The next line, one to three sentences, never one that was said before."""
        ...

    async def close(self, stage: Stage, agreed: bool) -> str:
        """The last words of the session."""
        ...


@dataclass(frozen=True, slots=True)
class Scene:
    """A reply and the moment it is said in; `said` are the counterpart's lines so far."""

    scenario: Scenario
    state: PersonaState
    reply: str
    language: Language
    said: tuple[str, ...]
    seed: str
    last: bool


async def answer_reply(reader: Reader, voice: Voice, scene: Scene) -> tuple[Reading, Reaction, str]:
    """Read the reply, step the persona, speak the line."""
    reading = await reader.read(scene.scenario, scene.state, scene.reply, scene.language)
    reaction = step(scene.scenario, scene.state, reading)
    stage = Stage(
        scene.scenario, scene.language, reaction, scene.said, scene.reply, scene.seed, scene.last
    )
    return reading, reaction, await voice.speak(stage)
