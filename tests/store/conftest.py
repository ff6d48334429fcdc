"""Databases for the tests, opened and closed."""

from __future__ import annotations

import importlib
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, aclosing
from pathlib import Path

import pytest

from commcoach.store.database import Database
from commcoach.store.engine import open_database
from commcoach.store.sessions import SqlSessions
from tests.store.examples import Examples, Opener
from tests.store.houses import House, in_memory, in_sql, with_learner
from tests.store.postgres import Server, a_server
from tests.store.traces import live_through


@pytest.fixture
def examples() -> Examples:
    """Domain objects to store."""
    return Examples()


@pytest.fixture
async def opened() -> AsyncIterator[Opener]:
    """Opens databases with little patience and closes them after the test."""
    async with AsyncExitStack() as stack:

        async def open_it(url: str) -> Database:
            database = await open_database(url, patience=0.1)
            return await stack.enter_async_context(aclosing(database))

        yield open_it


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where the database stands: a folder that does not exist yet, with an awkward name."""
    return tmp_path / "my data" / "练习 100%" / "commcoach.db"


@pytest.fixture
def url(file: Path) -> str:
    """The URL of `file`."""
    return f"sqlite+aiosqlite:///{file.as_posix()}"


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """A PostgreSQL server."""
    with a_server() as running:
        yield running


@pytest.fixture
def pg_url(server: Server) -> Iterator[str]:
    """The URL of a fresh PostgreSQL database whose schema is up to date."""
    url = server.make(server.template)
    yield url
    server.drop(url)


@pytest.fixture(params=["sqlite", "postgresql"])
async def database(request: pytest.FixtureRequest, opened: Opener) -> Database:
    """A database of each kind in turn."""
    url: str = request.getfixturevalue("url" if request.param == "sqlite" else "pg_url")
    return await opened(url)


@pytest.fixture
async def sql(opened: Opener, url: str, examples: Examples) -> SqlSessions:
    """Sessions in an SQLite file."""
    return await with_learner(await opened(url), examples)


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
async def house(request: pytest.FixtureRequest, opened: Opener) -> House:
    """Everything that is kept, in memory and in a database of each kind."""
    if request.param == "memory":
        return in_memory()
    url: str = request.getfixturevalue("url" if request.param == "sqlite" else "pg_url")
    return in_sql(await opened(url))


@pytest.fixture
def forbidden_folder() -> Iterator[Path]:
    """A folder that the test may read but not write to, also if the tests run as root."""
    folder = Path(tempfile.mkdtemp())
    # As nobody, Python may not read its own files.
    importlib.import_module("commcoach.store.sqlite")
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    folder.chmod(0o555)
    if root:
        os.seteuid(65534)
    try:
        yield folder
    finally:
        if root:
            os.seteuid(0)
        folder.chmod(0o755)
        shutil.rmtree(folder)


@pytest.fixture
async def lived(house: House, examples: Examples) -> House:
    """A store in which two learners have left their traces."""
    await live_through(house, examples, "anna-li", 100)
    await live_through(house, examples, "wang", 200)
    return house
