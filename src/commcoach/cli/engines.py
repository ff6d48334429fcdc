"""The engines by the names that a command takes, and what is said of one that is not there."""

from __future__ import annotations

from commcoach import bootstrap
from commcoach.cli.context import Context
from commcoach.cli.terminal import UsageError
from commcoach.settings import Settings

EMBEDDED, MODEL = "embedded", "model"
_NAMED = f"{MODEL}:"


def is_model(about: Context, engine: str) -> bool:
    """Whether the engine that was named is the model that is set.

    Raises:
        UsageError: there is no such engine, or no model is set.
    """
    if engine not in (EMBEDDED, MODEL):
        raise UsageError("error.unknown_engine", given=engine)
    return _with_a_model(about, engine)


def is_any_model(about: Context, engine: str) -> bool:
    """As `is_model`, but `model:NAME` may name another model of the same service."""
    if engine not in (EMBEDDED, MODEL) and (not engine.startswith(_NAMED) or engine == _NAMED):
        raise UsageError("error.unknown_model_engine", given=engine)
    return _with_a_model(about, engine)


def settings_for(about: Context, engine: str) -> Settings:
    """The settings with the model that `model:NAME` names, otherwise as they are."""
    if not engine.startswith(_NAMED):
        return about.settings
    return bootstrap.with_model(about.settings, engine.removeprefix(_NAMED))


def _with_a_model(about: Context, engine: str) -> bool:
    if engine != EMBEDDED and not bootstrap.model_is_set(about.settings):
        raise UsageError("error.no_model_to_score")
    return engine != EMBEDDED
