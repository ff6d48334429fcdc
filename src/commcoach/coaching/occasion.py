"""On what occasion a model is asked: which practice, whose, and with which content."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Occasion:
    """The session, its learner and the release of the content; all may be unknown.

    The records and the budget of model calls go by it, and the fence around the learner's words
    is made for the session.
    """

    session: str | None = None
    learner: str | None = None
    release: str = ""


UNKNOWN = Occasion()
