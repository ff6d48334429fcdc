"""Examinations in memory: for tests, and for trying things out."""

from __future__ import annotations

from dataclasses import dataclass, field

from commcoach.coaching.calibrating import Calibration, Examination
from commcoach.coaching.releasing import UnknownRelease
from commcoach.domain.case_scores import FloorVerdict
from commcoach.domain.score import EngineName
from commcoach.store.memory_records import InMemoryReleases


@dataclass(slots=True)
class InMemoryCalibrations:
    """Keeps examinations as long as the process lives, by the same rules as the database."""

    releases: InMemoryReleases
    kept: list[Examination] = field(default_factory=list)

    async def of(self, release: str, engine: EngineName) -> dict[str, Calibration]:
        """The links for exactly this engine on this release, by criterion."""
        found: dict[str, Calibration] = {}
        for one in self._by(release, engine):
            for fitting in one.fittings:
                found.pop(fitting.criterion, None)
            found.update(one.calibrations)
        return dict(sorted(found.items()))

    async def verdicts(self, release: str, engine: EngineName) -> dict[str, FloorVerdict]:
        """The verdicts for exactly this engine on this release, by criterion."""
        found = {
            verdict.criterion: verdict
            for one in self._by(release, engine)
            for verdict in one.verdicts
        }
        return dict(sorted(found.items()))

    async def number(self, release: str, engine: EngineName) -> int:
        """How many examinations by this engine there are."""
        return len(self._by(release, engine))

    async def add(self, examination: Examination) -> None:
        """Keep an examination as the newest."""
        if examination.release not in self.releases.releases:
            raise UnknownRelease(examination.release)
        self.kept.append(examination)

    def _by(self, release: str, engine: EngineName) -> list[Examination]:
        return [one for one in self.kept if (one.release, one.engine) == (release, engine)]
