"""Commands with worker processes, interrupted while these are busy, leave nobody behind."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.shipped import CACHE
from tests.test_worker_processes import hears_hangups

pytestmark = pytest.mark.slow

WITHIN = 5.0
"""Seconds that the end may take on a busy machine; it takes a few tenths."""


def seen(screen: int, word: str) -> str:
    """What a screen has shown when it shows a word."""
    shown = b""
    until = time.monotonic() + 120
    while word.encode() not in shown and time.monotonic() < until:
        shown += os.read(screen, 1024)
    return shown.decode(errors="replace")


def rest(screen: int) -> str:
    """What a screen shows till nobody writes to it any more."""
    shown = b""
    try:
        while part := os.read(screen, 1024):
            shown += part
    except OSError:  # how the end of a terminal is told
        pass
    return shown.decode(errors="replace")


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL, signal.SIGHUP])
def test_a_test_of_all_criteria_ends_at_once_with_all_its_workers(
    how: signal.Signals, tmp_path: Path
) -> None:
    screen, shown_on = pty.openpty()
    child = subprocess.Popen(
        [sys.executable, "-m", "commcoach", "rubric", "test"],
        cwd=tmp_path,
        env=os.environ
        | {"COMMCOACH_DATA_DIR": str(tmp_path / "data"), "COMMCOACH_CACHE_DIR": str(CACHE)},
        stdout=subprocess.PIPE,
        stderr=shown_on,
        start_new_session=True,
        preexec_fn=hears_hangups,  # noqa: PLW1509  # no thread runs here yet
    )
    os.close(shown_on)
    try:
        assert "正在学习评过级的案例" in seen(screen, "正在评分")
        began = time.monotonic()
        if how is signal.SIGINT:
            os.killpg(child.pid, how)  # as a terminal does
        else:
            child.send_signal(how)
        # The workers share what it writes to: the end is read when the last of them has gone.
        child.communicate(timeout=60)
        assert time.monotonic() - began < WITHIN
        assert child.returncode == (130 if how is signal.SIGINT else -how)
        assert ("已中断。" in rest(screen)) is (how is signal.SIGINT)
    finally:
        if child.returncode is None:
            os.killpg(child.pid, signal.SIGKILL)
            child.communicate()
        os.close(screen)
