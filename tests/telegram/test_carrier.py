"""What becomes of a message, told apart over real HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from telegram import Bot

from commcoach.coaching.mail import (
    Arrived,
    Blocked,
    Button,
    FateUnknown,
    Kind,
    Outgoing,
    Refused,
    TryLater,
)
from commcoach.settings import Settings
from commcoach.telegram.attachments import Attachment
from commcoach.telegram.carrier import BotCarrier, BotSigns
from commcoach.telegram.service import open_bot
from tests.telegram_api import faults
from tests.telegram_api.people import Person
from tests.telegram_api.server import FakeTelegram

PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d4944415478da6364"
    "f8cf50070003860180d5e0ca370000000049454e44ae426082"
)


@pytest.fixture
async def api() -> AsyncIterator[FakeTelegram]:
    async with FakeTelegram() as api:
        yield api


@pytest.fixture
def anna(api: FakeTelegram) -> Person:
    anna = api.person(1, "Anna")
    anna.starts()
    return anna


@pytest.fixture
async def bot(api: FakeTelegram) -> AsyncIterator[Bot]:
    settings = Settings(telegram_base_url=api.url, telegram_read_timeout=0.2)
    async with open_bot(settings, api.token) as bot:
        yield bot


@pytest.fixture
def carrier(bot: Bot) -> BotCarrier:
    async def render(message: Outgoing) -> Attachment | None:
        return Attachment("p.png", PIXEL) if message.recipe else None

    return BotCarrier(bot, render)


HELLO = Outgoing("k", 1, "<b>Hello</b> &amp; welcome", buttons=((Button("Go", "go"),),))


async def test_a_message_arrives_under_its_number(carrier: BotCarrier, anna: Person) -> None:
    delivery = await carrier.carry(HELLO, None)
    assert delivery == Arrived(anna.last.id)
    assert (anna.last.text, anna.last.labels) == ("Hello & welcome", ["Go"])


async def test_an_edit_replaces_what_was_there(carrier: BotCarrier, anna: Person) -> None:
    await carrier.carry(HELLO, None)
    edit = Outgoing("k2", 1, "Changed", Kind.EDIT, edits="k")
    assert await carrier.carry(edit, anna.last.id) == Arrived(anna.last.id)
    assert [shown.text for shown in anna.screen] == ["Changed"]


async def test_an_edit_that_changes_nothing_has_arrived(carrier: BotCarrier, anna: Person) -> None:
    await carrier.carry(HELLO, None)
    same = Outgoing("k2", 1, HELLO.text, Kind.EDIT, HELLO.buttons, edits="k")
    assert isinstance(await carrier.carry(same, anna.last.id), Arrived)


async def test_an_edit_of_a_message_that_is_gone_is_sent_anew(
    carrier: BotCarrier, anna: Person
) -> None:
    edit = Outgoing("k2", 1, "Late", Kind.EDIT, edits="k")
    await carrier.carry(edit, 4321)
    assert anna.last.text == "Late"


@pytest.mark.parametrize("kind", [Kind.PHOTO, Kind.DOCUMENT])
async def test_a_file_is_made_when_it_is_sent(
    carrier: BotCarrier, anna: Person, kind: Kind
) -> None:
    await carrier.carry(Outgoing("k", 1, "Look", kind, recipe={"what": "it"}), None)
    assert anna.last.file is not None
    assert anna.last.file.content == PIXEL


async def test_a_file_without_content_is_refused_and_not_sent(
    carrier: BotCarrier, anna: Person
) -> None:
    assert isinstance(await carrier.carry(Outgoing("k", 1, "", Kind.PHOTO), None), Refused)
    assert anna.screen == []


async def test_telegram_says_how_long_to_wait(
    carrier: BotCarrier, anna: Person, api: FakeTelegram
) -> None:
    api.inject(faults.too_many(7), method="sendMessage")
    assert await carrier.carry(HELLO, None) == TryLater(7)


async def test_a_learner_who_blocked_the_bot_is_not_written_to(
    carrier: BotCarrier, anna: Person
) -> None:
    anna.blocks()
    assert await carrier.carry(HELLO, None) == Blocked()


async def test_what_telegram_refuses_is_never_sent_again(carrier: BotCarrier, anna: Person) -> None:
    assert isinstance(await carrier.carry(Outgoing("k", 1, "<b>"), None), Refused)
    assert isinstance(await carrier.carry(Outgoing("k", 99, "x"), None), Refused)


@pytest.mark.parametrize(
    "fault",
    [
        faults.DROP_BEFORE,
        faults.DROP_AFTER,
        faults.HANG,
        faults.HANG_AFTER,
        faults.SERVER_ERROR,
        faults.BAD_GATEWAY,
        faults.MALFORMED,
    ],
    ids=["dropped", "dropped after", "hangs", "hangs after", "500", "502", "malformed"],
)
async def test_without_a_clear_answer_the_fate_is_unknown(
    carrier: BotCarrier, anna: Person, api: FakeTelegram, fault: faults.Fault
) -> None:
    api.inject(fault, method="sendMessage")
    assert await carrier.carry(HELLO, None) == FateUnknown()


async def test_where_no_connection_comes_about_nothing_was_sent(
    carrier: BotCarrier, anna: Person, api: FakeTelegram
) -> None:
    await api.goes_away()
    assert isinstance(await carrier.carry(HELLO, None), TryLater)


async def test_the_way_is_open_when_telegram_answers_whatever_it_says(
    carrier: BotCarrier, anna: Person, api: FakeTelegram
) -> None:
    assert await carrier.reachable(1)
    anna.blocks()
    assert await carrier.reachable(1)
    api.inject(faults.DROP_BEFORE, times=None)
    assert not await carrier.reachable(1)


async def test_a_growing_message_is_drafted_once_a_second_and_never_in_a_group(
    bot: Bot, api: FakeTelegram, anna: Person
) -> None:
    signs = BotSigns(bot)
    for words in ("Well. ", "Well. Go on. "):
        signs.draft(anna.id, 3, f"<b>Kang:</b> {words}")
    signs.draft(-7, 3, "Well.")
    await asyncio.gather(*signs.going)
    drafts = [call.params for call in api.calls("sendMessageDraft")]
    assert [(one["chat_id"], one["draft_id"], one["text"]) for one in drafts] == [
        (anna.id, 3, "<b>Kang:</b> Well. ")
    ]


async def test_only_a_few_messages_are_drafted_when_many_are_under_way(bot: Bot) -> None:
    signs = BotSigns(bot)
    assert [signs.may_draft() for _ in range(5)] == [True, True, False, False, False]
