"""What is said when a PostgreSQL server cannot be used."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, make_url, text
from sqlalchemy.exc import DBAPIError

from commcoach.coaching.storage import (
    DatabaseAccessDenied,
    DatabaseFull,
    DatabaseLocked,
    DatabaseNotWritable,
    DatabaseTooNew,
    DatabaseUnknown,
    DatabaseUnreachable,
    DatabaseUnusable,
)
from commcoach.store.database import Database
from commcoach.store.sessions import SqlSessions
from commcoach.store.troubles import translated
from tests.store.examples import Examples, Opener
from tests.store.houses import with_learner
from tests.store.postgres import Server


@pytest.fixture
async def pg(opened: Opener, pg_url: str) -> Database:
    """A PostgreSQL database."""
    return await opened(pg_url)


@pytest.fixture
def closed_port() -> Iterator[int]:
    """A port on which nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


async def test_a_server_that_does_not_answer_is_said(opened: Opener, closed_port: int) -> None:
    with pytest.raises(DatabaseUnreachable) as refused:
        await opened(f"postgresql://anna:s3cret@127.0.0.1:{closed_port}/db")
    assert refused.value.place == f"postgresql://anna:***@127.0.0.1:{closed_port}/db"


async def test_a_server_that_is_not_where_it_should_be_is_said(
    opened: Opener, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with pytest.raises(DatabaseUnreachable):
        await opened(f"postgresql:///db?host={tmp_path_factory.mktemp('no')}")


async def test_a_database_that_is_not_on_the_server_is_unknown(
    opened: Opener, server: Server
) -> None:
    with pytest.raises(DatabaseUnknown):
        await opened(server.of("nowhere"))


async def test_a_user_whom_the_server_does_not_know_is_denied_access(
    opened: Opener, pg_url: str
) -> None:
    url = make_url(pg_url).set(username="stranger", password="s3cret")
    with pytest.raises(DatabaseAccessDenied) as refused:
        await opened(url.render_as_string(hide_password=False))
    assert "s3cret" not in refused.value.place


async def test_a_database_of_a_newer_program_is_left_alone(
    opened: Opener, pg: Database, pg_url: str
) -> None:
    newer = text("UPDATE alembic_version SET version_num = '9999'")
    await pg.write(lambda db: db.execute(newer))
    with pytest.raises(DatabaseTooNew):
        await opened(pg_url)


async def test_a_server_that_only_reads_is_refused_at_once(
    opened: Opener, pg: Database, pg_url: str
) -> None:
    name = make_url(pg_url).database
    standby = text(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    await pg.write(lambda db: db.execute(standby))
    with pytest.raises(DatabaseNotWritable):
        await opened(pg_url)


async def test_a_lock_that_somebody_else_holds_is_said(
    opened: Opener, pg: Database, pg_url: str, examples: Examples
) -> None:
    sessions = await with_learner(pg, examples)
    await sessions.add(examples.session())
    other = await opened(pg_url)
    held, done = asyncio.Event(), asyncio.Event()

    async def hold() -> None:
        async with other.engine.begin() as db:  # type: ignore[attr-defined]  # PostgreSQL has one
            await db.execute(text("LOCK TABLE turns IN ACCESS EXCLUSIVE MODE"))
            held.set()
            await done.wait()

    holding = asyncio.ensure_future(hold())
    await held.wait()
    with pytest.raises(DatabaseLocked):
        await sessions.save_turn("s1", examples.reply())
    done.set()
    await holding
    await sessions.save_turn("s1", examples.reply())


async def test_work_goes_on_when_the_server_has_closed_the_connection(
    pg: Database, examples: Examples
) -> None:
    sessions = await with_learner(pg, examples)

    def closes_itself(db: Connection) -> None:
        db.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))

    with pytest.raises(DatabaseUnreachable):
        await pg.write(closes_itself)
    await sessions.add(examples.session())
    assert await sessions.get("s1") == examples.session()


async def test_a_view_of_the_data_stays_the_same_while_others_write(
    opened: Opener, pg: Database, pg_url: str, examples: Examples
) -> None:
    sessions = SqlSessions(await opened(pg_url))
    await with_learner(pg, examples)
    counted = text("SELECT count(*) FROM sessions")
    async with pg._reading.connect() as view:  # type: ignore[attr-defined]  # PostgreSQL has one
        before = await view.scalar(counted)
        await sessions.add(examples.session())
        assert await view.scalar(counted) == before == 0


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ("53100", DatabaseFull),
        ("40P01", DatabaseLocked),
        ("25006", DatabaseNotWritable),
        ("57P01", DatabaseUnreachable),
        ("08006", DatabaseUnreachable),
        ("28P01", DatabaseAccessDenied),
        ("42P01", DatabaseUnusable),
    ],
)
def test_a_code_of_the_server_is_understood(state: str, expected: type[DatabaseUnusable]) -> None:
    class ServerError(Exception):
        sqlstate = state

    with pytest.raises(DatabaseUnusable) as said, translated("here"):
        raise DBAPIError("SELECT", {}, ServerError())
    assert type(said.value) is expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ('FATAL:  password authentication failed for user "anna"', DatabaseAccessDenied),
        ('FATAL:  no pg_hba.conf entry for host "h"', DatabaseAccessDenied),
        ('FATAL:  database "db" does not exist', DatabaseUnknown),
        ("FATAL:  sorry, too many clients already", DatabaseUnreachable),
        ("Connection refused", DatabaseUnreachable),
    ],
)
def test_words_while_connecting_are_understood(
    words: str, expected: type[DatabaseUnusable]
) -> None:
    class OperationalError(Exception):
        sqlstate = None

    failed = OperationalError(f'connection failed: connection to server at "h" failed: {words}')
    with pytest.raises(DatabaseUnusable) as said, translated("here"):
        raise DBAPIError("", {}, failed)
    assert type(said.value) is expected
