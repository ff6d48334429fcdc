"""The migrations lead to exactly the tables that the program works with."""

# ruff: noqa: ASYNC240  # nothing else runs here that could be kept waiting

from __future__ import annotations

import asyncio
import json
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, inspect, make_url, text
from sqlalchemy.pool import NullPool

from commcoach.coaching.calibrating import Calibration, Examination, Fitting
from commcoach.coaching.publishing import Publication
from commcoach.coaching.storage import DatabaseUnusable
from commcoach.domain.chance import Estimate, NotEstimable, Reason
from commcoach.domain.dialogue import Ending
from commcoach.domain.language import Language
from commcoach.domain.link_choice import Figures, LinkChoice
from commcoach.domain.linking import LinearLink, LinkKind
from commcoach.domain.people import Learner
from commcoach.domain.reading import Reading
from commcoach.domain.score import EngineName, Evidence, Scorecard, Scored
from commcoach.store.database import Database
from commcoach.store.finding_json import choice_to_json
from commcoach.store.migrating import configuration
from commcoach.store.schema import NEEDED, stored_version
from commcoach.store.tables import Base
from tests.store.examples import Examples, Opener
from tests.store.houses import in_sql, with_learner
from tests.store.postgres import Server

ENGINE = EngineName("embedded", "7")
NONE = NotEstimable(Reason.NO_SPREAD, 44)
FIGURES = Figures(Estimate(0.31, 0.12, 0.48, 44), NONE, NONE)
CHOICE = LinkChoice(LinkKind.LINEAR, LinearLink(0.8, -0.25, 0, 4), 44, FIGURES, FIGURES, NONE, None)


def test_the_needed_revision_is_the_newest() -> None:
    assert ScriptDirectory.from_config(configuration()).get_heads() == [NEEDED]


async def test_a_fresh_database_gets_the_needed_revision(opened: Opener, url: str) -> None:
    assert await (await opened(url)).read(stored_version) == NEEDED


async def test_a_database_that_is_up_to_date_is_not_touched(
    opened: Opener, url: str, file: Path
) -> None:
    await (await opened(url)).aclose()
    before = file.read_bytes()
    await (await opened(url)).aclose()
    assert file.read_bytes() == before


async def test_migrations_and_tables_do_not_differ(database: Database) -> None:
    def differences(connection: Connection) -> list[object]:
        context = MigrationContext.configure(connection)
        return list(compare_metadata(context, Base.metadata))

    assert await database.read(differences) == []


async def test_every_constraint_has_its_name_in_the_database(database: Database) -> None:
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
    # SQLite counts strictly upwards only in a key that is declared with its column, nameless.
    assert {name or "pk_outbox" for name in await database.read(names)} == wanted


# A session as the first version of the program left it, in the text that both databases read.
OLD_ROWS = """
INSERT INTO sessions VALUES ('old', 'li', 'passed-around', 'zh', 'r1', 'embedded',
  '2026-01-05 09:00:00.000000', '我已经跑了三趟了。', NULL, NULL, NULL);
INSERT INTO sessions VALUES ('newer', 'li', 'passed-around', 'en', 'r1', 'embedded',
  '2026-01-06 09:00:00.000000', 'I have been here three times.', 'Bye.', 'finished',
  '2026-01-06 09:30:00.000000');
INSERT INTO sessions VALUES ('hers', 'wang', 'passed-around', 'zh', 'r1', 'embedded',
  '2026-01-07 09:00:00.000000', '您好。', NULL, NULL, NULL);
INSERT INTO turns VALUES ('t1', 'old', 1, 1, '我已经跑了三趟了。', '辛苦了。', {false},
  '{{"moves": [], "points": ["p"]}}', NULL, '好。', '[]', '["insult"]');
INSERT INTO turns VALUES ('t2', 'old', 1, 2, '我已经跑了三趟了。', '您辛苦了。', {true},
  NULL, NULL, NULL, NULL, NULL);
INSERT INTO scores VALUES ('t1', 'reflecting', 0, 'scored', 3, 2.5, NULL, 'why');
INSERT INTO evidence VALUES ('t1', 'reflecting', 0, '辛苦了', 0, 3, 'reply');
INSERT INTO set_aside_replies VALUES ('a1', 'old', '😊', 'empty', '2026-01-05 09:01:00.000000');
"""


async def test_what_the_first_version_stored_is_all_there(opened: Opener, old: str) -> None:
    house = in_sql(await opened(old))
    first, newer = await house.sessions.of_learner("li")
    assert (first.id, first.opening, first.ending) == ("old", "我已经跑了三趟了。", None)
    assert (newer.closing, newer.ending) == ("Bye.", Ending.FINISHED)
    turn, rewritten = first.turns
    assert (turn.reply, turn.line, turn.masked) == ("辛苦了。", "好。", False)
    assert (rewritten.reply, rewritten.card, rewritten.masked) == ("您辛苦了。", None, True)
    assert turn.reading == Reading(points=("p",))
    score = Scored("reflecting", 3, 2.5, (Evidence("辛苦了", 0, 3),), rationale="why")
    assert turn.card == Scorecard((score,), (), ("insult",))
    assert [one.at for one in first.turns] == [first.started_at] * 2
    assert [one.message for one in first.turns] == [None, None]


async def test_everybody_who_practised_before_is_a_learner_afterwards(
    opened: Opener, old: str
) -> None:
    people = in_sql(await opened(old)).people
    joined = datetime(2026, 1, 5, 9, tzinfo=UTC)
    assert await people.get("li") == Learner("li", Language.EN, joined)
    assert await people.get("wang") == Learner("wang", Language.ZH, joined + timedelta(days=2))


async def test_what_was_released_before_publications_is_there_and_nothing_is_published(
    opened: Opener, released: str
) -> None:
    house = in_sql(await opened(released))
    (first, _) = await house.sessions.of_learner("li")
    assert first.turns[0].card == Scorecard(
        (Scored("reflecting", 3, 2.5, (Evidence("辛苦了", 0, 3),), rationale="why"),),
        (),
        ("insult",),
    )
    release = await house.releases.get("r1")
    assert release is not None
    assert (release.author, release.parts) == ("chen", {"a": "1"})
    assert await house.publications.newest() is None
    assert await house.publications.add(Publication(1, "r1", first.started_at, "chen"))


async def test_links_by_rules_that_hold_no_longer_are_dropped(opened: Opener, linked: str) -> None:
    calibrations = in_sql(await opened(linked)).calibrations
    for engine in (ENGINE, replace(ENGINE, name="model", model="some-model")):
        assert await calibrations.of("r1", engine) == {}
        assert await calibrations.number("r1", engine) == 0
    at = datetime(2026, 1, 6, 8, tzinfo=UTC)
    await calibrations.add(Examination("r1", ENGINE, at, "chen", (Fitting("a", 44, CHOICE),)))
    assert await calibrations.of("r1", ENGINE) == {"a": Calibration("r1", ENGINE, "a", CHOICE, at)}


async def test_an_old_database_takes_new_turns(
    opened: Opener, old: str, examples: Examples
) -> None:
    sessions = in_sql(await opened(old)).sessions
    await sessions.save_turn("old", examples.whole(2))
    session = await sessions.get("old")
    assert session is not None
    assert session.turns[-1] == examples.whole(2)


@pytest.fixture(params=["sqlite", "postgresql"])
def old(request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of a database that the first version of the program has left."""
    if request.param == "sqlite":
        file: Path = request.getfixturevalue("file")
        file.parent.mkdir(parents=True)
        url = f"sqlite:///{file.as_posix()}"
        _leave_old_rows(url, "0", "1")
        yield url
        return
    server: Server = request.getfixturevalue("server")
    url = server.make()
    _leave_old_rows(url, "false", "true")
    yield url
    server.drop(url)


@pytest.fixture
def released(old: str) -> str:
    """The same database as the version before publications has left it, with a release."""
    engine = create_engine(make_url(old), poolclass=NullPool)
    with engine.begin() as db:
        command.upgrade(configuration(db), "0003")
        db.execute(
            text(
                "INSERT INTO releases (id, parts, files, recorded_at, author, note) VALUES"
                " ('r1', :parts, :files, '2026-01-05 08:00:00.000000', 'chen', '')"
            ),
            {"parts": '{"a": "1"}', "files": "{}"},
        )
    return old


@pytest.fixture
def linked(released: str) -> str:
    """The same database as the version before examinations has left it, with links."""
    engine = create_engine(make_url(released), poolclass=NullPool)
    choice = json.dumps(choice_to_json(CHOICE))
    rows = (
        ("embedded", "", "b", "2026-01-07 08:00:00.000000"),
        ("embedded", "", "a", "2026-01-06 08:00:00.000000"),
        ("model", "some-model", "a", "2026-01-06 08:00:00.000000"),
    )
    with engine.begin() as db:
        command.upgrade(configuration(db), "0004")
        for name, model, criterion, at in rows:
            db.execute(
                text(
                    "INSERT INTO calibrations (release, engine, version, model, criterion,"
                    " fitted_at, choice) VALUES ('r1', :name, '7', :model, :criterion, :at,"
                    " :choice)"
                ),
                {"name": name, "model": model, "criterion": criterion, "at": at, "choice": choice},
            )
    return released


def _leave_old_rows(url: str, false: str, true: str) -> None:
    engine = create_engine(make_url(url), poolclass=NullPool)
    with engine.begin() as db:
        command.upgrade(configuration(db), "0001")
        for statement in OLD_ROWS.format(false=false, true=true).split(";\n")[:-1]:
            db.execute(text(statement.replace(":", "\\:")))


async def test_two_programs_may_meet_an_empty_server_at_once(
    opened: Opener, server: Server
) -> None:
    url = server.make()
    try:
        found = await asyncio.gather(*(opened(url) for _ in range(3)))
        assert [await one.read(stored_version) for one in found] == [NEEDED] * 3
    finally:
        server.drop(url)


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
    await (await with_learner(await opened(url), examples)).add(examples.session())
