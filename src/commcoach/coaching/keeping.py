"""How long things are kept: old words and levels removed, a learner forgotten at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from commcoach.coaching.records import Audit, Entry


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What was deleted: how many of each."""

    sessions: int = 0
    replies: int = 0
    scores: int = 0
    messages: int = 0


class Keeping(Protocol):
    """Removes what must not be kept any longer."""

    async def forget(self, learner: str) -> Forgotten:
        """Delete everything of a learner, from every table and from what waits to be sent.

        Afterwards none of the learner's words is left in the database's files.
        """
        ...

    async def expire_words(self, before: datetime) -> int:
        """Blot out replies, quotes and lines of turns older than this; levels stay. The count."""
        ...

    async def expire_levels(self, before: datetime) -> int:
        """Delete sessions that started before, with all that hangs on them. The count."""
        ...


@dataclass(frozen=True, slots=True)
class Terms:
    """How many days things are kept: words, levels, and the operator's backups."""

    words: int = 90
    levels: int = 365
    backups: int = 30


async def forget_learner(keeping: Keeping, audit: Audit, learner: str, now: datetime) -> Forgotten:
    """Delete everything of a learner; that it happened stays on record, but not to whom."""
    gone = await keeping.forget(learner)
    if gone != Forgotten():
        await audit.record(Entry(now, "learner", "forgotten", ""))
    return gone


async def keep_to_terms(keeping: Keeping, terms: Terms, now: datetime) -> tuple[int, int]:
    """Remove what is older than the terms allow: turns blotted out, sessions deleted."""
    words = await keeping.expire_words(now - timedelta(days=terms.words))
    levels = await keeping.expire_levels(now - timedelta(days=terms.levels))
    return words, levels
