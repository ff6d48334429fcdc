"""Calling the command line inside the test process."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from commcoach.cli import help_texts, main, practice
from tests.shipped import CACHE


@dataclass(frozen=True)
class Result:
    """What a call left behind."""

    code: int
    out: str
    err: str


Cli = Callable[..., Result]


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Cli:
    """`cli("practice", "--lang", "en", typed="...")` with a data folder of its own."""
    monkeypatch.setenv("COMMCOACH_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("COMMCOACH_CACHE_DIR", str(CACHE))
    monkeypatch.setenv("COLUMNS", "88")
    monkeypatch.chdir(tmp_path)

    def call(*arguments: object, typed: str = "", **environment: str) -> Result:
        help_texts.wording_of_this_call.cache_clear()
        with monkeypatch.context() as patch:
            for name, value in environment.items():
                patch.setenv(name, value)
            patch.setattr(sys, "argv", ["commcoach", *map(str, arguments)])
            patch.setattr(sys, "stdin", io.StringIO(typed))
            patch.setattr(main, "prepare_streams", lambda: None)
            for module in (main, practice):
                patch.setattr(module, "log_to_stderr", lambda _level: None)
            with pytest.raises(SystemExit) as stopped:
                main.run()
        shown = capsys.readouterr()
        code = stopped.value.code
        return Result(code if isinstance(code, int) else int(code is not None), *shown)

    return call
