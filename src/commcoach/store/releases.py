"""Releases in the database: manifests, and each file of their content once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select, update

from commcoach.coaching.releasing import TRIED, Release
from commcoach.store.database import Database
from commcoach.store.statements import insert_new
from commcoach.store.tables.records import ContentRow, ReleaseRow
from commcoach.store.troubles import decoded


@dataclass(frozen=True, slots=True)
class SqlReleases:
    """Keeps releases; what is known stays as it is."""

    database: Database

    async def record(self, release: Release, contents: Mapping[str, bytes]) -> bool:
        """Keep a release and its files' bytes by hash; `False` if it was known already."""
        return await self.database.write(_record, release, contents)

    async def get(self, id: str) -> Release | None:
        """The release with this id."""
        found = await self.database.read(_releases, id)
        return found[0] if found else None

    async def contents(self, id: str) -> dict[str, bytes]:
        """Every file of a release: its path below the content folder, and its bytes."""
        with decoded(self.database.place):
            return await self.database.read(_contents, id)

    async def all(self) -> list[Release]:
        """All releases, oldest first."""
        return await self.database.read(_releases, None)


def _record(db: Connection, release: Release, contents: Mapping[str, bytes]) -> bool:
    values = {
        "id": release.id,
        "parts": dict(release.parts),
        "files": dict(release.files),
        "recorded_at": release.recorded_at,
        "author": release.author,
        "note": release.note,
    }
    if not db.execute(insert_new(db, ReleaseRow), values).rowcount:
        is_tried = (ReleaseRow.id == release.id) & (ReleaseRow.author == TRIED)
        came = {name: values[name] for name in ("recorded_at", "author", "note")}
        db.execute(update(ReleaseRow).where(is_tried).values(came))
        return False
    rows = [{"sha256": sha256, "bytes": content} for sha256, content in contents.items()]
    if rows:
        db.execute(insert_new(db, ContentRow), rows)
    return True


def _releases(db: Connection, id: str | None) -> list[Release]:
    wanted = select(ReleaseRow).order_by(ReleaseRow.recorded_at, ReleaseRow.id)
    if id is not None:
        wanted = wanted.where(ReleaseRow.id == id)
    rows: Any = db.execute(wanted)
    return [
        Release(row.id, row.parts, row.files, row.recorded_at, row.author, row.note) for row in rows
    ]


def _contents(db: Connection, id: str) -> dict[str, bytes]:
    files = db.scalar(select(ReleaseRow.files).where(ReleaseRow.id == id)) or {}
    wanted = select(ContentRow).where(ContentRow.sha256.in_(sorted(set(files.values()))))
    rows: Any = db.execute(wanted)
    kept = {row.sha256: row.bytes for row in rows}
    return {path: kept[sha256] for path, sha256 in files.items()}
