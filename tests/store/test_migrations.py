"""The migrations lead to exactly the tables that the program works with."""

# ruff: noqa: ASYNC240  # nothing else runs here that could be kept waiting

from __future__ import annotations

import asyncio
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect

from commcoach.coaching.storage import DatabaseUnusable
from commcoach.store.migrating import configuration
from commcoach.store.schema import NEEDED, stored_version
from commcoach.store.sessions import SqlSessions
from commcoach.store.tables import Base
from tests.store.examples import Examples, Opener


def test_the_needed_revision_is_the_newest() -> None:
    assert ScriptDirectory.from_config(configuration()).get_heads() == [NEEDED]


async def test_a_fresh_database_gets_the_needed_revision(opened: Opener, url: str) -> None:
    database = await opened(url)
    async with database.engine.connect() as connection:
        assert await connection.run_sync(stored_version) == NEEDED


async def test_a_database_that_is_up_to_date_is_not_touched(
    opened: Opener, url: str, file: Path
) -> None:
    await (await opened(url)).aclose()
    before = file.read_bytes()
    await (await opened(url)).aclose()
    assert file.read_bytes() == before


async def test_migrations_and_tables_do_not_differ(opened: Opener, url: str) -> None:
    def differences(connection: Connection) -> list[object]:
        context = MigrationContext.configure(connection)
        return list(compare_metadata(context, Base.metadata))

    database = await opened(url)
    async with database.engine.connect() as connection:
        assert await connection.run_sync(differences) == []


async def test_every_constraint_has_its_name_in_the_database(opened: Opener, url: str) -> None:
    def names(connection: Connection) -> set[str | None]:
        look = inspect(connection)
        found: set[str | None] = set()
        for table in Base.metadata.tables:
            found.add(look.get_pk_constraint(table)["name"])
            for one in (
                *look.get_foreign_keys(table),
                *look.get_unique_constraints(table),
                *look.get_check_constraints(table),
            ):
                found.add(one["name"])
        return found

    wanted = {
        str(constraint.name)
        for table in Base.metadata.tables.values()
        for constraint in table.constraints
    }
    database = await opened(url)
    async with database.engine.connect() as connection:
        assert await connection.run_sync(names) == wanted


@pytest.mark.slow
async def test_two_programs_may_meet_an_empty_folder_at_once(url: str) -> None:
    code = (
        "import asyncio, sys; from commcoach.store.engine import open_database\n"
        "asyncio.run(open_database(sys.argv[1]))"
    )
    starts = [
        await asyncio.create_subprocess_exec(sys.executable, "-c", code, url) for _ in range(4)
    ]
    assert [await start.wait() for start in starts] == [0] * 4


async def test_a_migration_that_fails_leaves_nothing_behind(
    opened: Opener, url: str, file: Path, examples: Examples
) -> None:
    file.parent.mkdir(parents=True)
    with closing(sqlite3.connect(file)) as other:
        other.execute("CREATE TABLE evidence (somebody_elses TEXT)")
        other.commit()
        with pytest.raises(DatabaseUnusable):
            await opened(url)
        tables = other.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        assert tables == [("evidence",)]
        other.execute("DROP TABLE evidence")
        other.commit()
    await SqlSessions(await opened(url)).add(examples.session())
