"""Two versions of the content on the same replies: which levels flip, and how far each agrees."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from commcoach.coaching.arms import task_of
from commcoach.coaching.house import House
from commcoach.coaching.records import Entry
from commcoach.coaching.scorer import Scorer, ScoringTask, own_scores
from commcoach.coaching.transcripts import expired
from commcoach.coaching.trying import outcome
from commcoach.domain.agreement import quadratic_kappa
from commcoach.domain.case_scores import (
    CaseScore,
    kinds_of_reference,
    reference,
    sample_weight,
)
from commcoach.domain.cases import Said
from commcoach.domain.chance import Result, difference
from commcoach.domain.dialogue import PracticeSession, Turn
from commcoach.domain.edits import comparable
from commcoach.domain.library import Library
from commcoach.domain.report_intervals import estimate, mean
from commcoach.domain.score import CriterionScore, Scorecard, Scored

ACTION = "viewed"
"""What looking at practised replies is called in the audit trail."""


@dataclass(frozen=True, slots=True)
class Row:
    """One reply under both versions; `graded` is the level it is held to be worth, if any.

    `group` is shared by replies that are no independent witnesses. `graders` are the kinds of
    graders that `graded` comes from, `weight` is what the reply weighs in its drawing.
    """

    id: str
    group: str
    context: tuple[Said, ...]
    reply: str
    before: CriterionScore
    after: CriterionScore
    graded: float | None = None
    graders: tuple[str, ...] = ()
    weight: float = 1.0

    @property
    def flips(self) -> bool:
        """Whether the level, or whether there is one, is another now."""
        return outcome(self.before) != outcome(self.after)


@dataclass(frozen=True, slots=True)
class Figures:
    """A statistic before and after, and the paired difference, on the same replies."""

    before: Result
    after: Result
    change: Result


@dataclass(frozen=True, slots=True)
class Compared:
    """A criterion on replies that both versions scored.

    `comparable` tells whether the levels mean the same numbers; without that there are no
    figures. `left_out` counts the replies that only one version knows.
    """

    criterion: str
    rows: tuple[Row, ...]
    comparable: bool
    left_out: int = 0

    @property
    def flips(self) -> tuple[Row, ...]:
        """The replies with another result, the farthest moved first."""
        return tuple(sorted((row for row in self.rows if row.flips), key=_distance, reverse=True))

    @property
    def up(self) -> int:
        """How many levels rose."""
        return sum(step > 0 for step in self._steps())

    @property
    def down(self) -> int:
        """How many levels fell."""
        return sum(step < 0 for step in self._steps())

    def _steps(self) -> list[int]:
        return [after.level - before.level for before, after in _levels(self.rows)]

    def mean(self) -> Figures:
        """The mean level."""
        rows = [
            (row.group, row.before.level, row.after.level)
            for row in self.rows
            if isinstance(row.before, Scored) and isinstance(row.after, Scored)
        ]
        groups = [group for group, _, _ in rows]
        return Figures(
            estimate(mean, [float(before) for _, before, _ in rows], groups),
            estimate(mean, [float(after) for _, _, after in rows], groups),
            estimate(mean, [float(after - before) for _, before, after in rows], groups),
        )

    def kappa(self) -> Figures:
        """The quadratic weighted kappa with the grades, reckoned as a test report does."""
        rows = [
            (row, (graded, float(before.level), float(after.level)))
            for row, graded, before, after in self._graded()
        ]
        groups, weights = [row.group for row, _ in rows], [row.weight for row, _ in rows]
        return Figures(
            estimate(quadratic_kappa, [(one[0], one[1]) for _, one in rows], groups, weights),
            estimate(quadratic_kappa, [(one[0], one[2]) for _, one in rows], groups, weights),
            estimate(difference(quadratic_kappa), [one for _, one in rows], groups, weights),
        )

    def graders(self) -> Mapping[str, int]:
        """How many of the grades that `kappa` compares with come from each kind of grader."""
        return Counter(kind for row, *_ in self._graded() for kind in row.graders)

    def _graded(self) -> Iterator[tuple[Row, float, Scored, Scored]]:
        for row in self.rows:
            if row.graded is not None:
                for before, after in _levels([row]):
                    yield row, row.graded, before, after


@dataclass(frozen=True, slots=True)
class GateRow:
    """A reply in which another set of gates is seen crossed; their ids in order."""

    id: str
    reply: str
    before: tuple[str, ...]
    after: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DryRun:
    """What a change of content would do; nothing of it is stored.

    `stopped` is the reason of the failure that ended it before its time; empty if it did not.
    `gate_replies` is how many replies were looked at for gates, `replies` how many of practice were
    scored, `skipped` those of them whose situation is gone from one of the versions.
    """

    cases: tuple[Compared, ...] = ()
    practice: tuple[Compared, ...] = ()
    gates: tuple[GateRow, ...] = ()
    gate_replies: int = 0
    replies: int = 0
    skipped: int = 0
    stopped: str = ""


def compared_cases(
    criterion: str,
    old: Library,
    new: Library,
    before: Iterable[CaseScore],
    after: Iterable[CaseScore],
) -> Compared:
    """A criterion on the graded cases that both versions hold in the same words.

    Grades are those of the new version.
    """
    known = {one.case.id: one for one in before}
    rows = []
    left_out = 0
    for now in after:
        was = known.pop(now.case.id, None)
        if was is None or (was.case.reply, was.case.context) != (now.case.reply, now.case.context):
            left_out += 1
            continue
        case = now.case
        held = reference(case, criterion)
        rows.append(
            Row(
                case.id,
                now.group,
                case.context,
                case.reply,
                was.score,
                now.score,
                held.level if held is not None else None,
                kinds_of_reference(case, criterion),
                sample_weight(case, criterion),
            )
        )
    same = comparable(old.criteria[criterion], new.criteria[criterion])
    return Compared(criterion, tuple(rows), same, left_out + len(known))


@dataclass(frozen=True, slots=True)
class PastReply:
    """A reply somebody gave in practice, with its session."""

    session: PracticeSession
    turn: Turn

    @property
    def id(self) -> str:
        """Which turn of which session it was."""
        return f"{self.session.id[:8]}.{self.turn.number}.{self.turn.attempt}"


async def newest_replies(
    house: House, sessions: Sequence[str], number: int, by: str, at: datetime
) -> tuple[PastReply, ...]:
    """So many of the newest replies whose words are kept, of sessions named newest first.

    Each session that is looked into is written down in the audit trail.
    """
    found: list[PastReply] = []
    for id in sessions:
        if len(found) >= number:
            break
        session = await house.sessions.get(id)
        kept = [turn for turn in session.turns if not expired(turn)] if session is not None else []
        if session is None or not kept:
            continue
        await house.audit.record(Entry(at, by, ACTION, id, "rubric diff"))
        found += [PastReply(session, turn) for turn in reversed(kept)]
    return tuple(found[:number])


def task_under(reply: PastReply, library: Library, criteria: Sequence[str]) -> ScoringTask | None:
    """The reply as it would be scored under a version; `None` if its situation is gone."""
    scenario = library.scenarios.get(reply.session.scenario)
    if scenario is None:
        return None
    try:
        task = task_of(library, reply.session, reply.turn)
    except LookupError:  # a criterion or a fact that this version does not have
        return None
    chosen = tuple(id for id in criteria if id in scenario.weights)
    # Nobody's own budget pays for the author's curiosity.
    occasion = replace(task.occasion, learner=None, release=library.release)
    return replace(task, criteria=chosen, occasion=occasion) if chosen else None


async def score_practice(
    scorers: tuple[Scorer, Scorer],
    libraries: tuple[Library, Library],
    replies: Sequence[PastReply],
    criteria: Sequence[str],
) -> tuple[tuple[Compared, ...], int]:
    """The replies under the old and the new version; second: how many could not be compared."""
    rows: dict[str, list[Row]] = {id: [] for id in criteria}
    skipped = 0
    for reply in replies:
        tasks = [task_under(reply, library, criteria) for library in libraries]
        if tasks[0] is None or tasks[1] is None:
            skipped += 1
            continue
        cards = [
            own_scores(await scorer.score(task), scorer.engine)
            for scorer, task in zip(scorers, tasks, strict=True)
            if task is not None
        ]
        before, after = (_by_criterion(card) for card in cards)
        for id in before.keys() & after.keys():
            rows[id].append(
                Row(
                    reply.id,
                    reply.session.id,
                    tasks[1].context,
                    reply.turn.reply,
                    before[id],
                    after[id],
                )
            )
    old, new = libraries
    return tuple(
        Compared(id, tuple(found), comparable(old.criteria[id], new.criteria[id]))
        for id, found in rows.items()
        if found
    ), skipped


async def gate_flips(
    scorers: tuple[Scorer, Scorer], tasks: Sequence[ScoringTask]
) -> tuple[GateRow, ...]:
    """The replies in which one version sees other gates crossed than the other."""
    found = []
    for number, task in enumerate(tasks, start=1):
        before, after = [
            tuple(hit.gate for hit in (await scorer.score(task)).gates) for scorer in scorers
        ]
        if set(before) != set(after):
            found.append(GateRow(str(number), task.reply, before, after))
    return tuple(found)


def _by_criterion(card: Scorecard) -> Mapping[str, CriterionScore]:
    return {score.criterion: score for score in card.scores}


def _levels(rows: Iterable[Row]) -> list[tuple[Scored, Scored]]:
    return [
        (row.before, row.after)
        for row in rows
        if isinstance(row.before, Scored) and isinstance(row.after, Scored)
    ]


def _distance(row: Row) -> float:
    """How far a reply moved; one that is scored in one version only goes last."""
    pairs = _levels([row])
    return abs(pairs[0][1].level - pairs[0][0].level) if pairs else 0.5
