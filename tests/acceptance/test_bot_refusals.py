"""The bot does not start, and says in one sentence why; or starts on content that has changed."""

from __future__ import annotations

import shutil
from pathlib import Path

import httpx
import pytest
from httpx_aiohttp import AiohttpTransport

from commcoach.content.locating import CHECKOUT
from commcoach.domain.language import Language
from commcoach.presentation.wording import Wording
from tests.acceptance.bot_process import Operator
from tests.acceptance.learner import newcomer
from tests.acceptance.serving import rows
from tests.telegram_api.server import FakeTelegram

pytestmark = pytest.mark.slow

WORDS = Wording(Language.EN)
SCENARIO = "late_minutes_peer"
"""The only one in the content here: its opening is the line that is changed."""
CRITERIA = {"own_view_clear", "behaviour_specific", "open_question", "action_commitment"}
"""What it is scored by."""


async def refuses(operator: Operator, **settings: str) -> tuple[int, str]:
    """Start the bot in vain: its exit code, and the sentence that it leaves with."""
    bot = await operator.launches(**settings)
    try:
        code = await bot.exits()
    finally:
        await bot.ends()
    assert bot.out == []
    (sentence,) = [line for line in bot.errors if "[warning" not in line]
    return code, sentence


async def test_without_a_token_it_says_where_to_get_one(operator: Operator) -> None:
    for token in ("", "  "):
        code, sentence = await refuses(operator, COMMCOACH_TELEGRAM_TOKEN=token)
        assert (code, sentence) == (2, WORDS.say("error.no_token"))


async def test_a_token_that_telegram_does_not_know_is_named_as_the_reason(
    api: FakeTelegram, operator: Operator
) -> None:
    for token in ("123456789:AAWrongTokenOfATestBot", "no token at all"):
        code, sentence = await refuses(operator, COMMCOACH_TELEGRAM_TOKEN=token)
        assert (code, sentence) == (2, WORDS.say("error.token_refused"))
    assert set(api.violations) == {"getMe: wrong token"}
    api.violations.clear()


async def test_a_token_that_is_taken_back_ends_the_bot_with_the_reason(
    api: FakeTelegram, operator: Operator
) -> None:
    async with operator.bot(COMMCOACH_TELEGRAM_POLL_TIMEOUT="1") as bot:
        await api.until(lambda: len(api.calls("setMyCommands")) == 3)
        api.token = "123456789:AAAnotherToken"
        assert await bot.exits() == 2
        assert bot.errors[-1] == WORDS.say("error.token_refused")
    assert set(api.violations) == {"getUpdates: wrong token"}
    api.violations.clear()


async def test_a_setting_that_no_start_would_mend_ends_it_with_code_two(operator: Operator) -> None:
    for name, given in (
        ("COMMCOACH_TELEGRAM_PROXY", "127.0.0.1:7890"),
        ("COMMCOACH_TELEGRAM_BASE_URL", "nonsense"),
        ("COMMCOACH_DATABASE_URL", "mysql://nowhere/at-all"),
    ):
        code, sentence = await refuses(operator, **{name: given})
        assert code == 2
        assert name in sentence


async def test_another_bot_with_the_same_token_is_told_of_and_the_bot_goes_on(
    api: FakeTelegram, operator: Operator
) -> None:
    async with operator.bot() as bot:
        async with httpx.AsyncClient(transport=AiohttpTransport()) as client:
            await api.until(lambda: bool(api.calls("getUpdates")))
            url = f"{api.url}/bot{api.token}/getUpdates"
            await client.post(url, json={"timeout": 0, "offset": 0})
        await bot.says("another bot runs with the same token")
        api.person(5, "安娜").says("hello")
        await api.until(lambda: not api.updates.pending)
        assert await bot.stops() == 0
        assert any("unknown_fates=0" in line for line in bot.errors if "stopped" in line)
    (violation,) = api.violations
    assert violation.startswith("getUpdates: Conflict")
    api.violations.clear()


async def test_a_second_bot_on_the_same_database_is_refused_and_the_first_goes_on(
    api: FakeTelegram, operator: Operator
) -> None:
    learner = newcomer(api.person(5, "安娜"))
    async with operator.bot() as bot:
        await learner.begins()
        code, sentence = await refuses(operator)
        assert (code, sentence) == (
            2,
            WORDS.say("error.another_bot_runs", place=operator.database),
        )
        assert learner.label("why") in (await learner.sends(learner.reply)).labels
        assert await bot.stops() == 0


async def test_a_damaged_database_is_named_and_left_alone(operator: Operator) -> None:
    damage = b"This is no database. " * 500
    operator.database.write_bytes(damage)
    code, sentence = await refuses(operator)
    assert (code, sentence) == (1, WORDS.say("error.database_corrupt", place=operator.database))
    assert operator.database.read_bytes() == damage


async def test_broken_content_is_named_with_file_and_line(
    operator: Operator, tmp_path: Path
) -> None:
    content = tmp_path / "content"
    (content / "scenarios").mkdir(parents=True)
    shutil.copy(CHECKOUT / "scenarios" / "moves.yaml", content / "scenarios")
    (content / "rubrics" / "feedback").mkdir(parents=True)
    broken = content / "rubrics" / "feedback" / "timely.yaml"
    broken.write_text('id: timely\ntitle: {zh: "及时"\n', encoding="utf-8")
    bot = await operator.launches(COMMCOACH_CONTENT=str(content))
    try:
        assert await bot.exits() == 2
    finally:
        await bot.ends()
    assert bot.out == []
    assert any(line.startswith("content/rubrics/feedback/timely.yaml:") for line in bot.errors)
    problems = sum(not line.startswith(" ") for line in bot.errors) - 1
    assert bot.errors[-1] == WORDS.say("content.problems_found", number=problems)


async def test_content_that_is_not_there_is_named(operator: Operator, tmp_path: Path) -> None:
    code, sentence = await refuses(operator, COMMCOACH_CONTENT=str(tmp_path / "nowhere"))
    assert code == 2
    assert str(tmp_path / "nowhere") in sentence


def little_content(folder: Path) -> Path:
    """As much of the shipped content as one scenario needs; it is soon read and learned."""
    for path in (*CHECKOUT.glob("rubrics/*/*.yaml"), *CHECKOUT.glob("scenarios/*.yaml")):
        if path.parent.name == "gates" or path.stem in {"rubric", "moves", SCENARIO, *CRITERIA}:
            copy = folder / path.relative_to(CHECKOUT)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, copy)
    return folder


async def test_a_dialogue_goes_on_with_the_content_it_began_with(
    api: FakeTelegram, operator: Operator, tmp_path: Path
) -> None:
    content = little_content(tmp_path / "content")
    settings = {"COMMCOACH_CONTENT": str(content)}
    early, late = (newcomer(api.person(number, "安娜", language_code="en")) for number in (5, 6))
    async with operator.bot(**settings) as bot:
        opening = (await early.begins()).text.splitlines()[0]
        await early.sends(early.reply)
        assert await bot.stops() == 0
    scenario = content / "scenarios" / f"{SCENARIO}.yaml"
    text = scenario.read_text(encoding="utf-8")
    line = opening.partition(": ")[2]
    assert text.count(line) == 1
    scenario.write_text(
        text.replace(line, f"By the way: {line}").replace('title: {zh: "', 'title: {zh: "新：', 1),
        encoding="utf-8",
    )
    async with operator.bot(**settings) as bot:
        await early.taps("rewrite")
        await early.sends(early.reply + " I am listening.")
        cards = (await early.sends("/practice")).text
        assert early.label("why") in (await early.sends("You had to do it twice.")).labels
        assert "By the way" not in cards
        assert (await late.begins()).text.splitlines()[0].partition(": ")[
            2
        ] == f"By the way: {line}"
        await early.ends()
        told = await early.taps("each")
        assert line in told.text
        assert "By the way" not in told.text
        assert await bot.stops() == 0
    releases = rows(operator.database, "SELECT id FROM releases ORDER BY recorded_at")
    bound = rows(operator.database, "SELECT release FROM sessions ORDER BY started_at")
    assert len(releases) == 2
    assert bound == releases
