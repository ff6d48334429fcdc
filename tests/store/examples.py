"""Whole sessions to put into a store, with every field filled."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from commcoach.domain.dialogue import PracticeSession, Turn
from commcoach.domain.language import Language
from commcoach.domain.people import Learner
from commcoach.domain.persona import Event, PersonaState, Reaction, Stage
from commcoach.domain.reading import FoundMove, Reading
from commcoach.domain.score import (
    EngineName,
    Evidence,
    GateHit,
    NotApplicable,
    Scorecard,
    Scored,
    Unscored,
)
from commcoach.store.database import Database

Opener = Callable[[str], Awaitable[Database]]
"""Opens the database at a URL; it is closed after the test."""

START = datetime(2026, 3, 2, 9, 30, 15, 123456, tzinfo=UTC)


@dataclass(frozen=True)
class Examples:
    """Domain objects with every field filled, made to be told apart."""

    start: datetime = START

    def learner(self, id: str = "li") -> Learner:
        """A learner who has just come."""
        return Learner(id, Language.ZH, self.start)

    def session(self, id: str = "s1", learner: str = "li", days: int = 0) -> PracticeSession:
        """A session that has just begun."""
        return PracticeSession(
            id=id,
            learner=learner,
            scenario="passed-around",
            language=Language.ZH,
            release="r1",
            engine="embedded",
            started_at=self.start + timedelta(days=days),
            opening="我已经跑了三趟了。",
        )

    def reply(self, number: int = 1, attempt: int = 1) -> Turn:
        """A turn of which only the reply has arrived."""
        return Turn(
            number,
            attempt,
            "我已经跑了三趟了。",
            f"您跑了三趟, 辛苦了。<b>{number}.{attempt}</b> 😊",
            at=self.start + timedelta(minutes=number, seconds=attempt),
            masked=True,
            message=f"7-{number}{attempt}",
        )

    def whole(self, number: int = 1, attempt: int = 1) -> Turn:
        """A turn of which everything has arrived."""
        return replace(
            self.reply(number, attempt),
            reading=self.reading(),
            reaction=self.reaction(),
            line="那你说怎么办?",
            line_stand_in="unavailable",
            card=self.card(),
        )

    def reading(self) -> Reading:
        """A reading with and without a topic."""
        return Reading(
            moves=(
                FoundMove("acknowledged_burden", "辛苦了", 6, 9),
                FoundMove("open_question", "跑了三趟", 1, 5, topic="visits"),
            ),
            points=("three-visits", "no-answer"),
            stand_in="unusable",
        )

    def reaction(self) -> Reaction:
        """A reaction in which nothing has its default."""
        return Reaction(
            state=PersonaState(
                tension=6,
                told=frozenset({"mother-ill", "deadline"}),
                moves=frozenset({"open_question", "blame"}),
                soothed=frozenset({("acknowledged_burden", None), ("open_question", "visits")}),
                stage=Stage.BROKEN_OFF,
                repair_used=True,
            ),
            event=Event.BROKE_OFF,
            opened=("mother-ill", "deadline"),
            answers="blame",
        )

    def card(self) -> Scorecard:
        """A scorecard with a score of each status, a gate and a repair."""
        return Scorecard(
            scores=(
                Scored(
                    "reflecting",
                    3,
                    2.6180339887498949,
                    (Evidence("辛苦了", 6, 9), Evidence("三趟", 3, 5, "context")),
                    {0: 0.1, 1: 0.0, 2: 0.2, 3: 0.3, 4: 0.4},
                    "names the burden",
                ),
                Unscored("asking", "no valid quote"),
                NotApplicable("explaining", "no opening"),
                Scored("clarity", 0, 0.0, ()),
            ),
            gates=(GateHit("false_promise", "一定", 0, 2),),
            repairs=("insult",),
            stand_in="budget",
            by=EngineName("model", "a1b2c3-1", "small-1"),
        )
