"""Limits on speed: chats that must wait, and messages a second over all chats."""

from __future__ import annotations

import math
import time
from collections import deque
from dataclasses import dataclass, field

from tests.telegram_api.calls import Call
from tests.telegram_api.methods import SPEAKING
from tests.telegram_api.refusals import Refused, too_many

_TIMER = 0.01
"""Seconds by which a client's clock may run ahead of this one."""


@dataclass(slots=True)
class Limits:
    """Who must wait, and who did not."""

    a_second: int | None
    """Messages and edits a second over all chats; none: as many as come."""
    impatient: list[str] = field(default_factory=list)
    _until: dict[int | str, float] = field(default_factory=dict)
    _recent: deque[float] = field(default_factory=deque)

    def check(self, call: Call) -> None:
        """Let a request through.

        Raises:
            Refused: it comes before the time told with a 429 was over, or there are too many.
        """
        if call.method not in SPEAKING:
            return
        left = self._until.get(call.chat or call.method, 0) - time.monotonic()
        if left > _TIMER:
            self.impatient.append(f"{call.method} to {call.chat}, {left:.2f} s too early")
            raise too_many(math.ceil(left))
        if self.a_second is None:
            return
        while self._recent and self._recent[0] <= call.at - 1:
            self._recent.popleft()
        if len(self._recent) >= self.a_second:
            raise self.must_wait(call, 1)
        self._recent.append(call.at)

    def must_wait(self, call: Call, seconds: int) -> Refused:
        """The refusal that lets a chat wait for so many seconds from now."""
        self._until[call.chat or call.method] = time.monotonic() + seconds
        return too_many(seconds)
