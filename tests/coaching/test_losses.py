"""What a publication would take away or undo: named with whoever brought it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from commcoach.coaching.losses import Loss, State, losses, losses_by
from commcoach.coaching.publishing import Publication, Publishing, publish
from commcoach.coaching.releasing import Release
from commcoach.store.memory_calibrations import InMemoryCalibrations
from commcoach.store.memory_publications import InMemoryPublications
from commcoach.store.memory_records import InMemoryAudit, InMemoryReleases
from tests.builders import NOON

FIRST = {"criterion:a": "1", "scenario:s": "1", "prompt:voice.zh": "1", "moves": "1"}


def states(*changed: tuple[str, Mapping[str, str | None]]) -> list[State]:
    """The first state, then one after the other: by whom, and what is different in it."""
    found: list[State] = [(Publication(1, "r1", NOON, "first"), FIRST)]
    for by, differences in changed:
        parts = {**found[-1][1], **differences}
        publication = Publication(len(found) + 1, f"r{len(found) + 1}", NOON, by)
        found.append((publication, {key: its for key, its in parts.items() if its}))
    return found


def test_before_anything_is_in_force_nothing_is_lost() -> None:
    assert losses([], FIRST, "chen") == ()
    assert losses(states(), FIRST, "chen") == ()


def test_what_is_in_force_and_not_in_the_folder_would_go() -> None:
    now = {"prompt:voice.zh": "1"}
    assert losses(states(), now, "chen") == (
        Loss("criterion:a", removed=True),
        Loss("scenario:s", removed=True),
    )


def test_whoever_brought_what_would_go_is_named() -> None:
    before = states(("wang", {"criterion:b": "1"}), ("li", {"criterion:a": "2"}))
    (lost,) = losses(before, {**FIRST, "criterion:a": "2"}, "chen")
    assert lost == Loss("criterion:b", removed=True, since=before[1][0])


def test_a_folder_from_before_somebodys_change_would_undo_it() -> None:
    before = states(("wang", {"criterion:a": "2", "gate:g": "1"}))
    found = losses(before, {**FIRST, "scenario:s": "mine"}, "chen")
    assert found == (
        Loss("gate:g", removed=True, since=before[1][0]),
        Loss("criterion:a", removed=False, since=before[1][0]),
    )


def test_what_is_newly_written_undoes_nothing() -> None:
    assert losses(states(("wang", {"criterion:a": "2"})), {**FIRST, "criterion:a": "3"}, "li") == ()


def test_an_old_copy_of_ones_own_would_undo_ones_own_change() -> None:
    before = states(("chen", {"criterion:a": "2"}))
    assert losses(before, FIRST, "chen") == (Loss("criterion:a", False, before[1][0]),)


def test_whoever_went_back_or_removed_something_may_bring_it_again() -> None:
    first, second = states(("chen", {"criterion:a": "2"}))
    back = (Publication(3, "r1", NOON, "chen", rolled_back=True), FIRST)
    assert losses([first, second, back], second[1], "chen") == ()
    assert losses(states(("chen", {"scenario:s": None})), FIRST, "chen") == ()


def test_what_somebody_went_back_on_would_be_brought_again() -> None:
    back = states(("chen", {"criterion:a": "2"}), ("wang", {"criterion:a": "1"}))
    (lost,) = losses(back, {**FIRST, "criterion:a": "2"}, "chen")
    assert lost == Loss("criterion:a", removed=False, since=back[2][0])


def test_what_somebody_removed_would_come_again() -> None:
    removed = states(("wang", {"scenario:s": None}))
    assert losses(removed, FIRST, "chen") == (Loss("scenario:s", False, removed[1][0]),)


def test_prompts_of_another_version_of_the_program_undo_nothing() -> None:
    assert losses(states(("wang", {"prompt:voice.zh": "2"})), FIRST, "chen") == ()


async def test_what_is_kept_decides_and_before_it_the_shipped_content() -> None:
    releases = InMemoryReleases()
    for id, parts in (("r1", FIRST), ("r2", {**FIRST, "criterion:a": "2"})):
        await releases.record(Release(id, parts, {}, NOON), {})
    kept = InMemoryPublications(InMemoryCalibrations(releases), InMemoryAudit())
    own = Publishing(kept, releases)
    assert await losses_by(own, {}, {"gate:g": "1"}, "chen") == (Loss("gate:g", removed=True),)
    await publish(own, "r1", "li", NOON)
    second = await publish(own, "r2", "wang", NOON)
    found = await losses_by(own, FIRST, {}, "chen")
    assert found == (Loss("criterion:a", removed=False, since=second.publication),)


async def test_a_copy_of_what_was_there_before_anything_was_published_is_old() -> None:
    releases, hour = InMemoryReleases(), timedelta(hours=1)
    other = {**FIRST, "criterion:a": "2"}
    await releases.record(Release("shipped", FIRST, {}, NOON - hour), {})
    await releases.record(Release("draft", {**FIRST, "moves": "2"}, {}, NOON - hour, "li"), {})
    await releases.record(Release("r1", other, {}, NOON - hour, "wang"), {})
    await releases.record(Release("later", {**FIRST, "moves": "3"}, {}, NOON + hour), {})
    kept = InMemoryPublications(InMemoryCalibrations(releases), InMemoryAudit())
    own = Publishing(kept, releases)
    first = await publish(own, "r1", "wang", NOON)
    lost = Loss("criterion:a", removed=False, since=first.publication)
    assert await losses_by(own, FIRST, {}, "chen") == (lost,)
    for moves in ("2", "3"):
        assert await losses_by(own, {**other, "moves": moves}, {}, "chen") == ()
