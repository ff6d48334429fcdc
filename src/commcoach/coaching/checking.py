"""What was found in content that somebody wants to publish, and whether it may be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from commcoach.coaching.calibrating import Fitting
from commcoach.coaching.losses import Loss
from commcoach.coaching.publishing import Changes, Publication, Told
from commcoach.coaching.self_testing import SelfTestFailure
from commcoach.domain.case_scores import CaseScore, FloorVerdict, floor_binds, levels_by_enough
from commcoach.domain.courtesy_shift import Shift, shift
from commcoach.domain.library import Library
from commcoach.domain.problems import Problem
from commcoach.domain.rubric import Criterion
from commcoach.domain.score import EngineName, Scored

NOTHING = Changes()


@dataclass(frozen=True, slots=True)
class Moved:
    """A criterion whose levels courtesies move too far: added to a reply, or taken out of it."""

    criterion: str
    added: bool
    shift: Shift


def moved_by_courtesies(scores: Mapping[str, Sequence[CaseScore]]) -> tuple[Moved, ...]:
    """The criteria that do not pass the twins of their cases; takes seconds."""
    found = []
    for id, each in scores.items():
        for added in (True, False):
            rows = [(one.score, one.padded if added else one.trimmed, one.group) for one in each]
            moved = shift(rows)
            if moved.passed is False:
                found.append(Moved(id, added, moved))
    return tuple(found)


def cases_left_out(criterion: Criterion, scores: Sequence[CaseScore]) -> tuple[CaseScore, ...]:
    """Cases that enough people gave a level for the criterion's floor, and the scorer none."""
    graders = criterion.floor.graders if criterion.floor is not None else 1
    return tuple(
        one
        for one in scores
        if not isinstance(one.score, Scored) and levels_by_enough(one.case, criterion.id, graders)
    )


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found in content that somebody wants to publish.

    Attributes:
        release: Its id; empty if it has problems, and nothing else was looked at then.
        problems: What is wrong with the files.
        changes: Against what is in force.
        losses: What would go or be undone, and nobody has agreed to.
        engine: Who scored the graded cases; `None` if it did not come to that.
        self_tests: Those that fail.
        floors: Of all criteria that have one.
        moved: The criteria that courtesies move too far.
        fittings: For every criterion a link, or why it has none.
        left_out: By criterion with a floor, the cases it counts that got no level.
        stopped: Why scoring the cases ended before its time; empty if it did not.
        declined: Whether somebody who was asked said no.
        unpaid: Whether a model scored no cases because losses refuse the release anyway.
        library: What was read; `None` if it has problems.
        before: What is in force; `None` if this version of the program cannot read it.
        in_force: The publication of this very release, if it is in force already.
        overtaken: The publication that came while this was looked at, and what it changed.
        published: The publication that came of it, if one did.
    """

    release: str = ""
    problems: tuple[Problem, ...] = ()
    changes: Changes = NOTHING
    losses: tuple[Loss, ...] = ()
    engine: EngineName | None = None
    self_tests: tuple[SelfTestFailure, ...] = ()
    floors: tuple[FloorVerdict, ...] = ()
    moved: tuple[Moved, ...] = ()
    fittings: tuple[Fitting, ...] = ()
    left_out: Mapping[str, tuple[CaseScore, ...]] = field(default_factory=dict)
    stopped: str = ""
    declined: bool = False
    unpaid: bool = False
    library: Library | None = None
    before: Library | None = None
    in_force: Publication | None = None
    overtaken: Told | None = None
    published: Publication | None = None

    @property
    def failed_floors(self) -> tuple[FloorVerdict, ...]:
        """The floors that bind and are not reached."""
        return tuple(one for one in self.floors if one.failed)

    @property
    def _binding(self) -> frozenset[str]:
        if self.unpaid and self.library is not None:
            known, cases = self.library.criteria.values(), self.library.cases
            return frozenset(one.id for one in known if floor_binds(one, cases))
        return frozenset(one.criterion for one in self.floors if one.binds)

    @property
    def binding_self_tests(self) -> tuple[SelfTestFailure, ...]:
        """The failed self-tests of criteria whose floor binds; the others are warnings."""
        return tuple(one for one in self.self_tests if one.criterion in self._binding)

    @property
    def binding_moved(self) -> tuple[Moved, ...]:
        """The criteria moved by courtesies whose floor binds; the others are warnings."""
        return tuple(one for one in self.moved if one.criterion in self._binding)

    @property
    def self_test_warnings(self) -> tuple[SelfTestFailure, ...]:
        """The failed self-tests that do not stand in the way."""
        return tuple(one for one in self.self_tests if one.criterion not in self._binding)

    @property
    def moved_warnings(self) -> tuple[Moved, ...]:
        """The criteria moved by courtesies that do not stand in the way."""
        return tuple(one for one in self.moved if one.criterion not in self._binding)

    @property
    def refused(self) -> bool:
        """Whether it must not be published."""
        return bool(
            self.problems
            or self.losses
            or self.failed_floors
            or self.binding_self_tests
            or self.binding_moved
            or self.stopped
            or self.declined
            or self.overtaken
        )
