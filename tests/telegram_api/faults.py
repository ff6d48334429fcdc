"""Faults to inject: what goes wrong, for which requests, and how often."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from enum import StrEnum


class Kind(StrEnum):
    """What goes wrong."""

    TOO_MANY = "429"
    SERVER_ERROR = "500"
    BAD_GATEWAY = "502"
    DROP = "drop"
    HANG = "hang"
    SLOW = "slow"
    MALFORMED = "malformed"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that goes wrong; `delivered`: the request is carried out all the same."""

    kind: Kind
    seconds: float = 0
    delivered: bool = False


def too_many(retry_after: int) -> Fault:
    """429 with so many whole seconds to wait."""
    return Fault(Kind.TOO_MANY, retry_after)


SERVER_ERROR = Fault(Kind.SERVER_ERROR)
"""500 with a JSON body."""

BAD_GATEWAY = Fault(Kind.BAD_GATEWAY)
"""502 with an HTML body."""

DROP_BEFORE = Fault(Kind.DROP)
"""The connection closes, nothing was done."""

DROP_AFTER = Fault(Kind.DROP, delivered=True)
"""The connection closes, all was done."""

HANG = Fault(Kind.HANG)
"""No answer ever, nothing was done."""

HANG_AFTER = Fault(Kind.HANG, delivered=True)
"""No answer ever, all was done."""

MALFORMED = Fault(Kind.MALFORMED, delivered=True)
"""200 with half a JSON document, all was done."""


def slow(seconds: float) -> Fault:
    """All is well, after so many seconds."""
    return Fault(Kind.SLOW, seconds, delivered=True)


@dataclass(slots=True)
class Plan:
    """A fault and the requests it meets: of a method, a chat or both, some or by chance."""

    fault: Fault
    method: str | None = None
    chat: int | None = None
    times: float = 1
    chance: float = 1
    seed: int = 0
    hits: int = 0
    _random: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)

    def stop(self) -> None:
        """Let it happen no more."""
        self.times = self.hits

    def meets(self, method: str, chat: int | None) -> bool:
        """Whether it happens to this request, which then counts."""
        if self.method not in (None, method) or self.chat not in (None, chat):
            return False
        if self.hits >= self.times:
            return False
        if self.chance < 1 and self._random.random() >= self.chance:
            return False
        self.hits += 1
        return True
