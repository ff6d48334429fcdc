"""Publications in memory: for tests, and for trying things out."""

from __future__ import annotations

from dataclasses import dataclass, field

from commcoach.coaching.calibrating import Examination
from commcoach.coaching.publishing import Publication
from commcoach.coaching.releasing import UnknownRelease
from commcoach.store.memory_calibrations import InMemoryCalibrations
from commcoach.store.memory_records import InMemoryAudit


@dataclass(slots=True)
class InMemoryPublications:
    """Keeps publications as long as the process lives, by the same rules as the database."""

    calibrations: InMemoryCalibrations
    audit: InMemoryAudit
    published: dict[int, Publication] = field(default_factory=dict)

    async def newest(self) -> Publication | None:
        """The publication in force; `None` before the first."""
        return self.published[max(self.published)] if self.published else None

    async def all(self) -> list[Publication]:
        """All publications, newest first."""
        return [self.published[number] for number in sorted(self.published, reverse=True)]

    async def add(self, publication: Publication, examination: Examination | None = None) -> bool:
        """Keep a publication with all that belongs to it; `False` if its number is taken."""
        if publication.number in self.published:
            return False
        if publication.release not in self.calibrations.releases.releases:
            raise UnknownRelease(publication.release)
        if examination is not None:
            await self.calibrations.add(examination)
        await self.audit.record(publication.entry)
        self.published[publication.number] = publication
        return True
