"""Inbox, outbox and chats in the database."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, select, update
from sqlalchemy.orm import aliased

from commcoach.coaching.mail import Answer, Button, Chat, Fate, Incoming, Kind, Outgoing, Waiting
from commcoach.coaching.storage import UnknownLearner
from commcoach.store.database import Database
from commcoach.store.statements import insert_new, insert_or_update
from commcoach.store.tables.mail import ChatRow, InboxRow, OutboxRow, TallyRow
from commcoach.store.troubles import belonging, decoded

_UNKNOWN_FATES = "unknown fates"

# Statements that each turn runs are made once: making one costs more than running it.
_UNSETTLED = select(InboxRow).where(InboxRow.settled_at.is_(None)).order_by(InboxRow.place)
_SETTLE = (
    update(InboxRow)
    .where(
        InboxRow.bot == bindparam("of_bot"),
        InboxRow.update_id == bindparam("this"),
        InboxRow.settled_at.is_(None),
    )
    .values(about=None, fault=bindparam("because"), settled_at=bindparam("now"))
)
_SAME_HINT = select(OutboxRow.place).where(
    OutboxRow.chat == bindparam("chat"),
    OutboxRow.text == bindparam("text"),
    OutboxRow.hint,
    OutboxRow.done_at.is_(None),
)
_WAITING = select(OutboxRow).where(OutboxRow.done_at.is_(None)).order_by(OutboxRow.place)
_WAITING_IN_CHAT = _WAITING.where(OutboxRow.chat == bindparam("in_chat"))
_THIS = update(OutboxRow).where(OutboxRow.place == bindparam("this"), OutboxRow.done_at.is_(None))
_BEGIN = _THIS.values(fate=Fate.SENDING.value, tries=OutboxRow.tries + 1, tried_at=bindparam("now"))
_NOT_SENT = _THIS.values(fate=Fate.WAITING.value)
_FATE_UNKNOWN = _THIS.values(fate=Fate.WAITING.value, unknown=OutboxRow.unknown + 1)
_DONE: dict[str, Any] = {
    "text": None,
    "buttons": None,
    "recipe": None,
    "fate": bindparam("end"),
    "message_id": bindparam("as_message"),
    "fault": bindparam("because"),
    "done_at": bindparam("now"),
}
_FINISH = _THIS.values(_DONE)
_VANISH = delete(OutboxRow).where(OutboxRow.place == bindparam("this"), OutboxRow.fleeting)
_MESSAGE_ID = select(OutboxRow.message_id).where(OutboxRow.key == bindparam("key"))
_KEPT = aliased(OutboxRow)
_UNKEPT_PROMISES = (
    select(OutboxRow.promises)
    .where(
        OutboxRow.promises.is_not(None),
        OutboxRow.fate.not_in((Fate.REFUSED.value, Fate.BLOCKED.value)),
        ~select(_KEPT.place).where(_KEPT.key == OutboxRow.promises).exists(),
    )
    .order_by(OutboxRow.place)
)
_CHAT = select(ChatRow).where(ChatRow.bot == bindparam("bot"), ChatRow.id == bindparam("id"))
_NEWEST_CHAT = (
    select(ChatRow)
    .where(ChatRow.learner == bindparam("who"))
    .order_by(ChatRow.opened_at.desc(), ChatRow.bot, ChatRow.id)
    .limit(1)
)


@dataclass(frozen=True, slots=True)
class SqlInbox:
    """Keeps updates from before they are acknowledged until they are settled."""

    database: Database

    async def keep(self, updates: Sequence[Incoming], at: datetime) -> list[Incoming]:
        """Keep updates in one commit; those that are new, in the order given."""
        return await self.database.write(_keep, updates, at) if updates else []

    async def unsettled(self) -> list[Incoming]:
        """Updates that were kept and not settled, in the order they were kept."""
        return await self.database.read(_unsettled)

    async def settle(self, update: Incoming, answer: Answer, at: datetime) -> None:
        """In one commit: the answer's messages into the outbox, the chat, the update as done.

        `UnknownLearner` if the chat's learner is not known; then nothing is settled.
        """
        await self.database.write(_settle, update, None, answer, at)

    async def give_up(self, update: Incoming, fault: str, answer: Answer, at: datetime) -> None:
        """Settle an update that cannot be worked on; `fault` never quotes it."""
        await self.database.write(_settle, update, fault, answer, at)

    async def tidy(self, before: datetime) -> int:
        """Remove the keys of updates settled before; the number removed."""
        return await self.database.write(_tidy_inbox, before)


@dataclass(frozen=True, slots=True)
class SqlOutbox:
    """Keeps messages until they have arrived; `SqlInbox.settle` and `add` put them in."""

    database: Database

    async def add(self, messages: Sequence[Outgoing], at: datetime) -> None:
        """Queue messages that no update asked for; a key that is known already is left out."""
        await self.database.write(_queue, messages, at)

    async def waiting(self, chat: int | None = None) -> list[Waiting]:
        """What waits or was being sent, of one chat or of all, in the order it was queued."""
        with decoded(self.database.place):
            return await self.database.read(_waiting, chat)

    async def begin(self, number: int, at: datetime) -> None:
        """Note that sending begins: one more try, fate `SENDING`."""
        await self.database.write(_run, _BEGIN, {"this": number, "now": at})

    async def not_sent(self, number: int) -> None:
        """It was certainly not delivered; it waits again."""
        await self.database.write(_run, _NOT_SENT, {"this": number})

    async def fate_unknown(self, number: int) -> None:
        """It may have been delivered; it waits again, and that is counted."""
        await self.database.write(_fate_unknown, number)

    async def arrived(self, number: int, message_id: int | None, at: datetime) -> None:
        """It was delivered under this id; its text is blotted out."""
        end = {"end": Fate.SENT.value, "as_message": message_id, "because": None}
        await self.database.write(_finish, {"this": number, "now": at, **end})

    async def refused(self, number: int, fate: Fate, fault: str, at: datetime) -> None:
        """It cannot be delivered; its text is blotted out."""
        end = {"end": fate.value, "as_message": None, "because": fault}
        await self.database.write(_finish, {"this": number, "now": at, **end})

    async def message_id(self, key: str) -> int | None:
        """Under which id the message of this key was delivered."""
        return await self.database.read(_message_id, key)

    async def unkept_promises(self) -> list[str]:
        """The keys that messages promised and nobody has queued, oldest first, each once."""
        return await self.database.read(_unkept_promises)

    async def block(self, chat: int, at: datetime) -> int:
        """The chat does not want messages: what waits for it is dropped; the number dropped."""
        return await self.database.write(_block, chat, at)

    async def unknown_fates(self) -> int:
        """How many sends were of unknown fate, over all time."""
        return await self.database.read(_unknown_fates)

    async def tidy(self, before: datetime) -> int:
        """Remove what was sent or refused before; the number removed."""
        return await self.database.write(_tidy_outbox, before)


@dataclass(frozen=True, slots=True)
class SqlChats:
    """Finds chats; they are written by `SqlInbox.settle`."""

    database: Database

    async def get(self, bot: int, chat: int) -> Chat | None:
        """The chat with this id."""
        return await self.database.read(_chat, _CHAT, {"bot": bot, "id": chat})

    async def of_learner(self, learner: str) -> Chat | None:
        """Where a learner talks to a bot; the newest chat if there are several."""
        return await self.database.read(_chat, _NEWEST_CHAT, {"who": learner})


def _run(db: Connection, statement: Any, given: dict[str, Any]) -> None:
    db.execute(statement, given)


def _finish(db: Connection, given: dict[str, Any]) -> None:
    """Note what became of a message; a fleeting one leaves nothing behind."""
    db.execute(_FINISH, given)
    db.execute(_VANISH, {"this": given["this"]})


# -- inbox -----------------------------------------------------------------------------------


def _keep(db: Connection, updates: Sequence[Incoming], at: datetime) -> list[Incoming]:
    new = []
    for one in updates:
        understood = one.fault is None
        values = _update_values(one, at, one.fault, None if understood else at)
        if db.execute(insert_new(db, InboxRow), values).rowcount and understood:
            new.append(one)
    return new


def _update_values(
    incoming: Incoming, at: datetime, fault: str | None, settled_at: datetime | None
) -> dict[str, Any]:
    return {
        "bot": incoming.bot,
        "update_id": incoming.update,
        "chat": incoming.chat,
        "kind": incoming.kind,
        "about": dict(incoming.about) if settled_at is None else None,
        "fault": fault,
        "kept_at": at,
        "settled_at": settled_at,
    }


def _unsettled(db: Connection) -> list[Incoming]:
    rows: Any = db.execute(_UNSETTLED)
    return [Incoming(row.bot, row.update_id, row.chat, row.kind, row.about or {}) for row in rows]


def _settle(
    db: Connection, incoming: Incoming, fault: str | None, answer: Answer, at: datetime
) -> None:
    this = {"of_bot": incoming.bot, "this": incoming.update, "because": fault, "now": at}
    if not (db.execute(_SETTLE, this).rowcount or _note_settled(db, incoming, fault, at)):
        return
    _queue(db, answer.messages, at)
    if answer.chat is not None:
        _put_chat(db, answer.chat, at)


def _note_settled(db: Connection, incoming: Incoming, fault: str | None, at: datetime) -> bool:
    """Note an update whose key is not there (any more) as settled; whether it was not there."""
    return (
        db.execute(insert_new(db, InboxRow), _update_values(incoming, at, fault, at)).rowcount > 0
    )


def _tidy_inbox(db: Connection, before: datetime) -> int:
    return db.execute(delete(InboxRow).where(InboxRow.settled_at < before)).rowcount


# -- outbox ----------------------------------------------------------------------------------


def _queue(db: Connection, messages: Iterable[Outgoing], at: datetime) -> None:
    for one in messages:
        if one.hint and db.execute(_SAME_HINT, {"chat": one.chat, "text": one.text}).first():
            continue
        values = {
            "key": one.key,
            "chat": one.chat,
            "kind": one.kind.value,
            "text": one.text,
            "buttons": [[_button_values(button) for button in row] for row in one.buttons],
            "edits": one.edits,
            "recipe": dict(one.recipe),
            "hint": one.hint,
            "fleeting": one.fleeting,
            "promises": one.promises,
            "fate": Fate.WAITING.value,
            "tries": 0,
            "unknown": 0,
            "queued_at": at,
        }
        db.execute(insert_new(db, OutboxRow), values)


def _button_values(button: Button) -> dict[str, str]:
    values = {"text": button.text, "data": button.data, "url": button.url}
    return {name: value for name, value in values.items() if value is not None}


def _waiting(db: Connection, chat: int | None) -> list[Waiting]:
    rows: Any = (
        db.execute(_WAITING) if chat is None else db.execute(_WAITING_IN_CHAT, {"in_chat": chat})
    )
    return [
        Waiting(row.place, _outgoing_from(row), Fate(row.fate), row.tries, row.unknown)
        for row in rows
    ]


def _outgoing_from(row: Any) -> Outgoing:
    return Outgoing(
        key=row.key,
        chat=row.chat,
        text=row.text,
        kind=Kind(row.kind),
        buttons=tuple(tuple(Button(**button) for button in line) for line in row.buttons),
        edits=row.edits,
        recipe=row.recipe,
        hint=row.hint,
        fleeting=row.fleeting,
        promises=row.promises,
    )


def _fate_unknown(db: Connection, number: int) -> None:
    if db.execute(_FATE_UNKNOWN, {"this": number}).rowcount:
        db.execute(insert_new(db, TallyRow), {"name": _UNKNOWN_FATES, "amount": 0})
        tally = update(TallyRow).where(TallyRow.name == _UNKNOWN_FATES)
        db.execute(tally.values(amount=TallyRow.amount + 1))


def _message_id(db: Connection, key: str) -> int | None:
    return db.scalar(_MESSAGE_ID, {"key": key})


def _unkept_promises(db: Connection) -> list[str]:
    return list(dict.fromkeys(db.scalars(_UNKEPT_PROMISES)))


def _block(db: Connection, chat: int, at: datetime) -> int:
    waits = update(OutboxRow).where(OutboxRow.chat == chat, OutboxRow.done_at.is_(None))
    end = {"end": Fate.BLOCKED.value, "as_message": None, "because": None, "now": at}
    dropped = db.execute(waits.values(_DONE), end).rowcount
    db.execute(update(ChatRow).where(ChatRow.id == chat).values(blocked=True))
    return dropped


def _unknown_fates(db: Connection) -> int:
    return db.scalar(select(TallyRow.amount).where(TallyRow.name == _UNKNOWN_FATES)) or 0


def _tidy_outbox(db: Connection, before: datetime) -> int:
    return db.execute(delete(OutboxRow).where(OutboxRow.done_at < before)).rowcount


# -- chats -----------------------------------------------------------------------------------


def _chat(db: Connection, wanted: Any, given: dict[str, Any]) -> Chat | None:
    row: Any = db.execute(wanted, given).one_or_none()
    if row is None:
        return None
    return Chat(row.bot, row.id, row.learner, row.session, row.expects, row.blocked)


def _put_chat(db: Connection, chat: Chat, at: datetime) -> None:
    state = {
        "learner": chat.learner,
        "session": chat.session,
        "expects": chat.expects,
        "blocked": chat.blocked,
    }
    new = {"bot": chat.bot, "id": chat.id, "opened_at": at, **state}
    with belonging(UnknownLearner(chat.learner)):
        db.execute(insert_or_update(db, ChatRow, *state), new)
