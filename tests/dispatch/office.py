"""A postman and all that it works with."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any, cast

from commcoach.coaching.mail import Carrier as AnyCarrier
from commcoach.coaching.mail import (
    Fate,
    Outbox,
    Outgoing,
)
from commcoach.dispatch.postman import Postman
from commcoach.store.memory_mail import InMemoryMail
from tests.dispatch.doubles import (
    AT,
    Carrier,
    Sleeper,
    now,
)


class Office:
    """A postman over mail in memory; `carrier` tells what was carried."""

    def __init__(self) -> None:
        self.mail = InMemoryMail()
        self.carrier = Carrier()
        self.sleeper = Sleeper()

    def postman(
        self, *, carrier: AnyCarrier | None = None, outbox: object = None, at_once: int = 32
    ) -> Postman:
        return Postman(
            cast(Outbox, outbox or self.mail.outbox),
            carrier or self.carrier,
            now,
            patience=self.sleeper.patience(),
            pace=nullcontext(),
            at_once=at_once,
        )

    async def queue(self, *messages: Outgoing) -> None:
        await self.mail.outbox.add(messages, AT)

    async def send_all(self, **more: Any) -> None:
        postman = self.postman(**more)
        await postman.resume()
        await postman.idle()
        assert postman.open == 0

    def fates(self) -> dict[str, Fate]:
        return {one.message.key: one.fate for one in self.mail.kept_messages.values()}

    def faults(self) -> dict[str, str | None]:
        return {one.message.key: one.fault for one in self.mail.kept_messages.values()}
