"""Ctrl-C ends a command quietly, also while it is still being loaded."""

from __future__ import annotations

import signal
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from commcoach.content.locating import CHECKOUT
from tests.cli.small_content import small_content

INTERRUPTED_AT = """
import os, signal, sys

class Interrupt:
    def find_spec(self, name, path=None, target=None):
        if name == wanted:
            os.kill(os.getpid(), signal.SIGINT)

wanted = sys.argv.pop(1)
sys.meta_path.insert(0, Interrupt())
from commcoach.__main__ import main
main()
"""


def interrupted_at(module: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    """What a command leaves behind that Ctrl-C meets while it loads this module."""
    return subprocess.run(
        [sys.executable, "-c", INTERRUPTED_AT, module, *map(str, arguments)],
        check=False,
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize(
    "module", ["commcoach.cli", "commcoach.cli.main", "typer", "commcoach.content", "ruamel.yaml"]
)
def test_ctrl_c_ends_a_command_without_a_traceback_from_the_first_import_on(
    module: str, tmp_path: Path
) -> None:
    content = small_content(tmp_path / "own")
    found = interrupted_at(module, "rubric", "show", "open_question", "--content", content)
    assert found.returncode == 128 + signal.SIGINT
    # What is loaded before the command begins is not to say anything yet.
    assert found.stderr in ("", "已中断。\n")


def test_the_program_begins_where_ctrl_c_is_heeded() -> None:
    about = tomllib.loads((CHECKOUT / "pyproject.toml").read_text("utf-8"))
    assert about["project"]["scripts"] == {"commcoach": "commcoach.__main__:main"}


def test_a_program_that_is_not_to_be_interrupted_is_not(tmp_path: Path) -> None:
    code = f"import signal; signal.signal(signal.SIGINT, signal.SIG_IGN){INTERRUPTED_AT}"
    found = subprocess.run(
        [sys.executable, "-c", code, "typer", "--version"],
        check=False,
        capture_output=True,
        text=True,
        cwd=tmp_path,
    )
    assert (found.returncode, found.stderr) == (0, "")
