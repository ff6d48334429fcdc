"""Databases for the tests, opened and closed."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, aclosing
from pathlib import Path

import pytest

from commcoach.store.engine import Database, open_database
from commcoach.store.sessions import SqlSessions
from tests.store.examples import Examples, Opener


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


@pytest.fixture
async def sql(opened: Opener, url: str) -> SqlSessions:
    """Sessions in an SQLite file."""
    return SqlSessions(await opened(url))


@pytest.fixture
def forbidden_folder() -> Iterator[Path]:
    """A folder that the test may read but not write to, also if the tests run as root."""
    folder = Path(tempfile.mkdtemp())
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
