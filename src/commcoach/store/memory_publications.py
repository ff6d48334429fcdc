"""Publications in memory: for tests, and for trying things out."""

from __future__ import annotations

from dataclasses import dataclass, field

from commcoach.coaching.publishing import Publication
from commcoach.coaching.releasing import UnknownRelease
from commcoach.store.memory_records import InMemoryReleases


@dataclass(slots=True)
class InMemoryPublications:
    """Keeps publications as long as the process lives, by the same rules as the database."""

    releases: InMemoryReleases
    published: dict[int, Publication] = field(default_factory=dict)

    async def newest(self) -> Publication | None:
        """The publication in force; `None` before the first."""
        return self.published[max(self.published)] if self.published else None

    async def all(self) -> list[Publication]:
        """All publications, newest first."""
        return [self.published[number] for number in sorted(self.published, reverse=True)]

    async def add(self, publication: Publication) -> bool:
        """Keep a publication; `False` if there is one of its number already."""
        if publication.number in self.published:
            return False
        if publication.release not in self.releases.releases:
            raise UnknownRelease(publication.release)
        self.published[publication.number] = publication
        return True
