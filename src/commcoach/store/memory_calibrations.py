"""Calibration links in memory: for tests, and for trying things out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from commcoach.coaching.calibrating import Calibration
from commcoach.coaching.releasing import UnknownRelease
from commcoach.coaching.scorer import EngineName
from commcoach.store.memory_records import InMemoryReleases


@dataclass(slots=True)
class InMemoryCalibrations:
    """Keeps links as long as the process lives, by the same rules as the database."""

    releases: InMemoryReleases
    kept: dict[tuple[str, EngineName], dict[str, Calibration]] = field(default_factory=dict)

    async def of(self, release: str, engine: EngineName) -> dict[str, Calibration]:
        """The links for exactly this engine on this release, by criterion."""
        return dict(sorted(self.kept.get((release, engine), {}).items()))

    async def replace(
        self,
        release: str,
        engine: EngineName,
        criteria: Sequence[str],
        fitted: Sequence[Calibration],
    ) -> None:
        """Keep what was fitted for these criteria; those without a link now have none any more."""
        if fitted and release not in self.releases.releases:
            raise UnknownRelease(release)
        links = self.kept.setdefault((release, engine), {})
        for criterion in criteria:
            links.pop(criterion, None)
        links.update({one.criterion: one for one in fitted})
