"""Processes that work for a command, and that are never there longer than the command."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager


@contextmanager
def worker_processes(
    number: int, begin: Callable[..., None], *told: object
) -> Iterator[ProcessPoolExecutor]:
    """So many processes, each of which begins with `begin(*told)`.

    What they have been given is awaited at the end of the block, unless that is an exception: then
    they end at once. They leave Ctrl-C to the command, and end with it, also if it is killed.
    """
    before = set(multiprocessing.active_children())
    pool = ProcessPoolExecutor(number, initializer=_begin, initargs=(begin, told))
    try:
        yield pool
        pool.shutdown()
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        for worker in set(multiprocessing.active_children()) - before:
            worker.kill()
        raise


def _begin(begin: Callable[..., None], told: tuple[object, ...]) -> None:
    # At a terminal Ctrl-C goes to all processes: the command alone says what comes of it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_leave_with_parent, daemon=True).start()
    begin(*told)


def _leave_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
