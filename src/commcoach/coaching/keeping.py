"""How long things are kept: old words and levels removed, a learner forgotten at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from commcoach.coaching.records import Entry


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What was deleted: how many of each."""

    sessions: int = 0
    replies: int = 0
    scores: int = 0
    messages: int = 0


class Keeping(Protocol):
    """Removes what must not be kept any longer."""

    async def forget(self, learner: str, entry: Entry) -> Forgotten:
        """Delete everything of a learner, from every table and from what waits to be sent.

        If there was such a learner, the entry goes into the audit trail in the same commit.
        Afterwards none of the learner's words is left in the database's files, unless somebody
        who still reads them is in the way: then the next `wipe` removes the rest.
        """
        ...

    async def expire_words(self, before: datetime) -> int:
        """Blot out replies, quotes and lines of turns older than this; levels stay. The count.

        What waits for an answer in the chat of somebody who has not written since goes as well;
        words that are held until consent is given go by their own age.
        """
        ...

    async def expire_levels(self, before: datetime) -> int:
        """Delete sessions that started before, with all that hangs on them. The count.

        Learners who came before, never agreed and have no session left are deleted, too.
        """
        ...

    async def wipe(self) -> None:
        """Remove from the files what has been deleted; what somebody still reads is left."""
        ...


@dataclass(frozen=True, slots=True)
class Terms:
    """How many days things are kept: words, levels, and the operator's backups."""

    words: int = 90
    levels: int = 365
    backups: int = 30


async def forget_learner(keeping: Keeping, learner: str, now: datetime) -> Forgotten:
    """Delete everything of a learner; that it happened stays on record, but not to whom.

    `keeping` writes the record itself, so that neither is ever there without the other.
    """
    return await keeping.forget(learner, Entry(now, "learner", "forgotten", ""))


async def keep_to_terms(keeping: Keeping, terms: Terms, now: datetime) -> tuple[int, int]:
    """Remove what is older than the terms allow: turns blotted out, sessions deleted."""
    words = await keeping.expire_words(now - timedelta(days=terms.words))
    levels = await keeping.expire_levels(now - timedelta(days=terms.levels))
    # Also if nothing was removed: a learner may have been forgotten while somebody was reading.
    await keeping.wipe()
    return words, levels
