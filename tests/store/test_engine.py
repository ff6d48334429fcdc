"""Opening the database: what is made, what is set, and what is said when it cannot be used."""

# ruff: noqa: ASYNC221, ASYNC240  # nothing else runs here that could be kept waiting

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

from commcoach.coaching import storage
from commcoach.coaching.storage import (
    DatabaseCorrupt,
    DatabaseDriverMissing,
    DatabaseFull,
    DatabaseLocked,
    DatabaseNotWritable,
    DatabaseTooNew,
    DatabaseUnknown,
    DatabaseUnusable,
)
from commcoach.store.database import Database
from commcoach.store.sessions import SqlSessions
from tests.store.examples import Examples, Opener
from tests.store.houses import with_learner

CHILD = Path(__file__).with_name("writing_child.py")


async def test_a_new_file_and_its_folders_are_made(opened: Opener, url: str, file: Path) -> None:
    database = await opened(url)
    assert file.is_file()
    assert database.place == str(file)


@pytest.mark.skipif(sys.platform == "win32", reason="there, a file's mode says nothing")
async def test_only_the_owner_may_read_the_files(
    opened: Opener, url: str, file: Path, examples: Examples
) -> None:
    await (await with_learner(await opened(url), examples)).add(examples.session())
    modes = {one.name: one.stat().st_mode & 0o777 for one in file.parent.iterdir()}
    assert modes == dict.fromkeys([file.name, f"{file.name}-wal", f"{file.name}-shm"], 0o600)


async def test_a_file_that_is_there_keeps_its_mode(opened: Opener, url: str, file: Path) -> None:
    file.parent.mkdir(parents=True)
    file.touch()
    file.chmod(0o640)
    await opened(url)
    assert file.stat().st_mode & 0o777 == 0o640


async def test_no_traceback_shows_what_was_to_be_written(database: Database) -> None:
    def write(db: Connection) -> None:
        db.execute(text("INSERT INTO learners (id) VALUES (:said)"), {"said": "秘密的话"})

    with pytest.raises(IntegrityError) as refused:
        await database.write(write)
    assert "秘密的话" not in str(refused.value).partition("DETAIL")[0]


async def test_a_plain_sqlite_url_will_do(opened: Opener, file: Path) -> None:
    await opened(f"sqlite:///{file.as_posix()}")
    assert file.is_file()


async def test_sqlite_is_set_to_lose_nothing(opened: Opener, url: str) -> None:
    names = ("journal_mode", "synchronous", "foreign_keys", "secure_delete", "busy_timeout")
    settings = await (await opened(url)).read(
        lambda db: [db.scalar(text(f"PRAGMA {name}")) for name in names]
    )
    assert settings == ["wal", 2, 1, 1, 100]


async def test_sessions_are_there_after_opening_again(
    opened: Opener, url: str, examples: Examples
) -> None:
    first = await opened(url)
    await (await with_learner(first, examples)).add(examples.session())
    await first.aclose()
    assert await SqlSessions(await opened(url)).get("s1") == examples.session()


@pytest.mark.slow
async def test_two_writers_take_turns(url: str, opened: Opener, examples: Examples) -> None:
    await (await with_learner(await opened(url), examples)).add(examples.session())
    children = [
        await asyncio.create_subprocess_exec(sys.executable, CHILD, url, first, "25", "stay")
        for first in ("1", "101")
    ]
    assert [await child.wait() for child in children] == [0, 0]
    session = await SqlSessions(await opened(url)).get("s1")
    assert session is not None
    assert [turn.number for turn in session.turns] == [*range(1, 26), *range(101, 126)]


@pytest.mark.slow
async def test_a_write_that_has_returned_survives_the_end_of_the_process(
    url: str, opened: Opener, examples: Examples
) -> None:
    await (await with_learner(await opened(url), examples)).add(examples.session())
    killed = subprocess.run([sys.executable, CHILD, url, "1", "7", "die"], check=False)
    assert killed.returncode != 0
    session = await SqlSessions(await opened(url)).get("s1")
    assert session is not None
    assert [turn.number for turn in session.turns] == [*range(1, 8)]


async def test_a_file_that_is_no_database_is_corrupt(opened: Opener, url: str, file: Path) -> None:
    file.parent.mkdir(parents=True)
    file.write_text("这不是数据库。" * 1000, encoding="utf-8")
    with pytest.raises(DatabaseCorrupt) as refused:
        await opened(url)
    assert refused.value.place == str(file)


async def test_a_damaged_file_is_corrupt_when_it_is_read(
    opened: Opener, url: str, file: Path, examples: Examples
) -> None:
    database = await opened(url)
    sessions = await with_learner(database, examples)
    for index in range(50):
        await sessions.add(examples.session(f"s{index}"))
    await database.aclose()
    damaged = bytearray(file.read_bytes())
    damaged[4096:] = b"\xff" * (len(damaged) - 4096)
    file.write_bytes(damaged)
    with pytest.raises(DatabaseCorrupt):
        await SqlSessions(await opened(url)).of_learner("li")


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE turns SET reading = '{\"moves\": ['",
        "UPDATE turns SET reaction = '{}'",
        "UPDATE sessions SET language = 'tlh'",
    ],
)
async def test_a_row_nobody_can_have_written_is_corrupt(
    sql: SqlSessions, examples: Examples, damage: str
) -> None:
    await sql.add(examples.session())
    await sql.save_turn("s1", examples.reply())
    await sql.database.write(lambda db: db.execute(text(damage.replace(":", "\\:"))))
    for reading in (sql.get("s1"), sql.of_learner("li")):
        with pytest.raises(DatabaseCorrupt):
            await reading


@contextmanager
def held(file: Path, *statements: str) -> Iterator[None]:
    """Another program that holds the database."""
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        for statement in statements:
            other.execute(statement)
        yield


async def test_a_locked_database_is_not_opened(opened: Opener, url: str, file: Path) -> None:
    await (await opened(url)).aclose()
    with (
        held(file, "PRAGMA locking_mode = EXCLUSIVE", "BEGIN EXCLUSIVE"),
        pytest.raises(DatabaseLocked) as refused,
    ):
        await opened(url)
    assert refused.value.place == str(file)
    await opened(url)


async def test_a_new_file_that_is_locked_is_not_opened(
    opened: Opener, url: str, file: Path
) -> None:
    file.parent.mkdir(parents=True)
    with held(file, "BEGIN EXCLUSIVE"), pytest.raises(DatabaseLocked):
        await opened(url)


async def test_a_write_says_that_the_database_is_locked_and_reading_goes_on(
    sql: SqlSessions, file: Path, examples: Examples
) -> None:
    await sql.add(examples.session())
    with held(file, "BEGIN EXCLUSIVE"):
        for writing in (
            sql.save_turn("s1", examples.reply()),
            sql.end(examples.session()),
            sql.add(examples.session("s2")),
        ):
            with pytest.raises(DatabaseLocked):
                await writing
        assert await sql.get("s1") == examples.session()
    await sql.save_turn("s1", examples.reply())


async def test_a_full_disk_is_said_and_what_stands_stays(
    sql: SqlSessions, examples: Examples
) -> None:
    await sql.add(examples.session())

    def fill_up(db: Connection) -> None:
        # The one connection that writes: the limit is not in the file.
        db.execute(text(f"PRAGMA max_page_count = {db.scalar(text('PRAGMA page_count'))}"))

    await sql.database.write(fill_up)
    with pytest.raises(DatabaseFull):
        await sql.save_turn("s1", replace(examples.reply(), reply="好" * 20_000))
    assert await sql.get("s1") == examples.session()


async def test_a_folder_that_cannot_be_written_to_is_said(
    opened: Opener, forbidden_folder: Path
) -> None:
    for file in (forbidden_folder / "commcoach.db", forbidden_folder / "new" / "commcoach.db"):
        with pytest.raises(DatabaseNotWritable) as refused:
            await opened(f"sqlite+aiosqlite:///{file.as_posix()}")
        assert refused.value.place == str(file)


async def test_a_file_in_place_of_the_folder_is_said(opened: Opener, url: str, file: Path) -> None:
    file.parent.parent.mkdir()
    file.parent.touch()
    with pytest.raises(DatabaseNotWritable):
        await opened(url)


async def test_a_folder_in_place_of_the_file_is_said(opened: Opener, url: str, file: Path) -> None:
    file.mkdir(parents=True)
    with pytest.raises(DatabaseNotWritable):
        await opened(url)


async def test_a_database_of_a_newer_program_is_left_alone(
    opened: Opener, url: str, file: Path
) -> None:
    await (await opened(url)).aclose()
    with closing(sqlite3.connect(file)) as other:
        other.execute("UPDATE alembic_version SET version_num = '9999'")
        other.commit()
    with pytest.raises(DatabaseTooNew) as refused:
        await opened(url)
    assert refused.value.place == str(file)


@pytest.mark.parametrize(
    "url",
    [
        "nonsense",
        "",
        "oracle://host/db",
        "sqlite://",
        "sqlite:///:memory:",
        "sqlite:///file:x?mode=memory&uri=true",
        "sqlite://anna:word@host/file",
    ],
)
async def test_a_url_that_names_no_database_is_said_and_leaves_nothing_behind(
    opened: Opener, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    with pytest.raises(DatabaseUnknown):
        await opened(url)
    assert list(here.iterdir()) == []


async def test_a_password_is_never_shown(opened: Opener) -> None:
    for url in ("oracle://anna:s3cr@et@host/db", "postgresql://anna:s3cr@et@host:port/db"):
        with pytest.raises(DatabaseUnknown) as refused:
            await opened(url)
        assert "s3cr" not in refused.value.place
        assert "et@" not in refused.value.place


def test_each_failure_is_one_sentence() -> None:
    for name, failure in vars(storage).items():
        if isinstance(failure, type) and issubclass(failure, DatabaseUnusable):
            message = str(failure("here"))
            assert message.endswith("."), name
            assert "\n" not in message, name


@pytest.mark.slow
def test_naming_a_failure_does_not_load_the_database_library() -> None:
    code = "import sys, commcoach.coaching.storage; print('sqlalchemy' in sys.modules)"
    assert _python(code) == "False"


@pytest.mark.slow
def test_a_second_start_does_not_load_alembic(url: str) -> None:
    code = (
        "import asyncio, sys; from commcoach.store.engine import open_database\n"
        f"asyncio.run(open_database({url!r})); print('alembic' in sys.modules)"
    )
    assert [_python(code), _python(code)] == ["True", "False"]


async def test_a_missing_driver_is_said(opened: Opener, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(DatabaseDriverMissing):
        await opened("postgresql://host/db")


def _python(code: str) -> str:
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return done.stdout.strip()
