"""Recordings: what was answered once is answered again, without the model."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import replace
from pathlib import Path

import pytest

from commcoach.coaching.language_model import (
    Answered,
    Ask,
    ModelMisconfigured,
    ModelUnavailable,
    TokenChance,
    Usage,
)
from commcoach.llm.recorded import RecordedModel
from commcoach.llm.streams import AnswerStream
from commcoach.llm.stub import StubModel
from tests.llm.asks import LEVEL, WORDS, heard

WHOLE = Answered(
    '{"level": 2}',
    {"level": 2},
    Usage(7, 8, 5),
    0.25,
    "big-1",
    (TokenChance("2", {"2": -0.1, "1": -2.5}),),
)


def content(file: Path) -> bytes:
    """What was recorded so far."""
    return file.read_bytes() if file.exists() else b""


def rights(file: Path) -> int:
    """Who may do what with the recording."""
    return file.stat().st_mode & 0o777


def overwrite(file: Path, new: bytes) -> None:
    """Replace what was recorded."""
    file.write_bytes(new)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where the recording lies; its folder does not exist yet."""
    return tmp_path / "recordings" / "answers.jsonl"


async def test_a_recorded_answer_comes_back_whole_without_the_model(file: Path) -> None:
    assert await RecordedModel(file, StubModel([WHOLE])).ask(LEVEL) == WHOLE
    assert await RecordedModel(file).ask(LEVEL) == WHOLE


async def test_the_model_behind_is_asked_for_what_is_missing_only(file: Path) -> None:
    behind = StubModel(["一", "二"])
    model = RecordedModel(file, behind)
    asked = [WORDS, replace(WORDS, seed=1), WORDS]
    assert [(await model.ask(one)).text for one in asked] == ["一", "二", "一"]
    assert len(behind.asks) == 2


async def test_for_whom_is_asked_makes_no_difference(file: Path) -> None:
    await RecordedModel(file, StubModel(["一"])).ask(WORDS)
    other = replace(WORDS, session="s", learner="l", release="r")
    assert (await RecordedModel(file).ask(other)).text == "一"


async def test_a_missing_answer_without_a_model_says_what_to_do(file: Path) -> None:
    with pytest.raises(ModelMisconfigured) as failed:
        await RecordedModel(file).ask(WORDS)
    assert "record it with a model first" in failed.value.said
    assert str(file) in failed.value.said
    assert content(file) == b""


async def test_a_failure_is_not_recorded(file: Path) -> None:
    model = RecordedModel(file, StubModel([ModelUnavailable(), "好。"]))
    with pytest.raises(ModelUnavailable):
        await model.ask(WORDS)
    assert (await model.ask(WORDS)).text == "好。"


async def test_a_stream_is_recorded_and_replayed(file: Path) -> None:
    pieces = ["您先说说", "看吧。"]
    assert await heard(RecordedModel(file, StubModel(["您先说说看吧。"]))) == pieces
    assert await heard(RecordedModel(file)) == pieces


async def test_a_stream_that_nobody_heard_to_its_end_is_not_recorded(file: Path) -> None:
    stream = RecordedModel(file, StubModel(["您先说说看吧。"])).stream(WORDS)
    assert await anext(stream) == "您先说说"
    assert content(file) == b""


async def test_the_same_asked_twice_at_once_is_answered_the_same(file: Path) -> None:
    both = asyncio.Event()

    async def answer(text: str) -> str:
        if text == "二":
            both.set()
        await both.wait()
        return text

    texts = iter("一二")
    model = RecordedModel(file, StubModel(lambda _: answer(next(texts))))
    first, second = await asyncio.gather(model.ask(WORDS), model.ask(WORDS))
    assert first == second
    assert content(file).count(b"\n") == 1


async def test_a_recording_that_was_killed_goes_on(file: Path) -> None:
    await RecordedModel(file, StubModel(["一"])).ask(WORDS)
    whole = content(file)
    overwrite(file, whole + whole[:40])
    assert (await RecordedModel(file).ask(WORDS)).text == "一"
    await RecordedModel(file, StubModel([{"level": 1}])).ask(LEVEL)
    assert content(file).startswith(whole)
    assert (await RecordedModel(file).ask(LEVEL)).data == {"level": 1}


async def test_several_write_to_one_file_without_losing_an_answer(file: Path) -> None:
    long = "您先说说看。" * 500
    both = [RecordedModel(file, StubModel(lambda _: long)) for _ in range(2)]
    asks = [replace(WORDS, job=f"{number}", seed=seed) for number in range(2) for seed in range(20)]
    await asyncio.gather(*(both[int(one.job)].ask(one) for one in asks))
    again = RecordedModel(file)
    assert {(await again.ask(one)).text for one in asks} == {long}


async def test_a_recording_is_the_owners_alone(file: Path) -> None:
    await RecordedModel(file, StubModel(["一"])).ask(WORDS)
    assert rights(file) == 0o600


async def test_who_hears_no_more_hangs_up_on_the_model_behind(file: Path) -> None:
    hung_up = asyncio.Event()

    async def pieces() -> AsyncGenerator[str | Answered, None]:
        try:
            yield "您先"
            yield "说说看。"
        finally:
            hung_up.set()

    class Endless(StubModel):
        def stream(self, ask: Ask) -> AnswerStream:
            return AnswerStream(pieces())

    stream = RecordedModel(file, Endless()).stream(WORDS)
    assert isinstance(stream, AnswerStream)
    await anext(stream)
    await stream.aclose()
    assert hung_up.is_set()


async def test_a_spoiled_line_is_named(file: Path) -> None:
    await RecordedModel(file, StubModel(["一"])).ask(WORDS)
    overwrite(file, b"{}\n" + content(file))
    with pytest.raises(ModelMisconfigured) as failed:
        await RecordedModel(file).ask(WORDS)
    assert f"{file}:1 is no recorded answer" in failed.value.said
