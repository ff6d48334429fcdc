"""A model in a GGUF file, run inside this process by llama.cpp."""

from __future__ import annotations

import asyncio
import os
import secrets
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from commcoach.coaching.language_model import Answered, Ask, ModelMisconfigured
from commcoach.llm.openai_model import OpenAIModel


class LocalModel:
    """Loads the file, which takes seconds in which nothing else runs, and answers from then on.

    llama.cpp works in threads of its own and is spoken to through a port on the loopback interface,
    so that an ask that is given up is given up there too. The port opens to a key that nobody else
    knows. `context` is the longest prompt with its answer in tokens, for each of `parallel` asks at
    once; `timeout` is as of `OpenAIModel`.

    An enum inside an array of a schema does not keep items apart: use an object with a property
    for each.

    Raises:
        ModelMisconfigured: the file is no model, or the package for it is not installed.
    """

    def __init__(
        self, file: Path, timeout: float = 60.0, context: int = 8192, parallel: int = 2
    ) -> None:
        self._file = file
        key = secrets.token_urlsafe(32)
        self._server = _start(file, key, context, parallel)
        address = f"{self._server.listening_address}/v1"
        self._model = OpenAIModel(file.name, address, key, timeout)

    @property
    def provider(self) -> str:
        """The name of the provider in the settings."""
        return "local"

    @property
    def name(self) -> str:
        """The name of the file."""
        return self._file.name

    @property
    def address(self) -> str:
        """Where llama.cpp listens."""
        return str(self._server.listening_address)

    async def ask(self, ask: Ask) -> Answered:
        """One answer."""
        return await self._model.ask(ask)

    def stream(self, ask: Ask) -> AsyncIterator[str]:
        """The answer piece by piece."""
        return self._model.stream(ask)

    async def aclose(self) -> None:
        """Give the memory back; there are no answers any more."""
        await self._model.aclose()
        await asyncio.to_thread(self._stop)

    def _stop(self) -> None:
        # The server has no method for it: it stops when nobody holds it.
        self._server = None


def _start(file: Path, key: str, context: int, parallel: int) -> Any:
    try:
        import xllamacpp
    except ImportError as error:
        cure = "install it with: pip install '.[local]'"
        raise ModelMisconfigured(f"the package xllamacpp is missing; {cure}") from error
    if not file.is_file():
        raise ModelMisconfigured(f"there is no file {file}")
    params = xllamacpp.CommonParams()
    params.model.path = str(file)
    params.model_alias = {file.name}
    params.n_ctx = context * parallel  # divided among the asks
    params.n_parallel = parallel
    # llama.cpp's threads wait for each other by spinning: one core is left to everything else.
    threads = max(1, (os.cpu_count() or 1) - 1)
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = threads
    params.api_keys = [key]
    params.ui = False
    params.cache_ram_mib = 0
    params.verbosity = 0
    try:
        return xllamacpp.Server(params)
    except RuntimeError as error:
        raise ModelMisconfigured(f"{file} cannot be loaded; is it a GGUF file?") from error
