"""What sessions in a database promise beyond what every keeper promises."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import pytest
from sqlalchemy import event, select, text

from commcoach.coaching.admission import Reason
from commcoach.domain.dialogue import Turn
from commcoach.store.memory import InMemorySessions
from commcoach.store.sessions import SqlSessions
from commcoach.store.tables import SetAsideRow
from tests.store.examples import Examples


async def test_a_reply_set_aside_is_kept(sql: SqlSessions, examples: Examples) -> None:
    memory = InMemorySessions()
    for sessions in (memory, sql):
        await sessions.add(examples.session())
        await sessions.set_aside("s1", "😊", Reason.EMPTY, examples.start)
    expected = ("s1", "😊", Reason.EMPTY, examples.start)
    async with sql.database.reading() as db:
        rows = (await db.scalars(select(SetAsideRow))).all()
    assert [(row.session_id, row.reply, row.reason, row.set_aside_at) for row in rows] == [expected]
    asides = memory.set_asides
    assert [(one.session, one.reply, one.reason, one.at) for one in asides] == [expected]


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
            await sql.add(replace(session, turns=turns))
        statements: list[str] = []
        count: Callable[..., None] = lambda *args: statements.append(args[2])  # noqa: E731  # a name for the failure message
        engine = sql.database.engine.sync_engine
        event.listen(engine, "before_cursor_execute", count)
        assert len(await sql.of_learner(learner)) == amount
        event.remove(engine, "before_cursor_execute", count)
        return len(statements)

    assert await queries("few", 1) == await queries("many", 30)


async def test_deleting_a_session_leaves_no_row_of_it(sql: SqlSessions, examples: Examples) -> None:
    turn = replace(examples.reply(), card=examples.card())
    await sql.add(replace(examples.session(), turns=(turn,)))
    await sql.set_aside("s1", "😊", Reason.EMPTY, examples.start)
    tables = ["turns", "scores", "evidence", "set_aside_replies"]

    async def left() -> list[bool]:
        async with sql.database.reading() as db:
            return [
                bool(await db.scalar(text(f"SELECT count(*) FROM {table}"))) for table in tables
            ]

    assert await left() == [True] * 4
    async with sql.database.writing() as db:
        await db.execute(text("DELETE FROM sessions"))
    assert await left() == [False] * 4
