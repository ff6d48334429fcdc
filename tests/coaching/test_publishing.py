"""Publishing: what changed, and who is in force after whom."""

from __future__ import annotations

from commcoach.coaching.publishing import (
    Changes,
    Publication,
    Publishing,
    changes,
    changes_by,
    history,
    publish,
)
from commcoach.coaching.releasing import Release
from commcoach.store.memory_calibrations import InMemoryCalibrations
from commcoach.store.memory_publications import InMemoryPublications
from commcoach.store.memory_records import InMemoryAudit, InMemoryReleases
from tests.builders import NOON

PARTS = {"r1": {"criterion:a": "1", "gate:g": "1"}, "r2": {"criterion:a": "2", "scenario:s": "1"}}


async def publishing() -> Publishing:
    releases = InMemoryReleases()
    for id, parts in PARTS.items():
        await releases.record(Release(id, parts, {}, NOON), {})
    return Publishing(
        InMemoryPublications(InMemoryCalibrations(releases), InMemoryAudit()), releases
    )


def test_changes_name_what_came_what_differs_and_what_went() -> None:
    found = changes(PARTS["r1"], PARTS["r2"])
    assert found == Changes(("scenario:s",), ("criterion:a",), ("gate:g",))
    assert found.number == 3


async def test_the_first_publication_is_compared_to_what_was_in_force_before() -> None:
    own = await publishing()
    assert await changes_by(own, PARTS["r2"], PARTS["r1"]) == changes(PARTS["r1"], PARTS["r2"])
    await publish(own, "r2", "陈", NOON)
    assert (await changes_by(own, PARTS["r2"], PARTS["r1"])).number == 0


async def test_what_is_published_says_who_when_and_why() -> None:
    own = await publishing()
    done = await publish(own, "r1", "陈", NOON, "第一版")
    assert done.publication == Publication(1, "r1", NOON, "陈", "第一版")


async def test_what_is_in_force_is_not_published_again() -> None:
    own = await publishing()
    first = await publish(own, "r1", "陈", NOON)
    again = await publish(own, "r1", "王", NOON)
    assert (again.anew, again.publication) == (False, first.publication)
    assert len(await own.publications.all()) == 1


async def test_going_back_is_a_publication_of_its_own() -> None:
    own = await publishing()
    for release, back in (("r1", False), ("r2", False), ("r1", True)):
        await publish(own, release, "陈", NOON, rolled_back=back)
    told = await history(own)
    assert [one.publication.release for one in told] == ["r1", "r2", "r1"]
    assert [one.publication.rolled_back for one in told] == [True, False, False]
    assert [one.changes.number for one in told] == [3, 3, 0]


async def test_before_the_first_publication_there_is_no_history() -> None:
    assert await history(await publishing()) == ()
