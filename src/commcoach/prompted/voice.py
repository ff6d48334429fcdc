"""Speaking with a model: in character, knowing nothing that is locked, checked before said."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from commcoach.coaching.counterpart import Hear, Spoken, Stage, Voice, unheard
from commcoach.coaching.language_model import Answered, Job, ModelFailed
from commcoach.domain.cases import Said
from commcoach.domain.cues import has_cue
from commcoach.domain.language import Language
from commcoach.domain.persona import Event
from commcoach.domain.scenario import HiddenFact, Mood
from commcoach.domain.wording import fold
from commcoach.prompted.asking import (
    OTHER_PARTY,
    UNUSABLE,
    Asking,
    Checked,
    Means,
    ask_twice,
    dialogue_lines,
    situation,
    within,
)
from commcoach.prompted.fencing import neutralise
from commcoach.prompted.line_checks import Fault, faults_in, ripe
from commcoach.prompted.prompts import Asked

MOST_TOKENS = 300
TEMPERATURE = 0.8

_QUOTED_WHOLE = re.compile(r'^(?:"([^"]+)"|“([^“”]+)”|「([^「」]+)」)$', re.DOTALL)


class PromptedVoice:
    """Asks a model for the next line; the `fallback` speaks when it gives none that can be used."""

    def __init__(self, means: Means, fallback: Voice) -> None:
        self._means = means
        self._fallback = fallback

    async def speak(self, stage: Stage, hear: Hear = unheard) -> Spoken:
        """The next line."""
        event = stage.reaction.event.value
        line = await self._line(stage, self.prompt(stage, event), may_agree=ripe(stage))
        if isinstance(line, Spoken):
            return line
        return replace(await self._fallback.speak(stage), stand_in=line)

    async def close(self, stage: Stage, agreed: bool) -> str:
        """The last words; they agree only if something was `agreed`."""
        upset = Mood.at(stage.reaction.state.tension) is Mood.UPSET
        event = "broken" if upset else "agreed" if agreed else "open"
        line = await self._line(stage, self.prompt(stage, event), may_agree=agreed and not upset)
        return line.text if isinstance(line, Spoken) else await self._fallback.close(stage, agreed)

    async def _line(self, stage: Stage, prompt: Asked, may_agree: bool) -> Spoken | str:
        """A line that can be said, or the reason why there is none."""
        fence = self._means.fence(stage.occasion)
        name = stage.scenario.persona.name.said_in(stage.language)
        asking = Asking(
            job=Job.VOICE,
            prompt=prompt,
            occasion=stage.occasion,
            most_tokens=MOST_TOKENS,
            temperature=TEMPERATURE,
            seed=random.Random(stage.seed).getrandbits(31),
        )
        refused: list[str] = []
        ours = [prompt.stable]

        def check(answer: Answered) -> Checked[str, Fault]:
            line = tidied(answer.text, name)
            faults = faults_in(line, stage, "\n".join(ours), may_agree)
            if not faults:
                return Checked(line)
            # What may be a locked fact is not put into any prompt, not even to be refused.
            leaks = Fault.LOCKED_FACT in faults
            refused[:] = ["" if leaks else neutralise(line, fence).text]
            return Checked(None, faults)

        def again(faults: Sequence[Fault]) -> str:
            named = [fault.value for fault in faults] or [Fault.EMPTY.value]
            values: dict[str, Any] = {"line": refused[0] if refused else "", "faults": named}
            words = self._means.prompts.again(Job.VOICE, stage.language, values)
            # Our words must not be spoken either; those of the refused line are the model's own.
            ours.append(words.replace(values["line"], "") if values["line"] else words)
            return words

        try:
            async with within(self._means.patience):
                line = await ask_twice(
                    lambda words: asking.put_to(self._means, words), check, again
                )
        except ModelFailed as failed:
            self._means.notice(Job.VOICE, failed.reason)
            return failed.reason
        if line is None:
            self._means.notice(Job.VOICE, UNUSABLE)
            return UNUSABLE
        return Spoken(line)

    def prompt(self, stage: Stage, event: str = Event.WENT_ON.value) -> Asked:
        """The prompt for a line: the state, and the facts opened by now."""
        scenario, language, state = stage.scenario, stage.language, stage.reaction.state
        fence = self._means.fence(stage.occasion)
        names = {
            "counterpart": scenario.persona.name.said_in(language),
            "learner": OTHER_PARTY[language],
        }
        dialogue = (*stage.dialogue, Said("learner", stage.reply))
        earlier = state.told - set(stage.reaction.opened)
        values: dict[str, Any] = {
            **situation(scenario, language),
            "fence": fence,
            "dialogue": dialogue_lines(dialogue, fence, names),
            "tension": state.tension,
            "told": [
                fact.title.said_in(language) for fact in scenario.hidden_facts if fact.id in earlier
            ],
            "opened": [
                _in_own_words(scenario.fact(id), language, stage.seed)
                for id in stage.reaction.opened
            ],
            "event": event,
            "last": stage.last,
        }
        return self._means.prompts.fill(Job.VOICE, language, values)


def _in_own_words(fact: HiddenFact, language: Language, seed: str) -> str:
    """One of the ways in which the persona tells a fact, if possible with the fact's own cues.

    Whether a line told the fact is seen by those.
    """
    ways = [line.text.said_in(language) for line in fact.disclosures]
    telling = [way for way in ways if has_cue(fact.tells, fold(way), language)]
    return random.Random(f"{seed}:{fact.id}").choice(telling or ways)


def tidied(text: str, name: str) -> str:
    """A line without the speaker's name in front, quotation marks around it, and line ends."""
    line = " ".join(part.strip() for part in text.splitlines() if part.strip())
    line = re.sub(rf"^\**{re.escape(name)}\**\s*[:：]\s*", "", line)
    quoted = _QUOTED_WHOLE.match(line)
    return next((part for part in quoted.groups() if part), line).strip() if quoted else line
