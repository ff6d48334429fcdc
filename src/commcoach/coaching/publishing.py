"""Publishing: which release is in force, since when, by whom, and what it changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from commcoach.coaching.records import Audit, Entry
from commcoach.coaching.releasing import Release, Releases


@dataclass(frozen=True, slots=True)
class Publication:
    """A release put in force; the publication with the highest number is in force.

    `number` counts from 1 without gaps. `rolled_back` tells that an older release was put in force
    anew. The note is the author's own word about it; the release may carry another.
    """

    number: int
    release: str
    at: datetime
    by: str
    note: str = ""
    rolled_back: bool = False


class Publications(Protocol):
    """Keeps what was published; nothing is ever changed or removed."""

    async def newest(self) -> Publication | None:
        """The publication in force; `None` before the first."""
        ...

    async def all(self) -> list[Publication]:
        """All publications, newest first."""
        ...

    async def add(self, publication: Publication) -> bool:
        """Keep a publication; `False` if there is one of its number already.

        `UnknownRelease` if its release was never recorded.
        """
        ...


@dataclass(frozen=True, slots=True)
class Changes:
    """The parts in which one release differs from another, by the names in its manifest."""

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()

    @property
    def number(self) -> int:
        """How many parts differ."""
        return len(self.added) + len(self.changed) + len(self.removed)


def changes(before: Mapping[str, str], after: Mapping[str, str]) -> Changes:
    """What is different in the parts `after`, each list in alphabetical order."""
    return Changes(
        added=tuple(sorted(after.keys() - before.keys())),
        changed=tuple(sorted(key for key in after if before.get(key, after[key]) != after[key])),
        removed=tuple(sorted(before.keys() - after.keys())),
    )


@dataclass(frozen=True, slots=True)
class Publishing:
    """What the use cases work with."""

    publications: Publications
    releases: Releases
    audit: Audit


@dataclass(frozen=True, slots=True)
class Published:
    """A release that is in force now, and what it changed.

    `anew` is `False` if it was in force already, so that nothing was added; `publication` is then
    the one that put it in force.
    """

    publication: Publication
    changes: Changes
    anew: bool = True


async def publish(
    publishing: Publishing,
    release: str,
    by: str,
    at: datetime,
    note: str = "",
    rolled_back: bool = False,
) -> Published:
    """Put a recorded release in force, and write down who did it.

    Of two who publish at once both are kept, one after the other; the second is in force. A release
    that is in force already is not published again.
    """
    while True:
        newest = await publishing.publications.newest()
        if newest is not None and newest.release == release:
            return Published(newest, Changes(), anew=False)
        number = newest.number + 1 if newest is not None else 1
        publication = Publication(number, release, at, by, note, rolled_back)
        if await publishing.publications.add(publication):
            break
    action = "rolled_back" if rolled_back else "published"
    await publishing.audit.record(Entry(at, by, action, release, str(number)))
    before = await _parts(publishing.releases, newest)
    return Published(publication, changes(before, await _parts(publishing.releases, publication)))


async def changes_of(publishing: Publishing, release: Release) -> Changes:
    """What a release would change if it were published now; all of it before the first."""
    newest = await publishing.publications.newest()
    return changes(await _parts(publishing.releases, newest), release.parts)


async def _parts(releases: Releases, publication: Publication | None) -> Mapping[str, str]:
    release = await releases.get(publication.release) if publication is not None else None
    return release.parts if release is not None else {}


@dataclass(frozen=True, slots=True)
class Told:
    """A publication in the history, with what it changed against the one before it."""

    publication: Publication
    changes: Changes


async def history(publishing: Publishing) -> tuple[Told, ...]:
    """All publications, newest first; the first one of all changed nothing that was published."""
    known = {one.id: one.parts for one in await publishing.releases.all()}
    published = await publishing.publications.all()
    before: Sequence[Publication | None] = [*published[1:], None]
    return tuple(
        Told(
            one,
            changes(known[older.release], known[one.release]) if older is not None else Changes(),
        )
        for one, older in zip(published, before, strict=True)
    )
