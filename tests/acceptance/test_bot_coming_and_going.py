"""Learners who come by invitation, leave in the middle, come back, or have all forgotten."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from commcoach.domain.language import Language
from tests.acceptance.bot_process import Operator
from tests.acceptance.learner import newcomer
from tests.acceptance.serving import Served, served
from tests.telegram_api.server import FakeTelegram

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]

BOTH = pytest.mark.parametrize("language", list(Language), ids=["zh", "en"])
COHORTS = """
    SELECT memberships.cohort FROM memberships JOIN chats USING (learner) WHERE chats.id = ?
"""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def bot(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Served]:
    async with served(tmp_path_factory.mktemp("coming")) as bot:
        yield bot


@pytest.fixture(autouse=True)
def faultless(bot: Served) -> Iterator[None]:
    yield
    bot.is_faultless()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def token(bot: Served) -> str:
    """An invitation, made by a trainer while the bot runs."""
    made = await bot.operator.runs("cohort", "add", "spring", "--title", "春季班", "--by", "Li")
    assert made[0] == 0, made
    code, out, errors = await bot.operator.runs("cohort", "invite", "spring", "--by", "Li")
    assert code == 0, errors
    found = re.search(r"[A-Za-z]{20}", out)
    assert found is not None, out
    return found.group()


@BOTH
async def test_an_invitation_joins_a_cohort_with_the_consent_and_not_before(
    bot: Served, token: str, language: Language
) -> None:
    learner = bot.newcomer(language)
    learner.person.starts(token)
    await learner.hears()
    assert bot.rows(COHORTS, learner.id) == []
    learner.person.taps(learner.label("agree"))
    joined, _first, opening = await learner.person.hears(3)
    assert joined.text == learner.told("bot.joined", title="春季班")
    assert learner.label("stop") in opening.labels
    assert bot.rows(COHORTS, learner.id) == [("spring",)]


async def test_an_invitation_that_is_not_valid_keeps_nobody_from_practising(bot: Served) -> None:
    learner = bot.newcomer()
    learner.person.starts("no-such-token_0")
    await learner.hears()
    learner.person.taps(learner.label("agree"))
    refused, _first, opening = await learner.person.hears(3)
    assert refused.text == learner.told("bot.invitation_invalid")
    assert learner.label("stop") in opening.labels
    assert bot.rows(COHORTS, learner.id) == []


async def test_an_invitation_in_the_middle_of_a_dialogue_leaves_it_open(
    bot: Served, token: str
) -> None:
    learner = bot.newcomer()
    await learner.begins()
    for _ in range(2):
        learner.person.starts(token)
        joined, menu = await learner.person.hears(2)
        assert joined.text == learner.told("bot.joined", title="春季班")
        assert learner.label("resume") in menu.labels
    assert bot.rows(COHORTS, learner.id) == [("spring",)]


@BOTH
async def test_start_in_the_middle_of_a_dialogue_offers_to_go_on(
    bot: Served, language: Language
) -> None:
    learner = bot.newcomer(language)
    opening = await learner.begins()
    learner.person.starts()
    welcome, menu = await learner.person.hears(2)
    assert "90" in welcome.text
    line = opening.text.splitlines()[0]
    assert line in menu.text
    assert line in (await learner.taps("resume")).text
    assert learner.label("why") in (await learner.sends(learner.reply)).labels


async def test_the_language_changes_and_the_dialogue_keeps_its_own(bot: Served) -> None:
    learner = bot.newcomer(Language.EN)
    await learner.begins()
    await learner.sends("/language")
    learner.person.taps("中文")
    chinese = newcomer(bot.api.person(learner.id + 500, "安娜"))
    assert (await learner.hears()).text == chinese.told("bot.language_set_later")
    turn = await learner.sends(learner.reply)
    assert chinese.label("why") in turn.labels
    assert re.search("[a-z]{3}", turn.text.splitlines()[-1])
    debrief = await learner.sends("/finish", messages=2)
    assert chinese.label("again") in debrief.labels


async def test_a_command_in_the_middle_of_a_rewrite_loses_nothing(bot: Served) -> None:
    learner = bot.newcomer()
    await learner.begins()
    await learner.taps("rewrite", await learner.sends(learner.reply))
    await learner.sends("/help")
    rewritten = await learner.sends(learner.reply + " I am listening.")
    assert learner.told("bot.assisted") in rewritten.text


async def test_who_leaves_at_the_first_screen_is_not_kept(bot: Served) -> None:
    learner = bot.newcomer()
    await learner.arrives()
    assert (await learner.taps("leave")).text == learner.told("bot.left")
    await bot.keeps([(0,)], "SELECT count(*) FROM chats WHERE id = ?", learner.id)
    await bot.keeps([(0,)], "SELECT count(*) FROM inbox WHERE chat = ?", learner.id)
    assert learner.label("agree") in (await learner.arrives()).labels


@BOTH
async def test_of_a_learner_who_is_forgotten_in_the_middle_no_word_is_left_in_any_file(
    bot: Served, token: str, language: Language
) -> None:
    learner = bot.newcomer(language)
    learner.person.starts(token)
    await learner.hears()
    await learner.taps("agree", messages=3)
    marks = [f"{learner.id}号{word}" for word in ("第一句", "改写句", "改动句", "异议句", "搁置句")]
    reply, rewrite, edit, contest, aside = marks
    await learner.taps("rewrite", await learner.sends(f"{learner.reply} {reply}"))
    await learner.sends(f"{learner.reply} {rewrite}")
    assert (await learner.sends(aside + "长" * 2100)).text == learner.told("set_aside.too_long")
    await learner.sends("/finish", messages=2)
    await learner.taps("differ")
    learner.person.taps(learner.words.say("bot.differ_whole"))
    await learner.hears()
    await learner.sends(contest)
    await learner.taps("again")
    await learner.taps("begin")
    sent = learner.person.says(learner.reply)["message_id"]
    await learner.hears()
    learner.person.edits(sent, edit)
    await learner.hears()
    await bot.is_at_rest()
    kept = "".join(map(str, bot.rows("SELECT reply FROM turns")))
    assert reply in kept
    await learner.sends("/forget")
    gone = await learner.taps("forget")
    assert "4" in re.findall(r"\d+", gone.text)  # three, and the one that was set aside
    await bot.is_at_rest()
    for mark in marks:
        assert files_with(bot.operator.data, mark) == [], mark
    # The number itself may stand in a file by chance, as part of a time or an id.
    for table, column in (("chats", "id"), ("outbox", "chat"), ("inbox", "chat")):
        found = bot.rows(f"SELECT count(*) FROM {table} WHERE {column} = ?", learner.id)
        assert found == [(0,)], table
    assert learner.label("agree") in (await learner.sends(learner.reply)).labels


def files_with(folder: Path, text: str) -> list[str]:
    """Every file that has this text in it, in any form that it could be kept in."""
    forms = [text.encode(), text.encode("utf-16-le"), ascii(text)[1:-1].encode()]
    return [
        one.name
        for one in folder.rglob("*")
        if one.is_file() and any(form in one.read_bytes() for form in forms)
    ]


async def test_who_comes_back_after_a_restart_goes_on_where_they_were(tmp_path: Path) -> None:
    async with FakeTelegram() as api:
        operator = Operator(api, tmp_path)
        learner = newcomer(api.person(5, "安娜"))
        async with operator.bot() as bot:
            await learner.begins()
            await learner.taps("rewrite", await learner.sends(learner.reply))
            assert await bot.stops() == 0
        async with operator.bot() as bot:
            rewritten = await learner.sends(learner.reply + "您慢慢说。")
            assert learner.told("bot.assisted") in rewritten.text
            menu = await learner.sends("/practice")
            assert rewritten.text.splitlines()[-1] in menu.text
            assert await bot.stops() == 0
        assert api.violations == []
