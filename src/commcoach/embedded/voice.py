"""Speaking without a model: the scenario's lines for the state, none of them twice."""

from __future__ import annotations

import random
from collections.abc import Sequence

from commcoach.coaching.counterpart import Hear, Spoken, Stage, unheard
from commcoach.domain.language import Language
from commcoach.domain.persona import Event
from commcoach.domain.scenario import HiddenFact, Mood, MoveKey, ScriptedLine, keys_in

_JOINT = {Language.ZH: "", Language.EN: " "}
_ALSO = {Language.ZH: "还有，", Language.EN: " And another thing: "}


class ScriptedVoice:
    """The embedded voice."""

    async def speak(self, stage: Stage, hear: Hear = unheard) -> Spoken:
        """The whole line at once."""
        return Spoken(self._line(stage))

    def _line(self, stage: Stage) -> str:
        """A first sentence that answers the reply's main move, then what opens or is pushed for."""
        script = stage.scenario.script
        choose = _Chooser(stage)
        match stage.reaction.event:
            case Event.BROKE_OFF:
                return choose.one(script.break_off)
            case Event.REPAIRED:
                return choose.one(script.repair_accepted)
            case Event.LEFT:
                return choose.one(script.repair_refused)
        opened = [stage.scenario.fact(id) for id in stage.reaction.opened]
        told = [choose.perhaps(fact.disclosures) for fact in opened]
        parts = [
            self._reaction(stage, opened, choose),
            _ALSO[stage.language].join(filter(None, told)),
        ]
        if not opened and not stage.last:
            parts.append(choose.perhaps(script.moods[Mood.at(stage.reaction.state.tension)]))
        spoken = [part for part in parts if part]
        return _JOINT[stage.language].join(spoken) if spoken else choose.one(script.neutral)

    def _reaction(self, stage: Stage, opened: Sequence[HiddenFact], choose: _Chooser) -> str:
        """The first sentence; before a fact is told, only if it answers the move that opened it."""
        answers = stage.reaction.answers
        openers = {
            key.move for fact in opened for key in keys_in(fact.unlock) if isinstance(key, MoveKey)
        }
        if answers is None or len(opened) > 1 or (opened and answers not in openers):
            return ""
        return choose.perhaps(stage.scenario.script.reactions.get(answers, ()))

    async def close(self, stage: Stage, agreed: bool) -> str:
        """Last words: something was agreed, it stays open, or the talk has failed."""
        script = stage.scenario.script
        if Mood.at(stage.reaction.state.tension) is Mood.UPSET:
            return _Chooser(stage).one(script.closing_broken)
        return _Chooser(stage).one(script.closing_agreed if agreed else script.closing_open)


class _Chooser:
    """Picks lines that fit what has happened and have not been said, repeatably by the seed."""

    def __init__(self, stage: Stage) -> None:
        self._language = stage.language
        self._said = "\n".join(stage.said)
        self._happened = stage.reaction.state.happened
        self._just_now = {*stage.reaction.opened, stage.reaction.answers}
        self._neutral = stage.scenario.script.neutral
        self._random = random.Random(stage.seed)

    def perhaps(self, pool: Sequence[ScriptedLine]) -> str:
        """A line of the pool that may be said now, preferring those made for this moment."""
        fitting = [
            (bool(line.after & self._just_now), text)
            for line in pool
            if line.may_follow(self._happened)
            and (text := line.text.said_in(self._language)) not in self._said
        ]
        made_for_now = [text for special, text in fitting if special]
        choices = made_for_now or [text for _, text in fitting]
        return self._random.choice(choices) if choices else ""

    def one(self, pool: Sequence[ScriptedLine]) -> str:
        """A line of the pool, else a neutral one, so that nothing is said twice."""
        return self.perhaps(pool) or self.perhaps(self._neutral)
