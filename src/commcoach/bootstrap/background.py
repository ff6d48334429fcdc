"""Work that takes seconds, beside the event loop."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar

_T = TypeVar("_T")


async def in_background(work: Callable[[], _T]) -> _T:
    """The result of work that takes seconds, and that the end of the program does not wait for."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[_T] = loop.create_future()

    def hand_over(put: Callable[[Any], None], value: object) -> None:
        def put_unless_given_up() -> None:
            if not future.done():
                put(value)

        with suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(put_unless_given_up)

    def run() -> None:
        try:
            result = work()
        except Exception as error:  # noqa: BLE001  # raised again where it is waited for
            hand_over(future.set_exception, error)
        else:
            hand_over(future.set_result, result)

    threading.Thread(target=run, daemon=True).start()
    return await future
