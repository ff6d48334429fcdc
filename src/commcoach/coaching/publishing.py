"""Publishing: which release is in force, since when, by whom, and what it changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from commcoach.coaching.calibrating import Examination
from commcoach.coaching.records import Entry
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

    @property
    def entry(self) -> Entry:
        """What the audit trail says of it."""
        action = "rolled_back" if self.rolled_back else "published"
        return Entry(self.at, self.by, action, self.release, str(self.number))


class Publications(Protocol):
    """Keeps what was published; nothing is ever changed or removed."""

    async def newest(self) -> Publication | None:
        """The publication in force; `None` before the first."""
        ...

    async def all(self) -> list[Publication]:
        """All publications, newest first."""
        ...

    async def add(self, publication: Publication, examination: Examination | None = None) -> bool:
        """Keep a publication, its entry in the audit trail and the examination it rests on.

        All of them or none. `False` if there is a publication of its number already: whoever
        examined a release beside what was in force then has not seen what is in force now.
        `UnknownRelease` if a release was never recorded.
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


@dataclass(frozen=True, slots=True)
class Published:
    """The publication of a release that is in force now.

    `anew` is `False` if it was in force already, so that nothing was added.
    """

    publication: Publication
    anew: bool = True


async def publish(
    publishing: Publishing,
    release: str,
    by: str,
    at: datetime,
    note: str = "",
    rolled_back: bool = False,
) -> Published:
    """Put a recorded release in force.

    Of two who publish at once both are kept, one after the other; the second is in force. A release
    that is in force already is not published again.
    """
    while True:
        newest = await publishing.publications.newest()
        if newest is not None and newest.release == release:
            return Published(newest, anew=False)
        publication = Publication(number_after(newest), release, at, by, note, rolled_back)
        if await publishing.publications.add(publication):
            return Published(publication)


def number_after(newest: Publication | None) -> int:
    """The number of the publication that follows."""
    return newest.number + 1 if newest is not None else 1


async def changes_by(
    publishing: Publishing, parts: Mapping[str, str], otherwise: Mapping[str, str]
) -> Changes:
    """What these parts would change if they were published now.

    They are compared to the release in force, before the first publication to the parts
    `otherwise`.
    """
    newest = await publishing.publications.newest()
    release = await publishing.releases.get(newest.release) if newest is not None else None
    return changes(release.parts if release is not None else otherwise, parts)


@dataclass(frozen=True, slots=True)
class Told:
    """A publication in the history, with what it changed against the one before it."""

    publication: Publication
    changes: Changes


async def history(publishing: Publishing) -> tuple[Told, ...]:
    """All publications, newest first; the first one of all changed nothing that was published."""
    known = {one.id: one.parts for one in await publishing.releases.all()}
    published = await publishing.publications.all()
    older = [known[one.release] for one in published[1:]]
    differences = [
        changes(was, known[one.release]) for was, one in zip(older, published, strict=False)
    ]
    return tuple(map(Told, published, [*differences, Changes()]))


def before_the_first(recorded: Iterable[Release], first: Publication) -> tuple[Release, ...]:
    """What was in force without a publication until the first one, in the order given."""
    return tuple(
        one
        for one in recorded
        if one.recorded_at < first.at and one.id != first.release and not one.author
    )


async def folders_before(publishing: Publishing) -> tuple[Release, ...]:
    """What was in force before the first publication and never published, newest first.

    With what was published, that is all there is to go back to: other releases were only tried.
    """
    published = await publishing.publications.all()
    if not published:
        return ()
    known = {one.release for one in published}
    recorded = reversed(await publishing.releases.all())
    return before_the_first((one for one in recorded if one.id not in known), published[-1])
