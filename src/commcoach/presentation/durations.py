"""How long something is kept, in words."""

from __future__ import annotations

from commcoach.presentation.wording import Wording

YEAR = 365
MONTH = 30


def duration(days: int, words: Wording) -> str:
    """Days as people say them: whole years as months, months from four on, else days."""
    if days == 1:
        return words.say("duration.day")
    if days and days % YEAR == 0:
        return words.say("duration.months", number=12 * days // YEAR)
    if days > 3 * MONTH and days % MONTH == 0:
        return words.say("duration.months", number=days // MONTH)
    return words.say("duration.days", number=days)
