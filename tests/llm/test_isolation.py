"""No test reaches a model outside, with or without a key."""

from __future__ import annotations

import os

import pytest

from commcoach.llm.openai_model import OpenAIModel
from commcoach.model_settings import OPENAI
from tests.conftest import OutsideWorld
from tests.llm.asks import WORDS, heard


@pytest.mark.parametrize("url", [OPENAI, "http://192.0.2.1/v1"])
async def test_a_model_outside_is_not_reached(url: str) -> None:
    model = OpenAIModel("small-1", url, "sk-of-a-test")
    for ask in (model.ask, lambda ask: heard(model, ask)):
        # Loudly: no fallback takes it for a model that is down.
        with pytest.raises((OutsideWorld, ExceptionGroup)) as raised:
            await ask(WORDS)
        inner = raised.value
        while isinstance(inner, ExceptionGroup):
            [inner] = inner.exceptions
        assert isinstance(inner, OutsideWorld)
    await model.aclose()


def test_no_account_of_the_developer_is_known() -> None:
    assert not [name for name in os.environ if name.startswith("OPENAI_")]
