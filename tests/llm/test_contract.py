"""What every provider promises, shown for all of them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # ships no types

from commcoach.coaching.language_model import Ask, LanguageModel, Message
from commcoach.llm.providers import PROVIDERS, ModelChoice, open_model
from commcoach.llm.streams import AnswerStream
from tests.llm.asks import LEVEL, WORDS
from tests.llm.gguf import small_model
from tests.model_api.server import FakeModelServer

SCRIPT = {
    "voice": ["您先说说看。"],
    "scorer": [{"level": 2}],
    "reader": [{"asked": {"level": 1}, "shared": {"level": 4}}],
}
CRITERIA = Ask(
    "reader",
    (Message("system", "Score it."), Message("user", "您好。")),
    {
        "type": "object",
        "properties": {"asked": LEVEL.schema, "shared": LEVEL.schema},
        "required": ["asked", "shared"],
        "additionalProperties": False,
    },
    most_tokens=200,
)


def script(folder: Path) -> ModelChoice:
    """The stub, with a script."""
    file = folder / "script.json"
    file.write_text(json.dumps(SCRIPT), encoding="utf-8")
    return ModelChoice("stub", str(file))


@pytest.fixture(
    params=["stub", "recorded", "openai", pytest.param("local", marks=pytest.mark.slow)]
)
async def model(
    request: pytest.FixtureRequest, tmp_path: Path, api: FakeModelServer
) -> AsyncIterator[LanguageModel]:
    """A model of each provider in turn."""
    choices: dict[str, Callable[[], ModelChoice]] = {
        "stub": lambda: script(tmp_path),
        "recorded": lambda: ModelChoice(
            "recorded", file=tmp_path / "answers.jsonl", behind=script(tmp_path)
        ),
        "openai": lambda: ModelChoice("openai", "small-1", api.url, api.key, cache=tmp_path),
        "local": lambda: ModelChoice("local", file=small_model(), context=1024),
    }
    api.usual_object = replace(api.usual_object, text=json.dumps({"level": 2}))
    opened = open_model(choices[request.param]())
    assert opened.provider == request.param
    yield opened
    await opened.aclose()


def test_every_provider_is_held_to_the_contract() -> None:
    assert list(PROVIDERS) == ["openai", "local", "stub", "recorded"]


async def test_words_are_answered_with_words(model: LanguageModel) -> None:
    answered = await model.ask(WORDS)
    assert answered.text.strip() == answered.text != ""
    assert answered.data is None
    assert answered.usage.prompt >= answered.usage.cached
    assert answered.usage.completion > 0
    assert answered.latency >= 0
    assert answered.model
    assert model.name


async def test_a_schema_is_answered_with_an_object_that_satisfies_it(model: LanguageModel) -> None:
    answered = await model.ask(LEVEL)
    assert LEVEL.schema is not None
    Draft202012Validator(LEVEL.schema).validate(answered.data)


async def test_a_stream_brings_words_and_then_the_whole(model: LanguageModel) -> None:
    stream = model.stream(WORDS)
    words = "".join([piece async for piece in stream])
    assert isinstance(stream, AnswerStream)
    assert stream.answered is not None
    assert stream.answered.text == words.strip() != ""
    assert stream.answered.usage.completion > 0


async def test_a_stream_can_be_left(model: LanguageModel) -> None:
    stream = model.stream(WORDS)
    assert isinstance(stream, AnswerStream)
    assert await anext(stream)
    await stream.aclose()
    assert (await model.ask(WORDS)).text


async def test_several_are_answered_at_once(model: LanguageModel) -> None:
    asks = [replace(LEVEL, seed=seed) for seed in range(4)]
    answers = await asyncio.gather(*(model.ask(one) for one in asks))
    assert all(one.data is not None for one in answers)


async def test_a_model_can_be_closed_twice(model: LanguageModel) -> None:
    await model.aclose()
    await model.aclose()
