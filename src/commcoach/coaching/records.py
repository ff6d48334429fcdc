"""What is written down for accountability: the audit trail and the calls of models."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Entry:
    """Who did what to whom; `who` and `subject` are ids or names of trainers, never words said."""

    at: datetime
    who: str
    action: str
    subject: str
    details: str = ""


class Audit(Protocol):
    """The audit trail; entries are added and never changed."""

    async def record(self, entry: Entry) -> None:
        """Add an entry."""
        ...

    async def entries(self, subject: str | None = None) -> list[Entry]:
        """All entries, or those about a subject, oldest first."""
        ...


async def record_once(audit: Audit, entry: Entry) -> None:
    """Add an entry, unless one that differs by its time alone is there.

    For what is done again if it was cut off between the deed and its entry.
    """
    await record_as_often(audit, entry, 1)


async def record_as_often(audit: Audit, entry: Entry, times: int) -> None:
    """Add an entry, unless as many that differ by their time alone are there.

    For what may be done several times, and each time again if it was cut off before its entry.
    """
    known = await audit.entries(entry.subject)
    if [replace(one, at=entry.at) for one in known].count(entry) < times:
        await audit.record(entry)


@dataclass(frozen=True, slots=True)
class ModelCall:
    """One call of a language model: what for, what it took, how it went.

    `latency` is in seconds, `cost` in the currency of the price list; `error` is empty if it
    worked. `prompt_hash` names the prompt without holding it.
    """

    at: datetime
    job: str
    provider: str
    model: str
    release: str
    prompt_hash: str
    prompt_tokens: int
    completion_tokens: int
    latency: float
    cached_tokens: int = 0
    cost: float | None = None
    error: str = ""
    session: str | None = None
    learner: str | None = None


def day_begins(now: datetime, zone: tzinfo) -> datetime:
    """The last midnight in a zone; what models may cost in a day is counted from there."""
    return now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)


class ModelCalls(Protocol):
    """Keeps what the calls of models took."""

    async def record(self, call: ModelCall) -> None:
        """Keep one call."""
        ...

    async def since(self, moment: datetime, learner: str | None = None) -> list[ModelCall]:
        """The calls from a moment on, of one learner or of all, oldest first."""
        ...
