"""The provider `local`: a real GGUF file, and what is wrong with others."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import aiohttp
import pytest

from commcoach.coaching.language_model import (
    AnswerCutOff,
    AnswerUnusable,
    Message,
    ModelMisconfigured,
    ModelUnavailable,
)
from commcoach.llm.local_model import LocalModel
from tests.llm.asks import LEVEL, WORDS
from tests.llm.gguf import small_model


@pytest.fixture
async def model() -> AsyncIterator[LocalModel]:
    """A loaded model."""
    loaded = LocalModel(small_model(), context=512, parallel=2)
    yield loaded
    await loaded.aclose()


@pytest.mark.slow
@pytest.mark.parametrize("path", ["/v1/models", "/props", "/slots", "/v1/chat/completions"])
async def test_nobody_else_gets_in(path: str, model: LocalModel) -> None:
    async with aiohttp.ClientSession() as session, session.get(model.address + path) as answer:
        assert answer.status == 401


@pytest.mark.slow
async def test_no_page_is_shown(model: LocalModel) -> None:
    async with aiohttp.ClientSession() as session, session.get(model.address) as answer:
        assert answer.status == 404


@pytest.mark.slow
async def test_it_listens_on_this_machine_alone(model: LocalModel) -> None:
    assert model.address.startswith("http://127.0.0.1:")


@pytest.mark.slow
async def test_objects_hold_to_the_schema_and_tell_their_chances(model: LocalModel) -> None:
    asks = [replace(LEVEL, seed=seed, temperature=1.5, logprobs=True) for seed in range(4)]
    answers = await asyncio.gather(*(model.ask(one) for one in asks))
    assert {one.data["level"] for one in answers if one.data} <= {0, 1, 2, 3, 4}
    assert all(one.chances for one in answers)
    assert answers[0].model == model.name


@pytest.mark.slow
async def test_a_long_answer_is_cut_off_with_a_name(model: LocalModel) -> None:
    with pytest.raises(AnswerCutOff):
        await model.ask(replace(WORDS, most_tokens=2))


@pytest.mark.slow
async def test_a_prompt_beyond_the_context_is_refused_with_a_name(model: LocalModel) -> None:
    with pytest.raises(AnswerUnusable) as failed:
        await model.ask(replace(WORDS, messages=(Message("user", "word " * 600),)))
    assert failed.value.said == "the prompt is too long for the model"


@pytest.mark.slow
async def test_a_prompt_that_begins_like_the_last_one_is_partly_cached(model: LocalModel) -> None:
    stable = Message("system", "You are a colleague who waits for the minutes. " * 6)
    with suppress(AnswerCutOff):  # it chatters, but it has read
        await model.ask(replace(WORDS, messages=(stable, Message("user", "One."))))
    answered = await model.ask(replace(WORDS, messages=(stable, Message("user", "Two."))))
    assert answered.usage.cached > answered.usage.prompt / 2


@pytest.mark.slow
async def test_the_event_loop_stays_free_while_it_answers(model: LocalModel) -> None:
    asking = asyncio.create_task(model.ask(WORDS))
    turns = 0
    while not asking.done():
        turns += 1
        await asyncio.sleep(0)
    assert turns > 100


@pytest.mark.slow
async def test_a_closed_model_is_gone(model: LocalModel) -> None:
    await model.aclose()
    with pytest.raises(ModelUnavailable):
        await model.ask(WORDS)


@pytest.fixture
def not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if xllamacpp were not there."""
    monkeypatch.setitem(sys.modules, "xllamacpp", None)


@pytest.mark.usefixtures("not_installed")
def test_a_missing_package_says_how_to_install_it(tmp_path: Path) -> None:
    with pytest.raises(ModelMisconfigured) as failed:
        LocalModel(tmp_path)
    assert "pip install '.[local]'" in failed.value.said


@pytest.mark.slow
def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    small_model()
    with pytest.raises(ModelMisconfigured) as failed:
        LocalModel(tmp_path / "none.gguf")
    assert "there is no file" in failed.value.said


@pytest.mark.slow
def test_a_file_that_is_no_model_is_named(tmp_path: Path) -> None:
    small_model()
    file = tmp_path / "odd.gguf"
    file.write_bytes(b"not a model" * 100)
    with pytest.raises(ModelMisconfigured) as failed:
        LocalModel(file)
    assert "is it a GGUF file?" in failed.value.said
