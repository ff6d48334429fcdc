"""Mail in memory: what is special to it beside the rules it shares with the database."""

from __future__ import annotations

from datetime import UTC, datetime

from commcoach.coaching.mail import Answer, Fate, Incoming, Outgoing
from commcoach.store.memory_mail import InMemoryMail

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


async def test_inbox_outbox_and_chats_look_at_the_same_mail() -> None:
    mail = InMemoryMail()
    update = Incoming(bot=7, update=1, chat=5, kind="text", about={"text": "hello"})
    await mail.inbox.keep([update], AT)
    await mail.inbox.settle(update, Answer((Outgoing("a", 5, "hi"),)), AT)
    assert [one.message.key for one in await mail.outbox.waiting()] == ["a"]


async def test_what_was_kept_can_be_looked_at_and_is_blotted_out_when_done() -> None:
    mail = InMemoryMail()
    update = Incoming(bot=7, update=1, chat=5, kind="text", about={"text": "hello"})
    await mail.inbox.keep([update], AT)
    await mail.inbox.give_up(update, "ValueError", Answer((Outgoing("a", 5, "hi"),)), AT)
    await mail.outbox.arrived(1, 11, AT)
    assert mail.kept_updates[7, 1].fault == "ValueError"
    assert mail.kept_updates[7, 1].update.about == {}
    assert mail.kept_messages[1].fate is Fate.SENT
    assert mail.kept_messages[1].message.text == ""


async def test_the_answer_to_an_update_that_was_forgotten_meanwhile_is_still_sent() -> None:
    mail = InMemoryMail()
    update = Incoming(bot=7, update=1, chat=5, kind="command", about={"command": "forget"})
    await mail.inbox.keep([update], AT)
    mail.kept_updates.clear()
    await mail.inbox.settle(update, Answer((Outgoing("a", 5, "forgotten"),)), AT)
    assert [one.message.key for one in await mail.outbox.waiting()] == ["a"]
