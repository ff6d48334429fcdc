"""What sessions in a database promise beyond what every keeper promises."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import Connection, event, select, text

from commcoach.coaching.admission import Reason
from commcoach.coaching.sessions import SetAsideReply
from commcoach.domain.dialogue import Turn
from commcoach.store.memory import InMemorySessions
from commcoach.store.people import SqlPeople
from commcoach.store.sessions import SqlSessions
from commcoach.store.tables.practice import SetAsideRow
from tests.store.examples import Examples


async def test_a_reply_set_aside_is_kept_once_per_message(
    sql: SqlSessions, examples: Examples
) -> None:
    memory = InMemorySessions()
    aside = SetAsideReply("😊", Reason.EMPTY, examples.start, "7-1")
    for sessions in (memory, sql):
        await sessions.add(examples.session())
        for one in (aside, replace(aside, message="7-2"), aside, replace(aside, message=None)):
            await sessions.set_aside("s1", one)
    rows: Any = await sql.database.read(lambda db: db.execute(select(SetAsideRow)).all())
    found = [
        (
            row.session_id,
            SetAsideReply(row.reply, Reason(row.reason), row.set_aside_at, row.message),
        )
        for row in rows
    ]
    expected = [("s1", replace(aside, message=message)) for message in ("7-1", "7-2", None)]
    assert memory.set_asides == expected
    assert sorted(found, key=str) == sorted(expected, key=str)


async def test_a_time_without_a_time_zone_is_refused(sql: SqlSessions, examples: Examples) -> None:
    naive = datetime(2026, 3, 2, 9, 30)  # noqa: DTZ001  # the mistake under test
    with pytest.raises(ValueError, match="2026"):
        await sql.add(replace(examples.session(), started_at=naive))


async def test_loading_many_sessions_takes_no_more_queries_than_loading_one(
    sql: SqlSessions, examples: Examples
) -> None:
    async def queries(learner: str, amount: int) -> int:
        for index in range(amount):
            turns: tuple[Turn, ...] = tuple(
                replace(examples.reply(number), card=examples.card()) for number in (1, 2, 3)
            )
            session = examples.session(f"{learner}{index}", learner)
            await SqlPeople(sql.database).add(examples.learner(learner))
            await sql.add(replace(session, turns=turns))
        statements: list[str] = []
        count: Callable[..., None] = lambda *args: statements.append(args[2])  # noqa: E731  # a name for the failure message
        engine = sql.database.engine  # type: ignore[attr-defined]  # this one has an engine
        event.listen(engine, "before_cursor_execute", count)
        assert len(await sql.of_learner(learner)) == amount
        event.remove(engine, "before_cursor_execute", count)
        return len(statements)

    assert await queries("few", 1) == await queries("many", 30)


async def test_deleting_a_session_leaves_no_row_of_it(sql: SqlSessions, examples: Examples) -> None:
    turn = replace(examples.reply(), card=examples.card())
    await sql.add(replace(examples.session(), turns=(turn,)))
    await sql.set_aside("s1", SetAsideReply("😊", Reason.EMPTY, examples.start))
    tables = ["turns", "scores", "evidence", "set_aside_replies"]

    def left(db: Connection) -> list[bool]:
        return [bool(db.scalar(text(f"SELECT count(*) FROM {table}"))) for table in tables]

    assert await sql.database.read(left) == [True] * 4
    await sql.database.write(lambda db: db.execute(text("DELETE FROM sessions")))
    assert await sql.database.read(left) == [False] * 4
