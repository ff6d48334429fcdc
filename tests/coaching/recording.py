"""A practice whose every call is noted, and whose parts fail or wait when told to."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace

from commcoach.coaching.arms import Taken
from commcoach.coaching.counterpart import Hear, Reader, Scene, Spoken, Stage, Voice, unheard
from commcoach.coaching.practice import Practice, start_session
from commcoach.coaching.scorer import Scorer, ScoringTask
from commcoach.coaching.turns import take_turn
from commcoach.domain.dialogue import PracticeSession, Turn
from commcoach.domain.language import Language
from commcoach.domain.reading import Reading
from commcoach.domain.score import EngineName, Scorecard
from tests.shipped import library, practice

SCENARIO = library().scenarios["late_minutes_peer"]
REPLY = "周二那份没等到纪要，我按旧数据报了，周三返工到八点。"
CURT = "好吧好吧。"
ASKED = "这周的纪要是卡在哪里了？"


@dataclass
class Recording:
    """Every part of a turn as shipped, each call noted; each part may be made to fail or wait."""

    calls: list[str] = field(default_factory=list)
    fails: str = ""
    go: asyncio.Event | None = None
    scoring: asyncio.Event = field(default_factory=asyncio.Event)
    inner: Practice = field(default_factory=practice)

    @property
    def engine(self) -> EngineName:
        return self.inner.scorer.engine

    def prepare(self) -> None:
        self.inner.scorer.prepare()

    async def read(self, scene: Scene) -> Reading:
        self._note("read")
        return await self.inner.reader.read(scene)

    async def speak(self, stage: Stage, hear: Hear = unheard) -> Spoken:
        self._note("speak")
        return await self.inner.voice.speak(stage, hear)

    async def close(self, stage: Stage, agreed: bool) -> str:
        self._note("close")
        return await self.inner.voice.close(stage, agreed)

    async def score(self, task: ScoringTask) -> Scorecard:
        self.scoring.set()
        self._note("score")
        if self.go is not None:
            try:
                await self.go.wait()
            except asyncio.CancelledError:
                self.calls.append("cancelled")
                raise
        return await self.inner.scorer.score(task)

    def _note(self, call: str) -> None:
        self.calls.append(call)
        if call == self.fails:
            raise ConnectionError

    def practice(self, patience: float | None = None) -> Practice:
        reader: Reader = self
        voice: Voice = self
        scorer: Scorer = self
        return replace(self.inner, reader=reader, voice=voice, scorer=scorer, patience=patience)


async def begun(coach: Practice) -> PracticeSession:
    return await start_session(coach, SCENARIO, "learner", Language.ZH)


async def kept(coach: Practice, session: PracticeSession) -> PracticeSession:
    found = await coach.sessions.get(session.id)
    assert found is not None
    return found


async def taken(
    coach: Practice, session: PracticeSession, reply: str, message: str | None = None
) -> Taken:
    result = await take_turn(coach, session, reply, message)
    assert isinstance(result, Taken)
    return result


async def whole_turn() -> Turn:
    """The turn as it is when nothing goes wrong."""
    coach = practice()
    return (await taken(coach, await begun(coach), REPLY, "m1")).turn
