"""Somebody in a practice whose consent is not enough any more, and what is looked at then."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC

from commcoach.coaching.mail import Incoming, Outgoing
from commcoach.domain.language import Language
from commcoach.domain.people import Cohort, Invitation
from commcoach.presentation.wording import Wording
from commcoach.telegram.updates import Kind
from tests.builders import NOON
from tests.telegram.world import World

ZH = Wording(Language.ZH, UTC)
FIRST = "先听听您那边的情况，这周的纪要是卡在哪里了？"
SECOND = "您这周二没等到纪要，只好按旧数据报，返工的还是您。"
THIRD = "您看周二中午我先给您三条要点，行不行？"


def asked_anew(world: World, consent: str = "1") -> None:
    """What learners agreed to is not enough any more."""
    people = world.stores.people
    people.given[:] = [(id, consent, at) for id, _, at in people.given]
    for id, learner in people.learners.items():
        people.learners[id] = replace(learner, consent=consent)


async def in_a_practice(*replies: str) -> World:
    """Somebody in a practice who agreed to the first consent screen."""
    world = World()
    await world.practise(*replies or (FIRST,))
    asked_anew(world)
    return world


async def invited() -> World:
    """Somebody in a practice, for whom there is an invitation."""
    world = World()
    await world.practise(FIRST)
    await world.stores.people.add_cohort(Cohort("spring", "春季班", NOON))
    await world.stores.people.invite(Invitation("token", "spring", NOON))
    return world


def replies(world: World) -> list[str]:
    return [turn.reply for turn in world.session.turns]


def edit_of(world: World, written: Incoming, text: str) -> Incoming:
    """A message that brought no turn yet, with other words."""
    edit = replace(world.text(text), kind=Kind.EDITED)
    return replace(edit, about={**edit.about, "message": written.about["message"]})


def labels(message: Outgoing) -> list[str]:
    return [one.text for row in message.buttons for one in row]
