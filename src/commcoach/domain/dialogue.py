"""One practice session: its turns in order, and what may happen next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from commcoach.domain.cases import Said
from commcoach.domain.language import Language
from commcoach.domain.persona import PersonaState, Reaction, Stage, initial_state
from commcoach.domain.reading import Reading
from commcoach.domain.scenario import Scenario
from commcoach.domain.score import Override, Scorecard, corrected


class Ending(StrEnum):
    """Why a session is over."""

    ALL_TURNS = "all_turns"
    FINISHED = "finished"
    COUNTERPART_LEFT = "counterpart_left"


class Action(StrEnum):
    """What a learner may do next."""

    REPLY = "reply"
    REWRITE = "rewrite"
    FINISH = "finish"


@dataclass(frozen=True, slots=True)
class Turn:
    """A reply with its reading, its score and the line that follows; filled as they arrive.

    `number` counts from 1. A rewrite is a new turn of the same number with the next `attempt`;
    it is assisted, and the last attempt is the one the dialogue goes on from. `message` names
    what brought the reply: the same message never makes a second turn. `reply` is empty once the
    time for keeping words has passed; a reply that was taken never is. `line_stand_in` says why
    the line was not spoken by the model that should have; empty if it was.
    """

    number: int
    attempt: int
    context: str
    reply: str
    at: datetime
    masked: bool = False
    message: str | None = None
    reading: Reading | None = None
    reaction: Reaction | None = None
    line: str | None = None
    line_stand_in: str = ""
    card: Scorecard | None = None
    overrides: tuple[Override, ...] = ()

    def standing(self) -> Scorecard | None:
        """The scores as they stand: those given, with the trainers' corrections."""
        return None if self.card is None else corrected(self.card, self.overrides)

    def stand_ins(self) -> tuple[str, ...]:
        """Why the embedded engine read, spoke or scored in place of a model: a reason for each."""
        reading = self.reading.stand_in if self.reading is not None else ""
        card = self.card.stand_in if self.card is not None else ""
        return tuple(reason for reason in (reading, self.line_stand_in, card) if reason)

    @property
    def assisted(self) -> bool:
        """Whether it was written with the remarks on an earlier attempt in view."""
        return self.attempt > 1


@dataclass(frozen=True, slots=True)
class PracticeSession:
    """One practice dialogue of one learner; bound to a release at its start.

    `summary` is what a model said about the talk as a whole when it was over; empty if nothing
    could be used, `None` if none was asked.
    """

    id: str
    learner: str
    scenario: str
    language: Language
    release: str
    engine: str
    started_at: datetime
    opening: str
    turns: tuple[Turn, ...] = ()
    closing: str | None = None
    summary: str | None = None
    ending: Ending | None = None
    ended_at: datetime | None = None

    def course(self) -> tuple[Turn, ...]:
        """The turns the dialogue went through: of each number the last attempt."""
        last = {turn.number: turn for turn in self.turns}
        return tuple(last[number] for number in sorted(last))

    def brought_by(self, message: str | None) -> Turn | None:
        """The turn that this message made."""
        if message is None:
            return None
        return next((turn for turn in self.turns if turn.message == message), None)

    def first_attempts(self) -> tuple[Turn, ...]:
        """The turns that count: of each number the first attempt."""
        return tuple(turn for turn in self.turns if not turn.assisted)

    def lines(self) -> tuple[str, ...]:
        """Everything the counterpart has said, superseded lines included."""
        said = [self.opening, *(turn.line for turn in self.turns if turn.line)]
        return tuple(said)


def state_before(session: PracticeSession, scenario: Scenario, number: int) -> PersonaState:
    """The counterpart's state before turn `number`."""
    earlier = [turn for turn in session.course() if turn.number < number and turn.reaction]
    last = earlier[-1].reaction if earlier else None
    return last.state if last else initial_state(scenario)


def state_now(session: PracticeSession, scenario: Scenario) -> PersonaState:
    """The counterpart's state after all turns so far."""
    return state_before(session, scenario, len(session.course()) + 1)


def last_line(session: PracticeSession, before: int) -> str:
    """The counterpart's line that turn number `before` answers."""
    earlier = [turn.line for turn in session.course() if turn.number < before and turn.line]
    return earlier[-1] if earlier else session.opening


def said_before(session: PracticeSession, number: int) -> tuple[Said, ...]:
    """What was said on both sides before reply number `number`, oldest first."""
    said = [Said("counterpart", session.opening)]
    for turn in session.course():
        if turn.number < number:
            said += [Said("learner", turn.reply), Said("counterpart", turn.line or "")]
    return tuple(said)


def allowed_actions(session: PracticeSession, scenario: Scenario) -> frozenset[Action]:
    """What may happen next: replies until the turns are used up, one rewrite of the last reply.

    Nothing is possible once the session has ended.
    """
    if session.ending is not None:
        return frozenset()
    course = session.course()
    actions = {Action.FINISH}
    if course and course[-1].attempt == 1:
        actions.add(Action.REWRITE)
    if natural_ending(session, scenario) is None:
        actions.add(Action.REPLY)
    return frozenset(actions)


def natural_ending(session: PracticeSession, scenario: Scenario) -> Ending | None:
    """The reason why no further reply is expected, if there is one."""
    if state_now(session, scenario).stage is Stage.GONE:
        return Ending.COUNTERPART_LEFT
    if len(session.course()) >= scenario.turns:
        return Ending.ALL_TURNS
    return None


def add_turn(session: PracticeSession, turn: Turn) -> PracticeSession:
    """The session with a new turn, or with the same turn and attempt filled further."""
    kept: Sequence[Turn] = [
        one for one in session.turns if (one.number, one.attempt) != (turn.number, turn.attempt)
    ]
    ordered = sorted([*kept, turn], key=lambda one: (one.number, one.attempt))
    return replace(session, turns=tuple(ordered))
