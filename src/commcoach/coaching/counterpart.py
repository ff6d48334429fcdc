"""The counterpart's arm of a turn: reading the reply, the pure step, the next line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from commcoach.coaching.occasion import UNKNOWN, Occasion
from commcoach.domain.cases import Said
from commcoach.domain.language import Language
from commcoach.domain.persona import PersonaState, Reaction, step
from commcoach.domain.reading import Reading
from commcoach.domain.scenario import Scenario

CALM_ENOUGH = 4
"""The highest tension at which a counterpart may agree."""


@dataclass(frozen=True, slots=True)
class Scene:
    """A reply and the moment it is said in.

    `said` are the counterpart's lines so far, superseded ones included; `dialogue` is what was
    said on both sides on the way here, oldest first.
    """

    scenario: Scenario
    state: PersonaState
    reply: str
    language: Language
    said: tuple[str, ...]
    seed: str
    last: bool
    dialogue: tuple[Said, ...] = ()
    occasion: Occasion = UNKNOWN


class Reader(Protocol):
    """Names the moves of a reply, each with its quote."""

    async def read(self, scene: Scene) -> Reading:
        """The reading of one reply."""
        ...


@dataclass(frozen=True, slots=True)
class Stage:
    """What a voice may know: the new state and the facts opened by now, never a locked one.

    `said` is everything the counterpart has said so far, superseded lines included; `dialogue` is
    what was said on both sides before the `reply`. On the `last` turn the closing words follow;
    `seed` makes the choice of wording repeatable.
    """

    scenario: Scenario
    language: Language
    reaction: Reaction
    said: tuple[str, ...]
    reply: str
    seed: str
    last: bool = False
    dialogue: tuple[Said, ...] = ()
    occasion: Occasion = UNKNOWN


@dataclass(frozen=True, slots=True)
class Spoken:
    """A line that was spoken; `stand_in` says why not by the model that should have."""

    text: str
    stand_in: str = ""


Hear = Callable[[str], None]
"""Is told the beginning of a line as far as it is sure, again and again as it grows."""


def unheard(_words: str) -> None:
    """Listen to nothing before the whole line is there."""


class Voice(Protocol):
    """Speaks for the counterpart."""

    async def speak(self, stage: Stage, hear: Hear = unheard) -> Spoken:
        """The next line, one to three sentences, never one that was said before.

        What `hear` is told is what the line begins with; a voice may tell it nothing.
        """
        ...

    async def close(self, stage: Stage, agreed: bool) -> str:
        """The last words of the session."""
        ...


async def react(reader: Reader, scene: Scene) -> tuple[Reading, Reaction]:
    """Read the reply, step the persona."""
    reading = await reader.read(scene)
    return reading, step(scene.scenario, scene.state, reading)


async def answer(voice: Voice, scene: Scene, reaction: Reaction, hear: Hear = unheard) -> Spoken:
    """Speak the line that follows from the reaction."""
    stage = Stage(
        scenario=scene.scenario,
        language=scene.language,
        reaction=reaction,
        said=scene.said,
        reply=scene.reply,
        seed=scene.seed,
        last=scene.last,
        dialogue=scene.dialogue,
        occasion=scene.occasion,
    )
    return await voice.speak(stage, hear)


async def answer_reply(
    reader: Reader, voice: Voice, scene: Scene
) -> tuple[Reading, Reaction, Spoken]:
    """Both one after the other."""
    reading, reaction = await react(reader, scene)
    return reading, reaction, await answer(voice, scene, reaction)
