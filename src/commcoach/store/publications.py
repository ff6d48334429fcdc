"""Publications in the database: which release is in force."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from commcoach.coaching.calibrating import Examination
from commcoach.coaching.publishing import Publication
from commcoach.coaching.releasing import UnknownRelease
from commcoach.store.calibrations import add_examination
from commcoach.store.database import Database
from commcoach.store.records import record_entry
from commcoach.store.statements import insert_new
from commcoach.store.tables.records import PublicationRow
from commcoach.store.troubles import belonging


@dataclass(frozen=True, slots=True)
class SqlPublications:
    """Keeps publications; of two with one number the first one stands."""

    database: Database

    async def newest(self) -> Publication | None:
        """The publication in force; `None` before the first."""
        found = await self.database.read(_published, 1)
        return found[0] if found else None

    async def all(self) -> list[Publication]:
        """All publications, newest first."""
        return await self.database.read(_published, None)

    async def add(self, publication: Publication, examination: Examination | None = None) -> bool:
        """Keep a publication with all that belongs to it; `False` if its number is taken."""
        with belonging(UnknownRelease(publication.release)):
            return await self.database.write(_add, publication, examination)


def _published(db: Connection, most: int | None) -> list[Publication]:
    wanted = select(PublicationRow).order_by(PublicationRow.number.desc()).limit(most)
    rows: Any = db.execute(wanted)
    return [
        Publication(
            row.number, row.release, row.published_at, row.author, row.note, row.rolled_back
        )
        for row in rows
    ]


def _add(db: Connection, publication: Publication, examination: Examination | None) -> bool:
    values = {
        "number": publication.number,
        "release": publication.release,
        "published_at": publication.at,
        "author": publication.by,
        "note": publication.note,
        "rolled_back": publication.rolled_back,
    }
    if not db.execute(insert_new(db, PublicationRow), values).rowcount:
        return False
    record_entry(db, publication.entry)
    if examination is not None:
        add_examination(db, examination)
    return True
