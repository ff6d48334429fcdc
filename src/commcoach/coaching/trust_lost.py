"""What a publication would take from the trust in criteria: floors, graded cases, blind grades.

An older copy of a folder has the same criteria and fewer of these. Whether it was ever published
does not matter: it is compared to what is in force.
"""

from __future__ import annotations

from collections.abc import Iterator

from commcoach.coaching.losses import Hold, Loss
from commcoach.domain.case_scores import floor_binds
from commcoach.domain.cases import HUMAN, GradedCase
from commcoach.domain.edits import cases_of
from commcoach.domain.library import Library
from commcoach.domain.rubric import Floor


def trust_lost(before: Library, after: Library) -> tuple[Loss, ...]:
    """What criteria in force would lose that stay criteria.

    A floor that goes or is lowered; graded cases that go; cases that people graded blind under
    another text; blind grades that go; and that the criterion is calibrated: what was published
    with a floor that binds has reached it, so it is calibrated no longer if none binds.
    """
    kept = [id for id in before.criteria if id in after.criteria]
    return tuple(
        Loss(f"criterion:{id}", removed=True, hold=hold, number=number)
        for id in kept
        for hold, number in _lost(id, before, after)
        if number
    )


def _lost(id: str, before: Library, after: Library) -> Iterator[tuple[Hold, int]]:
    was, now = before.criteria[id].floor, after.criteria[id].floor
    if was is not None and now is None:
        yield Hold.FLOOR, 1
    elif was is not None and now is not None:
        yield Hold.FLOOR_HEIGHT, int(_is_lower(now, was))
    if before.hashes.get(f"cases:{id}") != after.hashes.get(f"cases:{id}"):
        yield from _lost_cases(id, before, after)
    yield Hold.CALIBRATED, int(_binds(id, before) and not _binds(id, after))


def _is_lower(now: Floor, was: Floor) -> bool:
    return now.kappa < was.kappa or now.min_cases < was.min_cases or now.graders < was.graders


def _binds(id: str, library: Library) -> bool:
    return floor_binds(library.criteria[id], library.cases)


def _lost_cases(id: str, before: Library, after: Library) -> Iterator[tuple[Hold, int]]:
    """A case is the same by its text, under whatever id; else by its id, with another text."""
    if f"cases:{id}" not in after.hashes:
        return  # all are gone, which is told of the part
    by_id = cases_of(id, after)
    by_text = {_text(case): case for case in by_id.values()}
    gone = other = grades = 0
    for was in cases_of(id, before).values():
        same = by_text.get(_text(was))
        now = same or by_id.get(was.id)
        blind = _graded_blind(was, id)
        gone += now is None
        other += bool(blind) and now is not None and same is None
        grades += len(blind - (_graded_blind(now, id) if now is not None else frozenset()))
    yield Hold.CASES, gone
    yield Hold.TEXTS, other
    yield Hold.BLIND_GRADES, grades


def _text(case: GradedCase) -> tuple[str, str]:
    return case.context_text(), case.reply


def _graded_blind(case: GradedCase, id: str) -> frozenset[str]:
    """Who graded it blind."""
    return frozenset(one.by for one in case.grades if one.kind == HUMAN and id in one.blind)
