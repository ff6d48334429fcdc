"""Examinations in the database: the links and verdicts of the criteria of a release."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, insert, select
from sqlalchemy.orm import InstrumentedAttribute

from commcoach.coaching.calibrating import Calibration, Examination
from commcoach.coaching.releasing import UnknownRelease
from commcoach.domain.case_scores import FloorVerdict
from commcoach.domain.score import EngineName
from commcoach.store.database import Database
from commcoach.store.finding_json import (
    choice_from_json,
    fitting_to_json,
    verdict_from_json,
    verdict_to_json,
)
from commcoach.store.tables.records import ExaminationRow, FindingRow
from commcoach.store.troubles import belonging, decoded


@dataclass(frozen=True, slots=True)
class SqlCalibrations:
    """Keeps examinations; each is written in one transaction and never changed."""

    database: Database

    async def of(self, release: str, engine: EngineName) -> dict[str, Calibration]:
        """The links for exactly this engine on this release, by criterion."""
        with decoded(self.database.place):
            return await self.database.read(_links, release, engine)

    async def verdicts(self, release: str, engine: EngineName) -> dict[str, FloorVerdict]:
        """The verdicts for exactly this engine on this release, by criterion."""
        with decoded(self.database.place):
            return await self.database.read(_verdicts, release, engine)

    async def number(self, release: str, engine: EngineName) -> int:
        """How many examinations by this engine there are."""
        return await self.database.read(_number, release, engine)

    async def add(self, examination: Examination) -> None:
        """Keep an examination as the newest."""
        with belonging(UnknownRelease(examination.release)):
            await self.database.write(add_examination, examination)


def _of(release: str, engine: EngineName) -> ColumnElement[bool]:
    return and_(
        ExaminationRow.release == release,
        ExaminationRow.engine == engine.name,
        ExaminationRow.version == engine.version,
        ExaminationRow.model == (engine.model or ""),
    )


def _number(db: Connection, release: str, engine: EngineName) -> int:
    wanted = select(func.count()).select_from(ExaminationRow).where(_of(release, engine))
    return db.scalar(wanted) or 0


def _newest(
    db: Connection, release: str, engine: EngineName, found: InstrumentedAttribute[Any]
) -> Sequence[Any]:
    """The newest row of every criterion in which something was found, in order of criteria."""
    newest = (
        select(func.max(FindingRow.examination).label("place"), FindingRow.criterion)
        .join(ExaminationRow, ExaminationRow.place == FindingRow.examination)
        .where(_of(release, engine), found.is_not(None))
        .group_by(FindingRow.criterion)
        .subquery()
    )
    wanted = (
        select(FindingRow.criterion, found.label("found"), ExaminationRow.examined_at)
        .join(ExaminationRow, ExaminationRow.place == FindingRow.examination)
        .join(
            newest,
            and_(
                newest.c.place == FindingRow.examination,
                newest.c.criterion == FindingRow.criterion,
            ),
        )
        .order_by(FindingRow.criterion)
    )
    return db.execute(wanted).all()


def _links(db: Connection, release: str, engine: EngineName) -> dict[str, Calibration]:
    return {
        row.criterion: Calibration(
            release, engine, row.criterion, choice_from_json(row.found["link"]), row.examined_at
        )
        for row in _newest(db, release, engine, FindingRow.fitting)
        if row.found["link"] is not None
    }


def _verdicts(db: Connection, release: str, engine: EngineName) -> dict[str, FloorVerdict]:
    return {
        row.criterion: verdict_from_json(row.criterion, row.found)
        for row in _newest(db, release, engine, FindingRow.verdict)
    }


def add_examination(db: Connection, examination: Examination) -> None:
    """Keep an examination as the newest, as a part of somebody's transaction."""
    engine = examination.engine
    added = db.execute(
        insert(ExaminationRow).values(
            release=examination.release,
            engine=engine.name,
            version=engine.version,
            model=engine.model or "",
            examined_at=examination.at,
            author=examination.by,
        )
    )
    (place,) = added.inserted_primary_key or (None,)
    fittings = {one.criterion: one for one in examination.fittings}
    verdicts = {one.criterion: one for one in examination.verdicts}
    rows = [
        {
            "examination": place,
            "criterion": id,
            "fitting": fitting_to_json(fittings[id]) if id in fittings else None,
            "verdict": verdict_to_json(verdicts[id]) if id in verdicts else None,
        }
        for id in sorted(fittings.keys() | verdicts.keys())
    ]
    if rows:
        db.execute(insert(FindingRow), rows)
