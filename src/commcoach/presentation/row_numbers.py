"""How many rows a figure goes by, and what they are worth if they were drawn unevenly."""

from __future__ import annotations

from commcoach.domain.chance import Estimate
from commcoach.presentation.wording import Wording


def rows_of(result: Estimate, words: Wording) -> str:
    """The number of rows, with how many drawn by chance tell as much if that is far fewer."""
    if result.worth is None:
        return str(result.n)
    return words.say("figure.worth", n=result.n, worth=result.worth)
