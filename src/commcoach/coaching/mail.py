"""What comes in and what goes out: kept before it is worked on, and until it is delivered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Incoming:
    """An update, masked and cut down to what is needed.

    `bot` and `update` are its key; `chat` is where it belongs; `about` holds what its `kind`
    needs, as JSON values. `fault` says why it could not be understood; then `about` is empty.
    """

    bot: int
    update: int
    chat: int | None
    kind: str
    about: Mapping[str, object] = field(default_factory=dict)
    fault: str | None = None

    @property
    def id(self) -> str:
        """The key as one word: also the name of everything that comes of this update."""
        return f"{self.bot}-{self.update}"


@dataclass(frozen=True, slots=True)
class Button:
    """A button below a message: either data that comes back when it is tapped, or a link."""

    text: str
    data: str | None = None
    url: str | None = None


class Kind(StrEnum):
    """What an outgoing message is."""

    MESSAGE = "message"
    EDIT = "edit"
    PHOTO = "photo"
    DOCUMENT = "document"


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message on its way to a chat; `text` is HTML, of a photo or document its caption.

    `key` names it: a second one of the same key is not sent. An edit names in `edits` the key of
    the message that it replaces. What a photo or document shows is made when it is sent, from
    `recipe`: no file waits in the queue. A `hint` is left out while the same hint still waits. Of a
    `fleeting` one nothing is kept once it has arrived or never will: not even the chat it went to.
    What a message leaves open it `promises`: the key of the edit that will complete it.
    """

    key: str
    chat: int
    text: str
    kind: Kind = Kind.MESSAGE
    buttons: tuple[tuple[Button, ...], ...] = ()
    edits: str | None = None
    recipe: Mapping[str, str] = field(default_factory=dict)
    hint: bool = False
    fleeting: bool = False
    promises: str | None = None


class Fate(StrEnum):
    """What became of an outgoing message."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    REFUSED = "refused"
    BLOCKED = "blocked"


@dataclass(frozen=True, slots=True)
class Waiting:
    """An outgoing message that has not arrived, and what is known of its way so far.

    `number` gives the order; `tries` counts the attempts so far, `unknown` those of unknown fate.
    A message found `SENDING` at start was cut off by a crash: its fate is unknown.
    """

    number: int
    message: Outgoing
    fate: Fate
    tries: int
    unknown: int


@dataclass(frozen=True, slots=True)
class Chat:
    """Where a learner talks to the bot: the session in progress and what the next text means.

    `expects` is empty for a reply; otherwise it names what was asked for (`rewrite`, `contest:…`).
    """

    bot: int
    id: int
    learner: str
    session: str | None = None
    expects: str = ""
    blocked: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What comes of an update: messages, and the chat as it is afterwards (`None`: unchanged)."""

    messages: tuple[Outgoing, ...] = ()
    chat: Chat | None = None


class Inbox(Protocol):
    """Keeps updates from before they are acknowledged until they are settled."""

    async def keep(self, updates: Sequence[Incoming], at: datetime) -> list[Incoming]:
        """Keep updates in one commit; those that are new, in the order given.

        An update with a `fault` is kept with its ids and the fault, counts as settled, and is not
        among the new ones.
        """
        ...

    async def unsettled(self) -> list[Incoming]:
        """Updates that were kept and not settled, in the order they were kept."""
        ...

    async def settle(self, update: Incoming, answer: Answer, at: datetime) -> None:
        """In one commit: the answer's messages into the outbox, the chat, the update as done.

        What the update said is blotted out; its key stays. Settling twice changes nothing.
        """
        ...

    async def give_up(self, update: Incoming, fault: str, answer: Answer, at: datetime) -> None:
        """Settle an update that cannot be worked on; `fault` never quotes it."""
        ...

    async def tidy(self, before: datetime) -> int:
        """Remove the keys of updates settled before; the number removed."""
        ...


class Outbox(Protocol):
    """Keeps messages until they have arrived; `Inbox.settle` and `add` put them in."""

    async def add(self, messages: Sequence[Outgoing], at: datetime) -> None:
        """Queue messages that no update asked for; a key that is known already is left out."""
        ...

    async def waiting(self, chat: int | None = None) -> list[Waiting]:
        """What waits or was being sent, of one chat or of all, in the order it was queued."""
        ...

    async def begin(self, number: int, at: datetime) -> None:
        """Note that sending begins: one more try, fate `SENDING`."""
        ...

    async def not_sent(self, number: int) -> None:
        """It was certainly not delivered; it waits again."""
        ...

    async def fate_unknown(self, number: int) -> None:
        """It may have been delivered; it waits again, and that is counted."""
        ...

    async def arrived(self, number: int, message_id: int | None, at: datetime) -> None:
        """It was delivered under this id; its text is blotted out."""
        ...

    async def refused(self, number: int, fate: Fate, fault: str, at: datetime) -> None:
        """It cannot be delivered; its text is blotted out."""
        ...

    async def message_id(self, key: str) -> int | None:
        """Under which id the message of this key was delivered."""
        ...

    async def unkept_promises(self) -> list[str]:
        """The keys that messages promised and nobody has queued, oldest first, each once.

        What was refused or dropped needs no completion.
        """
        ...

    async def block(self, chat: int, at: datetime) -> int:
        """The chat does not want messages: what waits for it is dropped; the number dropped."""
        ...

    async def unknown_fates(self) -> int:
        """How many sends were of unknown fate, over all time."""
        ...

    async def tidy(self, before: datetime) -> int:
        """Remove what was sent or refused before; the number removed."""
        ...


@dataclass(frozen=True, slots=True)
class Arrived:
    """The message was delivered; `message_id` is its number in the chat."""

    message_id: int | None = None


@dataclass(frozen=True, slots=True)
class TryLater:
    """It was certainly not delivered; try again after so many seconds, this chat only."""

    seconds: float


@dataclass(frozen=True, slots=True)
class FateUnknown:
    """It may or may not have been delivered."""


@dataclass(frozen=True, slots=True)
class Refused:
    """It will never be delivered as it is; `fault` never quotes it."""

    fault: str


@dataclass(frozen=True, slots=True)
class Blocked:
    """The chat does not want messages."""


Delivery = Arrived | TryLater | FateUnknown | Refused | Blocked


class Carrier(Protocol):
    """Takes messages to a chat; expected failures are values."""

    async def carry(self, message: Outgoing, replaces: int | None) -> Delivery:
        """Deliver one message; an edit `replaces` the message delivered under that id."""
        ...

    async def reachable(self, chat: int) -> bool:
        """Whether the way to a chat is open, found out by a call that shows nothing lasting."""
        ...


class Chats(Protocol):
    """Finds chats; they are written by `Inbox.settle`."""

    async def get(self, bot: int, chat: int) -> Chat | None:
        """The chat with this id."""
        ...

    async def of_learner(self, learner: str) -> Chat | None:
        """Where a learner talks to a bot; the newest chat if there are several."""
        ...
