"""What a reply was found to do: moves, each with its quote."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FoundMove:
    """A move, what it is about, and the words that show it.

    `start` and `end` count code points of the reply, half open.
    """

    move: str
    quote: str
    start: int
    end: int
    topic: str | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """The moves of one reply, in the order they stand in it, and the points it took up.

    `stand_in` says why it was not read by the model that should have; empty if it was.
    """

    moves: tuple[FoundMove, ...] = ()
    points: tuple[str, ...] = ()
    stand_in: str = ""

    def has(self, move: str, topic: str | None = None) -> bool:
        """Whether the move was made, on this topic if one is named."""
        return any(
            found.move == move and (topic is None or found.topic == topic) for found in self.moves
        )
