"""Model servers for the tests."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from commcoach.llm.openai_model import OpenAIModel
from tests.model_api.server import FakeModelServer

Open = Callable[..., OpenAIModel]


@pytest.fixture
async def api() -> AsyncIterator[FakeModelServer]:
    """A model server; what it is asked must be in order."""
    async with FakeModelServer() as running:
        yield running
        assert running.violations == []


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    """Where models remember what their servers support."""
    return tmp_path / "models"


@pytest.fixture
async def opened(api: FakeModelServer, cache: Path) -> AsyncIterator[Open]:
    """Opens models of the server."""
    async with AsyncExitStack() as stack:

        def open_it(name: str = "small-1", **changes: Any) -> OpenAIModel:
            usual: dict[str, Any] = {
                "base_url": api.url,
                "api_key": api.key,
                "timeout": 5.0,
                "cache": cache,
            }
            model = OpenAIModel(name, **(usual | changes))
            stack.push_async_callback(model.aclose)
            return model

        yield open_it


@pytest.fixture
def model(opened: Open) -> OpenAIModel:
    """A model of the server."""
    return opened()
