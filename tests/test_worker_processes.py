"""Worker processes end with the command that they work for, whatever ends it."""

from __future__ import annotations

import operator
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from commcoach.worker_processes import worker_processes
from tests.working_child import begin

ROOT = Path(__file__).parent.parent


def hears_hangups() -> None:
    """As at a terminal: whoever starts the tests may have left hang-ups unheard (nohup)."""
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


@pytest.fixture
def working() -> Iterator[subprocess.Popen[str]]:
    """A process whose two workers are at work, in a process group of their own."""
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.working_child"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=hears_hangups,  # noqa: PLW1509  # no thread runs here yet
    )
    try:
        assert child.stdout is not None
        assert [child.stdout.readline() for _ in range(2)] == ["begun\n"] * 2
        yield child
    finally:
        if child.returncode is None:
            os.killpg(child.pid, signal.SIGKILL)
            child.communicate()


def test_ctrl_c_at_a_terminal_ends_all_of_them_and_one_alone_says_so(
    working: subprocess.Popen[str],
) -> None:
    os.killpg(working.pid, signal.SIGINT)  # as a terminal does
    # The workers share what it writes to: the end is read when the last of them has gone.
    _, said = working.communicate(timeout=10)
    assert working.returncode == -signal.SIGINT
    assert said.count("Traceback") == 1


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGHUP])
def test_workers_leave_with_a_command_that_is_killed(
    how: signal.Signals, working: subprocess.Popen[str]
) -> None:
    working.send_signal(how)
    working.communicate(timeout=10)
    assert working.returncode == -how


def test_what_they_were_given_is_awaited_at_the_end_of_the_block() -> None:
    with worker_processes(2, begin, "") as pool:
        found = [pool.submit(operator.mul, 2, number) for number in range(4)]
    assert [one.result(timeout=0) for one in found] == [0, 2, 4, 6]
