"""A turn's message shown while its line is still being spoken; the message itself follows."""

from __future__ import annotations

from dataclasses import dataclass, replace

from commcoach.coaching.arms import Taken
from commcoach.coaching.practice import Practice
from commcoach.telegram.desk import Talk
from commcoach.telegram.turn_message import turn_text


@dataclass(slots=True)
class Drafting:
    """Looks on at a turn; a preview that gets lost costs nothing."""

    talk: Talk
    coach: Practice
    _taken: Taken | None = None

    def remark(self, taken: Taken) -> None:
        """The remarks stand; they are shown with the first words of the line."""
        self._taken = taken

    def hear(self, words: str) -> None:
        """The line so far, below the remarks."""
        if self._taken is None:
            return
        turn = replace(self._taken.turn, line=words)
        text = turn_text(replace(self._taken, turn=turn), self.coach.library, self.talk.words)
        self.talk.desk.signs.draft(self.talk.chat.id, turn.number, text)
