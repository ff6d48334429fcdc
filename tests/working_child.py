"""A process with two worker processes that tell that they work, and would go on for an hour."""

from __future__ import annotations

import sys
import time

from commcoach.worker_processes import worker_processes


def begin(word: str) -> None:
    """Say that there is one more."""
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


def work(_: int) -> None:
    """Be busy."""
    time.sleep(3600)


if __name__ == "__main__":
    with worker_processes(2, begin, "begun") as pool:
        list(pool.map(work, range(4)))
