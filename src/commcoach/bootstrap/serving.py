"""Mail: lanes and postman on what is kept."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from commcoach.bootstrap.keeping import now
from commcoach.coaching.house import House
from commcoach.coaching.mail import Answer, Carrier, Incoming

if TYPE_CHECKING:
    from commcoach.dispatch.lanes import Lanes
    from commcoach.dispatch.postman import Postman


def lanes(
    house: House,
    work: Callable[[Incoming], Awaitable[Answer]],
    apology: Callable[[Incoming], Awaitable[Answer]],
    settled: Callable[[int], None],
) -> Lanes:
    """One lane per chat, from the inbox."""
    from commcoach.dispatch.lanes import Lanes

    return Lanes(house.inbox, work, apology, settled, now)


def postman(house: House, carrier: Carrier) -> Postman:
    """Who delivers the outbox."""
    from commcoach.dispatch.postman import Postman

    return Postman(house.outbox, carrier, now)
