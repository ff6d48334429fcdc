"""What a publication would take away or undo of what is in force, and who brought it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from commcoach.coaching.publishing import Publication, Publishing, before_the_first, changes

TOLD_WHEN_REMOVED = ("criterion", "gate", "scenario", "cases")
"""Kinds of parts that do not go unless somebody says so."""
_THE_PROGRAMS = ("prompt",)
"""Kinds that may differ by the version of the program alone, so that nobody undid anything."""

State = tuple[Publication | None, Mapping[str, str]]
"""The parts in force from a publication on; without one before the first."""


class Hold(StrEnum):
    """What holds up the trust in a criterion, and can go though the criterion stays."""

    FLOOR = "floor"
    FLOOR_HEIGHT = "floor_height"
    CASES = "cases"
    TEXTS = "texts"
    BLIND_GRADES = "blind_grades"
    CALIBRATED = "calibrated"


@dataclass(frozen=True, slots=True)
class Loss:
    """A part in force that would go, or go back to what it once was.

    `since` is the publication that brought it as it is now; `None` if it was there from the start.
    Where the part stays and loses something that the trust in it rests on, `hold` says what, and
    `number` how many of it.
    """

    part: str
    removed: bool
    since: Publication | None = None
    hold: Hold | None = None
    number: int = 0


def losses(states: Sequence[State], parts: Mapping[str, str], by: str) -> tuple[Loss, ...]:
    """What is lost if somebody publishes these parts after these states, oldest first.

    Criteria, gates, scenarios and cases that are in force and not among the parts; and what is
    among them as it was in an older state, though it was changed since: the mark of a folder that
    is older than what is in force. Whoever removed something, or went back, may bring it again.
    """
    if not states:
        return ()
    in_force = states[-1][1]
    differ = changes(in_force, parts)
    found = [
        Loss(part, removed=True, since=_brought(states, part)[0])
        for part in differ.removed
        if _kind(part) in TOLD_WHEN_REMOVED
    ]
    for part in (*differ.changed, *differ.added):
        since, place = _brought(states, part)
        before = (older.get(part) for _, older in states[:place])
        if since is None or _kind(part) in _THE_PROGRAMS:
            continue
        again = since.by == by and (since.rolled_back or part in differ.added)
        if parts[part] in before and not again:
            found.append(Loss(part, removed=False, since=since))
    return tuple(sorted(found, key=lambda one: (not one.removed, one.part)))


def _kind(part: str) -> str:
    return part.partition(":")[0]


def _brought(states: Sequence[State], part: str) -> tuple[Publication | None, int]:
    """The publication since which a part is as it is in force, and its place; the first is none."""
    now, place = states[-1][1].get(part), len(states) - 1
    while place and states[place - 1][1].get(part) == now:
        place -= 1
    return (states[place][0] if place else None), place


async def losses_by(
    publishing: Publishing, parts: Mapping[str, str], otherwise: Mapping[str, str], by: str
) -> tuple[Loss, ...]:
    """What is lost if somebody publishes these parts now.

    Before the first publication the parts `otherwise` are in force. What was recorded until then
    was in force without one: most folders begin as a copy of that.
    """
    recorded = await publishing.releases.all()
    known = {one.id: one.parts for one in recorded}
    published = list(reversed(await publishing.publications.all()))
    if not published:
        return losses([(None, otherwise)], parts, by)
    states: list[State] = [(None, one.parts) for one in before_the_first(recorded, published[0])]
    states += [(one, known[one.release]) for one in published]
    return losses(states, parts, by)
