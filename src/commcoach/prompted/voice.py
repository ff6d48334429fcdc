"""Speaking with a model: in character, knowing nothing that is locked, checked before said."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from commcoach.coaching.counterpart import Hear, Spoken, Stage, Voice, unheard
from commcoach.coaching.language_model import Answered, Job, ModelFailed, ThoughtsHeard, Usage
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
from commcoach.prompted.hearing import Listening, spoken_aloud
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
        """The next line.

        If somebody listens it is spoken aloud, sentence by sentence, each checked before; should
        the rest be no good, or not come, the line ends with what has been heard.
        """
        event = stage.reaction.event.value
        line = await self._line(stage, event, may_agree=ripe(stage), hear=hear)
        if isinstance(line, Spoken):
            return line
        return replace(await self._fallback.speak(stage), stand_in=line)

    async def close(self, stage: Stage, agreed: bool) -> str:
        """The last words; they agree only if something was `agreed`."""
        upset = Mood.at(stage.reaction.state.tension) is Mood.UPSET
        event = "broken" if upset else "agreed" if agreed else "open"
        line = await self._line(stage, event, may_agree=agreed and not upset)
        return line.text if isinstance(line, Spoken) else await self._fallback.close(stage, agreed)

    async def _line(
        self, stage: Stage, event: str, may_agree: bool, hear: Hear = unheard
    ) -> Spoken | str:
        """A line that can be said, or the reason why there is none."""
        try:
            speaking = _Speaking(self._means, stage, self.prompt(stage, event), may_agree, hear)
            async with within(self._means.patience):
                line = await ask_twice(speaking.put, speaking.check, speaking.again)
        except ModelFailed as failed:
            line, reason = None, failed.reason
        else:
            reason = UNUSABLE
        line = line or speaking.listening.heard
        if line:
            return Spoken(line)
        self._means.notice(Job.VOICE, reason)
        return reason

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


class _Speaking:
    """One line under way: asked for, heard, checked, asked for again."""

    def __init__(
        self, means: Means, stage: Stage, prompt: Asked, may_agree: bool, hear: Hear
    ) -> None:
        self._means = means
        self._stage = stage
        self._may_agree = may_agree
        self._name = stage.scenario.persona.name.said_in(stage.language)
        self._ours = [prompt.stable]
        self._fence = means.fence(stage.occasion)
        self._refused = ""
        self._aloud = hear is not unheard
        self.listening = Listening(hear, lambda words: not self._faults(words), stage.language)
        self._asking = Asking(
            job=Job.VOICE,
            prompt=prompt,
            occasion=stage.occasion,
            most_tokens=MOST_TOKENS,
            temperature=TEMPERATURE,
            seed=random.Random(stage.seed).getrandbits(31),
        )

    async def put(self, again: str) -> Answered:
        """One answer, aloud if somebody listens."""
        if not self._aloud:
            return await self._asking.put_to(self._means, again)
        model, ask = self._means.model, self._asking.ask(self._means, again)
        try:
            return await spoken_aloud(model, ask, self._take)
        except ThoughtsHeard:
            self.listening.forget()
            raise
        except ModelFailed:
            if not self.listening.heard:
                raise
            return Answered(self.listening.heard, None, Usage(), 0.0, model.name)

    def _take(self, words: str) -> None:
        self.listening.take(tidied(words, self._name))

    def check(self, answer: Answered) -> Checked[str, Fault]:
        """The line, or what is wrong with it; what has been heard stands."""
        line, heard = tidied(answer.text, self._name), self.listening.heard
        faults = self._faults(line)
        if not faults and line.startswith(heard):
            return Checked(line)
        if heard:
            return Checked(heard)
        # What may be a locked fact is not put into any prompt, not even to be refused.
        leaks = Fault.LOCKED_FACT in faults
        self._refused = "" if leaks or not line else self._fence.excerpt(line)
        return Checked(None, faults)

    def again(self, faults: Sequence[Fault]) -> str:
        """What is said when a line has to be spoken once more."""
        named = [fault.value for fault in faults] or [Fault.EMPTY.value]
        values = {"fence": self._fence, "line": self._refused, "faults": named}
        words = self._means.prompts.again(Job.VOICE, self._stage.language, values)
        # Our words must not be spoken either; those of the refused line are the model's own.
        self._ours.append(words.replace(self._refused, "") if self._refused else words)
        return words

    def _faults(self, line: str) -> tuple[Fault, ...]:
        return faults_in(line, self._stage, "\n".join(self._ours), self._may_agree)


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
