"""Messages that are no reply: each gets a sensible answer, and the dialogue goes on."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from commcoach.domain.language import Language
from commcoach.presentation.wording import Wording
from tests.acceptance.learner import Learner
from tests.acceptance.serving import Served, served

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]

ANSWERS = {
    "voice": "unsuitable.voice",
    "audio": "unsuitable.voice",
    "video_note": "unsuitable.voice",
    "photo": "unsuitable.picture",
    "video": "unsuitable.picture",
    "sticker": "unsuitable.sticker",
    "animation": "unsuitable.sticker",
    "location": "unsuitable.location",
    "venue": "unsuitable.location",
    "document": "unsuitable.document",
    "contact": "unsuitable.contact",
    "poll": "unsuitable.other",
    "dice": "unsuitable.other",
}
BOTH = pytest.mark.parametrize("language", list(Language), ids=["zh", "en"])


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def bot(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Served]:
    async with served(tmp_path_factory.mktemp("odd")) as bot:
        yield bot


@pytest.fixture(autouse=True)
def faultless(bot: Served) -> Iterator[None]:
    yield
    bot.is_faultless()


async def is_at_turn(learner: Learner, number: int) -> bool:
    """Whether the reply that comes next is this one."""
    scores = await learner.taps("why", await learner.sends(learner.reply))
    return learner.told("bot.why_title", number=number) in scores.text


@BOTH
async def test_what_is_no_text_is_answered_in_words_and_costs_no_turn(
    bot: Served, language: Language
) -> None:
    learner = bot.newcomer(language)
    await learner.begins()
    for kind, key in ANSWERS.items():
        learner.person.sends(kind)
        assert (await learner.hears()).text == learner.told(key), kind
    assert await is_at_turn(learner, 1)


async def test_the_caption_of_a_picture_is_not_taken_for_a_reply(bot: Served) -> None:
    learner = bot.newcomer()
    await learner.begins()
    learner.person.sends("photo", caption=learner.reply)
    assert (await learner.hears()).text == learner.told("unsuitable.picture")
    assert await is_at_turn(learner, 1)


@BOTH
async def test_a_forwarded_message_is_not_taken_for_a_reply(
    bot: Served, language: Language
) -> None:
    learner = bot.newcomer(language)
    await learner.begins()
    learner.person.forwards(learner.reply)
    assert (await learner.hears()).text == learner.told("unsuitable.forwarded")
    assert await is_at_turn(learner, 1)


async def test_nothing_of_what_is_no_text_is_kept(bot: Served) -> None:
    learner = bot.newcomer()
    await learner.begins()
    learner.person.sends("contact")
    await learner.hears()
    learner.person.sends("document", caption="内部文件")
    await learner.hears()
    files = [one.read_bytes() for one in bot.operator.data.rglob("*") if one.is_file()]
    assert files
    for secret in ("13900000000", "说明.docx", "内部文件", "安娜"):
        assert not any(secret.encode() in content for content in files), secret


@BOTH
async def test_an_unknown_command_is_named_and_costs_no_turn(
    bot: Served, language: Language
) -> None:
    learner = bot.newcomer(language)
    await learner.begins()
    for text, given in (("/dance", "/dance"), ("/跳舞", "/跳舞"), ("/<b>x</b> now", "/<b>x</b>")):
        answer = await learner.sends(text)
        assert answer.text == learner.told("bot.unknown_command", given="GIVEN").replace(
            "GIVEN", given
        )
    assert await is_at_turn(learner, 1)


async def test_a_command_may_name_the_bot_and_be_written_in_capitals(bot: Served) -> None:
    learner = bot.newcomer()
    await learner.begins()
    listed = await learner.sends("/HELP@coach_test_bot")
    assert "/practice" in listed.text


@pytest.mark.parametrize(
    "data",
    [
        "nonsense",
        "why",
        "why:a:b:c:d",
        "begin:S99",
        "mod:none",
        "speak:fr",
        "history:-1",
        ":",
        "否",
    ],
)
async def test_unknown_callback_data_is_answered(bot: Served, data: str) -> None:
    learner = bot.newcomer()
    opening = await learner.begins()
    query = "forged-" + data
    bot.api.world.taps[query] = learner.id
    about = {"id": query, "from": learner.person.about, "message": opening.message}
    bot.api.world.updates.push("callback_query", about | {"chat_instance": "1", "data": data})
    answer = await learner.hears()
    known = [
        learner.told(f"bot.{key}")
        for key in ("unknown_button", "session_gone", "scenario_gone", "history_nothing")
    ]
    assert answer.text in known
    await bot.api.until(lambda: query in bot.api.callback_answers)
    assert await is_at_turn(learner, 1)


@BOTH
async def test_in_a_group_the_bot_says_where_practice_takes_place(
    bot: Served, language: Language
) -> None:
    learner = bot.newcomer(language)
    group = bot.api.group(-learner.id, "综合科", by=learner.person)
    learner.person.says("/practice@coach_test_bot", chat=group)
    await bot.api.until(lambda: len(group.delivered) == 1)
    learner.person.says("大家好", chat=group)
    await bot.api.until(lambda: len(group.delivered) == 2)
    for answer in group.delivered:
        assert answer.text == learner.told("bot.group")
        assert answer.buttons == [
            [{"text": learner.label("private"), "url": "https://t.me/coach_test_bot"}]
        ]
    assert bot.rows("SELECT count(*) FROM chats WHERE id = ?", group.id) == [(0,)]
    assert learner.label("agree") in (await learner.arrives()).labels


async def test_being_added_to_a_group_is_answered_and_other_events_there_are_not(
    bot: Served,
) -> None:
    learner = bot.newcomer()
    world = bot.api.world
    group = bot.api.group(-learner.id, "Office", by=learner.person)
    for event in (
        {"new_chat_members": [world.bot_user]},
        {"new_chat_members": [learner.person.about]},
        {"new_chat_title": "Our office"},
        {"left_chat_member": learner.person.about},
    ):
        world.receive(group, learner.person.about, event, "event")
    learner.person.sends("photo", chat=group)
    await bot.is_at_rest()
    assert [one.text for one in group.delivered] == [learner.told("bot.group")]
    said = learner.person.says("/help", chat=group)
    learner.person.edits(said["message_id"], "/about", chat=group)
    await bot.is_at_rest()
    assert len(group.delivered) == 2


async def test_a_bot_that_is_thrown_out_of_a_group_keeps_quiet(bot: Served) -> None:
    learner = bot.newcomer()
    group = bot.api.group(-learner.id, "Office", by=learner.person)
    group.shut = "Forbidden: bot was kicked from the group chat"
    bot.api.world.membership(group, learner.person.about, "member", "kicked")
    assert learner.label("agree") in (await learner.arrives()).labels
    assert group.delivered == []


async def test_words_before_the_consent_are_answered_with_the_first_screen(bot: Served) -> None:
    learner = bot.newcomer(Language.ZH)
    first = await learner.sends(learner.reply)
    assert first.labels == [learner.label(one) for one in ("agree", "details", "leave")]
    for command in ("/practice", "/progress", "/history", "/finish", "/dance"):
        assert (await learner.sends(command)).text == first.text
    assert (await learner.sends("/export")).text == "还没有可以取走的记录。"
    assert bot.rows("SELECT count(*) FROM inbox WHERE about LIKE ?", "%纪要%") == [(0,)]


async def test_a_client_in_a_third_language_is_addressed_in_english(bot: Served) -> None:
    person = bot.api.person(77, "Ana", language_code="pt-br")
    person.starts()
    (first,) = await person.hears()
    assert Wording(Language.EN).say("bot.button.agree") in first.labels
    silent = bot.api.person(78, "Ana", language_code=None)
    silent.starts()
    (first,) = await silent.hears()
    assert Wording(Language.ZH).say("bot.button.agree") in first.labels
