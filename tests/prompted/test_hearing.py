"""A line that is heard while it is spoken: whole sentences, checked before they are heard."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator

import pytest

from commcoach.coaching.counterpart import Spoken
from commcoach.coaching.language_model import (
    AnswerCutOff,
    Answered,
    Ask,
    Message,
    ModelFailed,
    ModelUnavailable,
    ThoughtsHeard,
)
from commcoach.embedded.voice import ScriptedVoice
from commcoach.llm.streams import AnswerStream, in_pieces
from commcoach.llm.stub import Script, StubModel
from commcoach.prompted.asking import Means
from commcoach.prompted.hearing import spoken_aloud
from commcoach.prompted.voice import PromptedVoice
from tests.prompted import office

STAGE = office.stage("three_calls_no_owner", reply="我们会按程序处理的。")
FIRST = "又是程序，前三位也是这么说的。"
SECOND = "您先告诉我，这一次到底谁来接手？"
AGREES = "行，那就按您说的办，没问题。"
LOCKED = "我爸肺不好，您知道吗？"
ASIDE = "（冷笑）您接着说。"


class Breaking(StubModel):
    """Breaks off its stream after so many characters."""

    def __init__(self, script: Script, after: int, failure: ModelFailed) -> None:
        super().__init__(script)
        self._after = after
        self._failure = failure

    def stream(self, ask: Ask) -> AnswerStream:
        async def pieces() -> AsyncGenerator[str | Answered, None]:
            told = 0
            async for piece in in_pieces(self.ask, ask):
                if isinstance(piece, str):
                    told += len(piece)
                    if told > self._after:
                        raise self._failure
                yield piece

        return AnswerStream(pieces())


async def spoken(model: StubModel) -> tuple[Spoken, list[str]]:
    """The line, and what was heard of it on the way."""
    heard: list[str] = []
    voice = PromptedVoice(Means(model, office.prompts(), office.SECRET), ScriptedVoice())
    return await voice.speak(STAGE, heard.append), heard


async def test_a_line_is_heard_sentence_by_sentence() -> None:
    line, heard = await spoken(StubModel([FIRST + SECOND]))
    assert line == Spoken(FIRST + SECOND)
    assert heard == [FIRST, FIRST + SECOND]


async def test_whoever_does_not_listen_gets_the_line_by_one_plain_answer() -> None:
    model = StubModel([FIRST])
    voice = PromptedVoice(Means(model, office.prompts(), office.SECRET), ScriptedVoice())
    assert await voice.speak(STAGE) == Spoken(FIRST)


@pytest.mark.parametrize("fault", [AGREES, LOCKED, ASIDE, "As an AI I am here to help you all."])
async def test_a_faulty_sentence_is_never_heard_and_the_line_ends_before_it(fault: str) -> None:
    model = StubModel([FIRST + fault])
    line, heard = await spoken(model)
    assert line == Spoken(FIRST)
    assert heard == [FIRST]
    assert len(model.asks) == 1


@pytest.mark.parametrize("fault", [AGREES, LOCKED, ASIDE])
async def test_a_line_that_begins_with_a_fault_is_asked_for_again_unheard(fault: str) -> None:
    line, heard = await spoken(StubModel([fault, FIRST]))
    assert line == Spoken(FIRST)
    assert heard == [FIRST]


async def test_a_quotation_is_not_heard_before_it_is_closed() -> None:
    quoting = "您又说“按程序办。等通知。”，前三位也是这么说的。"
    line, heard = await spoken(StubModel([quoting]))
    assert line == Spoken(quoting)
    assert heard == [quoting]


async def test_a_line_in_quotation_marks_waits_for_their_end() -> None:
    line, heard = await spoken(StubModel(["“" + FIRST + SECOND + "”"]))
    assert line == Spoken(FIRST + SECOND)
    assert heard == [FIRST + SECOND]


@pytest.mark.parametrize("failure", [AnswerCutOff(), ModelUnavailable("broken off")])
async def test_a_stream_that_breaks_off_ends_the_line_with_what_was_heard(
    failure: ModelFailed,
) -> None:
    model = Breaking([FIRST + SECOND], len(FIRST) + 5, failure)
    line, heard = await spoken(model)
    assert line == Spoken(FIRST)
    assert heard == [FIRST]
    assert len(model.asks) == 1


async def test_what_was_heard_does_not_stand_if_it_was_a_thought() -> None:
    model = Breaking([FIRST + SECOND, SECOND], len(FIRST) + 5, ThoughtsHeard())
    line, heard = await spoken(model)
    assert line == Spoken(SECOND)
    assert heard == [FIRST, "", SECOND]


async def test_the_script_goes_on_if_only_thoughts_are_heard() -> None:
    line, heard = await spoken(Breaking([FIRST + SECOND] * 2, len(FIRST) + 5, ThoughtsHeard()))
    assert line.stand_in == "unusable"
    assert line.text not in (FIRST, FIRST + SECOND)
    assert heard[-1] == ""


async def test_whoever_is_interrupted_hangs_up() -> None:
    hung_up = asyncio.Event()

    class Endless(StubModel):
        async def stream(self, ask: Ask) -> AsyncIterator[str]:
            try:
                yield "又是"
                await asyncio.Event().wait()
            finally:
                hung_up.set()

    def interrupt(_words: str) -> None:
        raise KeyboardInterrupt

    ask = Ask("voice", (Message("user", "x"),))
    with pytest.raises(KeyboardInterrupt):
        await spoken_aloud(Endless(), ask, interrupt)
    assert hung_up.is_set()


async def test_a_stream_that_breaks_off_before_a_sentence_leaves_it_to_the_script() -> None:
    line, heard = await spoken(Breaking([FIRST], 3, ModelUnavailable("broken off")))
    assert line.stand_in == "unavailable"
    assert heard == []
