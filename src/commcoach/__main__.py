"""Where the program begins: `commcoach`, and `python -m commcoach`."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from types import FrameType

INTERRUPTED = 130
"""The exit code of a program that Ctrl-C has ended, as shells have it."""


def main() -> None:
    """Load the command line and run it; Ctrl-C ends it without a traceback from here on.

    Then it ends at once: what threads still work on is of no use to anybody.
    """
    # Whoever starts the program in the background may not want it to be interrupted.
    is_heard = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    # Nothing can be half done while modules are loaded; an exception in one is not always caught.
    _on_interrupt(_end, is_heard)
    from commcoach.cli.main import run

    try:
        _on_interrupt(signal.default_int_handler, is_heard)
        run()
    except KeyboardInterrupt:
        _end_with_all_said()
    except SystemExit as end:
        if end.code == INTERRUPTED:
            _end_with_all_said()
        raise
    finally:
        _on_interrupt(_end, is_heard)


def _on_interrupt(handler: Callable[[int, FrameType | None], object], is_heard: bool) -> None:
    if is_heard:
        signal.signal(signal.SIGINT, handler)


def _end(_signal: int, _frame: FrameType | None) -> None:
    os._exit(INTERRUPTED)


def _end_with_all_said() -> None:
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):  # nobody reads it any more
            stream.flush()
    os._exit(INTERRUPTED)


if __name__ == "__main__":
    main()
