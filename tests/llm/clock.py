"""Time that passes only when somebody sleeps."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


class Clock:
    """Seconds, the time of day, and every pause that was made."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.pauses: list[float] = []

    def __call__(self) -> float:
        return self.seconds

    def now(self) -> datetime:
        """The time, in UTC."""
        return datetime(2026, 11, 10, 8, 0, tzinfo=UTC) + timedelta(seconds=self.seconds)

    async def sleep(self, seconds: float) -> None:
        """Let the seconds pass at once."""
        self.pauses.append(seconds)
        self.seconds += seconds
