"""How far levels can be trusted: which criteria are calibrated for the engine that gave them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from commcoach.coaching.calibrating import Calibrations
from commcoach.coaching.publishing import Publication
from commcoach.domain.dialogue import PracticeSession, Turn
from commcoach.domain.score import EngineName, Scorecard


async def calibrated_criteria(
    calibrations: Calibrations, release: str, engine: EngineName
) -> dict[str, int]:
    """The criteria that are calibrated for exactly this engine on this release.

    With each stands how many cases it rests on: those that enough people graded, or how many drawn
    by chance would tell as much, where they were drawn so unevenly that it must be told. Every
    screen that says of a criterion whether it is calibrated has it from here.
    """
    verdicts = await calibrations.verdicts(release, engine)
    return {id: one.behind for id, one in verdicts.items() if one.is_calibrated}


@dataclass(frozen=True, slots=True)
class Standing:
    """Of the levels on one screen: whose they are, of which criteria, and what is calibrated.

    Attributes:
        criteria: Those that have levels, in the order in which they came.
        engines: Who gave the levels: a model by its own name.
        cases: The calibrated ones of the criteria, with the number of cases behind each. Where
            several engines gave levels, those that are calibrated for each of them, with the
            smallest number.
    """

    criteria: tuple[str, ...] = ()
    engines: tuple[str, ...] = ()
    cases: Mapping[str, int] = field(default_factory=dict)

    @property
    def whole(self) -> bool:
        """Whether every criterion is calibrated; not if there is none."""
        return bool(self.criteria) and all(id in self.cases for id in self.criteria)

    @property
    def fewest(self) -> int:
        """The number of cases behind the criterion that has fewest."""
        return min(self.cases.values(), default=0)


UNCALIBRATED = Standing()


@dataclass(frozen=True, slots=True)
class Verdicts:
    """Which criteria are calibrated, for the engines that scored some sessions.

    Of an engine that was not written down nothing is known: sessions of an older program.
    """

    known: Mapping[tuple[str, EngineName], Mapping[str, int]] = field(default_factory=dict)

    def cases(self, release: str, card: Scorecard, criterion: str) -> int | None:
        """The cases behind a criterion, for whoever made this scorecard; `None`: uncalibrated."""
        if card.by is None:
            return None
        return self.known.get((release, card.by), {}).get(criterion)

    def standing(self, session: PracticeSession, turns: Iterable[Turn] | None = None) -> Standing:
        """How the levels stand that engines gave in a session, or in some of its turns."""
        return self.over([(session, session.turns if turns is None else turns)])

    def over(self, given: Iterable[tuple[PracticeSession, Iterable[Turn]]]) -> Standing:
        """The same over turns of several sessions. What trainers gave is not looked at."""
        engines: dict[str, None] = {}
        found: dict[str, list[int | None]] = {}
        for session, turns in given:
            for card in (turn.card for turn in turns if turn.card is not None):
                for score in card.scored():
                    name = session.engine if card.by is None else card.by.model or card.by.name
                    engines[name] = None
                    cases = self.cases(session.release, card, score.criterion)
                    found.setdefault(score.criterion, []).append(cases)
        known = {id: [n for n in numbers if n is not None] for id, numbers in found.items()}
        whole = {id: min(n) for id, n in known.items() if len(n) == len(found[id])}
        return Standing(tuple(found), tuple(engines), whole)


NO_VERDICTS = Verdicts()


async def verdicts_for(calibrations: Calibrations, sessions: Iterable[PracticeSession]) -> Verdicts:
    """What is calibrated for each engine that scored in these sessions, on the session's release.

    A session keeps the release it began with, and a scorecard who made it: the verdicts on a later
    release, or on another version of an engine, say nothing about it.
    """
    wanted = {
        (session.release, turn.card.by): None
        for session in sessions
        for turn in session.turns
        if turn.card is not None and turn.card.by is not None
    }
    return Verdicts(
        {
            (release, engine): await calibrated_criteria(calibrations, release, engine)
            for release, engine in wanted
        }
    )


async def standing_over(
    calibrations: Calibrations, sessions: Sequence[PracticeSession]
) -> Standing:
    """How all levels stand that engines gave in these sessions."""
    verdicts = await verdicts_for(calibrations, sessions)
    return verdicts.over((session, session.turns) for session in sessions)


@dataclass(frozen=True, slots=True)
class ContentStanding:
    """How criteria at hand stand beside those in force.

    Attributes:
        publication: What is in force; `None` if nothing was published.
        drafts: The criteria that are not in force as they are here.
        cases: Those in force that are calibrated for the engine asked about, with the number of
            cases behind each.
        is_known: Whether it could be looked up what is in force.
    """

    publication: Publication | None = None
    drafts: frozenset[str] = frozenset()
    cases: Mapping[str, int] = field(default_factory=dict)
    is_known: bool = True


UNPUBLISHED = ContentStanding()


def beside_published(
    hashes: Mapping[str, str],
    publication: Publication,
    parts: Mapping[str, str],
    cases: Mapping[str, int],
    with_cases: bool = False,
) -> ContentStanding:
    """Content with these hashes beside a publication with these parts and calibrated criteria.

    A criterion is the one in force if it says the same; a single change of meaning makes it a
    draft, of which nobody knows how well it is scored. With `with_cases` a criterion is calibrated
    only if its graded cases are those in force as well.
    """

    def same(key: str) -> bool:
        return parts.get(key) == hashes.get(key)

    shown = [key.removeprefix(_CRITERION) for key in hashes if key.startswith(_CRITERION)]
    drafts = frozenset(id for id in shown if not same(f"{_CRITERION}{id}"))
    known = {
        id: cases[id]
        for id in shown
        if id in cases and id not in drafts and (not with_cases or same(f"cases:{id}"))
    }
    return ContentStanding(publication, drafts, known)


_CRITERION = "criterion:"
"""What the names of criteria begin with in hashes and in the parts of a release."""
