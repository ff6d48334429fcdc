"""The database behind the trainers' commands, to be filled and looked into by a test."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from commcoach import bootstrap
from commcoach.coaching.house import House
from commcoach.coaching.review import Contest
from commcoach.content.locating import CHECKOUT
from commcoach.content.releasing import release_of
from commcoach.domain.dialogue import PracticeSession, Turn
from commcoach.domain.people import CONSENT_VERSION, Invitation, Learner
from commcoach.settings import Settings
from tests.builders import NOON
from tests.shipped import CACHE, library

Found = TypeVar("Found")


@dataclass(frozen=True)
class Inside:
    """What stands in the database that the commands of a test use."""

    settings: Settings

    def look(self, work: Callable[[House], Awaitable[Found]]) -> Found:
        """What some work in the house finds."""

        async def inside() -> Found:
            async with bootstrap.open_house(self.settings) as house:
                return await work(house)

        return asyncio.run(inside())

    def put(self, *sessions: PracticeSession, contests: tuple[Contest, ...] = ()) -> None:
        """Sessions that have been practised, on the shipped content."""

        async def work(house: House) -> None:
            release, contents = release_of(library(), CHECKOUT, NOON)
            by_hash = {hashlib.sha256(one).hexdigest(): one for one in contents.values()}
            await house.releases.record(release, by_hash)
            for session in sessions:
                await house.people.add(
                    Learner(session.learner, session.language, NOON, CONSENT_VERSION, NOON)
                )
                await house.sessions.add(session)
                for turn in session.turns:
                    for override in turn.overrides:
                        await house.reviews.override(session.id, override)
            for contest in contests:
                await house.reviews.contest(contest)

        self.look(work)

    def turn(self, session: str, number: int = 1) -> Turn:
        """The first attempt at a turn."""
        found = self.look(lambda house: house.sessions.get(session))
        assert found is not None
        return found.first_attempts()[number - 1]

    def invitation(self, token: str) -> Invitation:
        """The invitation of a token."""
        found = self.look(lambda house: house.people.invitation(token))
        assert found is not None
        return found

    def written(self) -> list[tuple[str, str, str]]:
        """The audit trail: who did what to what."""
        entries = self.look(lambda house: house.audit.entries())
        return [(one.who, one.action, one.subject) for one in entries]


def inside(data_dir: object) -> Inside:
    """The house that the commands open when their data lies in this folder."""
    return Inside(Settings(data_dir=data_dir, cache_dir=CACHE))  # type: ignore[arg-type]  # a path
