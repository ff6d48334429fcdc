"""Who scored, and how far that can be trusted."""

from __future__ import annotations

from commcoach.presentation.wording import Wording

EMBEDDED = "embedded"
"""The name under which sessions keep the engine without a model."""


def engine_name(engine: str, words: Wording) -> str:
    """The engine by its name, the one without a model in plain words."""
    return words.say("engine.embedded") if engine == EMBEDDED else engine


def calibration(engine: str, words: Wording) -> str:
    """Who scored a session, that it is not calibrated against people, and what it is not for."""
    if engine == EMBEDDED:
        return words.say("debrief.uncalibrated")
    return words.say("debrief.uncalibrated_model", engine=engine)


def why_note(engine: str, words: Wording) -> str:
    """The same below the reasons for a turn's levels."""
    if engine == EMBEDDED:
        return words.say("why.engine")
    return words.say("why.engine_model", engine=engine)
