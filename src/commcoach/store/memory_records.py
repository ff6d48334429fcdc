"""Audit trail, calls of models and releases in memory: for tests, and for trying things out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from commcoach.coaching.records import Entry, ModelCall
from commcoach.coaching.releasing import TRIED, Release


@dataclass(slots=True)
class InMemoryAudit:
    """The audit trail, as long as the process lives."""

    trail: list[Entry] = field(default_factory=list)

    async def record(self, entry: Entry) -> None:
        """Add an entry."""
        self.trail.append(entry)

    async def entries(self, subject: str | None = None) -> list[Entry]:
        """All entries, or those about a subject, oldest first."""
        found = [one for one in self.trail if subject in (None, one.subject)]
        return sorted(found, key=lambda one: one.at)


@dataclass(slots=True)
class InMemoryModelCalls:
    """Keeps what the calls of models took, as long as the process lives."""

    calls: list[ModelCall] = field(default_factory=list)

    async def record(self, call: ModelCall) -> None:
        """Keep one call."""
        self.calls.append(call)

    async def since(self, moment: datetime, learner: str | None = None) -> list[ModelCall]:
        """The calls from a moment on, of one learner or of all, oldest first."""
        found = [one for one in self.calls if one.at >= moment and learner in (None, one.learner)]
        return sorted(found, key=lambda one: one.at)


@dataclass(slots=True)
class InMemoryReleases:
    """Keeps releases as long as the process lives, by the same rules as the database."""

    releases: dict[str, Release] = field(default_factory=dict)
    stored: dict[str, bytes] = field(default_factory=dict)

    async def record(self, release: Release, contents: Mapping[str, bytes]) -> bool:
        """Keep a release and its files' bytes by hash; `False` if it was known already."""
        known = self.releases.get(release.id)
        if known is not None:
            if known.author == TRIED:
                self.releases[release.id] = release
            return False
        self.releases[release.id] = release
        for sha256, content in contents.items():
            self.stored.setdefault(sha256, content)
        return True

    async def get(self, id: str) -> Release | None:
        """The release with this id."""
        return self.releases.get(id)

    async def contents(self, id: str) -> dict[str, bytes]:
        """Every file of a release: its path below the content folder, and its bytes."""
        release = self.releases.get(id)
        files = release.files if release is not None else {}
        return {path: self.stored[sha256] for path, sha256 in files.items()}

    async def all(self) -> list[Release]:
        """All releases, oldest first."""
        return sorted(self.releases.values(), key=lambda one: (one.recorded_at, one.id))
