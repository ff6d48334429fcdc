"""What trainers corrected, as graded cases that tell nothing about who practised."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from commcoach.coaching.admission import Mask
from commcoach.coaching.casework import folded, shown_context
from commcoach.domain.cases import CORRECTION, HUMAN, Grade, GradedCase, Said
from commcoach.domain.dialogue import PracticeSession, Turn, said_before
from commcoach.domain.rubric import Criterion
from commcoach.domain.score import Override

_PREFIX = "correction-"
"""How the id of a case begins that was made of a correction."""


@dataclass(frozen=True, slots=True)
class Corrections:
    """Cases made of corrected replies, and how many corrections could not become one.

    `levels` counts the corrections in them. `expired` are those whose words are not kept any more,
    `outdated` those of criteria that are no more, or do not have this level any more.
    """

    cases: tuple[GradedCase, ...]
    levels: int
    expired: int
    outdated: int


def is_correction(case: GradedCase) -> bool:
    """Whether a case was made of a learner's corrected reply; also one that has another id now."""
    # Files of an older program tell it by the id alone.
    return case.source == CORRECTION or case.id.startswith(_PREFIX)


def corrected_cases(
    sessions: Iterable[PracticeSession], criteria: Mapping[str, Criterion], mask: Mask
) -> Corrections:
    """The corrected replies of sessions, each with what the learner had seen before it.

    Of several corrections of one level the last stands. Ids are hashes of the texts alone: the
    same words always have the same, whoever wrote them, and it leads back to nobody.
    """
    cases: dict[str, GradedCase] = {}
    found: dict[str, dict[str, Override]] = {}
    expired = outdated = 0
    for session, turn in _corrected(sessions):
        standing = {one.criterion: one for one in turn.overrides}
        case = _case(session, turn, mask)
        if case is None:
            expired += len(standing)
            continue
        fitting = [one for one in standing.values() if _fits(one, criteria)]
        outdated += len(standing) - len(fitting)
        if fitting:
            cases.setdefault(case.id, case)
        for one in fitting:
            before = found.setdefault(case.id, {}).get(one.criterion)
            if before is None or before.at <= one.at:
                found[case.id][one.criterion] = one
    graded = tuple(
        replace(case, grades=tuple(_grades(found[id].values())))
        for id, case in sorted(cases.items())
    )
    return Corrections(graded, sum(map(len, found.values())), expired, outdated)


def _corrected(sessions: Iterable[PracticeSession]) -> Iterator[tuple[PracticeSession, Turn]]:
    for session in sessions:
        for turn in session.turns:
            if turn.overrides:
                yield session, turn


def _case(session: PracticeSession, turn: Turn, mask: Mask) -> GradedCase | None:
    """The reply in its context; `None` if a part of it is not kept any more."""
    before = said_before(session, turn.number)
    earlier = [one for one in session.course() if one.number < turn.number]
    if not all(one.reply for one in (turn, *earlier)):
        return None
    context = tuple(Said(one.speaker, mask(one.text).text) for one in before if one.text)
    reply = mask(turn.reply).text
    id = hashlib.sha256(f"{folded(shown_context(context))}\n{folded(reply)}".encode()).hexdigest()
    return GradedCase(
        f"{_PREFIX}{id[:12]}", context, reply, (), session.language, session.scenario, CORRECTION
    )


def _fits(one: Override, criteria: Mapping[str, Criterion]) -> bool:
    criterion = criteria.get(one.criterion)
    return criterion is not None and (one.level is None or one.level in criterion.numbers)


def _grades(corrections: Iterable[Override]) -> Iterator[Grade]:
    """The levels of each trainer; not blind, for they saw what the machine had given."""
    levels: dict[str, dict[str, float | None]] = {}
    for one in corrections:
        levels.setdefault(one.by, {})[one.criterion] = one.level
    for by, given in sorted(levels.items()):
        yield Grade(by, HUMAN, given)
