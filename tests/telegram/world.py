"""A desk over the doubles in memory: learners write and tap, and see what the bot answers."""

from __future__ import annotations

import copy
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from commcoach.bootstrap import Coaches
from commcoach.coaching.house import House
from commcoach.coaching.keeping import Terms
from commcoach.coaching.mail import Answer, Chat, Incoming, Outgoing
from commcoach.coaching.practice import Practice
from commcoach.coaching.storage import DatabaseLocked
from commcoach.domain.dialogue import PracticeSession
from commcoach.settings import Settings
from commcoach.store.memory import InMemorySessions
from commcoach.store.memory_calibrations import InMemoryCalibrations
from commcoach.store.memory_keeping import InMemoryKeeping
from commcoach.store.memory_mail import InMemoryMail
from commcoach.store.memory_people import InMemoryPeople
from commcoach.store.memory_publications import InMemoryPublications
from commcoach.store.memory_records import InMemoryAudit, InMemoryModelCalls, InMemoryReleases
from commcoach.store.memory_reviews import InMemoryReviews
from commcoach.telegram import routing
from commcoach.telegram.desk import Desk
from commcoach.telegram.taps import Verb
from commcoach.telegram.updates import Kind
from tests.builders import NOON
from tests.shipped import practice

BOT, CHAT = 7, 4711
WRITES = {
    "sessions": ("add", "save_turn", "set_aside", "end"),
    "people": ("add", "save", "join"),
    "reviews": ("override", "contest"),
    "audit": ("record",),
    "keeping": ("forget",),
    "outbox": ("add", "block"),
}
"""What the use cases change while they work; settling is not among it."""


def noon() -> datetime:
    """The time, which stands still, so that what is kept twice can be compared."""
    return NOON


@dataclass
class Writes:
    """Counts the writes to all stores; the one of number `fails_at` finds them locked, once."""

    fails_at: int | None = None
    count: int = 0

    def begin(self) -> None:
        """One more write."""
        self.count += 1
        if self.count == self.fails_at:
            raise DatabaseLocked("memory")


@dataclass(frozen=True)
class Guarded:
    """A store whose writes are counted, and may fail before anything is changed."""

    store: Any
    writing: tuple[str, ...]
    writes: Writes

    def __getattr__(self, name: str) -> Any:
        found = getattr(self.store, name)
        if name not in self.writing:
            return found

        async def write(*given: Any) -> Any:
            self.writes.begin()
            return await found(*given)

        return write


@dataclass
class Stores:
    """Everything that is kept, to be copied and compared."""

    people: InMemoryPeople
    sessions: InMemorySessions
    reviews: InMemoryReviews
    audit: InMemoryAudit
    calls: InMemoryModelCalls
    releases: InMemoryReleases
    publications: InMemoryPublications
    calibrations: InMemoryCalibrations
    mail: InMemoryMail

    def house(self, writes: Writes) -> House:
        """The stores behind their ports."""
        keeping = InMemoryKeeping(
            self.sessions, self.people, self.reviews, self.audit, self.calls, self.mail
        )
        ports: dict[str, Any] = {
            "sessions": self.sessions,
            "people": self.people,
            "reviews": self.reviews,
            "audit": self.audit,
            "keeping": keeping,
            "outbox": self.mail.outbox,
        }
        guarded = {name: Guarded(port, WRITES[name], writes) for name, port in ports.items()}
        return House(
            place="memory",
            now=noon,
            calls=self.calls,
            releases=self.releases,
            publications=self.publications,
            calibrations=self.calibrations,
            inbox=self.mail.inbox,
            chats=self.mail.chats,
            **guarded,
        )


def empty() -> Stores:
    """Stores with nothing in them."""
    people = InMemoryPeople()
    sessions = InMemorySessions(people=people)
    releases = InMemoryReleases()
    calibrations = InMemoryCalibrations(releases)
    audit = InMemoryAudit()
    return Stores(
        people=people,
        sessions=sessions,
        reviews=InMemoryReviews(sessions),
        audit=audit,
        calls=InMemoryModelCalls(),
        releases=releases,
        publications=InMemoryPublications(calibrations, audit),
        calibrations=calibrations,
        mail=InMemoryMail(),
    )


@dataclass
class Seen:
    """The small signs that were shown."""

    typed: list[int] = field(default_factory=list)
    stilled: list[str] = field(default_factory=list)
    drafted: list[tuple[int, str]] = field(default_factory=list)

    def typing(self, chat: int) -> None:
        """Show that an answer is on its way."""
        self.typed.append(chat)

    def heard(self, query: str) -> None:
        """Let a tapped button stop spinning."""
        self.stilled.append(query)

    def may_draft(self) -> bool:
        """Always."""
        return True

    def draft(self, chat: int, number: int, text: str) -> None:
        """Show a message that is not finished."""
        self.drafted.append((number, text))


Change = Callable[[Practice], Practice]


class World:
    """One run of the bot over these stores; `change` may put other parts into the practice."""

    def __init__(
        self, stores: Stores | None = None, change: Change | None = None, client: str = "zh-hans"
    ) -> None:
        self.stores = stores if stores is not None else empty()
        self.client = client
        self.change = change
        self.writes = Writes()
        self.signs = Seen()
        self.woken: list[int] = []
        house = self.stores.house(self.writes)
        coach = replace(practice(), sessions=house.sessions, now=noon)
        self.coach = change(coach) if change is not None else coach
        self.desk = Desk(
            house=house,
            coaches=Coaches(Settings(), house, self.coach),
            bot=BOT,
            name="commcoach_bot",
            terms=Terms(),
            zone=UTC,
            now=noon,
            signs=self.signs,
            wake=self.woken.append,
        )

    def restarted(self) -> World:
        """What a new process finds: the same stores, and nothing else."""
        return World(self.stores, self.change, self.client)

    def copied(self) -> World:
        """Another world in which the same has happened so far."""
        return World(copy.deepcopy(self.stores), self.change, self.client)

    # -- what a learner does ----------------------------------------------------------------

    def text(self, text: str, **more: Any) -> Incoming:
        """A message that the learner wrote."""
        return self._update(Kind.TEXT, message=1000 + self._next(), text=text, **more)

    def edit(self, of: str, text: str) -> Incoming:
        """The message in which the learner wrote this, with other words."""
        turns = [turn for one in self.sessions for turn in one.turns if turn.reply == of]
        assert turns[-1].message is not None
        number = int(turns[-1].message.removeprefix("m"))
        return self._update(Kind.EDITED, message=number, text=text)

    def tap(self, verb: Verb, nth: int = 0) -> Incoming:
        """A tap on the newest button of this verb, or on another of the same message."""
        for kept in reversed(self.stores.mail.kept_messages.values()):
            data = [one.data for row in kept.message.buttons for one in row if one.data]
            fitting = [one for one in data if one.partition(":")[0] == verb]
            if fitting:
                return self.tap_data(fitting[nth], kept.number)
        raise LookupError(verb)

    def tap_data(self, data: str, message: int = 1) -> Incoming:
        """A tap on a button that carries this."""
        return self._update(Kind.TAP, query=f"q{self._next()}", data=data, message=message)

    def _update(self, kind: Kind, **about: Any) -> Incoming:
        number = self._next()
        chance = uuid.uuid5(uuid.NAMESPACE_OID, f"update {number}").hex
        about = {"client": self.client, "chance": chance, **about}
        return Incoming(BOT, number, CHAT, kind, about)

    def _next(self) -> int:
        return 1 + max((number for _, number in self.stores.mail.kept_updates), default=0)

    # -- what the bot does ------------------------------------------------------------------

    async def keep(self, *updates: Incoming) -> None:
        """The updates stand in the inbox."""
        await self.desk.house.inbox.keep(updates, noon())

    async def work(self, update: Incoming) -> Answer:
        """What comes of an update; nothing of it is settled yet."""
        return await routing.work(self.desk, update)

    async def settle(self, update: Incoming, answer: Answer) -> tuple[Outgoing, ...]:
        """The answer stands in the outbox, the update is done."""
        await self.desk.house.inbox.settle(update, answer, noon())
        for chat in {message.chat for message in answer.messages}:
            self.desk.settled(chat)
        return answer.messages

    async def live(self, update: Incoming) -> tuple[Outgoing, ...]:
        """An update as it goes when nothing goes wrong."""
        await self.keep(update)
        return await self.settle(update, await self.work(update))

    async def practise(self, *replies: str) -> None:
        """Arrive, agree, and say these things in the first session."""
        await self.live(self.text("/start"))
        await self.live(self.tap(Verb.AGREE))
        for reply in replies:
            await self.live(self.text(reply))

    # -- what can be seen -------------------------------------------------------------------

    @property
    def chat(self) -> Chat:
        """The chat as it stands."""
        return self.stores.mail.kept_chats[BOT, CHAT]

    @property
    def sessions(self) -> Sequence[PracticeSession]:
        """All sessions, oldest first."""
        return list(self.stores.sessions.sessions.values())

    @property
    def session(self) -> PracticeSession:
        """The newest session."""
        return self.sessions[-1]

    @property
    def outbox(self) -> list[Outgoing]:
        """Everything that was queued, in order."""
        return [one.message for one in self.stores.mail.kept_messages.values()]
