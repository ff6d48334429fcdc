"""How the migrations are found and run; the only module that imports Alembic at run time."""

from __future__ import annotations

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from commcoach.coaching.storage import DatabaseTooNew


def configuration(connection: Connection | None = None) -> Config:
    """Alembic's configuration; no `alembic.ini` is needed."""
    config = Config()
    config.set_main_option("script_location", "commcoach.store:migrations")
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def upgrade(connection: Connection, version: str | None, place: str) -> None:
    """Run every migration after `version` in the connection's transaction."""
    config = configuration(connection)
    known = {step.revision for step in ScriptDirectory.from_config(config).walk_revisions()}
    if version is not None and version not in known:
        raise DatabaseTooNew(place)
    command.upgrade(config, "head")
